"""The databases themselves refuse to change what was recorded."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.storage.database import Database
from liangcun_server.storage.tables import (
    APPEND_ONLY,
    assessment,
    assessment_notice,
    assessment_publication,
    assessment_result,
    cost_table,
    evidence,
    evidence_file,
    evidence_removal,
    exemption,
    indicator,
    ladder_step,
    observation,
    plugin_change,
    region_change,
    standard_binding,
    standard_document,
)

BY = {"author": "王敏", "reason": "测试", "kind": "test"}
VILLAGE = "220722201204"
TABLES = [table.name for table in APPEND_ONLY]


async def record(connection: AsyncConnection, revision: int) -> None:
    """A row in every table that is only added to."""
    await _record_before_assessments(connection, revision)
    made = await connection.execute(
        insert(assessment).values(
            region_code=VILLAGE,
            standard_id="220722/own",
            version="2024",
            standard_digest="0" * 64,
            period="2023",
            frozen="{}",
            revision_id=revision,
        )
    )
    assert made.inserted_primary_key is not None
    of_it = {"assessment_id": made.inserted_primary_key[0], "revision_id": revision}
    counts = {"region_count": 1, "ranked_count": 1, "passed_count": 1}
    digests = {"digest": "0" * 64, "figures": b"", "figures_digest": "0" * 64}
    await connection.execute(insert(assessment_result).values(**of_it, **counts, **digests))
    await connection.execute(
        insert(assessment_notice).values(**of_it, action="own.remark", zh="注", en="note", failed=False)
    )
    await connection.execute(insert(assessment_publication).values(**of_it))
    file = {"sha256": "0" * 64, "media_type": "application/pdf", "size": 1, "revision_id": revision}
    await connection.execute(insert(evidence_file).values(**file))
    behind = await connection.execute(
        insert(evidence).values(
            region_code=VILLAGE,
            indicator_id=select(indicator.c.id).scalar_subquery(),
            period="2023",
            assessor_level="county",
            file_sha256="0" * 64,
            name="a.pdf",
            revision_id=revision,
        )
    )
    assert behind.inserted_primary_key is not None
    change = {"region_code": VILLAGE, "name": "蒙古屯村", "level": "village", "revision_id": revision}
    await connection.execute(insert(region_change).values(**change))
    await connection.execute(
        insert(evidence_removal).values(evidence_id=behind.inserted_primary_key[0], revision_id=revision)
    )
    await connection.execute(
        insert(ladder_step).values(
            region_code=VILLAGE,
            standard_id="220722/own",
            period="2023",
            assessor_level="self",
            action="submit",
            revision_id=revision,
        )
    )


async def _record_before_assessments(connection: AsyncConnection, revision: int) -> None:
    """One observation, one exemption, one standard's document and its binding, one change of a plugin."""
    created = await connection.execute(insert(indicator).values(code="lamps"))
    assert created.inserted_primary_key is not None
    await connection.execute(
        insert(observation).values(
            region_code=VILLAGE,
            indicator_id=created.inserted_primary_key[0],
            period="2023",
            assessor_level="county",
            value=12.0,
            qualifier="exact",
            source_status="simulated",
            revision_id=revision,
        )
    )
    await connection.execute(
        insert(exemption).values(
            region_code=VILLAGE,
            standard_id="220722/jiuyou-liuwu",
            criterion="lamps",
            kind="waived",
            authority="县考核办",
            reason="整村搬迁",
            valid_from=date(2023, 1, 1),
            revoked=False,
            revision_id=revision,
        )
    )
    await connection.execute(
        insert(cost_table).values(region_code=VILLAGE, file="costs.yaml", text="", revision_id=revision)
    )
    version = {"jurisdiction": "220722000000", "code": "own", "version": "2024", "revision_id": revision}
    await connection.execute(
        insert(standard_document).values(**version, status="draft", text="", digest="0" * 64)
    )
    await connection.execute(
        insert(plugin_change).values(plugin="sanhua", action="disabled", enabled=False, revision_id=revision)
    )
    await connection.execute(
        insert(standard_binding).values(**version, region_code=VILLAGE, effective_from=date(2024, 1, 1))
    )


async def everything(database: Database) -> list[tuple[object, ...]]:
    async with database.read() as connection:
        return [
            tuple(row) for table in TABLES for row in await connection.execute(text(f"SELECT * FROM {table}"))
        ]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET id = id + 1", "UPDATE {} SET id = id", "DELETE FROM {}"]
)
async def test_recorded_rows_can_be_neither_changed_nor_removed(
    changling: Database, table: str, statement: str
) -> None:
    async with changling.write(**BY) as (connection, revision):
        await record(connection, revision)
    before = await everything(changling)

    with pytest.raises(IntegrityError, match=f"{table} is append-only"):
        async with changling.write(**BY) as (connection, _):
            await connection.execute(text(statement.format(table)))

    assert await everything(changling) == before


@pytest.mark.parametrize("table", TABLES)
async def test_the_short_ways_round_are_shut_too(changling: Database, table: str) -> None:
    async with changling.write(**BY) as (connection, revision):
        await record(connection, revision)
    way_round = (
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
        if changling.is_sqlite
        else f"TRUNCATE {table} CASCADE"
    )

    with pytest.raises(IntegrityError, match="is append-only"):
        async with changling.write(**BY) as (connection, _):
            await connection.execute(text(way_round))


async def test_one_revision_says_one_thing_of_a_value(changling: Database) -> None:
    columns = [column.name for column in observation.columns if column.name != "id"]
    again = insert(observation).from_select(columns, select(*(observation.c[name] for name in columns)))

    async def record_twice() -> None:
        async with changling.write(**BY) as (connection, revision):
            await record(connection, revision)
            await connection.execute(again)

    with pytest.raises(IntegrityError):
        await record_twice()
