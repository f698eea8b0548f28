"""What a rule sees of the indicator table: some rows of it, exact or as spans."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from liangcun_standards.indicators import Indicator
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


class ExactRows:
    """A run of rows with their exact values, NaN where there is none."""

    def __init__(self, table: IndicatorTable, rows: slice, indicators: Mapping[str, Indicator]) -> None:
        self.table = table
        self.rows = rows
        self.indicators = indicators
        self.first: int = rows.start
        self.size: int = rows.stop - rows.start
        self._unknown: dict[Input, Booleans | None] = {}

    @cached_property
    def peers(self) -> Integers:
        """(size,) the number of each row's peer group."""
        return self.table.peers[self.rows]

    def read(self, source: Input) -> Floats:
        """(size,) values; all NaN for a column that isn't there."""
        column = self.table.columns.get(source)
        return np.full(self.size, np.nan) if column is None else column.values[self.rows]

    def unknown(self, sources: tuple[Input, ...]) -> Booleans | None:
        """The rows in which at least one of the columns has no exact value; None for no row."""
        found: Booleans | None = None
        for source in sources:
            mask = self.unknown_of(source)
            if mask is not None:
                found = mask if found is None else found | mask
        return found

    def unknown_of(self, source: Input) -> Booleans | None:
        """The rows in which the column has no exact value; None for no row."""
        column = self.table.columns.get(source)
        if column is None:
            return np.ones(self.size, bool)
        if column.unknown is None:
            return None
        if source not in self._unknown:
            mask = column.unknown[self.rows]
            self._unknown[source] = mask if mask.any() else None
        return self._unknown[source]

    def bounded(self, source: Input) -> bool:
        """Whether the column has bounds in place of some values, in these rows or others."""
        column = self.table.columns.get(source)
        return column is not None and column.bounds is not None

    def missing(self, source: Input) -> Booleans | None:
        """The rows in which nothing was observed, not even a bound; None for no row."""
        mask = self.unknown_of(source)
        column = self.table.columns.get(source)
        if mask is None or column is None or column.bounds is None:
            return mask
        first, last = np.searchsorted(column.bounds.rows, (self.first, self.first + self.size))
        if first == last:
            return mask
        mask = mask.copy()
        mask[column.bounds.rows[first:last] - self.first] = False
        return mask if mask.any() else None


class SpanRows:
    """Chosen rows with what is known of their values; ends are finite."""

    def __init__(self, table: IndicatorTable, rows: Integers, indicators: Mapping[str, Indicator]) -> None:
        self._table = table
        self._rows = rows
        self._read: dict[Input, Span] = {}
        self.indicators = indicators
        self.size = len(rows)

    @cached_property
    def peers(self) -> Integers:
        """(size,) the number of each row's peer group."""
        return self._table.peers[self._rows]

    def read(self, source: Input) -> Span:
        """Two (size,) ends, read once."""
        if source not in self._read:
            self._read[source] = self._finite(source)
        return self._read[source]

    def _finite(self, source: Input) -> Span:
        column = self._table.columns.get(source)
        if column is None:
            low, high = possible_range(None, self.indicators[source.indicator])
            return Span(np.full(self.size, low), np.full(self.size, high))
        span = column.span(self._rows)
        if not span.exact:
            np.maximum(span.low, -LARGEST_VALUE, out=span.low)
            np.minimum(span.high, LARGEST_VALUE, out=span.high)
        return span


class BlankRow:
    """One row of which nothing is known but the ranges that its values lie in."""

    size = 1
    peers: Integers = np.zeros(1, np.int64)

    def __init__(self, table: IndicatorTable, indicators: Mapping[str, Indicator]) -> None:
        self._table = table
        self.indicators = indicators

    def read(self, source: Input) -> Span:
        """Two (1,) ends."""
        low, high = possible_range(self._table.columns.get(source), self.indicators[source.indicator])
        return Span(np.array([low]), np.array([high]))


def possible_range(column: Column | None, indicator: Indicator) -> tuple[float, float]:
    """The finite ends of what a missing value can be."""
    low, high = indicator.range if column is None else (column.minimum, column.maximum)
    return max(low, -LARGEST_VALUE), min(high, LARGEST_VALUE)
