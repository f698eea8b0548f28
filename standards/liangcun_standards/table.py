"""The indicator table: villages × indicators for one period, one contiguous column per indicator."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from liangcun_standards.periods import Period

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

# Beyond this a figure about a village is a slip, and sums of squares stay finite.
LARGEST_VALUE = 1e15


class Input(NamedTuple):
    """A column that a rule reads: an indicator in the period scored (`lag` 0) or the one before (1)."""

    indicator: str
    lag: int = 0


class Span(NamedTuple):
    """What is known of each value: it lies in [low, high]; the same array twice where all is exact."""

    low: Floats
    high: Floats

    @property
    def exact(self) -> bool:
        """Whether both ends are one array."""
        return self.low is self.high


@dataclass(frozen=True, slots=True)
class Bounds:
    """The rows of a column that are only bounded (AT_LEAST, AT_MOST), with both ends; `rows` ascend."""

    rows: Integers
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Column:
    """One indicator over all rows.

    `values`: (n,) float64, NaN where nothing usable was observed: missing, suspect or only bounded.
    `minimum`, `maximum`: the indicator's valid range, which bounds what a missing value can be.
    `bounds`: the rows of which at least one end is known.
    """

    values: Floats
    minimum: float
    maximum: float
    bounds: Bounds | None = None

    @cached_property
    def _sum(self) -> float:
        return float(self.values.sum())

    @property
    def plain(self) -> bool:
        """Whether every value is exact and finite, one after another in memory."""
        return math.isfinite(self._sum) and self.values.flags.c_contiguous

    @cached_property
    def unknown(self) -> Booleans | None:
        """The rows without an exact value, or None when every value is exact."""
        if not math.isnan(self._sum):
            # One NaN makes the sum NaN: most columns are done with here, in half the time.
            return None
        mask = np.isnan(self.values)
        return mask if mask.any() else None

    def span(self, rows: Integers) -> Span:
        """What is known of the values at `rows`."""
        low = self.values[rows]
        unknown = None if self.unknown is None else self.unknown[rows]
        if unknown is None or not unknown.any():
            return Span(low, low)
        high = np.where(unknown, self.maximum, low)
        low = np.where(unknown, self.minimum, low)
        if self.bounds is not None and len(self.bounds.rows):
            places = np.searchsorted(self.bounds.rows, rows)
            places = np.minimum(places, len(self.bounds.rows) - 1)
            hit = self.bounds.rows[places] == rows
            low[hit] = self.bounds.low[places[hit]]
            high[hit] = self.bounds.high[places[hit]]
        return Span(low, high)


@dataclass(frozen=True)
class IndicatorTable:
    """Villages × indicators for one period.

    `regions`: n twelve-digit codes, ascending and unique.
    `columns`: by (indicator, lag); a column that isn't there counts as missing throughout.
    `peers`: (n,) int64, the number of each row's peer group (for rules relative to peers), from 0.
    Raises ValueError when the shapes disagree.
    """

    period: Period
    regions: Sequence[str]
    columns: Mapping[Input, Column]
    peers: Integers = field(default_factory=lambda: np.empty(0, np.int64))

    def __post_init__(self) -> None:
        size = len(self.regions)
        if len(self.peers) == 0:
            object.__setattr__(self, "peers", np.zeros(size, np.int64))
        if len(self.peers) != size:
            raise ValueError(f"{len(self.peers)} peer groups for {size} regions")
        for name, column in self.columns.items():
            if column.values.shape != (size,) or column.values.dtype != np.float64:
                found = f"{column.values.dtype} {column.values.shape}"
                raise ValueError(f"column {name} is {found}, not float64 ({size},)")

    def __len__(self) -> int:
        return len(self.regions)

    @cached_property
    def known(self) -> frozenset[Input]:
        """The columns in which every value is exact."""
        return frozenset(name for name, column in self.columns.items() if column.unknown is None)

    @cached_property
    def addresses(self) -> dict[Input, int]:
        """Where the values of the plain columns lie in memory, as long as the table lives."""
        return {name: column.values.ctypes.data for name, column in self.columns.items() if column.plain}

    @cached_property
    def row_of(self) -> dict[str, int]:
        """The row of each region code."""
        return {code: row for row, code in enumerate(self.regions)}

    def digest(self) -> str:
        """SHA-256 over the period, the regions and every value and bound, in the order of the names."""
        digest = hashlib.sha256(str(self.period).encode())
        digest.update("\n".join(self.regions).encode())
        digest.update(np.ascontiguousarray(self.peers, dtype="<i8").tobytes())
        for name in sorted(self.columns):
            column = self.columns[name]
            digest.update(f"\n{name.indicator}@{name.lag}\n".encode())
            digest.update(np.ascontiguousarray(column.values, dtype="<f8").tobytes())
            if column.bounds is not None:
                digest.update(np.ascontiguousarray(column.bounds.rows, dtype="<i8").tobytes())
                digest.update(np.ascontiguousarray(column.bounds.low, dtype="<f8").tobytes())
                digest.update(np.ascontiguousarray(column.bounds.high, dtype="<f8").tobytes())
        return digest.hexdigest()
