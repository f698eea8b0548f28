"""Standards, indicators, observations, plugins and exemptions from the command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from typing import Any

import pytest

Liangcun = Callable[..., Any]


def test_standards_are_listed_with_what_they_may_claim(liangcun: Liangcun) -> None:
    answer = liangcun("standards", "list")

    assert answer.lines[0].split()[:3] == ["标准", "版本", "名称"]
    jiuyou = next(line for line in answer.lines if line.startswith("220000/jiuyou-liuwu"))
    assert "2021" in jiuyou
    assert "工作释义（非官方）" in jiuyou


def test_standards_can_be_asked_for_a_place_and_a_level(liangcun: Liangcun) -> None:
    here = json.loads(
        liangcun("standards", "list", "--region", "220722", "--level", "county", "-f", "json").out
    )
    elsewhere = json.loads(liangcun("standards", "list", "--region", "330523", "-f", "json").out)

    assert [one["id"] for one in here] == ["220722/wuge-daowei"]
    assert elsewhere == []


def test_a_standard_is_shown_with_its_rules_in_words(liangcun: Liangcun) -> None:
    answer = liangcun("standards", "show", "220000/jiuyou-liuwu")

    assert answer.lines[0] == "九有六无  220000/jiuyou-liuwu@2021"
    assert "【九有】 nine-haves  60，不低于 36  sum" in answer.lines
    assert "      有村庄规划 得 6 分，否则不得分【一票否决】" in answer.lines


def test_a_tailored_standard_says_what_it_changes_and_why(liangcun: Liangcun) -> None:
    answer = liangcun("standards", "show", "jiuyou-liuwu")

    assert "调整自：220000/jiuyou-liuwu@2021" in answer.lines
    assert any(line.startswith("  修改 hardened-road  ") for line in answer.lines)


def test_a_document_is_printed_as_it_was_written(liangcun: Liangcun) -> None:
    answer = liangcun("standards", "show", "220000/sanhua", "--document")

    assert "jurisdiction: 220000" in answer.out
    assert answer.out.endswith("\n")
    assert not answer.out.endswith("\n\n")


def test_indicators_are_listed_with_unit_and_range(liangcun: Liangcun) -> None:
    answer = liangcun("indicators", "list", "--format", "csv")

    rows = {row[0]: row for row in csv.reader(answer.lines)}
    assert len(rows) > 80
    assert rows["lane_hardened_rate"][3:6] == ["percent", "higher", "0 – 100"]


def test_a_figure_of_the_article_is_shown_with_its_qualifier(liangcun: Liangcun) -> None:
    answer = liangcun("observations", "list", "220722", "--indicator", "courtyard_income_gain", "-f", "json")

    (value,) = json.loads(answer.out)
    assert value["shown"] == "不少于 2500 元/户"
    assert (value["qualifier"], value["source_status"]) == ("at_least", "published")
    assert value["original_text"]


def test_observations_can_be_asked_for_a_period_and_a_level(liangcun: Liangcun) -> None:
    village = ("observations", "list", "220722201204", "-f", "json")

    of_one_year = json.loads(liangcun(*village, "--period", "2022").out)
    of_themselves = json.loads(liangcun(*village, "--level", "self").out)

    assert {value["period"] for value in of_one_year} == {"2022"}
    assert {value["source_status"] for value in of_one_year} == {"simulated"}
    assert of_themselves == []


def test_plugins_are_listed_with_their_status(liangcun: Liangcun) -> None:
    found = {one["name"]: one for one in json.loads(liangcun("plugins", "-f", "json").out)}

    assert found["jiuyou-liuwu"]["status"] == "active"
    assert found["village-indicators"]["indicators"] > 40
    assert "启用" in liangcun("plugins").out


def test_what_does_not_apply_somewhere_can_be_registered(own_liangcun: Liangcun) -> None:
    done = own_liangcun(
        *("waive", "220722201204", "-s", "sanhua", "--criterion", "trees-planted"),
        *("--authority", "县林草局", "--reason", "无宜林地", "--not-applicable", "--from", "2023-06-01"),
    )

    assert done.out.startswith("已登记不适用（2023-06-01 – 撤销前一直有效）")
    assert "不适用  " in own_liangcun("explain", "220722201204", "-s", "sanhua").out


_CONFIRM = ("observations", "confirm", "220722", "drainage_ditch_built", "--period", "2023", "--reason", "r")
_REVOKE = ("waive", "220722201204", "-s", "jiuyou-liuwu", "--reason", "r", "--criterion", "village-plan")
_WAIVE = (*_REVOKE, "--authority", "a")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("standards", "show", "nix"), "没有标准“nix”"),
        (("standards", "show", "sanhua", "--version", "1999"), "没有对应的版本"),
        (("standards", "list", "--region", "2"), "有 1 位"),
        (("observations", "list", "220722", "--indicator", "drainage_ditch"), "drainage_ditch_built"),
        (("observations", "list", "220722999999"), "没有区划 220722999999"),
        ((*_CONFIRM, "--value", "much"), "--value: “much”不是数字"),
        ((*_CONFIRM, "--value", "nan"), "不是可用的数字"),
        ((*_CONFIRM, "--value", "1e400"), "不是可用的数字"),
        ((*_CONFIRM, "--value", "-1"), "超出范围"),
        ((*_CONFIRM, "--level", "self"), "这里没有填报值可确认"),
        ((*_CONFIRM, "--by", " "), "每次写入都要写明操作人和原因"),
        ((*_CONFIRM[:3], "clean_households_awarded", *_CONFIRM[4:]), "该值并未存疑"),
        (_REVOKE, "--authority: 请写明批准单位"),
        ((*_WAIVE, "--criterion", "village-plans"), "没有条目“village-plans”，是否指：village-plan"),
        ((*_WAIVE, "--until", "soon"), "--until: 日期“soon”无法识别"),
        ((*_WAIVE, "--until", "2020-01-01"), "早于起始日"),
        ((*_REVOKE, "--revoke"), "没有可撤销的豁免"),
        (("waive", "220722", *_WAIVE[2:]), "评的是村级"),
    ],
)
def test_what_can_not_be_done_is_explained(liangcun: Liangcun, arguments: tuple[str, ...], said: str) -> None:
    failed = liangcun(*arguments)

    assert failed.code == 2
    assert said in failed.err
    assert failed.out == ""
