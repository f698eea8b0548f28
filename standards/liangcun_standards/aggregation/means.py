"""Means, the minimum and the pass share of children that may be left out for a village.

All but `pass_share` are monotone: raising one share never lowers the result, as long as the same children
are present (`geometric_mean` to within its rounding of 1e-12). So the lowest and the highest possible result
come from calling with the lowest and with the highest possible shares.

Children are added one after another with elementwise operations only. No operation depends on the number of
villages, so a village alone and the same village among 620,572 have the same bits. Shares are given as an
(m, n) array or as m arrays of (n,), which saves the copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from liangcun_standards.aggregation.weights import DECIMALS, check_weights
from liangcun_standards.table import Booleans, Floats, Integers

Rows = Floats | Sequence[Floats]
Masks = Booleans | Sequence[Booleans]


class _Child(NamedTuple):
    """One child over all villages; `present` is None where it is present for every village."""

    row: npt.NDArray[np.float64 | np.bool_]
    present: Booleans | None


def weighted_mean(
    shares: Rows, weights: npt.ArrayLike, present: Masks | None = None, groups: Integers | None = None
) -> Floats:
    """The weighted arithmetic mean Σwx / Σw over the children present: (n,).

    `shares`: m × n; `weights`: (m,), or (m, k) with `groups` (n,), the number of each village's group.
    `present`: m × n, None where all are. NaN where no child with a weight is present, and where a share
    that is present is NaN. Raises InvalidWeights as `check_weights`, ValueError when shapes disagree.
    """
    checked = _weights_of(shares, weights, groups)
    out, term = _start(shares), _start(shares)
    mass = _Mass(len(out), present is not None or groups is not None)
    for weight, child in zip(checked, _children(shares, present), strict=True):
        own = weight if groups is None else weight[groups]
        np.multiply(child.row, own, out=term)
        _blank(term, child.present)
        out += term
        mass.add(own, child.present, term)
    return mass.divide(out)


def geometric_mean(
    shares: Rows, weights: npt.ArrayLike, present: Masks | None = None, groups: Integers | None = None
) -> Floats:
    """The weighted geometric mean exp(Σw·ln x / Σw) over the children present: (n,).

    One share of zero (with a weight) makes it zero whatever the others are, NaN included: a weak child
    can't be bought off by a strong one. Arguments, NaN and errors are else those of `weighted_mean`.
    Rounded to twelve decimals, because logarithms differ between processors in the last bit.
    Source of the method: United Nations Development Programme, Human Development Report 2010, which put it
    in the place of the arithmetic mean for that reason.
    """
    checked = _weights_of(shares, weights, groups)
    out, term = _start(shares), _start(shares)
    zero = np.zeros(len(out), np.bool_)
    mass = _Mass(len(out), present is not None or groups is not None)
    for weight, child in zip(checked, _children(shares, present), strict=True):
        own = weight if groups is None else weight[groups]
        row = np.ascontiguousarray(child.row)
        nothing = row == 0
        term.fill(0.0)
        np.log(row, out=term, where=~nothing)
        term *= own
        nothing &= own > 0
        if child.present is not None:
            nothing &= child.present
        zero |= nothing
        _blank(term, child.present)
        out += term
        mass.add(own, child.present, term)
    out = mass.divide(out)
    np.exp(out, out=out)
    np.copyto(out, 0.0, where=zero)
    return np.round(out, DECIMALS, out=out)


def minimum(shares: Rows, present: Masks | None = None) -> Floats:
    """The smallest share among the children present: (n,), NaN where none is (短板: the shortest stave).

    Raises ValueError when shapes disagree.
    """
    out = _start(shares)
    out.fill(np.inf)
    for child in _children(shares, present):
        np.minimum(out, child.row, out=out, where=True if child.present is None else child.present)
    np.copyto(out, np.nan, where=np.isposinf(out))
    return out


def pass_share(passed: Masks, present: Masks | None = None) -> Floats:
    """The share of the children present that passed: (n,), NaN where none is present.

    `passed`: m × n. Monotone as well: one more pass never lowers it. Raises ValueError when shapes
    disagree.
    """
    out, term = _start(passed), _start(passed)
    mass = _Mass(len(out), present is not None)
    for child in _children(passed, present):
        np.copyto(term, child.row)
        _blank(term, child.present)
        out += term
        mass.add(np.float64(1), child.present, term)
    return mass.divide(out)


class _Mass:
    """The sum of the weights present: one number while it is the same for every village."""

    def __init__(self, size: int, differs: bool) -> None:
        self._sum: Floats | np.float64 = np.zeros(size) if differs else np.float64(0)

    def add(self, weight: Floats | np.float64, present: Booleans | None, scratch: Floats) -> None:
        if present is None:
            self._sum += weight
        else:
            self._sum += np.multiply(present, weight, out=scratch)

    def divide(self, out: Floats) -> Floats:
        """`out` divided in place, NaN where nothing with a weight is present."""
        nothing = np.equal(self._sum, 0)
        np.divide(out, self._sum, out=out, where=~nothing)
        np.copyto(out, np.nan, where=nothing)
        return out


def _blank(term: Floats, present: Booleans | None) -> None:
    """What is left out adds nothing, whatever stands in its place."""
    if present is not None:
        np.copyto(term, 0.0, where=~present)


def _start(rows: Rows | Masks) -> Floats:
    if len(rows) == 0:
        raise ValueError("there is no child to put together")
    return np.zeros(len(rows[0]))


def _weights_of(shares: Rows, weights: npt.ArrayLike, groups: Integers | None) -> Floats:
    checked = check_weights(weights)
    expected = 1 if groups is None else 2
    if len(checked) != len(shares) or checked.ndim != expected:
        raise ValueError(f"weights are {checked.shape} for {len(shares)} children")
    if groups is not None and groups.shape != (len(shares[0]),):
        raise ValueError(f"groups are {groups.shape}, not ({len(shares[0])},)")
    return checked


def _children(rows: Rows | Masks, present: Masks | None) -> Iterator[_Child]:
    size = len(rows[0])
    if present is not None and len(present) != len(rows):
        raise ValueError(f"present has {len(present)} children, not {len(rows)}")
    for place, row in enumerate(rows):
        here = None if present is None else present[place]
        if row.shape != (size,) or (here is not None and here.shape != (size,)):
            raise ValueError(f"child {place} is not over {size} villages")
        yield _Child(row, None if here is None or here.all() else here)
