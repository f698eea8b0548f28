"""Cost tables as an administrator writes them, and what is wrong with some."""

from __future__ import annotations

import pytest
from tests.standards.scoring.catalogue import INDICATORS

from liangcun_standards import InvalidDocument
from liangcun_standards.planning import InvalidCosts, read_costs

_HEAD = "title: 单价\nsource: 测试\ncosts:\n"


def test_a_table_is_read_with_what_it_claims() -> None:
    text = _HEAD + "  - {indicator: rate1, unit_cost: 30, direction: up, step: 1, max_change: 20}\n"
    table = read_costs(text, "单价.yaml")
    table.check(INDICATORS)
    assert not table.illustrative
    assert (table.costs[0].unit_cost, table.costs[0].spacing(INDICATORS["rate1"])) == (30.0, 1.0)
    made_up = read_costs(text.replace("source", "status: illustrative\nsource"), "单价.yaml")
    assert "不是实际造价" in made_up.note.zh


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{indicator: rate1, unit_cost: -3, direction: up}", "单价.yaml:4:"),
        ("{indicator: rate1, unit_cost: .nan, direction: up}", "单价.yaml:4:"),
        ("{indicator: rate1, unit_cost: .inf, direction: up}", "单价.yaml:4:"),
        ("{indicator: rate1, unit_cost: 3, step: 0}", "单价.yaml:4:"),
        ("{indicator: rate1, unit_cost: 3, max_change: -1}", "单价.yaml:4:"),
        ("{indicator: rate1, unit_cost: true}", "单价.yaml:4:"),
        ("{indicator: rate1}", "unit_cost"),
        ("{indicator: kind1, answers: {hill: -4}}", "负数"),
        ("{indicator: kind1, answers: {hill: .nan}}", "单价.yaml:4:"),
        ("{indicator: rate1, unit_cost: 3, minimum: 9, maximum: 8}", "minimum 大于 maximum"),
        ("{indicator: rate1, unit_cost: 3, colour: red}", "colour"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(entry: str, words: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        read_costs(f"{_HEAD}  - {entry}\n", "单价.yaml")
    assert words in refused.value.text("zh")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{indicator: rat1, unit_cost: 3, direction: up}", "是否指"),
        ("{indicator: rate1, unit_cost: 3}", "direction"),
        ("{indicator: rate1, answers: {hill: 4}}", "选项类指标要写 answers"),
        ("{indicator: kind1, unit_cost: 4}", "选项类指标要写 answers"),
        ("{indicator: kind1, answers: {sea: 4}}", "没有选项"),
        ("{indicator: rate1, unit_cost: 3, direction: up, maximum: 120}", "超出指标的范围"),
        ("{indicator: rate1, unit_cost: 3, direction: up, assumed: -1}", "超出指标的范围"),
        ("{indicator: rate1, unit_cost: 3, direction: up, per: rate2}", "不是计数类指标"),
        ("{indicator: rate1, unit_cost: 3, direction: up, per: nobody}", "没有指标“nobody”"),
        ("{indicator: count1, unit_cost: 3, direction: up, step: 0.5}", "只能取整数"),
    ],
)
def test_what_does_not_fit_the_indicators_is_told(entry: str, words: str) -> None:
    table = read_costs(f"{_HEAD}  - {entry}\n", "单价.yaml")
    with pytest.raises(InvalidCosts) as refused:
        table.check(INDICATORS)
    assert words in refused.value.text("zh")


def test_an_indicator_stands_once() -> None:
    entry = "  - {indicator: flag1, unit_cost: 3, direction: up}\n"
    with pytest.raises(InvalidDocument, match="stands twice"):
        read_costs(_HEAD + entry * 2, "costs.yaml")
