"""Obstacles and a village's three lists through the API, over 长岭县's villages."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.conftest import Ask

_PLACE = """query ($within: ID! = "220722", $standard: ID! = "jiuyou-liuwu",
                   $weighting: ObstacleWeighting! = GIVEN) {
  obstacles(within: $within, standard: $standard, period: "2023", weighting: $weighting) {
    regionCount standard { id }
    criteria { criterion { code } degree lacking counted short foremost }
    townships(first: 50) { region { code name } regionCount criteria(first: 3) { criterion { code } degree } }
    notes } }"""
_LISTS = """query ($region: ID! = "220722201202", $standard: ID! = "jiuyou-liuwu") {
  villageLists(region: $region, standard: $standard, period: "2023") {
    scorecard { score weakItems(first: 3) { criterion { code } lacking } }
    weakItems { criterion { code department } degree lacking result { score maxScore explanation } }
    projects { reached cost changes { indicator { code } criteria { code } cost } }
    responsibilities { department cost criteria { code } changes { indicator { code } cost } }
    notes } }"""


async def test_what_holds_a_county_back_is_ordered_and_adds_up(ask: Ask) -> None:
    found = (await ask(_PLACE))["obstacles"]
    degrees = [one["degree"] for one in found["criteria"]]
    assert degrees == sorted(degrees, reverse=True)
    assert sum(degrees) == pytest.approx(1)
    assert (found["regionCount"], found["standard"]["id"]) == (255, "220722/jiuyou-liuwu")
    assert sum(one["regionCount"] for one in found["townships"]) == 255
    assert all(len(one["criteria"]) == 3 and one["region"]["name"] for one in found["townships"])
    assert any("模拟" in one for one in found["notes"])


async def test_entropy_weighs_otherwise(ask: Ask) -> None:
    given = (await ask(_PLACE))["obstacles"]["criteria"]
    entropy = (await ask(_PLACE, weighting="ENTROPY"))["obstacles"]["criteria"]
    assert [one["degree"] for one in given] != [one["degree"] for one in entropy]
    assert {one["criterion"]["code"]: one["short"] for one in given} == {
        one["criterion"]["code"]: one["short"] for one in entropy
    }


async def test_a_standard_over_the_county_has_obstacles_too(ask: Ask) -> None:
    found = (await ask(_PLACE, standard="wuge-daowei"))["obstacles"]
    assert (found["regionCount"], found["townships"]) == (1, [])


async def test_the_three_lists_of_a_village_belong_together(ask: Ask) -> None:
    found = (await ask(_LISTS))["villageLists"]
    weak = [one["criterion"]["code"] for one in found["weakItems"]]
    assert sum(one["lacking"] for one in found["weakItems"]) == pytest.approx(
        100 - found["scorecard"]["score"]
    )
    assert sum(one["degree"] for one in found["weakItems"]) == pytest.approx(1)
    assert [one["criterion"]["code"] for one in found["scorecard"]["weakItems"]] == weak[:3]
    changed = {one["indicator"]["code"] for one in found["projects"]["changes"]}
    told = [one for task in found["responsibilities"] for one in task["changes"]]
    assert {one["indicator"]["code"] for one in told} == changed
    assert sum(task["cost"] for task in found["responsibilities"]) == pytest.approx(found["projects"]["cost"])
    assert sorted(one["code"] for task in found["responsibilities"] for one in task["criteria"]) == sorted(
        weak
    )
    assert any("四级包保" in one for one in found["notes"])
    assert any("只是示例" in one for one in found["notes"])


async def test_where_nothing_can_be_planned_the_other_lists_are_there(ask: Ask) -> None:
    reply = await ask(_LISTS, standard="village-obstacles")
    assert reply.codes == ["CANNOT_PLAN"]
    assert reply.data is not None
    found = reply.data["villageLists"]
    assert (found["projects"], bool(found["weakItems"])) == (None, True)
    assert all(task["changes"] == [] for task in found["responsibilities"])


@pytest.mark.parametrize(
    ("query", "asked", "code"),
    [
        (_PLACE, {"within": "370783"}, "UNKNOWN_REGION"),
        (_PLACE, {"standard": "nix"}, "UNKNOWN_STANDARD"),
        (_LISTS, {"region": "220722201"}, "LEVEL_MISMATCH"),
        (_LISTS, {"standard": "wuge-daowei"}, "LEVEL_MISMATCH"),
    ],
)
async def test_what_can_not_be_looked_at_is_refused(
    ask: Ask, query: str, asked: dict[str, Any], code: str
) -> None:
    assert (await ask(query, **asked)).codes == [code]
