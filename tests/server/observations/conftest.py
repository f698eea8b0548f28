"""A small catalogue of indicators for tests about observations."""

from __future__ import annotations

import pytest

from liangcun_standards.indicators import Choice, Indicator, IndicatorCatalogue
from liangcun_standards.vocabulary import Direction, IndicatorKind, RegionLevel


def _indicator(code: str, kind: IndicatorKind, **fields: object) -> Indicator:
    said = {"name": code, "name_en": code, "definition": code, "definition_en": code, "source": "测试"}
    return Indicator.model_validate({"code": code, "kind": kind, **said, **fields})


@pytest.fixture(scope="session")
def catalogue() -> IndicatorCatalogue:
    """Lamps, a rate, an income that may be negative, a plan, a class, and the county's ditches."""
    grades = [
        Choice(code="class_a", title="A", title_en="A"),
        Choice(code="class_b", title="B", title_en="B"),
    ]
    indicators = [
        _indicator("lamps", IndicatorKind.COUNT, direction=Direction.HIGHER),
        _indicator("lit_rate", IndicatorKind.RATE),
        _indicator("income", IndicatorKind.QUANTITY),
        _indicator("plan", IndicatorKind.BOOLEAN),
        _indicator("class", IndicatorKind.CHOICE, choices=grades),
        _indicator("ditches", IndicatorKind.QUANTITY, level=RegionLevel.COUNTY, unit="m"),
    ]
    return IndicatorCatalogue(("tests", indicator) for indicator in indicators)
