"""What can go wrong between the program and its database, said so that an operator can act on it."""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text


class DatabaseUnavailable(LiangcunError):
    """The database can't be opened, or the connection was lost."""

    code = "DATABASE_UNAVAILABLE"


class DatabaseDamaged(DatabaseUnavailable):
    """A SQLite file with damaged pages."""

    code = "DATABASE_DAMAGED"


class DatabaseNotInitialised(LiangcunError):
    """There is no liangcun database at this address yet."""

    code = "DATABASE_NOT_INITIALISED"


class DatabaseOutdated(LiangcunError):
    """The tables are of another version than this program."""

    code = "DATABASE_OUTDATED"


class StatementStopped(LiangcunError):
    """A statement that ran longer than statements may."""

    code = "TIMEOUT"


# What connecting and asking can raise, through SQLAlchemy or past it.
DRIVER_ERRORS = (SQLAlchemyError, psycopg.Error, sqlite3.Error, OSError)

# The SQLite results that say something of the file or the disk rather than of the statement.
_SQLITE_OUTER_CAUSES = frozenset(
    {"BUSY", "LOCKED", "CANTOPEN", "READONLY", "FULL", "IOERR", "NOTADB", "CORRUPT", "PERM", "NOLFS", "AUTH"}
)
# PostgreSQL's classes of the same kind: connection, authorisation, unknown database, resources, lock not
# available, operator intervention, system error; 25006 is a server that only reads.
_POSTGRESQL_OUTER_CAUSES = ("08", "28", "3D", "53", "55P03", "57", "58", "25006")


def translated(error: BaseException, url: URL) -> LiangcunError | None:
    """The error that the operator reads for a driver's error; None when the statement itself is at fault."""
    if isinstance(error, PoolTimeout):
        return DatabaseUnavailable(
            Text(
                "数据库连接已用完，请稍后再试",
                "all connections to the database are in use; try again shortly",
            ),
            where=shown_address(url),
        )
    cause = error.orig if isinstance(error, DBAPIError) else error
    if _is_stopped(cause):
        return StatementStopped(
            Text(
                "数据库查询用时太长，已停止；请减小 first 或缩小范围后重试",
                "a database statement took too long and was stopped; ask a smaller first or a smaller place",
            )
        )
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if not lost and not isinstance(cause, OSError) and not _is_outer(cause):
        return None
    detail = _detail(cause, url)
    if getattr(cause, "sqlite_errorname", "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return damaged(detail, url)
    return DatabaseUnavailable(
        Text(
            f"数据库无法使用：{detail}。请检查 LIANGCUN_DATABASE_URL、权限与磁盘空间",
            f"the database can't be used: {detail}. Check LIANGCUN_DATABASE_URL, permissions and disk space",
        ),
        where=shown_address(url),
    )


def damaged(detail: str, url: URL) -> DatabaseDamaged:
    """The error for a file that is damaged, with what to do."""
    return DatabaseDamaged(
        Text(
            f"数据库文件已损坏：{detail}。请停止服务，把这个文件另存一份，再用最近的备份恢复："
            "liangcun restore 备份.zip --replace。如果它本来就不是量村的数据库，请检查 LIANGCUN_DATABASE_URL",
            f"the database file is damaged: {detail}. Stop the server, keep a copy of the file, and restore "
            "the newest backup: liangcun restore BACKUP.zip --replace. If it never was liangcun's, check "
            "LIANGCUN_DATABASE_URL",
        ),
        where=shown_address(url),
    )


def shown_address(url: URL) -> str:
    """The address without its password."""
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


def _is_stopped(cause: BaseException | None) -> bool:
    if isinstance(cause, psycopg.errors.QueryCanceled):
        return True
    return getattr(cause, "sqlite_errorname", None) == "SQLITE_INTERRUPT"


def _is_outer(cause: BaseException | None) -> bool:
    name = getattr(cause, "sqlite_errorname", None)
    if name is not None:
        return name.split("_")[1] in _SQLITE_OUTER_CAUSES
    if isinstance(cause, psycopg.Error):
        # libpq gives no state when the connection itself fails.
        if cause.sqlstate is None:
            return isinstance(cause, psycopg.OperationalError)
        return cause.sqlstate.startswith(_POSTGRESQL_OUTER_CAUSES)
    return False


def _detail(cause: BaseException | None, url: URL) -> str:
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    detail = lines[0] if lines else type(cause).__name__
    if url.password:
        detail = detail.replace(str(url.password), "***")
    return detail.rstrip(".。")
