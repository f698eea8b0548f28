"""One region as it stands on record, and what a standard would make of it with other values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from liangcun_standards.document.standard import Standard
from liangcun_standards.indicators import Indicator
from liangcun_standards.scoring import Exempt, ScoreResult, score
from liangcun_standards.scoring.derivation import derived, measured, unfolded
from liangcun_standards.scoring.run import entry_truth
from liangcun_standards.scoring.views import ExactRows, possible_range
from liangcun_standards.table import Booleans, Bounds, Column, Floats, IndicatorTable, Input, Integers

_NO_ROWS = np.empty(0, np.int64)


class OnRecord(NamedTuple):
    """What is known of one value: it lies in [low, high]; `bounded` says that one end is on record.

    `range` holds the finite ends of what it could be if nothing were known.
    """

    low: float
    high: float
    bounded: bool
    range: tuple[float, float]

    @property
    def exact(self) -> bool:
        """Whether the value itself is known."""
        return self.low == self.high and not self.bounded


@dataclass(frozen=True)
class Responses:
    """What n sets of values come to. `points`, `status`: (m, n) as of a result. `adjustments`: (n,) each.

    `admitted`: (entry conditions, n) where surely met.
    """

    result: ScoreResult
    admitted: Booleans

    @property
    def points(self) -> Floats:
        """(m, n), NaN where a criterion doesn't count."""
        return self.result.points


class Scored(NamedTuple):
    """A result, and which of its rows is the village's."""

    result: ScoreResult
    row: int


