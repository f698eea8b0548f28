"""Plain columns beside what stands: what is new, what corrects another value, what is to be held back."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.importing.model import ImportOptions
from liangcun_server.importing.plain_columns import Keys, PlainColumns
from liangcun_server.importing.plausibility import AMOUNTS, FEWEST_PEERS, why
from liangcun_server.storage.lists import among
from liangcun_server.storage.tables import indicator, observation
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.regions import code_range
from liangcun_standards.vocabulary import Qualifier

_COUNTY_DIGITS = 6
_AT_ONCE = 50_000
# After every revision.
_LAST = 2.0**52
_EXACT, _SUSPECT = Qualifier.EXACT.value, Qualifier.SUSPECT.value
_FIGURES = frozenset({_EXACT, _SUSPECT})

Figures = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Comparison:
    """What columns mean beside what stands, by the places of their rows.

    `written` rows are new or correct another: `corrects` gives the number of that one's row, `corrects_of`
    its revision, 0 for none. `doubtful` says why rows are to be held back, `as_before` which figures came
    with another source than they stand with.
    """

    written: Flags
    corrects: Keys
    corrects_of: Keys
    doubtful: dict[int, str]
    as_before: Flags


async def compare(
    connection: AsyncConnection,
    columns: PlainColumns,
    catalogue: IndicatorCatalogue,
    options: ImportOptions,
    *,
    apart_from: Collection[int] = (),
) -> Comparison | None:
    """Compare all that a file says of some periods with what stands, `apart_from` revisions of its own.

    None where values that stand are to be stated anew, which needs a look at each.
    """
    standing = await _standing(connection, columns, options, apart_from)
    if options.restate and standing.own.any():
        return None
    return await asyncio.to_thread(_compared, columns, standing, catalogue, options)


def _compared(
    columns: PlainColumns, standing: _Standing, catalogue: IndicatorCatalogue, options: ImportOptions
) -> Comparison:
    keys = columns.keys()
    there, found = standing.at(keys)
    same = there & (standing.value[found] == columns.value) & standing.figures[found]
    corrects, corrects_of = (
        np.where(there & ~same, one[found], 0) for one in (standing.number, standing.revision)
    )
    doubtful = _doubtful(columns, keys, standing, catalogue, options.suspect_ratio)
    as_before = same & ~standing.same_source[found]
    return Comparison(~same, corrects, corrects_of, doubtful, as_before)


@dataclass(frozen=True)
class _Standing:
    """What stands in the counties concerned, older values first, by the keys of the columns.

    Regions that the file hasn't follow its own. `number` and `revision` are those of the row. `own` are
    values of the level imported, `exact` those that others are compared with, `figures` those that the same
    figure leaves as they are, `same_source` those whose source is that of the import. The last row stands for
    none.
    """

    key: Keys
    value: Figures
    own: Flags
    exact: Flags
    figures: Flags
    same_source: Flags
    number: Keys
    revision: Keys
    county: Keys

    def newest(self, kept: Flags | None = None) -> tuple[Keys, Keys]:
        """The keys, ascending, and for each the place of its newest value."""
        places = np.arange(len(self.key)) if kept is None else np.flatnonzero(kept)
        order = places[np.argsort(self.key[places], kind="stable")]
        keys = self.key[order]
        last = np.flatnonzero(np.diff(keys, append=-1))
        return keys[last], order[last]

    def at(self, keys: Keys) -> tuple[Flags, Keys]:
        """Whether a value of the level imported stands under each key, and at which place."""
        known, newest = self.newest(self.own)
        if not len(known):
            return np.zeros(len(keys), dtype=bool), np.full(len(keys), len(self.key) - 1)
        at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        return known[at] == keys, newest[at]


async def _standing(
    connection: AsyncConnection, columns: PlainColumns, options: ImportOptions, apart_from: Collection[int]
) -> _Standing:
    """What stands in the counties of the file, in its periods and the ones before."""
    codes = {code: place for place, code in enumerate(columns.codes)}
    names = {code: place for place, code in enumerate(columns.indicators)}
    periods = {str(one): place for place, one in enumerate(columns.periods)}
    spans = len(names) * len(periods)
    parts = []
    async with connection.stream(_asked(connection, columns, options, apart_from)) as found:
        async for rows in found.partitions(_AT_ONCE):
            read = [
                (
                    codes.setdefault(code, len(codes)) * spans + names[name] * len(periods) + periods[period],
                    np.nan if value is None else value,
                    level == options.level.value,
                    qualifier == _EXACT,
                    qualifier in _FIGURES,
                    same_source,
                    number,
                    revision,
                )
                for code, name, period, level, value, qualifier, same_source, number, revision in rows
            ]
            parts.append(np.array(read, dtype=np.float64))
    parts.append(np.array([[-1, np.nan, 0, 0, 0, 0, 0, _LAST]]))
    table = np.concatenate(parts)
    table = table[np.argsort(table[:, 7], kind="stable")]
    counties: dict[str, int] = {}
    county = [counties.setdefault(code[:_COUNTY_DIGITS], len(counties)) for code in codes]
    own, exact, figures, same_source = (table[:, at] == 1 for at in (2, 3, 4, 5))
    key, number, revision = (table[:, at].astype(np.int64) for at in (0, 6, 7))
    return _Standing(key, table[:, 1], own, exact, figures, same_source, number, revision, np.array(county))


def _asked(
    connection: AsyncConnection, columns: PlainColumns, options: ImportOptions, apart_from: Collection[int]
) -> Select[Any]:
    ends = [one[:_COUNTY_DIGITS].ljust(12, "0") for one in (min(columns.codes), max(columns.codes))]
    low, high = code_range(ends[0])[0], code_range(ends[1])[1]
    periods = columns.used_periods()
    asked = {str(one) for used in periods for one in (used, used.previous())}
    same_source = and_(
        observation.c.source_status == options.source_status.value,
        observation.c.source.is_not_distinct_from(options.source),
    )
    statement = (
        select(
            observation.c.region_code,
            indicator.c.code,
            observation.c.period,
            observation.c.assessor_level,
            observation.c.value,
            observation.c.qualifier,
            same_source,
            observation.c.id,
            observation.c.revision_id,
        )
        .join(indicator, indicator.c.id == observation.c.indicator_id)
        .where(
            observation.c.region_code.between(low, high),
            among(connection, observation.c.period, asked),
            among(connection, indicator.c.code, columns.indicators),
        )
    )
    return statement.where(observation.c.revision_id.not_in(apart_from)) if apart_from else statement


def _doubtful(
    columns: PlainColumns, keys: Keys, standing: _Standing, catalogue: IndicatorCatalogue, ratio: float
) -> dict[int, str]:
    """The rows to be held back and why: what `held_back` says, over columns."""
    amounts = np.array([catalogue[code].kind in AMOUNTS for code in columns.indicators])
    if not ratio or not amounts.any():
        return {}
    known, newest = standing.newest()
    fine = standing.exact[newest] & ~np.isnan(standing.value[newest])
    known, figures = known[fine], standing.value[newest][fine]
    before = _previous(columns, keys, known, figures)
    usual = _medians(columns, keys, standing.county, known, figures, ratio)
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


def _previous(columns: PlainColumns, keys: Keys, known: Keys, figures: Figures) -> Figures:
    """For each value that of the period before, NaN where there is none."""
    if not len(known):
        return np.full(len(keys), np.nan)
    places = {one: place for place, one in enumerate(columns.periods)}
    earlier = np.array([places.get(one.previous(), -1) for one in columns.periods])[columns.period]
    wanted = np.where(earlier < 0, -1, keys - columns.period + earlier)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[at] == wanted, figures[at], np.nan)


def _medians(
    columns: PlainColumns, keys: Keys, county: Keys, known: Keys, figures: Figures, ratio: float
) -> Figures:
    """For each value the median of its county's regions, those of the file included.

    NaN for too few, and where the lowest and the highest aren't so far apart that one could be doubted.
    """
    of_file, value = len(keys), columns.value
    others = ~np.isin(known, keys)
    if others.any():
        keys, value = np.concatenate([keys, known[others]]), np.concatenate([value, figures[others]])
    spans = len(columns.indicators) * len(columns.periods)
    group = county[keys // spans] * spans + keys % spans
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


def _is_wide(group: Keys, value: Figures, ratio: float) -> Flags:
    """By group, whether a value of it could be doubted beside its median, which lies between its ends."""
    low = np.full(int(group.max()) + 1, np.inf)
    high = np.full(len(low), -np.inf)
    np.minimum.at(low, group, value)
    np.maximum.at(high, group, value)
    wide: Flags = (high > 0) & ((high >= ratio * low) | ((low <= 1) & (high > ratio)))
    return wide
