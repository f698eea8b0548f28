"""Statements that read may run so long and no longer, on either database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from tests.conftest import NewDatabase

from liangcun_server.storage.database import Database
from liangcun_server.storage.errors import StatementStopped

# Counts without end in either database.
_FOR_EVER = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT (i + 1) % 1000 FROM n) SELECT count(i) FROM n"
)
_QUICK = text("SELECT 1")
# A while that is over before the tests are.
_A_WHILE = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) SELECT count(i) FROM n"
)


@pytest.fixture
async def hasty(new_database: NewDatabase) -> AsyncIterator[Database]:
    """A database whose statements may run a tenth of a second."""
    with new_database("migrated") as address:
        async with Database(address, statement_seconds=0.1) as database:
            await database.check()
            yield database


async def test_a_statement_that_runs_too_long_is_stopped_and_the_next_one_runs(hasty: Database) -> None:
    with pytest.raises(StatementStopped) as caught:
        async with hasty.read() as connection:
            await connection.execute(_FOR_EVER)
    async with hasty.read() as connection:
        assert await connection.scalar(_QUICK) == 1

    assert caught.value.code == "TIMEOUT"


async def test_who_reads_at_length_may_take_longer(hasty: Database) -> None:
    async with hasty.read(at_length=True) as connection:
        assert await connection.scalar(_A_WHILE) == 2_000_000


async def test_who_writes_may_take_longer(hasty: Database) -> None:
    async with hasty.write(author="tests", reason="测试", kind="test") as (connection, _):
        assert await connection.scalar(_A_WHILE) == 2_000_000


async def test_the_limit_is_back_on_a_connection_that_was_used_at_length(hasty: Database) -> None:
    async with hasty.read(at_length=True) as connection:
        await connection.execute(_QUICK)

    with pytest.raises(StatementStopped):
        async with hasty.read() as connection:
            await connection.execute(_FOR_EVER)


async def test_a_statement_ends_when_nobody_waits_for_it_any_more(database: Database) -> None:
    """As a request does: it says until when it reads, and is cancelled then."""
    with pytest.raises((TimeoutError, StatementStopped)):
        async with asyncio.timeout(0.2), database.read(until=time.monotonic() + 0.1) as connection:
            await connection.execute(_FOR_EVER)
    async with database.read() as connection:
        assert await connection.scalar(_QUICK) == 1


async def test_without_a_limit_statements_take_as_long_as_they_need(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.scalar(_A_WHILE) == 2_000_000
