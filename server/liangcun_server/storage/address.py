"""Database addresses as people write them, turned into the ones of the asynchronous drivers."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


class InvalidDatabaseUrl(LiangcunError):
    """An address that names no database of a kind we can use."""

    code = "INVALID_DATABASE_URL"


def parse_address(text: str) -> URL:
    """The address of a SQLite file or a PostgreSQL database.

    Accepts sqlite:///FILE, postgresql://… and postgres://…, with or without our driver's name. Raises
    InvalidDatabaseUrl for anything else; the message repeats nothing of the address but its scheme, since
    the rest may hold a password.
    """
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        raise InvalidDatabaseUrl(
            Text(
                "数据库地址无法识别，请写成 sqlite:///文件路径 或 postgresql://用户:密码@主机/库名",
                "the database address can't be read; write sqlite:///FILE or "
                "postgresql://USER:PASSWORD@HOST/DATABASE",
            )
        ) from None
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise InvalidDatabaseUrl(
            Text(
                f"不支持的数据库类型“{url.drivername}”，可用 sqlite:/// 或 postgresql://",
                f"'{url.drivername}' is no database that can be used; use sqlite:/// or postgresql://",
            )
        )
    if driver == "sqlite+aiosqlite" and url.database in (None, "", ":memory:"):
        raise InvalidDatabaseUrl(
            Text(
                "SQLite 需要一个文件，例如 sqlite:///var/liangcun.db",
                "SQLite needs a file, such as sqlite:///var/liangcun.db",
            )
        )
    return url.set(drivername=driver)
