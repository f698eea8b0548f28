"""Rows of a result's tables laid out anew, some of them several times, and scored again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from liangcun_standards.indicators import Indicator
from liangcun_standards.scoring import Exempt, ScoreResult, score
from liangcun_standards.scoring.derivation import unfolded
from liangcun_standards.table import Bounds, Column, IndicatorTable, Input, Integers

# What to make of one column of one of the tables, before it is scored.
Change = Callable[[IndicatorTable, Input, Column], Column]


def observed_inputs(result: ScoreResult, indicators: Mapping[str, Indicator]) -> tuple[Input, ...]:
    """The columns that somebody observes, derived ones unfolded; `indicators` with the standard's own."""
    every: Iterable[Input] = unfolded(result.standard.inputs, indicators)
    return tuple(one for one in every if indicators[one.indicator].formula is None)


def tables_of(result: ScoreResult) -> tuple[IndicatorTable, ...]:
    """The table of the period, and those of the sub-periods that it was scored by."""
    return (result.table, *(one for one in result.tables if one is not result.table))


def scored_anew(
    result: ScoreResult,
    indicators: Mapping[str, Indicator],
    rows: Integers,
    peers: Integers,
    change: Change | None = None,
) -> ScoreResult:
    """The rows of a result scored again as regions of their own, in peer groups of their own.

    `indicators` are those of plugins. `rows`: (k,) which rows, in any order, more than once where wanted;
    `peers`: (k,). Raises PluginFailed.
    """
    known = result.standard.known(indicators)
    inputs = observed_inputs(result, known)

    def laid(table: IndicatorTable) -> IndicatorTable:
        columns = {}
        for source in inputs:
            column = _taken(table.columns.get(source), known[source.indicator], rows)
            columns[source] = column if change is None else change(table, source, column)
        # Nobody asks these rows for their regions.
        return IndicatorTable(table.period, [""] * len(rows), columns, peers)

    main, *parts = (laid(table) for table in tables_of(result))
    exempt = {code: exempt_among(one, rows) for code, one in result.exempt.items()}
    return score(result.standard, main, indicators, exempt, {str(one.period): one for one in parts})


def exempt_among(exempt: Exempt, rows: Integers) -> Exempt:
    """Where the exempt rows stand among others."""
    return Exempt(
        np.flatnonzero(np.isin(rows, exempt.waived)), np.flatnonzero(np.isin(rows, exempt.not_applicable))
    )


def _taken(column: Column | None, indicator: Indicator, rows: Integers) -> Column:
    if column is None:
        low, high = indicator.range
        return Column(np.full(len(rows), np.nan), low, high)
    values, bounds = column.values[rows], column.bounds
    if bounds is None or not len(bounds.rows):
        return Column(values, column.minimum, column.maximum)
    places = np.minimum(np.searchsorted(bounds.rows, rows), len(bounds.rows) - 1)
    hit = np.flatnonzero(bounds.rows[places] == rows)
    taken = Bounds(hit, bounds.low[places[hit]], bounds.high[places[hit]])
    return Column(values, column.minimum, column.maximum, taken)
