"""Derived indicators: worked out from measured ones, known as far as those are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from liangcun_standards import (
    Bounds,
    Column,
    Indicator,
    IndicatorTable,
    Input,
    InvalidDocument,
    Period,
    ScoreResult,
    explain,
    read_standard,
    score,
)
from liangcun_standards.scoring.derivation import derived, measured

NAN = np.nan
LAMPS, HOUSES, EACH = Input("lamps"), Input("houses"), Input("lamps_each")


def indicator(code: str, **more: Any) -> Indicator:
    said = {"name": code, "name_en": code, "definition": code, "definition_en": code, "source": "举例"}
    return Indicator.model_validate({"code": code, "kind": "quantity", "minimum": 0, **said, **more})


INDICATORS = {
    one.code: one
    for one in (
        indicator("lamps", kind="count", maximum=1000),
        indicator("houses", kind="count", maximum=1000),
        indicator("lamps_each", maximum=10, formula="lamps / houses"),
    )
}
DOCUMENT = """
jurisdiction: 220722
code: lamps
version: 2023
title: 路灯
effective: {from: 2023-01-01}
source: {status: interpretation, text: 举例}
level: village
missing: bound
groups:
  - code: lamps
    title: 路灯
    criteria:
      - code: each
        title: 户均路灯
        max_score: 10
        rule: {kind: linear, indicator: lamps_each, from: 0, to: 2}
        source: {status: interpretation, text: 举例}
"""
STANDARD = read_standard(DOCUMENT, "lamps.yaml")


def table(lamps: list[float], houses: list[float], bounds: Bounds | None = None) -> IndicatorTable:
    regions = [f"2207220000{row:02}" for row in range(len(lamps))]
    columns = {
        LAMPS: Column(np.array(lamps, float), 0.0, 1000.0, bounds),
        HOUSES: Column(np.array(houses, float), 0.0, 1000.0),
    }
    return IndicatorTable(Period.parse("2023"), regions, columns)


def scored(observed: IndicatorTable) -> ScoreResult:
    return score(STANDARD, observed, INDICATORS)


def test_points_come_of_the_figure_worked_out() -> None:
    result = scored(table([50, 300, 0], [100, 100, 80]))
    assert result.total.tolist() == [2.5, 10.0, 0.0]
    assert result.completeness.tolist() == [1.0, 1.0, 1.0]


def test_the_columns_to_load_are_the_measured_ones() -> None:
    assert measured(STANDARD, INDICATORS) == (LAMPS, HOUSES)


def test_at_least_50_lamps_is_at_least_half_a_lamp_each() -> None:
    bounds = Bounds(np.array([0]), np.array([50.0]), np.array([1000.0]))
    result = scored(table([NAN, 50], [100, 100], bounds))
    assert (result.lowest[0], result.total[0], result.highest[0]) == (2.5, 2.5, 10.0)


def test_what_a_missing_figure_may_still_come_to_is_open() -> None:
    result = scored(table([NAN, 50], [400, 100]))
    # At the most 1,000 lamps for 400 houses: 2.5 each, which earns everything.
    assert (result.lowest[0], result.highest[0]) == (0.0, 10.0)
    assert result.table.columns[EACH].bounds is not None
    few = scored(table([NAN], [1000]))
    assert few.highest[0] == 5.0


@pytest.mark.parametrize(
    ("lamps", "houses"), [(50.0, 0.0), (900.0, 1.0)], ids=["divides by zero", "beyond the range"]
)
def test_what_has_no_usable_value_counts_as_missing(lamps: float, houses: float) -> None:
    result = scored(table([lamps], [houses]))
    assert (result.lowest[0], result.highest[0]) == (0.0, 10.0)
    assert result.criterion(0, 0).status.value == "unknown"


def test_the_figures_that_it_comes_of_stand_in_the_explanation() -> None:
    words = explain(scored(table([50], [100])), INDICATORS, 0, 0)
    assert words.zh.startswith("lamps_each：0.5，lamps：50，houses：100。")


def test_a_table_without_derived_columns_stays_the_same_one() -> None:
    observed = table([1], [1])
    assert derived(observed, [LAMPS, HOUSES], INDICATORS) is observed


def test_a_column_that_is_there_already_is_not_worked_out_again() -> None:
    observed = table([1], [1])
    given = Column(np.array([1.5]), 0.0, 10.0)
    told = IndicatorTable(observed.period, observed.regions, {**observed.columns, EACH: given})
    assert scored(told).total[0] == 7.5


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"formula": "lamps /"}, "formula"),
        ({"formula": "lamps + previous(lamps)"}, "same period"),
        ({"formula": "change(lamps)"}, "same period"),
        ({"formula": "each * 2"}, "same period"),
        ({"formula": "1 + 1"}, "same period"),
        ({"formula": "lamps", "simulation": {"follows": "size", "typical": 1}}, "no simulation"),
        (
            {
                "formula": "lamps",
                "kind": "choice",
                "choices": [{"code": "aa", "title": "甲", "title_en": "a"}],
                "minimum": None,
            },
            "is no choice",
        ),
    ],
)
def test_a_formula_that_makes_no_indicator_is_refused(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        indicator("each", **fields)


def test_a_formula_over_what_nobody_measures_is_refused_with_the_criterion() -> None:
    known = {code: one for code, one in INDICATORS.items() if code != "houses"}
    with pytest.raises(InvalidDocument, match=r"each.*worked out from houses"):
        STANDARD.check(known)
    nested = {**INDICATORS, "houses": indicator("houses", formula="lamps * 2")}
    with pytest.raises(InvalidDocument, match=r"each.*worked out from houses"):
        STANDARD.check(nested)
