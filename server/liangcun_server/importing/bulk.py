"""Recording plain columns: compared with what stands, held back where doubtful, written in one revision."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.importing.column_rows import ColumnRows
from liangcun_server.importing.model import Change, ImportOptions, ImportReport
from liangcun_server.importing.plain_columns import Places, PlainColumns, is_sound
from liangcun_server.importing.plausibility import AMOUNTS, FEWEST_PEERS, why
from liangcun_server.ladder.repository import locks
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import COLUMNS, indicator_ids
from liangcun_server.regions.repository import by_codes
from liangcun_server.storage.bulk import copy_blocks, insert_batches
from liangcun_server.storage.database import Database
from liangcun_server.storage.lists import among
from liangcun_server.storage.sealing import WrittenObservations
from liangcun_server.storage.tables import indicator, observation
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.regions import code_range
from liangcun_standards.vocabulary import Qualifier

_COUNTY_DIGITS = 6
_AT_ONCE = 50_000
_EXACT, _SUSPECT = Qualifier.EXACT.value, Qualifier.SUSPECT.value
_FIGURES = frozenset({_EXACT, _SUSPECT})

Figures = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class _Undone(Exception):
    """Raised within a writing transaction to undo a revision that would be empty, or was only tried."""


async def import_columns(
    database: Database,
    catalogue: IndicatorCatalogue,
    columns: PlainColumns,
    options: ImportOptions,
    *,
    author: str,
    reason: str,
) -> ImportReport | None:
    """Record plain columns; None, with nothing written, where a value needs to be looked at by itself.

    That is a value that can't be recorded as it stands, one that corrects another, one of a level that may
    be locked, and one whose source is to be stated anew.
    """
    report: ImportReport | None = None
    sealed = WrittenObservations()
    try:
        async with database.write(author=author, reason=reason, kind="import", observations=sealed) as (
            connection,
            revision,
        ):
            regions = await by_codes(connection, columns.codes)
            if not await asyncio.to_thread(is_sound, columns, catalogue, regions):
                raise _Undone
            used = {columns.periods[at] for at in np.flatnonzero(np.bincount(columns.period))}
            if await locks(connection, used, {options.level}):
                raise _Undone
            standing = await _standing(connection, columns, options)
            rows = _new_rows(columns, standing)
            if rows is None or (options.restate and standing.own.any()):
                raise _Undone
            doubtful = await asyncio.to_thread(_doubtful, columns, standing, catalogue, options.suspect_ratio)
            held = [_held(columns, row, told, options) for row, told in doubtful.items() if rows[row]]
            count = int(rows.sum())
            report = ImportReport(
                changes=[Change(one, None) for one in held],
                new=count,
                unchanged=len(rows) - count,
                problems=(),
                held=held,
                ignored=(),
                as_before=0,
                revision=revision if count and not options.dry_run else None,
                refused=False,
            )
            if report.revision is None:
                raise _Undone
            ids = await indicator_ids(connection, columns.indicators)
            numbers = [ids[code] for code in columns.indicators]
            first = await _first_number(connection, count)
            written = ColumnRows(columns, numbers, doubtful, options, revision, first)
            places = await asyncio.to_thread(_in_order, columns, rows)
            await _write(connection, written, places, sealed)
    except _Undone:
        pass
    return report


@dataclass(frozen=True)
class _Standing:
    """What stands in the counties concerned, older values first, by the keys of the columns.

    Regions that the file hasn't follow its own. `own` are values of the level imported, `exact` those that
    others are compared with, `figures` those that the same figure leaves as they are.
    """

    key: Places
    value: Figures
    own: Flags
    exact: Flags
    figures: Flags
    county: Places

    def newest(self, kept: Flags | None = None) -> tuple[Places, Places]:
        """The keys, ascending, and for each the place of its newest value."""
        places = np.arange(len(self.key)) if kept is None else np.flatnonzero(kept)
        keys, last = np.unique(self.key[places][::-1], return_index=True)
        return keys, places[::-1][last]


async def _standing(connection: AsyncConnection, columns: PlainColumns, options: ImportOptions) -> _Standing:
    """What stands in the counties of the file, in its periods and the ones before."""
    codes = {code: place for place, code in enumerate(columns.codes)}
    names = {code: place for place, code in enumerate(columns.indicators)}
    periods = {str(one): place for place, one in enumerate(columns.periods)}
    parts = [np.empty((0, 6))]
    async with connection.stream(_asked(connection, columns)) as found:
        async for rows in found.partitions(_AT_ONCE):
            read = [
                (
                    (codes.setdefault(code, len(codes)) * len(names) + names[name]) * len(periods)
                    + periods[period],
                    np.nan if value is None else value,
                    level == options.level.value,
                    qualifier == _EXACT,
                    qualifier in _FIGURES,
                    revision,
                )
                for code, name, period, level, value, qualifier, revision in rows
            ]
            parts.append(np.array(read, dtype=np.float64))
    table = np.concatenate(parts)
    table = table[np.argsort(table[:, 5], kind="stable")]
    counties: dict[str, int] = {}
    county = [counties.setdefault(code[:_COUNTY_DIGITS], len(counties)) for code in codes]
    own, exact, figures = (table[:, at] == 1 for at in (2, 3, 4))
    return _Standing(table[:, 0].astype(np.int64), table[:, 1], own, exact, figures, np.array(county))


def _asked(connection: AsyncConnection, columns: PlainColumns) -> Select[Any]:
    ends = [one[:_COUNTY_DIGITS].ljust(12, "0") for one in (min(columns.codes), max(columns.codes))]
    low, high = code_range(ends[0])[0], code_range(ends[1])[1]
    return (
        select(
            observation.c.region_code,
            indicator.c.code,
            observation.c.period,
            observation.c.assessor_level,
            observation.c.value,
            observation.c.qualifier,
            observation.c.revision_id,
        )
        .join(indicator, indicator.c.id == observation.c.indicator_id)
        .where(
            observation.c.region_code.between(low, high),
            among(connection, observation.c.period, map(str, columns.periods)),
            among(connection, indicator.c.code, columns.indicators),
        )
    )


def _new_rows(columns: PlainColumns, standing: _Standing) -> Flags | None:
    """Which values are new, the others being as they stand; None where one corrects another."""
    keys, newest = standing.newest(standing.own)
    if not len(keys):
        return np.ones(len(columns.value), dtype=bool)
    wanted = columns.keys()
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    there = keys[at] == wanted
    found = newest[at]
    same = (standing.value[found] == columns.value) & standing.figures[found]
    return None if bool((there & ~same).any()) else ~there


def _doubtful(
    columns: PlainColumns, standing: _Standing, catalogue: IndicatorCatalogue, ratio: float
) -> dict[int, str]:
    """The rows to be held back and why: what `held_back` says, over columns."""
    amounts = np.array([catalogue[code].kind in AMOUNTS for code in columns.indicators])
    if not ratio or not amounts.any():
        return {}
    known, newest = standing.newest()
    fine = standing.exact[newest] & ~np.isnan(standing.value[newest])
    known, figures = known[fine], standing.value[newest][fine]
    before = _previous(columns, known, figures)
    usual = _medians(columns, standing, known, figures, ratio)
    with np.errstate(invalid="ignore"):
        suspected = amounts[columns.indicator] & (
            ((before > 0) & (columns.value >= ratio * before))
            | ((usual > 0) & (columns.value >= ratio * usual))
            | ((columns.value > 0) & (columns.value <= 1) & (usual > ratio))
        )
    told: dict[int, str] = {}
    for row in map(int, np.flatnonzero(suspected)):
        sides = [None if np.isnan(one) else float(one) for one in (before[row], usual[row])]
        kind = catalogue[columns.indicators[columns.indicator[row]]].kind
        reason = why(float(columns.value[row]), sides[0], sides[1], ratio, kind)
        if reason is not None:
            told[row] = reason
    return told


def _previous(columns: PlainColumns, known: Places, figures: Figures) -> Figures:
    """For each value that of the period before, NaN where there is none."""
    if not len(known):
        return np.full(len(columns.value), np.nan)
    places = {one: place for place, one in enumerate(columns.periods)}
    earlier = np.array([places.get(one.previous(), -1) for one in columns.periods])[columns.period]
    wanted = np.where(earlier < 0, -1, columns.keys() - columns.period + earlier)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[at] == wanted, figures[at], np.nan)


def _medians(
    columns: PlainColumns, standing: _Standing, known: Places, figures: Figures, ratio: float
) -> Figures:
    """For each value the median of its county's regions, those of the file included.

    NaN for too few, and where the lowest and the highest aren't so far apart that one could be doubted.
    """
    keys, value = columns.keys(), columns.value
    of_file = len(keys)
    others = ~np.isin(known, keys)
    if others.any():
        keys, value = np.concatenate([keys, known[others]]), np.concatenate([value, figures[others]])
    spans = len(columns.indicators) * len(columns.periods)
    group = standing.county[keys // spans] * spans + keys % spans
    doubted = np.flatnonzero(_is_wide(group, value, ratio)[group])
    order = doubted[np.lexsort((value[doubted], group[doubted]))]
    ordered, value = group[order], value[order]
    start = np.flatnonzero(np.diff(ordered, prepend=-1))
    count = np.diff(start, append=len(ordered))
    middle = (value[start + (count - 1) // 2] + value[start + count // 2]) / 2
    middle[count < FEWEST_PEERS] = np.nan
    found = np.full(int(group.max()) + 1, np.nan)
    found[ordered[start]] = middle
    usual: Figures = found[group[:of_file]]
    return usual


def _is_wide(group: Places, value: Figures, ratio: float) -> Flags:
    """By group, whether a value of it could be doubted beside its median, which lies between its ends."""
    low = np.full(int(group.max()) + 1, np.inf)
    high = np.full(len(low), -np.inf)
    np.minimum.at(low, group, value)
    np.maximum.at(high, group, value)
    wide: Flags = (high > 0) & ((high >= ratio * low) | ((low <= 1) & (high > ratio)))
    return wide


def _held(columns: PlainColumns, row: int, why: str, options: ImportOptions) -> NewObservation:
    return NewObservation(
        region_code=columns.codes[columns.region[row]],
        indicator=columns.indicators[columns.indicator[row]],
        period=columns.periods[columns.period[row]],
        value=float(columns.value[row]),
        qualifier=Qualifier.SUSPECT,
        assessor_level=options.level,
        source_status=options.source_status,
        source=options.source,
        note=why,
    )


async def _write(
    connection: AsyncConnection, rows: ColumnRows, places: Places, sealed: WrittenObservations
) -> None:
    """Write the rows at `places`, and take them down for the seal."""
    names = ("id", *COLUMNS)
    if connection.dialect.name == "postgresql":
        await copy_blocks(connection, observation, names, _ahead(rows, places, sealed))
        return
    for start in range(0, len(places), _AT_ONCE):
        part = places[start : start + _AT_ONCE]
        sealed.add(await asyncio.to_thread(rows.sealed, part, start), len(part))
        await insert_batches(connection, observation, names, rows.tuples(part, start))


async def _ahead(rows: ColumnRows, places: Places, sealed: WrittenObservations) -> AsyncIterator[memoryview]:
    """Blocks to be copied, each put together while the one before it is being taken."""

    def made(start: int) -> memoryview:
        part = places[start : start + _AT_ONCE]
        sealed.add(rows.sealed(part, start), len(part))
        return rows.copied(part, start)

    starts = range(0, len(places), _AT_ONCE)
    following = asyncio.ensure_future(asyncio.to_thread(made, 0))
    try:
        for start in starts:
            block = await following
            if start + _AT_ONCE < len(places):
                following = asyncio.ensure_future(asyncio.to_thread(made, start + _AT_ONCE))
            yield block
    finally:
        # A thread outlives whoever gives up waiting for it.
        await asyncio.gather(following, return_exceptions=True)


def _in_order(columns: PlainColumns, kept: Flags) -> Places:
    """The places of the rows kept, in the order of the index, which then grows at its end."""
    names = np.argsort(np.argsort(columns.codes))
    order = np.lexsort((columns.indicator, names[columns.region], columns.period))
    places: Places = order[kept[order]]
    return places


async def _first_number(connection: AsyncConnection, count: int) -> int:
    """The first of `count` numbers for rows, which are nobody else's: writers take turns."""
    if connection.dialect.name != "postgresql":
        return int(await connection.scalar(select(func.coalesce(func.max(observation.c.id), 0))) or 0) + 1
    sequence = "pg_get_serial_sequence('observation', 'id')"
    first = int(await connection.scalar(text(f"SELECT nextval({sequence})")) or 0)
    await connection.execute(text(f"SELECT setval({sequence}, :last)"), {"last": first + count - 1})
    return first
