"""What a rule sees of the indicator table: some rows of it, exact or as spans."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from liangcun_standards.indicators import LARGEST_VALUE, Indicator
from liangcun_standards.table import Booleans, Column, Floats, IndicatorTable, Input, Integers, Span


class ExactRows:
    """A run of rows with their exact values, NaN where there is none."""

    def __init__(self, table: IndicatorTable, rows: slice, indicators: Mapping[str, Indicator]) -> None:
        self._table = table
        self._rows = rows
        self.indicators = indicators
        self.size = len(table.regions[rows])
        self.peers: Integers = table.peers[rows]

    def read(self, source: Input) -> Floats:
        """(size,) values; all NaN for a column that isn't there."""
        column = self._table.columns.get(source)
        return np.full(self.size, np.nan) if column is None else column.values[self._rows]

    def unknown(self, sources: tuple[Input, ...]) -> Booleans | None:
        """The rows in which at least one of the columns has no exact value; None for no row."""
        found: Booleans | None = None
        for source in sources:
            column = self._table.columns.get(source)
            if column is None:
                return np.ones(self.size, bool)
            if column.unknown is not None:
                mask = column.unknown[self._rows]
                found = mask if found is None else found | mask
        return found if found is not None and found.any() else None

    def missing(self, source: Input) -> Booleans | None:
        """The rows in which nothing was observed, not even a bound; None for no row."""
        column = self._table.columns.get(source)
        if column is None:
            return np.ones(self.size, bool)
        if column.unknown is None:
            return None
        mask = column.unknown[self._rows]
        if column.bounds is not None and len(column.bounds.rows):
            mask = mask.copy()
            first, last = self._rows.start or 0, (self._rows.start or 0) + self.size
            inside = column.bounds.rows[(column.bounds.rows >= first) & (column.bounds.rows < last)]
            mask[inside - first] = False
        return mask if mask.any() else None


class SpanRows:
    """Chosen rows with what is known of their values; ends are finite."""

    def __init__(self, table: IndicatorTable, rows: Integers, indicators: Mapping[str, Indicator]) -> None:
        self._table = table
        self._rows = rows
        self._read: dict[Input, Span] = {}
        self.indicators = indicators
        self.size = len(rows)
        self.peers: Integers = table.peers[rows]

    def read(self, source: Input) -> Span:
        """Two (size,) ends, read once."""
        if source not in self._read:
            self._read[source] = self._finite(source)
        return self._read[source]

    def _finite(self, source: Input) -> Span:
        column = self._table.columns.get(source)
        if column is None:
            low, high = self.indicators[source.indicator].range
            column = Column(np.full(len(self._table), np.nan), low, high)
        span = column.span(self._rows)
        if span.exact:
            return span
        return Span(np.maximum(span.low, -LARGEST_VALUE), np.minimum(span.high, LARGEST_VALUE))
