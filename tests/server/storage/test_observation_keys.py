"""What observations refer to is there and stays, however it is looked up; upgrading keeps every row."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from liangcun_server.storage import migration
from liangcun_server.storage.bulk import insert_batches
from liangcun_server.storage.database import Database
from liangcun_server.storage.tables import indicator, observation, region, revision

BY = {"author": "王敏", "reason": "测试", "kind": "test"}
VILLAGE = "220722201204"
COLUMNS = (
    "region_code",
    "indicator_id",
    "period",
    "assessor_level",
    "value",
    "qualifier",
    "source_status",
    "revision_id",
)


def row(number: int, village: str = VILLAGE, lamps: int = 1, period: str = "2023") -> tuple[object, ...]:
    return village, lamps, period, "county", 12.0, "exact", "simulated", number


@pytest.mark.parametrize("wrong", ["region", "indicator", "revision"])
@pytest.mark.parametrize("is_bulk", [False, True])
async def test_a_row_that_refers_to_nothing_is_refused(
    changling: Database, wrong: str, is_bulk: bool
) -> None:
    def lost(number: int) -> tuple[object, ...]:
        return (
            row(number, village="990000000000")
            if wrong == "region"
            else row(number, lamps=99)
            if wrong == "indicator"
            else row(number + 1)
        )

    async def write() -> None:
        async with changling.write(**BY) as (connection, number):
            await connection.execute(insert(indicator).values(id=1, code="lamps"))
            rows = [row(number), lost(number)]
            if is_bulk:
                await insert_batches(connection, observation, COLUMNS, rows)
            else:
                values = [dict(zip(COLUMNS, one, strict=True)) for one in rows]
                await connection.execute(insert(observation), values)

    with pytest.raises(IntegrityError):
        await write()
    async with changling.read() as connection:
        assert (await connection.execute(select(observation))).all() == []


@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = {} || '0'"])
@pytest.mark.parametrize(("table", "key"), [("region", "code"), ("indicator", "id"), ("revision", "id")])
async def test_what_is_referred_to_stays(changling: Database, statement: str, table: str, key: str) -> None:
    async with changling.write(**BY) as (connection, number):
        await connection.execute(insert(indicator).values(id=1, code="lamps"))
        await insert_batches(connection, observation, COLUMNS, [row(number)])
    changed = statement.format(table, key, key if key == "code" else f"{key} + 1").replace(
        "" if key == "code" else " || '0'", ""
    )
    with pytest.raises(IntegrityError):
        async with changling.write(**BY) as (connection, _):
            await connection.execute(text(changed))


async def test_upgrading_keeps_every_row_and_the_ways_to_it(address: str) -> None:
    async with Database(address) as database:
        async with database.engine.begin() as connection:
            await migration.upgrade_to(connection, "0006")
            await connection.execute(insert(region).values(code=VILLAGE, name="村", level="village"))
            await connection.execute(insert(indicator).values(id=1, code="lamps"))
            written = insert(revision).values(recorded_at=datetime.now(UTC), **BY)
            for number in (1, 2, 3):
                await connection.execute(written)
                await insert_batches(connection, observation, COLUMNS, [row(number)])
            before = (await connection.execute(select(observation))).all()
        assert await database.upgrade() is True
        async with database.engine.begin() as connection:
            assert (await connection.execute(select(observation))).all() == before
            await connection.execute(written)
            await insert_batches(connection, observation, COLUMNS, [row(4)])
            newest = observation.c.revision_id == 4
            assert await connection.scalar(select(observation.c.id).where(newest)) == before[-1].id + 1
        with pytest.raises(IntegrityError, match="append-only"):
            async with database.engine.begin() as connection:
                await connection.execute(text("DELETE FROM observation"))
