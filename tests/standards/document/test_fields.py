"""Fields: each slip that an officer may make is told with file, line, column and field, in both languages."""

from __future__ import annotations

import pytest
from tests.standards.document.documents import LAMPS, changed, refusal

LINEAR = "rule: {kind: linear, indicator: lit_lanes_rate, from: 0, to: 90}"
LIT = "groups.0.criteria.0"


@pytest.mark.parametrize(
    ("old", "new", "en", "zh"),
    [
        # wrong type
        ("max_score: 60", "max_score: sixty", f"17:20: {LIT}.max_score: should be a number", "应为数字"),
        ("max_score: 60", "max_score: [60]", f"17:20: {LIT}.max_score: should be a number", "应为数字"),
        (
            "max_score: 60",
            "max_score: true",
            f"17:20: {LIT}.max_score: true or false has no meaning here",
            "这里不能写 true 或 false",
        ),
        (
            "title: 路灯\n",
            "title: 2023\n",
            "4:8: title: should be text (put a number in quotes)",
            "应为文字（数字请加引号）",
        ),
        ("title: 路灯\n", "title:\n", "5:1: title: can't be empty", "不能为空"),
        (
            "version: 2023",
            "version: 1.10",
            "3:10: version: should be text (put a number in quotes)",
            "应为文字",
        ),
        ("{from: 2023-01-01}", "2023-01-01", "6:12: effective: should be keys with values", "应为键值表"),
        (
            "from: 2023-01-01",
            "from: 86400",
            "6:19: effective.from: should be a date such as 2023-01-01",
            "应为日期",
        ),
        ("from: 2023-01-01", "from: 2023-02-30", "6:19: effective.from: should be a date", "应为日期"),
        (
            "from: 2023-01-01",
            "from: 2023-01-01, to: 2022-12-31",
            "6:35: effective.to: is before from",
            "早于 from",
        ),
        (
            f"{LINEAR}\n",
            f"{LINEAR}\n        veto: maybe\n",
            f"19:15: {LIT}.veto: should be true or false",
            "应为 true 或 false",
        ),
        # no finite number
        ("max_score: 60", "max_score: .nan", f"17:20: {LIT}.max_score: should be a number", "应为数字"),
        (
            "max_score: 60",
            "max_score: nan",
            f"17:20: {LIT}.max_score: should be a finite number",
            "应为有限的数字",
        ),
        ("from: 0,", "from: .inf,", f"18:63: {LIT}.rule.from: should be a number", "应为数字"),
        ("from: 0,", "from: inf,", f"18:63: {LIT}.rule.from: should be a finite number", "应为有限的数字"),
        ("from: 0,", "from: 1e400,", f"18:63: {LIT}.rule.from: should be a finite number", "应为有限的数字"),
        ("from: 0,", f"from: {10**350},", f"18:63: {LIT}.rule.from: should be a number", "应为数字"),
        (
            "from: 0,",
            f"from: {10**400},",
            f"18:63: {LIT}.rule.from: should be a finite number",
            "应为有限的数字",
        ),
        # out of range
        ("max_score: 60", "max_score: -1", f"17:20: {LIT}.max_score: can't be below 0", "不能小于 0"),
        (
            "max_score: 60",
            "max_score: 2000000",
            f"17:20: {LIT}.max_score: can't be above 1000000",
            "不能大于 1000000",
        ),
        (
            "code: lamps\n",
            "code: Lamps_1\n",
            "2:7: code: a code is small letters, digits and hyphens",
            "代码用小写字母",
        ),
        (
            "version: 2023",
            "version: v 2",
            "3:10: version: a version is letters, digits, dots",
            "版本用字母、数字、点",
        ),
        (
            "level: village",
            "level: hamlet",
            "8:8: level: should be province, prefecture, county",
            "只能是 province、prefecture",
        ),
        (
            "220722",
            "22072",
            "1:15: jurisdiction: the region code '22072' has 5 digits",
            "区划代码“22072”有 5 位",
        ),
        # unknown and missing fields
        ("from: 0,", "", f"18:15: {LIT}.rule.from: is missing", "缺少必填项"),
        (
            "level: village\n",
            "level: village\ncolour: red\n",
            "9:9: colour: there is no such field",
            "没有这个字段",
        ),
        ("from: 0,", "from_: 0,", f"18:64: {LIT}.rule.from_: there is no such field", "没有这个字段"),
        (
            "at_least: 95",
            "at_lest: 95",
            "groups.0.criteria.1.rule.when.at_lest: there is no such field",
            "没有这个字段",
        ),
        (
            "kind: linear",
            "kind: lineal",
            f"18:15: {LIT}.rule: there is no kind 'lineal'; there are presence, threshold",
            "没有这种 kind：lineal，可选：presence、threshold",
        ),
        ("kind: linear, ", "", f"18:15: {LIT}.rule: kind is missing", "缺少 kind"),
    ],
)
def test_what_is_wrong_is_told_at_its_place_in_both_languages(old: str, new: str, en: str, zh: str) -> None:
    error = refusal(changed(old, new))
    line = next(line for line in str(error).split("\n") if en in line)
    assert line.startswith("lamps.yaml:")
    translated = error.text("zh").split("\n")[str(error).split("\n").index(line)]
    assert zh in translated
    assert translated.split(": ")[:2] == line.split(": ")[:2]


def test_what_is_official_must_cite_its_document() -> None:
    error = refusal(LAMPS.replace("interpretation", "official", 1))
    assert str(error) == "lamps.yaml:7:9: source: an official source must cite its document"
    assert error.text("zh") == "lamps.yaml:7:9: source: official 来源必须写明文件（document）"


def test_a_criterion_is_never_simulated() -> None:
    error = refusal(LAMPS.replace("interpretation", "simulated", 1))
    assert str(error) == "lamps.yaml:7:18: source.status: should be official, published or interpretation"
    assert error.text("zh") == "lamps.yaml:7:18: source.status: 只能是 official、published 或 interpretation"
