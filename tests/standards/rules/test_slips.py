"""Slips in a rule, each told with the way out, in both languages."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from tests.standards.rules.tables import INDICATORS, Document, rule_of

from liangcun_standards import InvalidDocument, LiangcunError
from liangcun_standards.errors import Problem

PRESENT: Document = {"indicator": "plan", "is": "present"}
PLANNED: Document = {"kind": "presence", "indicator": "plan"}

# What doesn't fit the indicators or the maximum of ten points.
UNFIT: list[tuple[Document, str, str]] = [
    ({"kind": "presence", "indicator": "plam"}, "没有指标“plam”；是否指 plan", "did you mean plan"),
    (
        {"kind": "threshold", "when": {"indicator": "terrain", "is": "hil"}},
        "指标 terrain 没有选项“hil”，可选：plain、hill、town",
        "terrain has no answer 'hil'; it has plain、hill、town",
    ),
    (
        {
            "kind": "threshold",
            "when": {"indicator": "people", "at_least": {"class": "terrain", "cases": {"coast": 5}}},
        },
        "指标 terrain 没有选项“coast”",
        "terrain has no answer 'coast'",
    ),
    (
        {
            "kind": "by_class",
            "class": "terrain",
            "cases": {"coast": {"kind": "presence", "indicator": "plan"}},
        },
        "指标 terrain 没有选项“coast”",
        "terrain has no answer 'coast'",
    ),
    (
        {"kind": "linear", "indicator": "paved", "from": 0, "to": 100, "least": 11},
        "least 11 高于条目满分 10",
        "least 11 is above max_score 10",
    ),
    (
        {"kind": "bands", "indicator": "paved", "bands": [{"upto": 50, "points": 12}, {"points": 0}]},
        "points 12 高于条目满分 10",
        "points 12 is above max_score 10",
    ),
    (
        {"kind": "shortfall", "indicator": "paved", "target": 100, "step": 1, "deduct": 1, "floor": 20},
        "floor 20 高于条目满分 10",
        "floor 20 is above max_score 10",
    ),
    (
        {"kind": "judged", "parts": [{"indicator": "road_mark", "most": 7}]},
        "各部分最高分之和为 7，与条目满分 10 不符",
        "the parts add up to 7, not to max_score 10",
    ),
    (
        {"kind": "relative", "indicator": "growth", "at_mean": 5},
        "指标 growth 可以为负，与平均值之比没有意义；请写 slope",
        "growth can be negative, so a ratio to the mean says nothing; use slope",
    ),
    ({"kind": "formula", "formula": "100 * lit"}, "lit", "lit"),
]


@pytest.mark.parametrize(
    ("document", "zh", "en"), UNFIT, ids=[f"{case[0]['kind']}: {case[2]}" for case in UNFIT]
)
def test_a_rule_that_does_not_fit_is_refused_with_the_reason(document: Document, zh: str, en: str) -> None:
    with pytest.raises(LiangcunError) as caught:
        rule_of(document).check(INDICATORS, 10)
    assert zh in caught.value.text("zh")
    assert en in caught.value.text("en")


def test_an_unknown_indicator_in_a_formula_is_told_with_its_column() -> None:
    with pytest.raises(LiangcunError) as caught:
        rule_of({"kind": "formula", "formula": "100 * lit"}).check(INDICATORS, 10)
    assert "column 7" in str(caught.value)


def test_a_slip_deep_inside_a_rule_is_found() -> None:
    inner = {
        "kind": "by_class",
        "class": "terrain",
        "cases": {"hill": {"kind": "presence", "indicator": "x"}},
    }
    with pytest.raises(InvalidDocument):
        rule_of({"kind": "zeroing", "when": [PRESENT], "rule": inner}).check(INDICATORS, 10)


# What contradicts itself, whatever the indicators are.
CONTRADICTORY: list[tuple[Document, str]] = [
    ({"kind": "linear", "indicator": "paved", "from": 5, "to": 5}, "from 和 to 不能相同"),
    (
        {
            "kind": "bands",
            "indicator": "paved",
            "bands": [{"upto": 5, "below": 5, "points": 1}, {"points": 0}],
        },
        "一档只能以 upto（含）或 below（不含）之一结束",
    ),
    (
        {"kind": "bands", "indicator": "paved", "bands": [{"points": 1}, {"points": 0}]},
        "除最后一档外每档都要有 upto 或 below",
    ),
    (
        {
            "kind": "bands",
            "indicator": "paved",
            "bands": [{"upto": 30, "points": 1}, {"upto": 15, "points": 2}, {"points": 0}],
        },
        "各档界限要从小到大",
    ),
    ({"kind": "per_unit", "indicator": "toilets"}, "per_unit 要写 first 和 each，或者写 per"),
    ({"kind": "per_unit", "indicator": "toilets", "first": 10}, "first 和 each 要一起写"),
    (
        {"kind": "relative", "indicator": "heaps", "at_mean": 5, "better": "lower"},
        "better: lower 需要 slope",
    ),
    ({"kind": "rank", "indicator": "heaps", "best": 10, "worst": 20}, "worst 高于 best"),
    ({"kind": "checklist", "items": [PRESENT], "floor": 2}, "floor 只有与 deduct 一起才有意义"),
    ({"kind": "states", "states": [{"when": PRESENT}]}, "每种状态要写 points 或 deduct 之一"),
    (
        {"kind": "threshold", "when": {"indicator": "paved", "at_least": 5, "at_most": 9}},
        "比较要且只要写一项",
    ),
    ({"kind": "threshold", "when": {"formula": "paved + 1"}}, "条件里的公式必须是比较"),
]


@pytest.mark.parametrize(("document", "zh"), CONTRADICTORY, ids=[case[1] for case in CONTRADICTORY])
def test_a_rule_that_contradicts_itself_is_refused_with_the_reason(document: Document, zh: str) -> None:
    with pytest.raises(ValidationError) as caught:
        rule_of(document)
    problem = caught.value.errors()[0]["ctx"]["error"]
    assert isinstance(problem, Problem)
    assert zh in problem.text.zh
    assert problem.text.en.isascii()
