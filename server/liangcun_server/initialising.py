"""Making a database ready for a place: its tables, its divisions and, where wanted, demonstration data."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.demonstration.loading import DemonstrationReport, load_demonstration
from liangcun_server.regions.divisions import divisions_within
from liangcun_server.regions.loading import LoadReport, load_regions
from liangcun_server.regions.region import Region
from liangcun_server.regions.repository import by_codes
from liangcun_server.storage.database import Database
from liangcun_server.storage.facts import read_fact, write_fact
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.regions import SIGNIFICANT_DIGITS, contains, full_code, short_code
from liangcun_standards.text import Text

AUTHOR = "liangcun"
# The fact that names the place of a database, a twelve-digit code.
_PLACE = "within"

Stage = Literal["tables", "regions", "demonstration"]
# Called with the stage and how much of it is done, of how much.
Progress = Callable[[Stage, int, int], None]


class OtherPlace(LiangcunError):
    """The database was made for another place than the one asked for."""

    code = "OTHER_PLACE"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Which demonstration data to load."""

    period: Period
    seed: int


@dataclass(frozen=True, slots=True)
class InitialisationReport:
    """What was done. `place` is what the database is for now, `was` what it was for, if it was made before.

    `regions` is None when the divisions were there already.
    """

    place: Region
    was: Region | None
    tables: bool
    regions: LoadReport | None
    demonstration: DemonstrationReport | None

    @property
    def widened(self) -> bool:
        """Whether the database is for a wider place than before."""
        return self.was is not None and self.was.code != self.place.code


async def place_of(connection: AsyncConnection) -> str | None:
    """The twelve-digit code of the place that the database is for; None when it was never initialised."""
    return await read_fact(connection, _PLACE)


async def initialise(
    database: Database,
    catalogue: IndicatorCatalogue,
    *,
    within: str | None,
    default: str,
    demonstration: Demonstration | None = None,
    progress: Progress | None = None,
) -> InitialisationReport:
    """Bring the tables up to date, load the divisions of `within` and, where wanted, demonstration data.

    A database is for one place, which may grow: for a place around the one that it has, what lies beside is
    added; a place within it is there already. `within` None is the place that the database is for or, for
    a new one, `default`. What is there already, regions that were changed since included, stays as it is.

    Raises InvalidRegionCode or UnknownRegion for a place that isn't among the shipped divisions, before
    anything is created, and OtherPlace when the database is for a place elsewhere.
    """
    report = progress or _nothing
    asked = None if within is None else await _division(within)
    report("tables", 0, 1)
    tables = await database.upgrade()
    report("tables", 1, 1)
    was = await _standing_place(database)
    wanted = full_code(default) if asked is None else asked.code
    if was is not None:
        wanted = was.code if asked is None else _grown(was, asked)
    regions = None
    if was is None or wanted != was.code:
        report("regions", 0, 1)
        regions = await _load_divisions(database, wanted)
        report("regions", 1, 1)
    loaded = None
    if demonstration is not None:
        loaded = await load_demonstration(
            database,
            catalogue,
            within=wanted if asked is None else asked.code,
            period=demonstration.period,
            seed=demonstration.seed,
            progress=lambda done, total: report("demonstration", done, total),
        )
    return InitialisationReport(await _region(database, wanted), was, tables, regions, loaded)


async def _division(code: str) -> Region:
    rows = await asyncio.to_thread(divisions_within, code)
    return next(row for row in rows if row.code == full_code(code))


async def _standing_place(database: Database) -> Region | None:
    async with database.read() as connection:
        code = await place_of(connection)
    return None if code is None else await _region(database, code)


def _grown(standing: Region, asked: Region) -> str:
    """The place that a database for `standing` is to be for once it holds `asked`. Raises OtherPlace."""
    if contains(standing.code, asked.code):
        return standing.code
    if contains(asked.code, standing.code):
        return asked.code
    way_out = Text(
        "请另建一个库（--database-url sqlite:///文件路径）",
        "make another database for it (--database-url sqlite:///FILE)",
    )
    around = _around(standing.code, asked.code)
    if around is not None:
        way_out = Text(
            f"{way_out.zh}，或用 --within {around} 把本库扩大到包含两地的范围",
            f"{way_out.en}, or widen this one to hold both with --within {around}",
        )
    here, there = (f"{short_code(one.code)} {one.name}" for one in (standing, asked))
    raise OtherPlace(
        Text(
            f"本库是为 {here} 建的，不包含 {there}；{way_out.zh}",
            f"this database is for {here}, which doesn't hold {there}; {way_out.en}",
        ),
        where="--within",
    )


def _around(one: str, other: str) -> str | None:
    """The shortest code of the smallest region that holds both; None for two provinces."""
    for digits in sorted(SIGNIFICANT_DIGITS.values(), reverse=True):
        if one[:digits] == other[:digits]:
            return one[:digits]
    return None


async def _load_divisions(database: Database, place: str) -> LoadReport:
    """Load what the database lacks of a place and remember the place."""
    rows = await asyncio.to_thread(divisions_within, place)
    async with database.read() as connection:
        known = await by_codes(connection, (row.code for row in rows))
    missing = [row for row in rows if row.code not in known]
    loaded = await load_regions(
        database, missing, author=AUTHOR, reason=f"内置区划（2023-06-30）：{short_code(place)}"
    )
    async with database.write(author=AUTHOR, reason=f"建库：{short_code(place)}", kind="place") as (
        connection,
        _,
    ):
        await write_fact(connection, _PLACE, place)
    return LoadReport(loaded.added, 0, len(known), loaded.revision)


async def _region(database: Database, code: str) -> Region:
    async with database.read() as connection:
        return (await by_codes(connection, [code]))[code]


def _nothing(_stage: Stage, _done: int, _total: int) -> None:
    """For callers that watch no progress."""
