"""Bringing a database's tables to the version of this program, with Alembic, from inside the program."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.storage.errors import DatabaseNotInitialised, DatabaseOutdated
from liangcun_standards.text import Text

NOT_INITIALISED = Text(
    "这里还没有量村数据库，请先运行 liangcun init --within 区划代码（例如 220722）",
    "there is no liangcun database here yet; run liangcun init --within CODE first (such as 220722)",
)
_OLDER = Text(
    "数据库的表结构早于本程序，请运行 liangcun init 升级（已有数据保留）",
    "the tables of the database are older than this program; run liangcun init to bring them up to date "
    "(the data stays)",
)
_NEWER = Text(
    "数据库由更新版本的量村建立，请升级本程序",
    "the database was made by a newer version of liangcun; update the program",
)


async def check_current(connection: AsyncConnection, address: str) -> None:
    """Raises DatabaseNotInitialised or DatabaseOutdated unless the tables are of this version."""
    found = await connection.run_sync(found_version)
    script = ScriptDirectory.from_config(_config())
    if found is None:
        raise DatabaseNotInitialised(NOT_INITIALISED, where=address)
    if found not in {known.revision for known in script.walk_revisions()}:
        raise DatabaseOutdated(_NEWER, where=address)
    if found != script.get_current_head():
        raise DatabaseOutdated(_OLDER, where=address)


async def upgrade(connection: AsyncConnection, address: str) -> bool:
    """Bring the tables to this version within the transaction of `connection`; whether anything was done."""
    found = await connection.run_sync(found_version)
    script = ScriptDirectory.from_config(_config())
    if found == script.get_current_head():
        return False
    if found is not None and found not in {known.revision for known in script.walk_revisions()}:
        raise DatabaseOutdated(_NEWER, where=address)
    await connection.run_sync(lambda sync: command.upgrade(_config(sync), "head"))
    return True


async def downgrade_to_nothing(connection: AsyncConnection) -> None:
    """Undo every migration within the transaction of `connection`."""
    await connection.run_sync(lambda sync: command.downgrade(_config(sync), "base"))


async def upgrade_to(connection: AsyncConnection, version: str) -> None:
    """Bring the tables to a version that `is_known`, within the transaction of `connection`."""
    await connection.run_sync(lambda sync: command.upgrade(_config(sync), version))


def is_known(version: str) -> bool:
    """Whether this program knows the tables of a version."""
    script = ScriptDirectory.from_config(_config())
    return version in {known.revision for known in script.walk_revisions()}


def found_version(connection: Connection) -> str | None:
    """The version of the tables; None where there are none."""
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={} if connection is None else {"connection": connection})
    # A percent sign in a path would otherwise be read as interpolation.
    location = str(Path(__file__).with_name("migrations")).replace("%", "%%")
    config.set_main_option("script_location", location)
    return config
