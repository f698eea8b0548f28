"""Loading regions: whole or not at all, twice without harm, never removing one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from liangcun_server.audit.verifying import verify
from liangcun_server.regions import repository
from liangcun_server.regions.divisions import divisions_within
from liangcun_server.regions.loading import LoadReport, load_region_file, load_regions
from liangcun_server.regions.problems import InvalidRegionFile
from liangcun_server.regions.region import Region, UnknownRegion
from liangcun_server.storage.database import Database
from liangcun_server.storage.tables import region_change
from liangcun_standards.vocabulary import RegionLevel

BY = {"author": "王敏", "reason": "建库"}
HEAD = "code,name,parent_code,level"


async def test_a_county_is_loaded_whatever_the_order_of_its_rows(database: Database) -> None:
    rows = divisions_within("220722")

    report = await load_regions(database, list(reversed(rows)), **BY)

    assert report == LoadReport(added=291, changed=0, unchanged=0, revision=1)
    async with database.read() as connection:
        assert await repository.by_codes(connection, [row.code for row in rows]) == {
            row.code: row for row in rows
        }


async def test_loading_the_same_again_changes_nothing_and_says_so(changling: Database) -> None:
    before = await changling.latest_revision()

    report = await load_regions(changling, divisions_within("220722"), **BY)

    assert report == LoadReport(added=0, changed=0, unchanged=291, revision=None)
    assert await changling.latest_revision() == before


async def test_a_second_county_of_the_province_adds_what_is_new(changling: Database) -> None:
    rows = divisions_within("220723")

    report = await load_regions(changling, rows, **BY)

    assert (report.added, report.unchanged) == (len(rows) - 2, 2)


async def test_a_renamed_region_is_updated_and_the_rest_stays(changling: Database) -> None:
    rows = divisions_within("220722201204")
    renamed = replace(rows[-1], name="蒙古屯村")

    report = await load_regions(changling, [*rows[:-1], renamed], **BY)

    assert (report.added, report.changed, report.unchanged) == (0, 1, 4)
    async with changling.read() as connection:
        assert (await repository.by_codes(connection, [renamed.code]))[renamed.code] == renamed
        assert await repository.count_within(connection) == 291


async def test_no_rows_are_no_revision(database: Database) -> None:
    assert await load_regions(database, [], **BY) == LoadReport(0, 0, 0, None)


async def test_a_parent_that_is_nowhere_stops_the_load(database: Database) -> None:
    rows = [
        Region("220000000000", "吉林省", RegionLevel.PROVINCE, None),
        Region("220722000000", "长岭县", RegionLevel.COUNTY, "220700000000"),
    ]

    with pytest.raises(UnknownRegion, match="220700000000"):
        await load_regions(database, rows, **BY)

    async with database.read() as connection:
        assert await repository.count_within(connection) == 0
    assert await database.latest_revision() == 0


async def test_a_file_may_lean_on_parents_in_the_database(changling: Database, tmp_path: Path) -> None:
    path = tmp_path / "新村.csv"
    path.write_text(f"{HEAD}\n220722201299,新立村,220722201,村\n", encoding="gbk")

    report = await load_region_file(changling, path, **BY)

    assert (report.added, report.changed, report.unchanged) == (1, 0, 0)


async def test_the_same_file_twice_is_loaded_once(changling: Database, tmp_path: Path) -> None:
    path = tmp_path / "新村.csv"
    path.write_text(f"{HEAD}\n220722201299,新立村,220722201,村\n", encoding="utf-8-sig")

    await load_region_file(changling, path, **BY)

    assert await load_region_file(changling, path, **BY) == LoadReport(0, 0, 1, None)


async def test_a_file_with_one_bad_row_loads_nothing(changling: Database, tmp_path: Path) -> None:
    path = tmp_path / "新村.csv"
    path.write_text(
        f"{HEAD}\n220722201299,新立村,220722201,村\n220722299201,某村,220722299,村\n", encoding="utf-8"
    )

    with pytest.raises(InvalidRegionFile) as caught:
        await load_region_file(changling, path, **BY)

    assert [(problem.line, problem.field) for problem in caught.value.problems] == [(3, "parent_code")]
    async with changling.read() as connection:
        assert await repository.count_within(connection) == 291


async def test_every_load_says_what_it_changed(changling: Database) -> None:
    async with changling.read() as connection:
        (village,) = (await repository.by_codes(connection, ["220722201204"])).values()
    renamed = replace(village, name="新名村委会")
    report = await load_regions(changling, [renamed], author="王敏", reason="更名")
    async with changling.read() as connection:
        changes = await connection.execute(
            select(region_change.c.name, region_change.c.revision_id)
            .where(region_change.c.region_code == village.code)
            .order_by(region_change.c.id)
        )
        first, second = changes.all()
        assert (first.name, tuple(second)) == (village.name, ("新名村委会", report.revision))
        assert (await verify(connection)).holds
