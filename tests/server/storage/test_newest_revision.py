"""The question for the newest revision: one for all who wait, and none who has to wait for a pool."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import psycopg
from tests.conftest import NewDatabase

from liangcun_server.storage.database import Database


async def write(database: Database) -> int:
    async with database.write(author="检查组", reason="检查", kind="test") as (_, revision):
        return revision


async def test_who_has_written_sees_it_however_many_ask_at_the_time(database: Database) -> None:
    asking = [asyncio.create_task(database.latest_revision()) for _ in range(20)]
    await asyncio.sleep(0)

    written = await write(database)

    assert await database.latest_revision() == written
    assert all(0 <= seen <= written for seen in await asyncio.gather(*asking))


async def test_who_asks_needs_no_connection_of_the_pool(new_database: NewDatabase) -> None:
    with new_database("migrated") as address:
        async with Database(address, connections=2) as database, AsyncExitStack() as held:
            written = await write(database)
            for _ in range(2):
                await held.enter_async_context(database.read())

            assert await asyncio.wait_for(database.latest_revision(), 10) == written


async def test_who_is_no_longer_waited_for_holds_nobody_up(database: Database) -> None:
    given_up = asyncio.create_task(database.latest_revision())
    await asyncio.sleep(0)
    given_up.cancel()

    assert await asyncio.wait_for(database.latest_revision(), 10) == 0


async def test_a_lost_connection_is_made_again(new_postgresql_database: NewDatabase) -> None:
    with new_postgresql_database("migrated") as address:
        async with Database(address) as database:
            assert await database.latest_revision() == 0
            with psycopg.connect(address, autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

            assert await database.latest_revision() == 0
