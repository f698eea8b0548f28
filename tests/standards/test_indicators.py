"""Indicators: which values they take, how a value reads, and who may define them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import ValidationError

from liangcun_standards.errors import ContributionClash, InvalidValue
from liangcun_standards.indicators import Choice, Indicator, IndicatorCatalogue
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import IndicatorKind

STATES = (
    Choice(code="none", title="无制度", title_en="no rules"),
    Choice(code="partly", title="有但未执行", title_en="rules, not kept"),
    Choice(code="kept", title="有且执行", title_en="rules, kept"),
)


def indicator(kind: str, **fields: Any) -> Indicator:
    described = {
        "code": "lamps",
        "name": "路灯",
        "name_en": "street lamps",
        "definition": "能正常亮的路灯数",
        "definition_en": "lamps that light",
        "source": "test",
    }
    return Indicator.model_validate(described | {"kind": kind} | fields)


@pytest.mark.parametrize(
    ("kind", "fields", "low", "high"),
    [
        ("boolean", {}, 0, 1),
        ("count", {}, 0, math.inf),
        ("quantity", {}, -math.inf, math.inf),
        ("rate", {}, 0, 100),
        ("rate", {"maximum": 250}, 0, 250),
        ("quantity", {"minimum": 3, "maximum": 9}, 3, 9),
        ("choice", {"choices": STATES}, 0, 2),
    ],
)
def test_each_kind_has_its_range(kind: str, fields: dict[str, Any], low: float, high: float) -> None:
    assert indicator(kind, **fields).range == (low, high)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("boolean", 0),
        ("boolean", True),
        ("count", 0),
        ("count", 62),
        ("count", 1e15),
        ("rate", 0.0),
        ("rate", 100),
        ("quantity", -12.5),
        ("choice", 2),
    ],
)
def test_a_value_within_the_range_is_taken_as_it_is(kind: str, value: float) -> None:
    taken = indicator(kind, choices=STATES if kind == "choice" else ()).check(value)
    assert type(taken) is float
    assert taken == value


@pytest.mark.parametrize(
    ("kind", "value", "english", "chinese"),
    [
        ("count", math.nan, "no usable number", "不是可用的数字"),
        ("count", math.inf, "no usable number", "不是可用的数字"),
        ("quantity", -math.inf, "no usable number", "不是可用的数字"),
        ("quantity", 10**400, "no usable number", "不是可用的数字"),
        ("quantity", 1.1e15, "no usable number", "不是可用的数字"),
        ("quantity", "many", "no usable number", "不是可用的数字"),
        ("quantity", None, "no usable number", "不是可用的数字"),
        ("count", -1, "-1 is outside the range of lamps, 0 – ∞", "-1 超出范围 0 – ∞"),
        ("rate", 100.5, "100.5 is outside the range of lamps, 0 – 100", "100.5 超出范围 0 – 100"),
        ("boolean", 2, "2 is outside the range of lamps, 0 – 1", "2 超出范围 0 – 1"),
        ("choice", 3, "3 is outside the range of lamps, 0 – 2", "3 超出范围 0 – 2"),
        ("count", 1.5, "takes whole numbers, not 1.5", "只能取整数，而不是 1.5"),
        ("boolean", 0.5, "takes whole numbers, not 0.5", "只能取整数，而不是 0.5"),
    ],
)
def test_a_value_it_cannot_take_is_refused_with_the_reason(
    kind: str, value: float, english: str, chinese: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        indicator(kind, choices=STATES if kind == "choice" else ()).check(value)
    assert english in refused.value.text("en")
    assert chinese in refused.value.text("zh")


@pytest.mark.parametrize(
    ("kind", "unit", "value", "shown"),
    [
        ("boolean", None, 1, Text("有", "yes")),
        ("boolean", None, 0, Text("无", "no")),
        ("rate", "percent", 85.0, Text("85%", "85%")),
        ("count", "lamp", 62, Text("62 盏", "62 lamps")),
        ("quantity", None, 1.25, Text("1.25", "1.25")),
        ("choice", None, 1, Text("有但未执行", "rules, not kept")),
    ],
)
def test_a_value_reads_as_people_say_it(kind: str, unit: str | None, value: float, shown: Text) -> None:
    choices = STATES if kind == "choice" else ()
    assert indicator(kind, unit=unit, choices=choices).show(value) == shown


def test_an_answer_is_stored_as_its_place_in_the_list() -> None:
    rules = indicator("choice", choices=STATES)
    assert [rules.choice_value(choice.code) for choice in STATES] == [0.0, 1.0, 2.0]


def test_an_unknown_answer_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(InvalidValue) as refused:
        indicator("choice", choices=STATES).choice_value("sometimes")
    assert "none、partly、kept" in refused.value.text("en")
    assert "没有选项“sometimes”" in refused.value.text("zh")


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        ("count", {"choices": STATES}, "choices are for"),
        ("choice", {}, "choices are for"),
        ("choice", {"choices": (STATES[0], STATES[0])}, "two choices share a code"),
        ("quantity", {"minimum": 5, "maximum": 4}, "minimum is above maximum"),
        ("rate", {"minimum": 101}, "minimum is above maximum"),
        ("count", {"code": "Lamps"}, "pattern"),
        ("count", {"name": ""}, "at least 1 character"),
        ("count", {"colour": "red"}, "Extra inputs"),
        ("number", {}, "Input should be"),
    ],
)
def test_a_definition_that_contradicts_itself_is_refused(
    kind: str, fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ValidationError, match=reason):
        indicator(kind, **fields)


def test_whole_numbers_are_for_what_is_counted_or_chosen() -> None:
    whole = {kind for kind in IndicatorKind if kind is not IndicatorKind.CHOICE and indicator(kind).whole}
    assert whole == {IndicatorKind.BOOLEAN, IndicatorKind.COUNT}
    assert indicator("choice", choices=STATES).whole


def test_the_catalogue_says_which_plugin_an_indicator_is_from() -> None:
    lamps, trees = indicator("count"), indicator("count", code="trees")
    catalogue = IndicatorCatalogue([("villages", lamps), ("sanhua", trees)])
    assert dict(catalogue) == {"lamps": lamps, "trees": trees}
    assert len(catalogue) == 2
    assert catalogue.plugin("trees") == "sanhua"
    assert "benches" not in catalogue


def test_two_plugins_may_give_the_same_definition_and_the_first_has_it() -> None:
    catalogue = IndicatorCatalogue([("villages", indicator("count")), ("sanhua", indicator("count"))])
    assert len(catalogue) == 1
    assert catalogue.plugin("lamps") == "villages"


def test_two_plugins_with_different_definitions_clash_and_both_are_named() -> None:
    with pytest.raises(ContributionClash) as clash:
        IndicatorCatalogue([("villages", indicator("count")), ("sanhua", indicator("rate"))])
    for locale in ("zh", "en"):
        message = clash.value.text(locale)
        assert "villages" in message
        assert "sanhua" in message
        assert "lamps" in message
