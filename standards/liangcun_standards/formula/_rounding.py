"""Rounding half away from zero (四舍五入), as a person does it on the decimal figure."""

from __future__ import annotations

import numpy as np

from liangcun_standards.table import Floats

# A value this near below a half is a half that binary can't hold: 1.005 is stored as 1.00499999999999989….
# Spreadsheets do the same by rounding on fifteen significant digits. The slack is relative to the figure, and
# never reaches a thousandth of the last digit kept.
_SLACK = 1e-15
_MOST_SLACK = 1e-3
# From here on every float64 is a whole number.
_WHOLE = 2.0**52


def round_half_away(values: Floats, digits: int) -> Floats:
    """`values` (n,) rounded to `digits` decimals, or to tens, hundreds, … for negative `digits`.

    Halves go away from zero, never to even. Monotone in its argument; NaN stays NaN, and so does an
    infinity infinite (numpy then signals an invalid operation, which the formulas silence).
    """
    scale = 10.0 ** abs(digits)
    size = np.abs(values)
    scaled = size * scale if digits >= 0 else size / scale
    kept = scaled >= _WHOLE
    whole = np.floor(scaled)
    slack = np.minimum(scaled * _SLACK, _MOST_SLACK)
    scaled -= whole
    scaled += slack
    whole += scaled >= 0.5
    rounded = whole / scale if digits >= 0 else whole * scale
    if kept.any():
        np.putmask(rounded, kept, size)
    return np.copysign(rounded, values, out=rounded)
