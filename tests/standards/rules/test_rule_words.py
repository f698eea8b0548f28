"""Rules in words, as a county official would say them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from liangcun_standards.indicators import Indicator
from liangcun_standards.rules import AnyRule
from liangcun_standards.text import Text

INDICATORS = {
    code: Indicator(
        code=code,
        name=name,
        name_en=name_en,
        kind=kind,
        unit=unit,
        definition="举例",
        definition_en="example",
        source="举例",
    )
    for code, name, name_en, kind, unit in (
        ("lit", "亮化率", "Lanes lit", "rate", "percent"),
        ("lamps", "路灯", "Street lamps", "count", "lamp"),
        ("households", "户数", "Households", "count", "household"),
        ("plan", "有村庄规划", "Village plan", "boolean", None),
    )
}


def words(**rule: Any) -> Text:
    return TypeAdapter(AnyRule).validate_python(rule).describe(INDICATORS, 20.0)


@pytest.mark.parametrize(
    ("partial", "zh", "en"),
    [
        ("full", "（不足的按一档计）", " (a part of it as the whole)"),
        ("none", "（不足的不扣）", " (a part of it nothing)"),
        ("share", "（不足的按比例扣）", " (a part of it its share)"),
    ],
)
def test_a_rate_falls_short_by_percentage_points_never_by_percent(partial: str, zh: str, en: str) -> None:
    assert words(kind="shortfall", indicator="lit", target=100, step=0.1, deduct=1, partial=partial) == Text(
        f"亮化率 100% 得满分，每低 0.1 个百分点扣 1 分{zh}，扣完为止",
        f"Lanes lit: full points at 100%, each 0.1 percentage points below costs 1{en}, down to none",
    )


def test_whole_things_have_no_part_of_a_step() -> None:
    assert words(kind="shortfall", indicator="lamps", target=60, step=1, deduct=0.5, floor=5) == Text(
        "路灯 60 盏 得满分，每低 1 盏扣 0.5 分，扣至 5 分为止",
        "Street lamps: full points at 60 lamps, each 1 lamp below costs 0.5, down to 5",
    )


def test_a_rate_above_the_mean_is_above_it_by_percentage_points() -> None:
    text = words(kind="relative", indicator="lit", at_mean=10, slope=2)
    assert "每高 1 个百分点 加 2 分" in text.zh
    assert "2 more for each 1 percentage point above it" in text.en


def test_so_many_for_every_so_many_households() -> None:
    assert words(kind="per_unit", indicator="lamps", per={"indicator": "households", "amount": 8}) == Text(
        "路灯：户数每 8 户应有 1 盏，按达到的比例得分，最高 20 分",
        "Street lamps: 1 lamp for every 8 households (Households); points for the share reached, "
        "up to 20 points",
    )


def test_deductions_and_checklists_end_alike() -> None:
    deduction = words(kind="deduction", occurrences=[{"indicator": "lamps", "deduct": 1}])
    checklist = words(kind="checklist", items=[{"indicator": "plan", "is": "present"}], deduct=3)
    assert deduction.zh.endswith("，扣完为止")
    assert checklist.zh == "1 项（有村庄规划）每一项不达标扣 3 分，扣完为止"


def test_a_title_stands_for_the_whole_question_of_being_there() -> None:
    when = {"indicator": "plan", "is": "absent", "title": "规划尚未批准", "title_en": "no plan approved yet"}
    assert words(kind="threshold", when=when) == Text(
        "规划尚未批准 得 20 分，否则不得分", "20 points if no plan approved yet, otherwise none"
    )


def test_a_title_stands_for_the_indicator_s_name_beside_a_figure() -> None:
    when = {"indicator": "lit", "at_least": 80, "title": "主巷路亮化率", "title_en": "Main lanes lit"}
    assert words(kind="threshold", when=when).zh == "主巷路亮化率 ≥ 80% 得 20 分，否则不得分"
