"""`liangcun explain`: one scorecard with the reason for every criterion."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Liangcun = Callable[..., Any]

VILLAGE = "220722201204"


def test_every_criterion_has_its_value_rule_points_and_source(liangcun: Liangcun) -> None:
    answer = liangcun("explain", VILLAGE, "--standard", "jiuyou-liuwu")

    assert answer.code == 0
    assert answer.lines[0] == "蒙古屯村委会 220722201204  吉林省 松原市 长岭县 光明乡"
    assert "220722/jiuyou-liuwu@2023  时期 2023" in answer.lines[1]
    reasons = [line for line in answer.lines if line.startswith("      ")]
    assert len(reasons) == 15
    assert all("规则：" in line and "依据：" in line for line in reasons)
    assert "（县考核，模拟数据）" in answer.out


def test_places_are_told_within_the_township_and_the_county(liangcun: Liangcun) -> None:
    card = json.loads(liangcun("explain", VILLAGE, "-s", "jiuyou-liuwu", "--format", "json").out)

    assert [one["within"]["name"] for one in card["ranks"]] == ["光明乡", "长岭县"]
    assert [one["ranked_count"] for one in card["ranks"]] == [7, 255]


def test_the_scorecard_agrees_with_the_ranking(liangcun: Liangcun) -> None:
    ranking = json.loads(liangcun("score", "-s", "sanhua", "-f", "json").out)
    row = next(row for row in ranking["rows"] if row["region"]["code"] == VILLAGE)

    card = json.loads(liangcun("explain", VILLAGE, "-s", "sanhua", "-f", "json").out)

    assert card["score"] == row["score"]
    assert card["verdict"] == row["verdict"]
    assert card["ranks"][-1]["rank"] == row["rank"]
    assert card["digest"] == ranking["digest"]


def test_a_figure_that_is_only_bounded_is_shown_as_such(liangcun: Liangcun) -> None:
    answer = liangcun("explain", "220722", "-s", "wuge-daowei")

    assert "指导场次：不少于 50 场次（县考核，公开报道）" in answer.out
    assert "核实后可能在" in answer.lines[2]


def test_a_suspect_figure_is_shown_and_not_counted_until_it_is_confirmed(own_liangcun: Liangcun) -> None:
    explain = ("explain", "220722", "-s", "wuge-daowei")
    confirm = ("observations", "confirm", "220722", "drainage_ditch_built", "--period", "2023")
    pending = "存疑，确认前不计入"
    assert pending in own_liangcun(*explain).out

    done = own_liangcun(*confirm, "--by", "县住建局", "--reason", "核对原始台账", "--value", "301000")

    assert done.code == 0
    answer = own_liangcun(*explain)
    assert pending not in answer.out
    assert "301000 米" in answer.out


def test_a_waived_criterion_says_by_whom_and_why_until_it_is_taken_back(own_liangcun: Liangcun) -> None:
    explain = ("explain", VILLAGE, "-s", "jiuyou-liuwu")
    subject = (VILLAGE, "-s", "jiuyou-liuwu", "--criterion", "village-plan")

    done = own_liangcun(
        "waive", *subject, "--authority", "县自然资源局", "--reason", "整村搬迁", "--until", "2024-12-31"
    )

    assert done.out.startswith("已登记豁免（2023-01-01 – 2024-12-31）")
    assert "豁免（县自然资源局：整村搬迁，至 2024-12-31）" in own_liangcun(*explain).out
    assert own_liangcun("waive", *subject, "--reason", "搬迁取消", "--revoke").code == 0
    assert "豁免（" not in own_liangcun(*explain).out


def test_a_scorecard_can_be_written_to_a_file(liangcun: Liangcun, tmp_path: Path) -> None:
    text, card = tmp_path / "card.txt", tmp_path / "card.json"

    liangcun("explain", VILLAGE, "-s", "sanhua", "--output", str(text))
    liangcun("explain", VILLAGE, "-s", "sanhua", "--output", str(card))

    assert text.read_text(encoding="utf-8").startswith("蒙古屯村委会 220722201204")
    assert json.loads(card.read_bytes())["region"]["name"] == "蒙古屯村委会"


def test_reasons_are_in_english_when_asked_for(liangcun: Liangcun) -> None:
    answer = liangcun("explain", VILLAGE, "-s", "jiuyou-liuwu", "--language", "en")

    assert "Rule: " in answer.out
    assert "规则" not in answer.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("22072220120", "-s", "sanhua"), "有 11 位"),
        (("220722999999", "-s", "sanhua"), "没有区划 220722999999"),
        (("220722", "-s", "sanhua"), "评的是村级，长岭县 是县级"),
        (("220722201", "-s", "wuge-daowei"), "评的是县级"),
        ((VILLAGE, "-s", "nix"), "没有标准“nix”"),
        ((VILLAGE, "-s", "sanhua", "-p", "last year"), "时期“last year”无法识别"),
        ((VILLAGE,), "缺少选项"),
        (("-s", "sanhua"), "缺少参数"),
    ],
)
def test_what_can_not_be_explained_says_why(
    liangcun: Liangcun, arguments: tuple[str, ...], said: str
) -> None:
    failed = liangcun("explain", *arguments)

    assert failed.code == 2
    assert said in failed.err
    assert failed.out == ""
