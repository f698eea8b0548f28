"""Schemes side by side through the API, over 长岭县's villages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.server.conftest import SCHEMA, Ask

import liangcun_sanhua
from liangcun_server.application import Application
from liangcun_server.graphql.context import RequestContext
from liangcun_server.operators.tokens import issue_token
from liangcun_server.standards.bringing_in import save_draft

DRAFT = Path(liangcun_sanhua.__file__).parent / "standards" / "sanhua-2021.yaml"

_COMPARE = """query ($standards: [ID!]!, $within: ID! = "220722", $period: Period! = "2023") {
  compareStandards(input: {standards: $standards, within: $within, period: $period}) {
    regionCount standards { id version }
    pairs { a { id } b { id } regionCount leftOut spearman kendallTauB cohenKappa
            bothPass onlyA onlyB neither topOverlap(first: 20)
            crosswalk { shared { a { code } b { code } } onlyA { code } onlyB { code }
                        indicatorsBoth indicatorsOnlyA indicatorsOnlyB } } } }"""
_MOVERS = """query ($standards: [ID!]!, $a: ID!, $b: ID!, $first: Int = 20) {
  compareStandards(input: {standards: $standards, within: "220722", period: "2023"}) {
    movers(a: $a, b: $b, first: $first) {
      region { code name } rankA rankB shift gap
      because { criterion { code title } standard contribution }
      rest { what code standard contribution } } } }"""
_THREE = ["220722/jiuyou-liuwu", "220000/jiuyou-liuwu", "sanhua"]


async def test_each_two_of_three_schemes_are_compared(ask: Ask) -> None:
    found = (await ask(_COMPARE, standards=_THREE))["compareStandards"]
    assert found["regionCount"] == 255
    assert [one["id"] for one in found["standards"]] == [*_THREE[:2], "220000/sanhua"]
    assert [(one["a"]["id"], one["b"]["id"]) for one in found["pairs"]] == [
        ("220722/jiuyou-liuwu", "220000/jiuyou-liuwu"),
        ("220722/jiuyou-liuwu", "220000/sanhua"),
        ("220000/jiuyou-liuwu", "220000/sanhua"),
    ]
    for pair in found["pairs"]:
        assert pair["regionCount"] + pair["leftOut"] == 255
        assert pair["bothPass"] + pair["onlyA"] + pair["onlyB"] + pair["neither"] == pair["regionCount"]
        assert -1 <= pair["kendallTauB"] <= pair["spearman"] <= 1
        # Ties at the twentieth place count whole.
        assert 0 < pair["topOverlap"] < 100
    # A tailoring is nearer to its base than to another standard.
    assert found["pairs"][0]["spearman"] > found["pairs"][1]["spearman"]


async def test_the_crosswalk_of_a_tailoring_pairs_what_both_measure(ask: Ask) -> None:
    found = (await ask(_COMPARE, standards=_THREE[:2]))["compareStandards"]
    crosswalk = found["pairs"][0]["crosswalk"]
    assert any(one["a"] == one["b"] for one in crosswalk["shared"])
    assert crosswalk["indicatorsBoth"]


async def test_what_is_behind_a_move_adds_up_to_the_gap(ask: Ask) -> None:
    reply = await ask(_MOVERS, standards=_THREE, a="220722/jiuyou-liuwu", b="sanhua")
    movers = reply["compareStandards"]["movers"]
    assert len(movers) == 20
    assert [abs(one["shift"]) for one in movers] == sorted(
        (abs(one["shift"]) for one in movers), reverse=True
    )
    for one in movers:
        assert one["shift"] == one["rankB"] - one["rankA"]
        parts = [*one["because"], *one["rest"]]
        assert sum(part["contribution"] for part in parts) == pytest.approx(one["gap"], abs=1e-9)
        assert {part["standard"] for part in one["because"]} == {
            "220722/jiuyou-liuwu@2023",
            "220000/sanhua@2021",
        }
        assert one["region"]["name"]


async def test_the_other_way_round_everything_is_turned(ask: Ask) -> None:
    there = await ask(_MOVERS, standards=_THREE, a="sanhua", b="220722/jiuyou-liuwu", first=5)
    back = await ask(_MOVERS, standards=_THREE, a="220722/jiuyou-liuwu", b="sanhua", first=5)
    turned = [
        (one["region"]["code"], one["rankB"], one["rankA"], -one["shift"], pytest.approx(-one["gap"]))
        for one in there["compareStandards"]["movers"]
    ]
    assert turned == [
        (one["region"]["code"], one["rankA"], one["rankB"], one["shift"], one["gap"])
        for one in back["compareStandards"]["movers"]
    ]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"standards": ["sanhua"]}, "INVALID_COMPARISON"),
        ({"standards": ["sanhua"] * 7}, "INVALID_COMPARISON"),
        ({"standards": ["sanhua", "220000/sanhua@2021"]}, "INVALID_COMPARISON"),
        ({"standards": ["sanhua", "nothing"]}, "UNKNOWN_STANDARD"),
        ({"standards": ["sanhua", "220722/wuge-daowei"]}, "INVALID_COMPARISON"),
        ({"standards": ["sanhua", "jiuyou-liuwu"], "within": "370783"}, "UNKNOWN_REGION"),
        ({"standards": ["sanhua", "jiuyou-liuwu"], "within": "220722201204001"}, "INVALID_REGION_CODE"),
    ],
    ids=["one", "seven", "twice", "unknown", "levels", "elsewhere", "code"],
)
async def test_what_can_not_be_compared_is_refused(ask: Ask, asked: dict[str, Any], code: str) -> None:
    assert (await ask(_COMPARE, **asked)).codes == [code]


async def test_one_village_says_nothing_of_an_order(ask: Ask) -> None:
    found = (await ask(_COMPARE, standards=_THREE[:2], within="220722201204"))["compareStandards"]
    [pair] = found["pairs"]
    assert (pair["spearman"], pair["kendallTauB"], pair["cohenKappa"]) == (None, None, None)


async def test_movers_of_what_is_not_compared_are_refused(ask: Ask) -> None:
    reply = await ask(_MOVERS, standards=_THREE[:2], a="sanhua", b="jiuyou-liuwu")
    assert reply.codes == ["UNKNOWN_STANDARD"]
    reply = await ask(_MOVERS, standards=_THREE, a="sanhua", b="220000/sanhua")
    assert reply.codes == ["INVALID_COMPARISON"]


async def test_what_is_simulated_is_said_beside_the_comparison(ask: Ask) -> None:
    query = """{ compareStandards(
      input: {standards: ["sanhua", "jiuyou-liuwu"], within: "220722", period: "2023"}) { notes } }"""
    notes = (await ask(query))["compareStandards"]["notes"]
    assert any("模拟" in one for one in notes)
    assert len(set(notes)) == len(notes)
    english = (await ask(query, locale="en"))["compareStandards"]["notes"]
    assert any("simulated" in one for one in english)


async def test_a_draft_is_compared_for_the_operator_alone(application: Application, ask: Ask) -> None:
    text = DRAFT.read_text(encoding="utf-8").replace("version: 2021", "version: 2024")
    await save_draft(
        application.database, application.plugins, text, file="own.yaml", author="王敏", reason="讨论"
    )
    asked = {"standards": ["sanhua", "220000/sanhua@2024"], "within": "220722201", "period": "2023"}
    assert (await ask(_COMPARE, **asked)).codes == ["OPERATOR_TOKEN_NEEDED"]
    token = await issue_token(application.database, author="王敏", reason="测试")
    async with RequestContext(application, "zh", token=token) as context:
        result = await SCHEMA.execute(_COMPARE, variable_values=asked, context_value=context)
    assert result.errors is None
    assert result.data is not None
    [pair] = result.data["compareStandards"]["pairs"]
    assert (pair["spearman"], pair["onlyA"], pair["onlyB"]) == (1.0, 0, 0)


async def test_every_village_s_place_under_each_scheme_is_listed_page_by_page(ask: Ask) -> None:
    query = """query ($after: ID) { compareStandards(
      input: {standards: ["jiuyou-liuwu", "sanhua"], within: "220722201", period: "2023"}) {
        regionCount regions(first: 4, after: $after) {
          region { code } standings { standard score rank passed } } } }"""
    first = (await ask(query))["compareStandards"]
    rest = (await ask(query, after=first["regions"][-1]["region"]["code"]))["compareStandards"]
    listed = [*first["regions"], *rest["regions"]]
    assert len(listed) == first["regionCount"] == 7
    assert [one["region"]["code"] for one in listed] == sorted(one["region"]["code"] for one in listed)
    for side in (0, 1):
        found = [one["standings"][side] for one in listed]
        assert min(one["rank"] for one in found) == 1
        best = max(found, key=lambda one: one["score"])
        assert best["rank"] == 1
    card = await ask(
        """{ scorecard(region: "220722201204", standard: "sanhua", period: "2023") {
             score passed rank(within: "220722201") } }"""
    )
    [village] = [one for one in listed if one["region"]["code"] == "220722201204"]
    assert village["standings"][1] == {"standard": "220000/sanhua@2021"} | card["scorecard"]
