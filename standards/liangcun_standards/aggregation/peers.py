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

    Rows of values may stand one below the other: (…, n) values give (…, k) figures of groups. What a group
    comes to depends on its own villages in their order alone: it has the same bits whether it is computed
    alone or among others. Raises ValueError for numbers that fit no group.
    """

    def __init__(self, groups: Integers | None, size: int, count: int | None = None) -> None:
        self._order: Integers | None = None
        if groups is None:
            self.of = np.zeros(size, np.int64)
            sizes = np.array([size])
        else:
            sizes = self._checked(groups, size, count)
        self.count = len(sizes)
        self.sizes = sizes.astype(np.float64)
        self._filled = np.flatnonzero(sizes)
        self._starts = (np.cumsum(sizes) - sizes)[self._filled]

    def _checked(self, groups: Integers, size: int, count: int | None) -> Integers:
        """How many villages each group holds."""
        if groups.shape != (size,) or groups.dtype.kind != "i":
            raise ValueError(f"groups are {groups.dtype} {groups.shape}, not int64 ({size},)")
        if size and int(groups.min()) < 0:
            raise ValueError("groups are numbered from 0")
        needed = int(groups.max()) + 1 if size else 1
        if count is not None and count < needed:
            raise ValueError(f"group {needed - 1} has no weights: there are {count} columns")
        self.of = groups
        if not np.all(groups[:-1] <= groups[1:]):
            self._order = np.argsort(groups, kind="stable")
        return np.bincount(groups, minlength=needed if count is None else count)

    def total(self, rows: Floats | Booleans) -> Floats:
        """(…, k): the sum of (…, n) values over each group."""
        return self._reduced(np.add, np.asarray(rows, np.float64), 0.0)

    def lowest(self, rows: Floats) -> Floats:
        """(…, k): the smallest of (…, n) values in each group, NaN left aside; infinity for none."""
        return self._extreme(np.fmin, rows, np.inf)

    def highest(self, rows: Floats) -> Floats:
        """(…, k): the largest of (…, n) values in each group, NaN left aside; -infinity for none."""
        return self._extreme(np.fmax, rows, -np.inf)

    def spread(self, figures: npt.NDArray[Figure]) -> npt.NDArray[Figure]:
        """The figures of (…, k) groups for each village: (…, n), or (…, 1) where one group holds all."""
        return figures if self.count == 1 else figures[..., self.of]

    def _extreme(self, ufunc: np.ufunc, rows: Floats, none: float) -> Floats:
        figures = self._reduced(ufunc, rows, none)
        figures[np.isnan(figures)] = none
        return figures

    def _reduced(self, ufunc: np.ufunc, rows: Floats, none: float) -> Floats:
        figures = np.full((*rows.shape[:-1], self.count), none)
        if rows.shape[-1]:
            ordered = rows if self._order is None else rows[..., self._order]
            figures[..., self._filled] = ufunc.reduceat(ordered, self._starts, axis=-1)
        return figures
