"""The chain over all writes: whatever is changed behind the program's back is found and named."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.server.behind_the_back import changed_behind_the_back

from liangcun_server.audit.verifying import Audit, verify
from liangcun_server.exemptions.granting import grant_exemption
from liangcun_server.exemptions.model import ExemptionKind, NewExemption
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.storage.database import Database
from liangcun_server.storage.tables import region
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import SourceStatus

MENGGU = "220722201204"
YEAR = Period.parse("2023")


async def audited(database: Database, head: str | None = None) -> Audit:
    async with database.read() as connection:
        return await verify(connection, known_head=head)


async def write(database: Database, catalogue: IndicatorCatalogue, lamps: int) -> None:
    new = NewObservation(
        region_code=MENGGU,
        indicator="lamps",
        period=YEAR,
        value=lamps,
        source_status=SourceStatus.INTERPRETATION,
        source="台账",
    )
    await record_observations(database, catalogue, [new], author="检查组", reason=f"{lamps} 盏")


@pytest.fixture
async def written(changling: Database, catalogue: IndicatorCatalogue) -> Database:
    """Three observations of one thing, and an exemption."""
    for lamps in (10, 20, 30):
        await write(changling, catalogue, lamps)
    await grant_exemption(
        changling,
        NewExemption(
            region_code=MENGGU,
            standard_id="220722/jiuyou-liuwu",
            criterion="village-plan",
            kind=ExemptionKind.WAIVED,
            authority="县自然资源局",
            reason="整村搬迁",
            valid_from=YEAR.start,
        ),
        author="王敏",
    )
    return changling


async def test_what_nobody_touched_holds(written: Database) -> None:
    found = await audited(written)
    assert found.holds
    async with written.read() as connection:
        regions = await connection.scalar(select(func.count()).select_from(region))
    assert (found.unsealed, found.rows) == (0, 4 + int(regions or 0))
    assert (await audited(written, found.head)).holds


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE observation SET value = 21 WHERE value = 20", "数据被改动过"),
        ("UPDATE observation SET source = '' WHERE value = 20", "数据被改动过"),
        ("DELETE FROM observation WHERE value = 20", "封记时 1 行，现在 0 行"),
        ("UPDATE exemption SET authority = '县委'", "数据被改动过"),
        ("UPDATE revision SET author = '李四' WHERE reason = '20 盏'", "接不上"),
        ("UPDATE revision SET reason = '21 盏' WHERE reason = '20 盏'", "接不上"),
        ("UPDATE audit_entry SET chain = 'g' || substr(chain, 2) WHERE id = 2", "接不上"),
        ("DELETE FROM audit_entry WHERE id = 2", "没有封记"),
        ("UPDATE region SET name = '别村' WHERE code = '220722201204'", "区划 220722201204 的名称"),
        (
            "UPDATE region SET parent_code = '220722100000' WHERE code = '220722201204'",
            "区划 220722201204 的",
        ),
        ("UPDATE region_change SET name = '别村' WHERE region_code = '220722201204'", "数据被改动过"),
        (
            "INSERT INTO region (code, name, level, parent_code) "
            "VALUES ('220722201999', '新村', 'village', '220722201000')",
            "区划 220722201999 不是加载进来的",
        ),
        ("UPDATE indicator SET code = 'lamp' WHERE code = 'lamps'", "数据被改动过"),
        (
            "INSERT INTO observation (region_code, indicator_id, period, assessor_level, value, qualifier, "
            "source_status, revision_id) SELECT region_code, indicator_id, '2022', assessor_level, 5, "
            "qualifier, source_status, revision_id FROM observation WHERE value = 20",
            "封记时 1 行，现在 2 行",
        ),
    ],
)
async def test_what_was_changed_is_named(written: Database, statement: str, told: str) -> None:
    async with changed_behind_the_back(written) as connection:
        await connection.execute(text(statement))
    found = await audited(written)
    assert not found.holds
    assert any(told in one.zh for one in found.faults), found.faults


async def cut_out(connection: AsyncConnection, number: int, table: str) -> None:
    """Remove a write whole: its rows, its seal and itself."""
    for name, column in ((table, "revision_id"), ("audit_entry", "revision_id"), ("revision", "id")):
        await connection.execute(text(f"DELETE FROM {name} WHERE {column} = {number}"))


async def test_a_write_that_was_cut_out_whole_is_missed_by_the_next(written: Database) -> None:
    async with changed_behind_the_back(written) as connection:
        number = await connection.scalar(text("SELECT id FROM revision WHERE reason = '20 盏'"))
        for table, column in (
            ("observation", "revision_id"),
            ("audit_entry", "revision_id"),
            ("revision", "id"),
        ):
            await connection.execute(text(f"DELETE FROM {table} WHERE {column} = {number}"))
    found = await audited(written)
    assert [one.zh.startswith(f"修订 {number + 1} ") for one in found.faults] == [True]


async def test_a_removed_end_is_found_by_a_head_noted_before(written: Database) -> None:
    noted = (await audited(written)).head
    async with changed_behind_the_back(written) as connection:
        number = await connection.scalar(text("SELECT max(id) FROM revision"))
        for table, column in (
            ("exemption", "revision_id"),
            ("audit_entry", "revision_id"),
            ("revision", "id"),
        ):
            await connection.execute(text(f"DELETE FROM {table} WHERE {column} = {number}"))
    assert (await audited(written)).holds
    found = await audited(written, noted)
    assert not found.holds
    assert noted in found.faults[0].zh


async def test_writes_older_than_seals_are_sealed_by_the_next(
    written: Database, catalogue: IndicatorCatalogue
) -> None:
    async with changed_behind_the_back(written) as connection:
        await connection.execute(text("DELETE FROM audit_entry"))
    before = await audited(written)
    assert (before.holds, before.unsealed) == (True, before.writes)
    await write(written, catalogue, 40)
    after = await audited(written)
    assert (after.holds, after.unsealed, after.writes) == (True, 0, before.writes + 1)
