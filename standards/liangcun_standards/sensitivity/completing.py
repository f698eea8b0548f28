"""What isn't known filled in: completions of a table, and what each of them scores.

A value that is missing or only bounded is drawn from what it can be, every possible value as likely as any
other: a yes or no, an answer, a whole number, or a figure between the ends. Where the indicator's range
leaves an end open, the farthest figure observed takes its place; where nothing at all was observed, the value
is either end.
A completion fills in every value at once, so that criteria which read one indicator agree on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from liangcun_standards.indicators import Indicator
from liangcun_standards.scoring import ScoreResult
from liangcun_standards.scoring.blend import assessed
from liangcun_standards.scoring.derivation import unfolded
from liangcun_standards.scoring.views import possible_range
from liangcun_standards.sensitivity.stacking import observed_inputs, scored_anew, tables_of
from liangcun_standards.table import (
    LARGEST_VALUE,
    Booleans,
    Column,
    Floats,
    IndicatorTable,
    Input,
    Integers,
    Span,
)

# Completions in all, and rows that are scored at a time.
MOST = 128
_ROWS = 200_000


@dataclass(frozen=True)
class Unknowns:
    """The rows of a result that rest on something unknown, and how to fill it in.

    `rows`: which rows of the table are scored again. Of a standard relative to peers all are, since one
    village's value moves the others.
    """

    result: ScoreResult
    indicators: Mapping[str, Indicator]
    within: slice

    @cached_property
    def known(self) -> Mapping[str, Indicator]:
        """Every indicator that the standard may speak of."""
        return self.result.standard.known(self.indicators)

    @cached_property
    def rows(self) -> Integers:
        """The rows to score for each completion, none where all is known."""
        found = np.zeros(len(self.result), bool)
        for table in tables_of(self.result):
            for source in observed_inputs(self.result, self.known):
                found |= self.open_cells(table, source)
        if self.result.standard.peer_relative:
            return np.arange(len(found)) if found.any() else np.zeros(0, np.int64)
        found[: self.within.start] = found[self.within.stop :] = False
        return np.flatnonzero(found)

    @cached_property
    def _counted_as_none(self) -> frozenset[Input]:
        """Events of which no record means none, as far as nothing else reads them."""
        standard = self.result.standard
        read = [source for criterion in standard.criteria for source in criterion.inputs]
        read += [source for entry in standard.entry for source in entry.require.inputs()]
        silent = {Input(one.indicator) for one in standard.adjustments if one.missing == "none"}
        return frozenset(silent - set(unfolded(read, self.known)))

    def open_cells(self, table: IndicatorTable, source: Input) -> Booleans:
        """(n,) where a column has no exact value and its sub-period was assessed."""
        column = table.columns.get(source)
        if column is not None and column.unknown is None:
            return np.zeros(len(table), bool)
        unknown = np.ones(len(table), bool) if column is None else column.unknown
        assert unknown is not None
        if source in self._counted_as_none:
            unknown = np.zeros(len(table), bool)
            if column is not None and column.bounds is not None:
                unknown[column.bounds.rows] = True
        if not self.result.standard.blend:
            return unknown
        here: Booleans = unknown & assessed(table, self.result.standard)
        return here

    def span(self, table: IndicatorTable, source: Input, rows: Integers) -> Span:
        """The ends between which values are drawn, both (len(rows),)."""
        column, indicator = table.columns.get(source), self.known[source.indicator]
        if column is None:
            low, high = possible_range(None, indicator)
            return Span(np.full(len(rows), low), np.full(len(rows), high))
        low_ends, high_ends = column.span(rows)
        return _closed(column, low_ends, high_ends)


def _closed(column: Column, low: Floats, high: Floats) -> Span:
    """The ends, with the farthest figure observed in place of one that is open."""
    seen = column.values[~np.isnan(column.values)]
    if column.bounds is not None:
        ends = np.concatenate([column.bounds.low, column.bounds.high])
        seen = np.concatenate([seen, ends[np.abs(ends) < LARGEST_VALUE]])
    if len(seen):
        high = np.where(high >= LARGEST_VALUE, np.maximum(seen.max(), low), high)
        low = np.where(low <= -LARGEST_VALUE, np.minimum(seen.min(), high), low)
    return Span(np.maximum(low, -LARGEST_VALUE), np.minimum(high, LARGEST_VALUE))


def completed(unknowns: Unknowns, count: int, random: np.random.Generator) -> Iterator[ScoreResult]:
    """What `count` completions score, some of them at a time: each result holds them one after another."""
    each = max(1, _ROWS // max(unknowns.within.stop - unknowns.within.start, len(unknowns.rows), 1))
    for first in range(0, count, each):
        yield _scored(unknowns, min(each, count - first), random)


def _scored(unknowns: Unknowns, count: int, random: np.random.Generator) -> ScoreResult:
    result, rows = unknowns.result, unknowns.rows
    own = result.table.peers[rows]
    apart = np.arange(count)[:, None] * (int(own.max(initial=0)) + 1) + own

    def fill(table: IndicatorTable, source: Input, column: Column) -> Column:
        places = np.flatnonzero(unknowns.open_cells(table, source)[rows])
        if not len(places):
            return column
        ends = unknowns.span(table, source, rows[places])
        values = column.values.reshape(count, -1)
        values[:, places] = drawn(unknowns.known[source.indicator], ends, random.random((count, len(places))))
        return Column(values.ravel(), column.minimum, column.maximum)

    return scored_anew(result, unknowns.indicators, np.tile(rows, count), apart.ravel(), fill)


def drawn(indicator: Indicator, ends: Span, shares: Floats) -> Floats:
    """The values at `shares`, (…, n) in [0, 1), of what lies between the ends, (n,)."""
    low, high = ends
    open_ = (low <= -LARGEST_VALUE) | (high >= LARGEST_VALUE)
    if indicator.whole:
        first, last = np.ceil(low), np.floor(high)
        values = np.minimum(first + np.floor(shares * (np.maximum(last - first, 0.0) + 1.0)), high)
    else:
        values = low + shares * (high - low)
    values = np.asarray(values, np.float64)
    if open_.any():
        values[..., open_] = np.where(shares < 0.5, low, high)[..., open_]
    return values
