"""Bulk loading gives the same rows on both databases and stays inside its transaction."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from liangcun_server.storage.bulk import insert_batches
from liangcun_server.storage.database import Database
from liangcun_server.storage.tables import indicator, observation
from liangcun_standards.vocabulary import AssessorLevel, Qualifier, SourceStatus

BY = {"author": "王敏", "reason": "测试", "kind": "test"}
COLUMNS = (
    "region_code",
    "indicator_id",
    "period",
    "assessor_level",
    "value",
    "qualifier",
    "source_status",
    "original_text",
    "revision_id",
)


def rows(count: int, revision: int) -> Iterator[tuple[object, ...]]:
    for number in range(count):
        value = None if number % 7 == 0 else number / 3
        words = f"第\t{number}\n条 \\N “引号”" if number % 2 else None
        level = list(AssessorLevel)[number % 5]
        yield (
            "220722201204",
            number // 5 + 1,
            "2023",
            level,
            value,
            Qualifier.EXACT,
            SourceStatus.SIMULATED,
            words,
            revision,
        )


async def add_indicators(database: Database, count: int) -> None:
    async with database.write(**BY) as (connection, _):
        codes = ((number, f"indicator_{number}") for number in range(1, count + 1))
        await insert_batches(connection, indicator, ("id", "code"), codes)


async def test_every_row_arrives_as_it_was(changling: Database) -> None:
    await add_indicators(changling, 5)
    async with changling.write(**BY) as (connection, revision):
        count = await insert_batches(connection, observation, COLUMNS, rows(23, revision), batch=10)

    async with changling.read() as connection:
        chosen = [observation.c[name] for name in COLUMNS]
        found = (await connection.execute(select(*chosen).order_by(observation.c.id))).all()
    assert count == 23
    assert [tuple(row) for row in found] == [tuple(row) for row in rows(23, revision)]


async def test_rows_are_taken_as_they_are_needed_and_none_is_fine(changling: Database) -> None:
    async with changling.write(**BY) as (connection, _):
        assert await insert_batches(connection, observation, COLUMNS, iter(())) == 0


async def test_a_bad_row_undoes_the_whole_load(changling: Database) -> None:
    await add_indicators(changling, 1)
    with pytest.raises(IntegrityError):
        async with changling.write(**BY) as (connection, revision):
            # The sixth row refers to an indicator that isn't there.
            await insert_batches(connection, observation, COLUMNS, rows(6, revision), batch=2)

    async with changling.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(observation)) == 0


async def test_an_error_while_making_the_rows_undoes_the_whole_load(changling: Database) -> None:
    await add_indicators(changling, 5)

    def failing(revision: int) -> Iterator[tuple[object, ...]]:
        yield from rows(20, revision)
        raise RuntimeError("the source broke off")

    with pytest.raises(RuntimeError, match="broke off"):
        async with changling.write(**BY) as (connection, revision):
            await insert_batches(connection, observation, COLUMNS, failing(revision), batch=5)

    async with changling.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(observation)) == 0