@dataclass(frozen=True)
class Village:
    """One row of a result: what is on record, and from which criteria it is exempt.

    `beside`: a table of the same regions with what costs go by and the standard doesn't read.
    """

    result: ScoreResult
    indicators: Mapping[str, Indicator]
    row: int
    exempt: Mapping[str, Exempt]
    beside: IndicatorTable | None = None

    @classmethod
    def of(
        cls,
        result: ScoreResult,
        indicators: Mapping[str, Indicator],
        row: int,
        beside: IndicatorTable | None = None,
    ) -> Village:
        """The village in a row of a result; `indicators` are those of plugins."""
        known = result.standard.known(indicators)
        exempt = {}
        for code, one in result.exempt.items():
            waived, off = row in one.waived, row in one.not_applicable
            if waived or off:
                exempt[code] = Exempt(_rows(waived, 1), _rows(off, 1))
        return cls(result, known, row, exempt, beside)

    @property
    def standard(self) -> Standard:
        """The standard that it is scored by."""
        return self.result.standard

    @property
    def table(self) -> IndicatorTable:
        """The table that it is a row of."""
        return self.result.table

    @cached_property
    def held(self) -> frozenset[str]:
        """The indicators that criteria measure against other villages, which a plan leaves as they are."""
        sources = [one.inputs for one in self.standard.criteria if one.rule.peer_relative]
        return frozenset(
            source.indicator for inputs in sources for source in unfolded(inputs, self.indicators)
        )

    @property
    def code(self) -> str:
        """The region's code."""
        return self.table.regions[self.row]

    def exact_value(self, indicator: str) -> float:
        """The value of an indicator in the period scored, NaN where there is no exact one."""
        for table in (self.table, self.beside):
            column = None if table is None else table.columns.get(Input(indicator))
            row = None if table is None else table.row_of.get(self.code)
            if column is not None and row is not None:
                return float(column.values[row])
        return np.nan

    @cached_property
    def on_record(self) -> dict[Input, OnRecord]:
        """What is known of every value that scoring rests on."""
        return {source: self._known(source) for source in measured(self.standard, self.indicators)}

    def _known(self, source: Input) -> OnRecord:
        column = self.table.columns.get(source)
        ends = possible_range(column, self.indicators[source.indicator])
        if column is None:
            return OnRecord(*ends, bounded=False, range=ends)
        span = column.span(np.array([self.row]))
        low, high = max(float(span.low[0]), ends[0]), min(float(span.high[0]), ends[1])
        exact = not np.isnan(column.values[self.row])
        at = -1 if column.bounds is None else int(np.searchsorted(column.bounds.rows, self.row))
        bounded = column.bounds is not None and at < len(column.bounds.rows)
        bounded = bounded and not exact and column.bounds is not None and column.bounds.rows[at] == self.row
        return OnRecord(low, high, bool(bounded), ends)

    def with_values(self, changed: Mapping[str, Floats], size: int) -> IndicatorTable:
        """A table of `size` rows, each the village with some values of this period changed.

        `changed`: (size,) for each indicator, NaN for what stays as it is on record.
        """
        columns = {}
        for source, known in self.on_record.items():
            given = changed.get(source.indicator) if source.lag == 0 else None
            columns[source] = _column(known, given, size)
        return self._table(columns, size)

    def within_spans(self, spans: Mapping[str, tuple[Floats, Floats]], size: int) -> IndicatorTable:
        """A table of `size` rows, of which some values are only known to lie between two ends, (size,)."""
        columns = {}
        for source, known in self.on_record.items():
            if source.lag or source.indicator not in spans:
                columns[source] = _column(known, None, size)
                continue
            low, high = spans[source.indicator]
            bounds = Bounds(np.arange(size), low, high)
            columns[source] = Column(np.full(size, np.nan), *known.range, bounds)
        return self._table(columns, size)

    def _table(self, columns: Mapping[Input, Column], size: int) -> IndicatorTable:
        regions = [self.code] if size == 1 else [f"{row:012d}" for row in range(size)]
        table = IndicatorTable(self.table.period, regions, columns)
        return derived(table, self.standard.inputs, self.indicators)

    def respond(self, table: IndicatorTable) -> Responses:
        """What the standard makes of the rows of such a table."""
        size = len(table)
        exempt = {
            code: Exempt(_rows(len(one.waived) > 0, size), _rows(len(one.not_applicable) > 0, size))
            for code, one in self.exempt.items()
        }
        result = score(self.standard, table, self.indicators, exempt)
        view = ExactRows(table, slice(0, size), self.indicators)
        entries = [entry_truth(entry, view).must for entry in self.standard.entry]
        return Responses(result, np.stack(entries) if entries else np.ones((0, size), bool))

    def respond_to(self, values: Mapping[str, float]) -> Scored:
        """The scorecard with these values in place of those on record, other villages being as they are."""
        if not self.held:
            changed = {code: np.array([value]) for code, value in values.items()}
            return Scored(self.respond(self.with_values(changed, 1)).result, 0)
        size = len(self.table)
        columns = {}
        for source, known in self.on_record.items():
            column = self.table.columns.get(source)
            if column is None:
                column = Column(np.full(size, np.nan), *known.range)
            if source.lag == 0 and source.indicator in values:
                column = _replaced(column, self.row, values[source.indicator])
            columns[source] = column
        table = IndicatorTable(self.table.period, self.table.regions, columns, self.table.peers)
        return Scored(score(self.standard, table, self.indicators, self.result.exempt), self.row)


def _replaced(column: Column, row: int, value: float) -> Column:
    values, bounds = column.values.copy(), column.bounds
    values[row] = value
    if bounds is not None:
        kept = bounds.rows != row
        bounds = Bounds(bounds.rows[kept], bounds.low[kept], bounds.high[kept])
    return Column(values, column.minimum, column.maximum, bounds)


def _rows(there: bool, size: int) -> Integers:
    return np.arange(size) if there else _NO_ROWS


def _column(known: OnRecord, given: Floats | None, size: int) -> Column:
    own = known.low if known.exact else np.nan
    values = np.full(size, own) if given is None else np.where(np.isnan(given), own, given)
    if not known.bounded:
        return Column(values, *known.range)
    rows = np.flatnonzero(np.isnan(values))
    bounds = Bounds(rows, np.full(len(rows), known.low), np.full(len(rows), known.high))
    return Column(values, *known.range, bounds if len(rows) else None)
