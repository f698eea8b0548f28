"""Whoever else writes while a file is brought in: it ends as if one had come after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.importing.importing import import_files
from liangcun_server.importing.model import ImportOptions, ImportReport
from liangcun_server.observations import repository
from liangcun_server.observations.model import Observation
from liangcun_server.observations.recording import confirm_observation
from liangcun_server.regions.repository import codes_within
from liangcun_server.storage.database import Database
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.plugins import load_plugins
from liangcun_standards.vocabulary import AssessorLevel, Qualifier, RegionLevel, SourceStatus

PERIOD = Period.parse("2024")
OPTIONS = ImportOptions(source_status=SourceStatus.INTERPRETATION, source="台账", period=PERIOD)
VILLAGE = "220722201204"


class Overtaken(Database):
    """A database in which somebody else writes just before each first write of ours."""

    first: Callable[[], Awaitable[Any]] | None = None

    @asynccontextmanager
    async def write(self, **said: Any) -> AsyncIterator[tuple[AsyncConnection, int]]:
        first, self.first = self.first, None
        if first is not None:
            await first()
        async with super().write(**said) as begun:
            yield begun


@pytest.fixture(scope="module")
def catalogue() -> IndicatorCatalogue:
    return load_plugins().indicators


@pytest.fixture
async def overtaken(changling: Database) -> AsyncIterator[Overtaken]:
    async with Overtaken(changling.url) as database:
        yield database


@pytest.fixture
def bring(catalogue: IndicatorCatalogue) -> Callable[..., Awaitable[ImportReport]]:
    async def bringing(database: Database, file: Path, options: ImportOptions = OPTIONS) -> ImportReport:
        return await import_files(database, catalogue, [file], options, author="县", reason="年报")

    return bringing


@pytest.fixture
def confirm(changling: Database, catalogue: IndicatorCatalogue) -> Callable[[], Awaitable[Any]]:
    async def confirming() -> None:
        await confirm_observation(
            changling,
            catalogue,
            region_code=VILLAGE,
            indicator="cleaners",
            period=PERIOD,
            assessor_level=AssessorLevel.COUNTY,
            author="县",
            reason="已核实",
        )

    return confirming


def said(folder: Path, name: str, *rows: str) -> Path:
    file = folder / name
    file.write_text("\n".join(["region,indicator,value,qualifier,source", *rows, ""]), encoding="utf-8")
    return file


async def stands(database: Database, code: str = VILLAGE) -> Observation:
    async with database.read() as connection:
        (found,) = (await repository.current(connection, [code], periods=[PERIOD]))[code]
    return found


async def test_a_confirmation_just_before_an_import_is_kept(
    changling: Database, overtaken: Overtaken, tmp_path: Path, bring: Any, confirm: Any
) -> None:
    await bring(changling, said(tmp_path, "a.csv", f"{VILLAGE},cleaners,50,suspect,甲"))
    overtaken.first = confirm
    done = await bring(overtaken, said(tmp_path, "b.csv", f"{VILLAGE},cleaners,50,,乙"))
    assert [(one.before.qualifier, one.after.qualifier) for one in done.corrected] == [
        (Qualifier.EXACT, Qualifier.EXACT)
    ]
    found = await stands(changling)
    assert (found.value, found.qualifier, found.source) == (50, Qualifier.EXACT, "乙")
    assert "已核实" in str(found.note)


async def test_a_confirmation_and_an_import_at_once_end_as_one_after_the_other(
    changling: Database, overtaken: Overtaken, tmp_path: Path, bring: Any, confirm: Any
) -> None:
    await bring(changling, said(tmp_path, "a.csv", f"{VILLAGE},cleaners,50,suspect,甲"))
    again = said(tmp_path, "b.csv", f"{VILLAGE},cleaners,50,,乙")
    await asyncio.gather(bring(overtaken, again), confirm())
    # Both orders come to this: the confirmation holds, and the source is the later file's.
    found = await stands(changling)
    assert (found.value, found.qualifier, found.source) == (50, Qualifier.EXACT, "乙")
    assert str(found.note).endswith("由 县 确认：已核实")


async def test_an_import_is_compared_with_the_one_that_overtook_it(
    changling: Database, overtaken: Overtaken, tmp_path: Path, bring: Any
) -> None:
    theirs = said(tmp_path, "a.csv", f"{VILLAGE},cleaners,5,,甲")
    ours = said(tmp_path, "b.csv", f"{VILLAGE},cleaners,5,,")
    overtaken.first = lambda: bring(changling, theirs)
    done = await bring(overtaken, ours)
    # The same figure keeps the source that it stands with.
    assert (done.revision, done.new, done.unchanged, done.as_before) == (None, 0, 1, 1)
    assert (await stands(changling)).source == "甲"


async def test_a_village_taken_in_before_counts_among_the_peers(
    changling: Database, overtaken: Overtaken, tmp_path: Path, bring: Any
) -> None:
    async with changling.read() as connection:
        codes = await codes_within(connection, "220722000000", RegionLevel.VILLAGE)
    peers = said(tmp_path, "a.csv", *(f"{code},cleaners,5,," for code in codes[:10]))
    overtaken.first = lambda: bring(changling, peers)
    done = await bring(overtaken, said(tmp_path, "b.csv", f"{codes[20]},cleaners,60,,"))
    assert [one.region_code for one in done.held] == [codes[20]]


async def test_imports_at_once_of_the_same_values_tell_and_leave_what_one_after_the_other_does(
    changling: Database, overtaken: Overtaken, tmp_path: Path, bring: Any
) -> None:
    async with changling.read() as connection:
        codes = await codes_within(connection, "220722000000", RegionLevel.VILLAGE)
    files = [
        said(tmp_path, f"{value}.csv", *(f"{code},cleaners,{value},,册{value}" for code in codes))
        for value in (5, 6)
    ]
    both = zip((changling, overtaken), files, strict=True)
    done = await asyncio.gather(*(bring(database, file) for database, file in both))
    first, second = sorted(done, key=lambda one: int(one.revision or 0))
    assert (first.new, len(first.corrected)) == (len(codes), 0)
    assert (second.new, len(second.corrected)) == (0, len(codes))
    last = second.changes[0].after.value
    for code in codes:
        found = await stands(changling, code)
        assert (found.value, found.source, found.revision) == (last, f"册{last:.0f}", second.revision)


async def test_a_dry_run_leaves_no_revision(
    changling: Database, tmp_path: Path, bring: Any, catalogue: IndicatorCatalogue
) -> None:
    before = await changling.latest_revision()
    tried = await bring(
        changling,
        said(tmp_path, "a.csv", f"{VILLAGE},cleaners,5,,"),
        ImportOptions(**{**vars(OPTIONS), "dry_run": True}),
    )
    assert (tried.new, tried.revision, await changling.latest_revision()) == (1, None, before)
