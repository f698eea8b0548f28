"""Indicator files: what an author may write, and what is said when it is wrong."""

from __future__ import annotations

import pytest

from liangcun_standards.errors import InvalidDocument
from liangcun_standards.indicator_files import load_indicators
from liangcun_standards.vocabulary import IndicatorKind, SourceStatus

LAMPS = """\
indicators:
  - code: lit_lanes_rate
    name: 亮化率
    name_en: Lanes lit
    kind: rate
    unit: percent
    definition: 有路灯照明的主巷路长度 ÷ 主巷路总长度。
    definition_en: Length of main lanes that are lit ÷ length of all main lanes.
    source: 工作释义
"""


def refusal(text: str) -> InvalidDocument:
    with pytest.raises(InvalidDocument) as caught:
        load_indicators(text, "indicators.yaml")
    return caught.value


def test_an_indicator_is_read_with_its_fields() -> None:
    (indicator,) = load_indicators(LAMPS, "indicators.yaml")
    assert indicator.code == "lit_lanes_rate"
    assert indicator.kind is IndicatorKind.RATE
    assert indicator.range == (0, 100)
    assert indicator.source_status is SourceStatus.INTERPRETATION


def test_an_unknown_field_is_named_with_its_line() -> None:
    error = refusal(LAMPS + "    colour: red\n")
    assert error.message.en.startswith("indicators.yaml:10:13: indicators.0.colour: ")
    assert "没有这个字段" in error.message.zh


def test_every_problem_is_listed_with_its_line() -> None:
    error = refusal(LAMPS.replace("kind: rate", "kind: ratio") + "    minimum: low\n")
    first, second = error.message.en.splitlines()
    assert first.startswith("indicators.yaml:5:11: indicators.0.kind: ")
    assert second.startswith("indicators.yaml:10:14: indicators.0.minimum: ")


def test_a_missing_field_points_at_its_indicator() -> None:
    error = refusal(LAMPS.replace("    source: 工作释义\n", ""))
    assert error.message.en.startswith("indicators.yaml:2:5: indicators.0.source: ")
    assert "缺少必填项" in error.message.zh


def test_a_code_listed_twice_is_refused() -> None:
    error = refusal(LAMPS + LAMPS.removeprefix("indicators:\n"))
    assert error.where == "indicators.yaml:10:11"
    assert error.message.en == "code: lit_lanes_rate stands at line 2 already"


def test_a_duplicate_key_is_refused() -> None:
    error = refusal(LAMPS + "    name: 照明率\n")
    assert error.where == "indicators.yaml:10:5"
    assert "duplicate key 'name'" in error.message.en


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    levels = ["a: &a0 [x, x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 40)]
    error = refusal("\n".join(levels))
    assert error.where is not None
    assert error.where.startswith("indicators.yaml:1:")
    assert "aliases" in error.message.en


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1, 2",
        "indicators: !!python/object:os.system ls",
        "\x00",
        "a: 1\n---\nb: 2",
        "[" * 5_000,
        "standards: []",
        "indicators: lamps",
        "- a",
        "indicators:\n  - lamps\n",
    ],
)
def test_what_is_no_indicator_file_is_refused(text: str) -> None:
    assert "indicators.yaml" in str(refusal(text))


def test_contradictions_within_an_indicator_are_refused() -> None:
    error = refusal(LAMPS + "    minimum: 60\n    maximum: 40\n")
    assert "minimum is above maximum" in error.message.en
