"""Figures read with their unit in both languages."""

from __future__ import annotations

import pytest

from liangcun_standards.text import Text
from liangcun_standards.units import with_unit


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (3328, "lamp", Text("3328 盏", "3328 lamps")),
        (1, "lamp", Text("1 盏", "1 lamp")),
        (0, "site", Text("0 处", "0 sites")),
        (85, "percent", Text("85%", "85%")),
        (2500, "CNY/household", Text("2500 元/户", "2500 CNY/household")),
        (24.5, "km", Text("24.5 公里", "24.5 km")),
        (3, "furlong", Text("3 furlong", "3 furlong")),
        (3, None, Text("3", "3")),
    ],
)
def test_a_figure_is_shown_with_its_unit(value: float, unit: str | None, shown: Text) -> None:
    assert with_unit(value, unit) == shown
