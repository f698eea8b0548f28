"""Blending periods: 月季均×70% + 年底×30%, criterion by criterion, so that the parts still add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from liangcun_standards.document.standard import Standard
from liangcun_standards.periods import Period, PeriodKind
from liangcun_standards.scoring.criteria import (
    NOT_APPLICABLE,
    UNKNOWN,
    UNSCORED,
    WAIVED,
    Open,
    Scores,
    Statuses,
)
from liangcun_standards.scoring.plan import TOLERANCE, Plan
from liangcun_standards.table import Booleans, Floats, IndicatorTable

_KINDS: dict[str, PeriodKind] = {"months": "month", "quarters": "quarter", "halves": "half"}


class WeightedTable(NamedTuple):
    """A table and the share of the blend that it makes up for each of its rows; shares sum to 1.

    A single number where it is all there is.
    """

    table: IndicatorTable
    weight: Floats | float


def sub_periods(standard: Standard, period: Period) -> tuple[Period, ...]:
    """The periods besides `period` itself of which scoring needs a table."""
    parts = [_periods(part.over, period) for part in standard.blend]
    return tuple(dict.fromkeys(one for part in parts for one in part if one != period))


def _periods(over: str, period: Period) -> tuple[Period, ...]:
    return (period,) if over == "period" else period.parts(_KINDS[over])


def weigh(
    standard: Standard, table: IndicatorTable, parts: Mapping[str, IndicatorTable]
) -> tuple[WeightedTable, ...]:
    """The tables to blend.

    A sub-period in which nothing at all was observed in a peer group was not assessed there: it is left out,
    and so is a part of the blend without any sub-period, the rest taking its weight. Where none was
    assessed, the table stands for all.
    Raises ValueError for a part with other regions than the table.
    """
    found: list[tuple[IndicatorTable, Floats]] = []
    for part in standard.blend:
        tables = [(one, assessed(one, standard)) for one in _tables(part.over, table, parts)]
        count = np.sum([rows for _, rows in tables], axis=0) if tables else 0
        found += [(one, part.weight * rows / np.maximum(count, 1)) for one, rows in tables if rows.any()]
    total = np.sum([weight for _, weight in found], axis=0) if found else np.zeros(len(table))
    nowhere = total == 0
    if len(found) < 2 and (not found or found[0][0] is table or not nowhere.any()):
        return (WeightedTable(found[0][0] if found else table, 1.0),)
    if nowhere.any():
        found.append((table, nowhere.astype(np.float64)))
        total[nowhere] = 1.0
    return tuple(WeightedTable(one, weight / total) for one, weight in found)


def _tables(
    over: str, table: IndicatorTable, parts: Mapping[str, IndicatorTable]
) -> Iterator[IndicatorTable]:
    """The tables that there are of a part's sub-periods."""
    for period in _periods(over, table.period):
        one = table if period == table.period else parts.get(str(period))
        if one is not None and one is not table and list(one.regions) != list(table.regions):
            raise ValueError(f"the table of {period} has other regions than that of {table.period}")
        if one is not None:
            yield one


def assessed(table: IndicatorTable, standard: Standard) -> Booleans:
    """(n,) where anything was observed in the row's peer group."""
    groups = np.zeros(int(table.peers.max(initial=0)) + 1, bool)
    for source in standard.inputs:
        column = table.columns.get(source)
        if column is None or source.lag:
            continue
        groups[table.peers if column.unknown is None else table.peers[~column.unknown]] = True
        if column.bounds is not None:
            groups[table.peers[column.bounds.rows]] = True
    return groups[table.peers]


def blend(parts: Sequence[tuple[Floats | float, Scores]], points: Floats, status: Statuses) -> Scores:
    """Put together the scores of several tables, with the weight of each.

    The scores are kept in `points` and `status`, both (m, n).
    """
    blended = Scores(parts[0][1].plan, points, status)
    for place in range(len(points)):
        _blend_criterion(blended, place, parts)
    return blended


def _blend_criterion(blended: Scores, place: int, parts: Sequence[tuple[Floats | float, Scores]]) -> None:
    """One criterion over all rows: each row's points are the weighted mean of its points in the tables."""
    size = len(blended.points[place])
    points, low, high = np.zeros(size), np.zeros(size), np.zeros(size)
    counted, bound = np.zeros(size), np.zeros(size)
    for weight, scores in parts:
        absent, exempt = scores.absent.get(place), scores.exempt.get(place)
        here = np.ones(size, bool) if absent is None else ~absent
        ends = np.where(here, scores.points[place], 0.0)
        points += ends * weight
        counted += here * weight
        binding = np.ones(size, bool) if exempt is None else ~exempt
        lowest, highest = ends.copy(), ends
        open_ = scores.open.get(place)
        if open_ is not None:
            lowest[open_.rows] = open_.low
            highest[open_.rows] = open_.high
        low += np.where(binding, lowest, 0.0) * weight
        high += np.where(binding, highest, 0.0) * weight
        bound += binding * weight
    exempt, absent = bound == 0, counted == 0
    points /= np.where(absent, 1.0, counted)
    low /= np.where(exempt, 1.0, bound)
    high /= np.where(exempt, 1.0, bound)
    points[absent] = np.nan
    blended.points[place] = points
    blended.status[place] = _status(blended.plan, place, parts, points, (low, high), absent, exempt)
    if absent.any():
        blended.absent[place] = absent
    if exempt.any():
        blended.exempt[place] = exempt
    moving = np.flatnonzero((high - low > TOLERANCE) & ~exempt)
    if len(moving):
        blended.open[place] = Open(moving, low[moving], high[moving])


def _status(
    plan: Plan,
    place: int,
    parts: Sequence[tuple[Floats | float, Scores]],
    points: Floats,
    ends: tuple[Floats, Floats],
    absent: Booleans,
    exempt: Booleans,
) -> Statuses:
    mark = plan.marks[place]
    status: Statuses = (points >= mark).view(np.uint8) + (points > TOLERANCE).view(np.uint8)
    doubted = np.any([(scores.status[place] == UNKNOWN) & (weight > 0) for weight, scores in parts], axis=0)
    status[doubted & ((ends[0] < mark) & (ends[1] >= mark) | absent)] = UNKNOWN
    if place in plan.checks:
        status[:] = UNSCORED
    last = parts[0][1].status[place]
    for weight, scores in parts[1:]:
        last = np.where(np.greater(weight, 0), scores.status[place], last)
    gone = np.isin(last, (NOT_APPLICABLE, WAIVED)) & (exempt | (last == WAIVED))
    status[gone] = last[gone]
    return status
