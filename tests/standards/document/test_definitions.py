"""Indicators that a document defines itself: what it may leave out, what is refused, digests as they were."""

from __future__ import annotations

import hashlib
import json

import pytest
from tests.standards.document.documents import LAMPS, changed, refusal, standard

from liangcun_standards.document.schema import document_schema

LANES = """\
indicators:
  - code: lanes_lit_at_night
    name: 夜间亮灯巷道率
    unit: percent
    kind: rate
    direction: higher
    definition: 夜间亮灯的巷道占全部巷道的比例
    source: 县考核细则
    source_status: official
"""
OWN = changed("indicator: lit_lanes_rate", "indicator: lanes_lit_at_night", LAMPS) + LANES


def test_an_indicator_without_english_is_shown_in_chinese_to_everyone() -> None:
    [own] = standard(OWN).indicators

    assert (own.name_en, own.definition_en) == ("夜间亮灯巷道率", "夜间亮灯的巷道占全部巷道的比例")
    assert own.range == (0.0, 100.0)


def test_the_answers_of_a_choice_need_no_english() -> None:
    choices = "choices: [{code: daily, title: 每天}, {code: weekly, title: 每周, title_en: weekly}]"
    [own] = standard(OWN.replace("unit: percent\n    kind: rate", f"kind: choice\n    {choices}")).indicators

    assert [one.title_en for one in own.choices] == ["每天", "weekly"]


def test_a_standard_knows_its_own_beside_those_of_plugins() -> None:
    document = standard(OWN)

    assert set(document.known({})) == {"lanes_lit_at_night"}
    assert standard(LAMPS).known({}) == {}


@pytest.mark.parametrize(
    ("old", "new", "place", "zh"),
    [
        pytest.param("kind: rate", "kind: ratio", ":34:11: indicators.0.kind", "只能是", id="kind"),
        pytest.param(
            "kind: rate", "kind: choice", ":31:5: indicators.0", "选项类指标（kind: choice）", id="choice"
        ),
        pytest.param("code: lanes_lit_at", "code: 夜_at", ":31:11: indicators.0.code", "小写字母", id="code"),
        pytest.param(
            "direction: higher",
            "minimum: 9\n    maximum: 1",
            ":31:5: indicators.0",
            "minimum 大于 maximum",
            id="range",
        ),
        pytest.param(
            "direction: higher", "maximum: 1e999", "indicators.0.maximum", "应为有限的数字", id="infinite"
        ),
        pytest.param(
            "    source: 县考核细则\n", "", ":31:5: indicators.0.source", "缺少必填项", id="no source"
        ),
        pytest.param("unit: percent", "units: percent", ":33:12", "没有这个字段", id="no such field"),
    ],
)
def test_a_definition_that_does_not_hold_is_refused_at_its_place(
    old: str, new: str, place: str, zh: str
) -> None:
    error = refusal(OWN.replace(old, new))

    assert place in error.text("en")
    assert zh in error.text("zh")


def test_a_code_defined_twice_is_refused_at_the_second() -> None:
    error = refusal(OWN + LANES.removeprefix("indicators:\n"))

    assert "indicators.1.code" in error.text("en")
    assert "定义了两次" in error.text("zh")


def test_a_document_without_definitions_has_the_digest_that_it_always_had() -> None:
    document = standard(LAMPS)
    values = document.model_dump(mode="json", by_alias=True, exclude={"indicators", "scorer"})
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    assert document.digest == hashlib.sha256(text.encode()).hexdigest()
    assert standard(LAMPS + "indicators: []\n").digest == document.digest
    assert standard(LAMPS + LANES).digest != document.digest


def test_the_schema_asks_for_no_english() -> None:
    definitions = document_schema()["$defs"]

    assert "name_en" not in definitions["Indicator"]["required"]
    assert "name" in definitions["Indicator"]["required"]
    assert definitions["Choice"]["required"] == ["code", "title"]
