"""The migrations build the tables that the code expects, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from liangcun_server.storage.database import Database
from liangcun_server.storage.errors import DatabaseNotInitialised, DatabaseOutdated
from liangcun_server.storage.tables import metadata


def _differences(connection: Connection) -> list[object]:
    def is_of_this_database(item: Any, _name: object, _kind: str, reflected: bool, _beside: object) -> bool:
        only = getattr(item, "_ddl_if", None)
        return reflected or only is None or only.dialect == connection.dialect.name

    options = {"compare_server_default": True, "include_object": is_of_this_database}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_the_migrated_tables_are_those_of_the_code(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
        assert await connection.run_sync(_tables) == {*metadata.tables, "alembic_version"}


async def test_a_column_that_no_migration_makes_is_noticed(address: str) -> None:
    async with Database(address) as database:
        await database.upgrade()
        async with database.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE region ADD COLUMN households INTEGER"))
            assert len(await connection.run_sync(_differences)) == 1


async def test_upgrading_twice_does_nothing_the_second_time(address: str) -> None:
    async with Database(address) as database:
        assert await database.upgrade() is True
        assert await database.upgrade() is False
        await database.check()


async def test_downgrading_removes_everything_and_upgrading_brings_it_back(address: str) -> None:
    async with Database(address) as database:
        await database.upgrade()
        await database.downgrade_to_nothing()

        async with database.engine.connect() as connection:
            assert await connection.run_sync(_tables) == {"alembic_version"}
        with pytest.raises(DatabaseNotInitialised):
            await database.check()
        assert await database.upgrade() is True


async def test_a_failing_upgrade_leaves_nothing_behind(address: str) -> None:
    async with Database(address) as database:
        async with database.engine.begin() as connection:
            await connection.execute(text("CREATE TABLE setting (id INTEGER)"))

        with pytest.raises(Exception, match="setting"):
            await database.upgrade()

        async with database.engine.connect() as connection:
            assert await connection.run_sync(_tables) == {"setting"}


@pytest.mark.parametrize("action", ["check", "upgrade"])
async def test_a_database_of_a_newer_version_is_refused(address: str, action: str) -> None:
    async with Database(address) as database:
        await database.upgrade()
        async with database.engine.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

        with pytest.raises(DatabaseOutdated, match="update the program") as caught:
            await getattr(database, action)()

    assert caught.value.code == "DATABASE_OUTDATED"


async def test_a_database_without_tables_is_not_initialised(address: str) -> None:
    async with Database(address) as database:
        with pytest.raises(DatabaseNotInitialised, match="liangcun init") as caught:
            async with database.read():
                pass

    assert caught.value.code == "DATABASE_NOT_INITIALISED"
    assert "liangcun init" in caught.value.message.zh
