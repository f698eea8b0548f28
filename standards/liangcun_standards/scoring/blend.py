"""Blending periods: 月季均×70% + 年底×30%, criterion by criterion, so that the parts still add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    """A table and the share of the blend that it makes up; shares sum to 1."""

    table: IndicatorTable
    weight: float


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

    A sub-period in which nothing at all was observed was not assessed: it is left out, and so is a part of
    the blend without any sub-period, the rest taking its weight.
    Raises ValueError for a part with other regions than the table.
    """
    found: list[WeightedTable] = []
    for part in standard.blend:
        tables = []
        for period in _periods(part.over, table.period):
            one = table if period == table.period else parts.get(str(period))
            if one is not None and one is not table and list(one.regions) != list(table.regions):
                raise ValueError(f"the table of {period} has other regions than that of {table.period}")
            if one is not None and _observed(one, standard):
                tables.append(one)
        found += [WeightedTable(one, part.weight / len(tables)) for one in tables]
    if not found:
        return (WeightedTable(table, 1.0),)
    total = sum(one.weight for one in found)
    return tuple(WeightedTable(one.table, one.weight / total) for one in found)


def _observed(table: IndicatorTable, standard: Standard) -> bool:
    columns = (table.columns.get(source) for source in standard.inputs if source.lag == 0)
    return any(
        column is not None and (column.bounds is not None or not np.isnan(column.values).all())
        for column in columns
    )


def blend(parts: Sequence[tuple[float, Scores]], points: Floats, status: Statuses) -> Scores:
    """Put together the scores of several tables, with the weight of each.

    The scores are kept in `points` and `status`, both (m, n).
    """
    blended = Scores(parts[0][1].plan, points, status)
    for place in range(len(points)):
        _blend_criterion(blended, place, parts)
    return blended


def _blend_criterion(blended: Scores, place: int, parts: Sequence[tuple[float, Scores]]) -> None:
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
    parts: Sequence[tuple[float, Scores]],
    points: Floats,
    ends: tuple[Floats, Floats],
    absent: Booleans,
    exempt: Booleans,
) -> Statuses:
    mark = plan.marks[place]
    status: Statuses = (points >= mark).view(np.uint8) + (points > TOLERANCE).view(np.uint8)
    doubted = np.any([scores.status[place] == UNKNOWN for _, scores in parts], axis=0)
    status[doubted & ((ends[0] < mark) & (ends[1] >= mark) | absent)] = UNKNOWN
    if place in plan.checks:
        status[:] = UNSCORED
    last = parts[-1][1].status[place]
    gone = np.isin(last, (NOT_APPLICABLE, WAIVED)) & (exempt | (last == WAIVED))
    status[gone] = last[gone]
    return status
