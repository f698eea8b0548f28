"""Made-up villages to be timed on: seeded, correlated, with or without missing values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from liangcun_standards import Column, Indicator, IndicatorTable, Input, Period, Standard
from liangcun_standards.table import Floats
from liangcun_standards.vocabulary import IndicatorKind

SEED = 20_230_720
PERIOD = Period(2023, "year", 1)
_VILLAGES_PER_TOWNSHIP = 200
_TRAITS = ("infrastructure", "tidiness", "organisation", "size")


@dataclass(frozen=True)
class Villages:
    """Complete values for every input of a standard: `columns` are (n,) float64 by indicator."""

    codes: list[str]
    columns: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.codes)


def make_villages(standard: Standard, indicators: Mapping[str, Indicator], count: int) -> Villages:
    """`count` villages with a value for each input of `standard`; the same ones each time."""
    random = np.random.default_rng([SEED, count])
    traits = {trait: random.standard_normal(count) for trait in _TRAITS}
    columns = {
        source.indicator: _values(indicators[source.indicator], traits, random) for source in standard.inputs
    }
    return Villages([_code(place) for place in range(count)], columns)


def make_table(
    villages: Villages, indicators: Mapping[str, Indicator], missing_share: float = 0.0
) -> IndicatorTable:
    """The villages as scoring reads them, with the given share of the values missing at random."""
    random = np.random.default_rng([SEED, len(villages), 1])
    columns = {}
    for code, complete in villages.columns.items():
        values = complete
        if missing_share:
            values = complete.copy()
            values[random.random(len(values)) < missing_share] = np.nan
        low, high = indicators[code].range
        columns[Input(code)] = Column(values, low, high)
    return IndicatorTable(PERIOD, villages.codes, columns)


def _code(place: int) -> str:
    township, village = divmod(place, _VILLAGES_PER_TOWNSHIP)
    return f"{220_000_000 + township}{village + 1:03d}"


def _values(indicator: Indicator, traits: Mapping[str, Floats], random: np.random.Generator) -> Floats:
    """Values around the typical one of the demonstration data, to the digits that people report."""
    imitated = indicator.simulation
    if imitated is None:
        raise ValueError(f"{indicator.code} doesn't say how to imitate it")
    values = random.standard_normal(len(traits[imitated.follows]))
    values *= np.sqrt(1.0 - imitated.strength**2)
    values += imitated.strength * traits[imitated.follows]
    if indicator.kind is IndicatorKind.BOOLEAN:
        return (values > np.quantile(values, 1.0 - imitated.typical)).astype(np.float64)
    values *= imitated.spread
    values += imitated.typical
    np.round(values, 0 if indicator.whole else 1, out=values)
    return np.clip(values, *indicator.range, out=values)
