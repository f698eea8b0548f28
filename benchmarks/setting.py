"""What every measurement starts from: the standard, the indicators, the villages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks.villages import Villages, make_villages
from liangcun_standards import Indicator, Standard, load_plugins, read_standard

COUNTY = 255
NATION = 620_572


def benchmark_standard(indicators: Mapping[str, Indicator]) -> Standard:
    """The standard that is timed, checked against the indicators."""
    file = Path(__file__).with_name("standard.yaml")
    standard = read_standard(file.read_text(encoding="utf-8"), file.name)
    assert isinstance(standard, Standard)
    standard.check(indicators)
    return standard


class Setting:
    """The standard over `count` villages."""

    def __init__(self, count: int) -> None:
        self.indicators: Mapping[str, Indicator] = load_plugins().indicators
        self.standard = benchmark_standard(self.indicators)
        self.villages: Villages = make_villages(self.standard, self.indicators, count)

    @property
    def inputs(self) -> dict[str, Indicator]:
        """The indicators that the standard reads."""
        return {code: self.indicators[code] for code in self.villages.columns}
