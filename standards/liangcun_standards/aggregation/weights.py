"""Weights: what may be used as one, and how they come to sum to 1."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from liangcun_standards.errors import InvalidWeights
from liangcun_standards.table import Floats
from liangcun_standards.text import Text

# Logarithms and eigenvectors differ between processors in their last bits. Computed weights keep twelve
# decimals, so that those bits don't reach the digest of a result.
DECIMALS = 12


def check_weights(weights: npt.ArrayLike, *, where: str | None = None) -> Floats:
    """The weights as a float64 array: (m,), or (m, k) with one column for each of k peer groups.

    `where` names the field for the error. Raises InvalidWeights unless every weight is finite and not
    negative and each column sums to more than zero.
    """
    try:
        checked = np.asarray(weights, dtype=np.float64)
    except (OverflowError, TypeError, ValueError):
        raise _not_numbers(where) from None
    if checked.ndim not in (1, 2) or checked.size == 0:
        raise _not_numbers(where)
    bad = ~(np.isfinite(checked) & (checked >= 0))
    if bad.any():
        place = int(np.argwhere(bad)[0][0])
        shown = f"{float(checked[bad][0]):g}"
        raise InvalidWeights(
            Text(
                f"第 {place + 1} 个权重为 {shown}；权重应为不小于 0 的有限数",
                f"weight {place + 1} is {shown}; a weight is a finite number, zero or more",
            ),
            where=where,
        )
    with np.errstate(over="ignore"):
        total = sum_rows(checked)
    if not np.all(total > 0) or not np.all(np.isfinite(total)):
        raise InvalidWeights(
            Text(
                "权重之和应为大于 0 的有限数；请至少给一项正的权重",
                "the weights must sum to a finite number above zero; give at least one a positive weight",
            ),
            where=where,
        )
    return checked


def normalise(weights: npt.ArrayLike, *, where: str | None = None) -> Floats:
    """The weights divided by their sum, per column for (m, k). Raises InvalidWeights as `check_weights`."""
    checked = check_weights(weights, where=where)
    return np.asarray(checked / sum_rows(checked), np.float64)


def sum_rows(values: Floats) -> Floats:
    """The sum over the first axis, added in order, so that it never depends on how NumPy pairs terms."""
    total = np.zeros(values.shape[1:])
    for row in values:
        total = total + row
    return total


def _not_numbers(where: str | None) -> InvalidWeights:
    return InvalidWeights(
        Text(
            "权重应为一列数字，例如 [30, 30, 40]",
            "weights are a list of numbers, such as [30, 30, 40]",
        ),
        where=where,
    )
