"""Blending periods: 月季均×70% + 年底×30%, criterion by criterion, so that the parts still add up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from liangcun_standards.document.standard import Standard
from liangcun_standards.document.tree import Criterion
from liangcun_standards.periods import Period, PeriodKind
from liangcun_standards.scoring.criteria import (
    NOT_APPLICABLE,
    TOLERANCE,
    UNKNOWN,
    UNSCORED,
    WAIVED,
    CriterionColumns,
    Open,
    pass_mark,
)
from liangcun_standards.table import IndicatorTable

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


def blend(
    criterion: Criterion,
    tables: Sequence[WeightedTable],
    score: Callable[[IndicatorTable], CriterionColumns],
) -> CriterionColumns:
    """One criterion over all rows: each row's points are the weighted mean of its points in the tables."""
    scored = [(one.weight, score(one.table)) for one in tables]
    size = len(scored[0][1].points)
    points, low, high = np.zeros(size), np.zeros(size), np.zeros(size)
    counted, bound = np.zeros(size), np.zeros(size)
    for weight, columns in scored:
        here = np.ones(size, bool) if columns.absent is None else ~columns.absent
        points += np.where(here, columns.points, 0.0) * weight
        counted += here * weight
        binding = np.ones(size, bool) if columns.exempt is None else ~columns.exempt
        ends = np.where(here, columns.points, 0.0)
        lowest, highest = ends.copy(), ends
        if columns.open is not None:
            lowest[columns.open.rows] = columns.open.low
            highest[columns.open.rows] = columns.open.high
        low += np.where(binding, lowest, 0.0) * weight
        high += np.where(binding, highest, 0.0) * weight
        bound += binding * weight
    exempt, absent = bound == 0, counted == 0
    points /= np.where(absent, 1.0, counted)
    low /= np.where(exempt, 1.0, bound)
    high /= np.where(exempt, 1.0, bound)
    points[absent] = np.nan
    mark = pass_mark(criterion)
    status = (points >= mark).view(np.uint8) + (points > TOLERANCE).view(np.uint8)
    doubted = np.any([columns.status == UNKNOWN for _, columns in scored], axis=0)
    status[doubted & ((low < mark) & (high >= mark) | absent)] = UNKNOWN
    if criterion.max_score == 0 and not criterion.veto:
        status[:] = UNSCORED
    last = scored[-1][1].status
    gone = np.isin(last, (NOT_APPLICABLE, WAIVED)) & (exempt | (last == WAIVED))
    status[gone] = last[gone]
    moving = np.flatnonzero((high - low > TOLERANCE) & ~exempt)
    return CriterionColumns(
        points,
        status,
        absent if absent.any() else None,
        exempt if exempt.any() else None,
        Open(moving, low[moving], high[moving]) if len(moving) else None,
    )
