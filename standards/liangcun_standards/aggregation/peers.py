"""Totals, minima and maxima over each peer group (villages that are compared with one another)."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from liangcun_standards.table import Booleans, Floats, Integers

# Two figures that differ by less than this part of the larger one differ by rounding (0.1 + 0.2 and 0.3).
# Without it, methods that stretch every difference to the full scale would rank villages on such noise.
ROUNDING = 1e-9

Figure = TypeVar("Figure", bound=np.generic)


class PeerGroups:
    """The peer group of each of `size` villages, numbered from 0; None puts all in one group.

    Totals are added in the order of the villages, one by one: a group's figures have the same bits whether
    it is computed alone or among others. Raises ValueError for numbers that fit no group.
    """

    def __init__(self, groups: Integers | None, size: int, count: int | None = None) -> None:
        if groups is None:
            groups = np.zeros(size, np.int64)
        if groups.shape != (size,) or groups.dtype.kind != "i":
            raise ValueError(f"groups are {groups.dtype} {groups.shape}, not int64 ({size},)")
        if size and int(groups.min()) < 0:
            raise ValueError("groups are numbered from 0")
        needed = int(groups.max()) + 1 if size else 1
        if count is not None and count < needed:
            raise ValueError(f"group {needed - 1} has no weights: there are {count} columns")
        self.of = groups
        self.count = needed if count is None else count
        self._order = None if np.all(groups[:-1] <= groups[1:]) else np.argsort(groups, kind="stable")
        sizes = np.bincount(groups, minlength=self.count)
        self._filled = np.flatnonzero(sizes)
        self._starts = (np.cumsum(sizes) - sizes)[self._filled]

    def total(self, row: Floats | Booleans) -> Floats:
        """(k,): the sum of (n,) values over each group, added in order."""
        total = np.bincount(self.of, weights=row, minlength=self.count)
        return total.astype(np.float64, copy=False)

    def lowest(self, row: Floats) -> Floats:
        """(k,): the smallest of (n,) values in each group, NaN left aside; infinity where there is none."""
        return self._extreme(np.fmin, row, np.inf)

    def highest(self, row: Floats) -> Floats:
        """(k,): the largest of (n,) values in each group, NaN left aside; -infinity where there is none."""
        return self._extreme(np.fmax, row, -np.inf)

    def spread(self, figures: npt.NDArray[Figure]) -> npt.NDArray[Figure]:
        """The figures of (k,) groups for each village: (n,), or (1,) where one group holds all."""
        return figures if self.count == 1 else figures[self.of]

    def _extreme(self, ufunc: np.ufunc, row: Floats, none: float) -> Floats:
        figures = np.full(self.count, none)
        if len(row):
            ordered = row if self._order is None else row[self._order]
            figures[self._filled] = ufunc.reduceat(ordered, self._starts)
        figures[np.isnan(figures)] = none
        return figures
