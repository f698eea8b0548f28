"""Made-up tables over a standard's indicators, to see how it scores what a county may send."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping

import numpy as np

from liangcun_standards.document import Standard
from liangcun_standards.indicators import Indicator
from liangcun_standards.periods import Period
from liangcun_standards.table import Bounds, Column, Floats, IndicatorTable, Integers
from liangcun_standards.vocabulary import IndicatorKind

_MISSING = 0.05
_BOUNDED = 0.02
# Where an indicator's range is open, figures go up to here.
_OPEN = 500.0


def made_up_table(
    standard: Standard, indicators: Mapping[str, Indicator], size: int, period: Period
) -> IndicatorTable:
    """`size` villages with values all over each indicator's range, some missing, some only bounded.

    The same standard and size give the same table.
    """
    indicators = standard.known(indicators)
    random = np.random.default_rng(zlib.crc32(standard.code.encode()) + size)
    columns = {
        source: _column(indicators[source.indicator], size, random)
        for source in sorted(standard.inputs)
        if source.indicator in indicators
    }
    place = standard.jurisdiction[:6]
    return IndicatorTable(period, [f"{place}{row:06d}" for row in range(size)], columns)


def _column(indicator: Indicator, size: int, random: np.random.Generator) -> Column:
    low, high = indicator.range
    values = _values(indicator, size, random)
    values[random.random(size) < _MISSING] = np.nan
    rows: Integers = np.flatnonzero(random.random(size) < _BOUNDED)
    if indicator.kind in (IndicatorKind.BOOLEAN, IndicatorKind.CHOICE) or not len(rows):
        return Column(values, low, high)
    known = np.nan_to_num(values[rows], nan=max(low, 0.0) if math.isfinite(low) else 0.0)
    values[rows] = np.nan
    # AT_LEAST: from what is known up to the end of the range.
    return Column(values, low, high, Bounds(rows, known, np.full(len(rows), high)))


def _values(indicator: Indicator, size: int, random: np.random.Generator) -> Floats:
    low, high = indicator.range
    least = low if math.isfinite(low) else -_OPEN
    most = high if math.isfinite(high) else least + _OPEN
    if indicator.whole:
        return random.integers(int(least), int(most) + 1, size).astype(np.float64)
    return random.uniform(least, most, size)
