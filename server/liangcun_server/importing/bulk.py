"""Recording plain columns: compared with what stands, held back where doubtful, written in one revision."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.importing.model import Change, ImportOptions, ImportReport
from liangcun_server.importing.plain_columns import Places, PlainColumns, is_sound
from liangcun_server.importing.plausibility import AMOUNTS, FEWEST_PEERS, why
from liangcun_server.ladder.repository import locks
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import COLUMNS, indicator_ids
from liangcun_server.regions.repository import by_codes
from liangcun_server.storage.bulk import insert_batches
from liangcun_server.storage.database import Database
from liangcun_server.storage.lists import among
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
    try:
        async with database.write(author=author, reason=reason, kind="import") as (connection, revision):
            regions = await by_codes(connection, columns.codes)
            if not await asyncio.to_thread(is_sound, columns, catalogue, regions):
                raise _Undone
            used = {columns.periods[at] for at in np.unique(columns.period)}
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
            written = _rows(columns, rows, doubtful, ids, options, revision)
            await insert_batches(connection, observation, COLUMNS, written)
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
    keys = columns.keys()
    known, newest = standing.newest()
    fine = standing.exact[newest] & ~np.isnan(standing.value[newest])
    known, figures = known[fine], standing.value[newest][fine]
    before = _previous(columns, known, figures)
    usual = _medians(columns, standing.county, keys, known, figures)
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


def _medians(columns: PlainColumns, county: Places, keys: Places, known: Places, figures: Figures) -> Figures:
    """For each value the median of its county's regions, those of the file included; NaN for too few."""
    others = ~np.isin(known, keys)
    every = np.concatenate([keys, known[others]])
    value = np.concatenate([columns.value, figures[others]])
    region, rest = np.divmod(every, len(columns.indicators) * len(columns.periods))
    group = county[region] * (len(columns.indicators) * len(columns.periods)) + rest
    order = np.lexsort((value, group))
    groups, start, count = np.unique(group[order], return_index=True, return_counts=True)
    ordered = value[order]
    middle = (ordered[start + (count - 1) // 2] + ordered[start + count // 2]) / 2
    middle[count < FEWEST_PEERS] = np.nan
    found: Figures = middle[np.searchsorted(groups, group[: len(keys)])]
    return found


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


def _rows(
    columns: PlainColumns,
    kept: Flags,
    doubtful: Mapping[int, str],
    ids: Mapping[str, int],
    options: ImportOptions,
    revision: int,
) -> Iterator[tuple[object, ...]]:
    """The rows of the table of observations, in the order of `COLUMNS`."""
    numbers = [ids[code] for code in columns.indicators]
    periods = [str(one) for one in columns.periods]
    level, status = options.level.value, options.source_status.value
    # In the order of the indexes, which then grow at their ends.
    names = np.argsort(np.argsort(columns.codes))
    order = np.lexsort((columns.indicator, names[columns.region], columns.period))
    rows = order[kept[order]]
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        for row, region, name, period, value in zip(
            part.tolist(),
            columns.region[part].tolist(),
            columns.indicator[part].tolist(),
            columns.period[part].tolist(),
            columns.value[part].tolist(),
            strict=True,
        ):
            note = doubtful.get(row)
            yield (
                columns.codes[region],
                numbers[name],
                periods[period],
                level,
                value,
                _EXACT if note is None else _SUSPECT,
                status,
                options.source,
                None,
                None,
                None,
                note,
                revision,
            )
