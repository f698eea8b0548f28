"""How firm rankings are, and what to find out first, through the API over 长岭县's villages."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.conftest import Ask

_ANALYSE = """query ($standard: ID! = "jiuyou-liuwu", $within: ID! = "220722", $draws: Int! = 120,
                      $seed: Int! = 7, $concentration: Float = 100, $margin: Float! = 2) {
  sensitivity(input: {standard: $standard, within: $within, period: "2023", draws: $draws, seed: $seed,
                      concentration: $concentration}) {
    standard { id } draws seed concentration indexRuns regionCount rankedCount varied meanShift
    regions(first: 300) { region { code name } score rank passed rankLow rankMedian rankHigh passShare }
    indices { choice title first firstConfidence total totalConfidence } passingIndices { choice total }
    nearThreshold(margin: $margin, first: 5) { region { name } kind mark needs has gap
                                tips { criterion { code title } score becomes unknown } }
    notVaried notes } }"""
_REVERSALS = """query ($standard: ID!, $within: ID! = "220722201") {
  sensitivity(input: {standard: $standard, within: $within, period: "2023", draws: 10}) {
    notVaried reversals(first: 3) { possible examined found
      listed { removed { name } count pairs { above below } passing } } } }"""
_INSPECT = """query ($within: ID! = "220722", $order: InspectOrder! = VERDICT, $first: Int = 20) {
  inspectFirst(first: $first,
               input: {standard: "jiuyou-liuwu", within: $within, period: "2023", order: $order}) {
    region { code } indicator { code name } period onRecord lowestPossible highestPossible
    narrows narrowsLeast narrowsMost rankBest rankWorst rankNarrows verdict decides reaches } }"""


async def test_every_village_has_an_interval_of_places_around_its_own(ask: Ask) -> None:
    found = (await ask(_ANALYSE))["sensitivity"]
    assert (found["draws"], found["seed"], found["regionCount"]) == (120, 7, 255)
    assert found["rankedCount"] == 255
    assert len(found["regions"]) == 255
    ranks = [one["rank"] for one in found["regions"]]
    assert ranks == sorted(ranks)
    for one in found["regions"]:
        assert 1 <= one["rankLow"] <= one["rankMedian"] <= one["rankHigh"] <= 255
        assert 0 <= one["passShare"] <= 1
        assert one["region"]["name"]
    assert found["varied"] == ["WEIGHTS", "UNKNOWN", "NORMALISATION", "COMBINATION"]
    assert [one["choice"] for one in found["indices"]] == found["varied"]
    assert any("权重" in one["title"] for one in found["indices"])
    assert found["indexRuns"] > 0
    gaps = [abs(one["gap"]) for one in found["nearThreshold"]]
    assert gaps == sorted(gaps)
    assert any(one["tips"] for one in found["nearThreshold"])
    assert any("模拟" in one for one in found["notes"])


async def test_the_same_seed_gives_the_same_answer(ask: Ask) -> None:
    one, other, another = [(await ask(_ANALYSE, seed=seed)).data for seed in (3, 3, 4)]
    assert one == other
    assert one != another


async def test_weights_may_stay_as_they_are(ask: Ask) -> None:
    found = (await ask(_ANALYSE, concentration=None))["sensitivity"]
    assert found["concentration"] is None
    assert "WEIGHTS" not in found["varied"]
    assert any("权重未变动" in one for one in found["notVaried"])


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"draws": 10_000_000}, "INVALID_SENSITIVITY"),
        ({"concentration": -5}, "INVALID_SENSITIVITY"),
        ({"margin": -1}, "INVALID_SENSITIVITY"),
        ({"within": "220722201204"}, "INVALID_SENSITIVITY"),
        ({"standard": "nothing"}, "UNKNOWN_STANDARD"),
        ({"within": "370783"}, "UNKNOWN_REGION"),
        ({"standard": "220722/wuge-daowei", "within": "220722201"}, "LEVEL_MISMATCH"),
    ],
    ids=["draws", "concentration", "margin", "one village", "standard", "elsewhere", "level"],
)
async def test_what_can_not_be_analysed_is_refused(ask: Ask, asked: dict[str, Any], code: str) -> None:
    assert (await ask(_ANALYSE, **asked)).codes == [code]


async def test_the_limit_is_named(ask: Ask) -> None:
    [error] = (await ask(_ANALYSE, draws=10_000_000)).errors
    assert "100,000" in error["message"]


async def test_regions_are_listed_page_by_page_and_the_least_firm_first(ask: Ask) -> None:
    query = """query ($after: ID) {
      sensitivity(input: {standard: "sanhua", within: "220722201", period: "2023", draws: 50}) {
        regions(first: 4, after: $after, order: WIDTH) { region { code } rankLow rankHigh } } }"""
    first = (await ask(query))["sensitivity"]["regions"]
    rest = (await ask(query, after=first[-1]["region"]["code"]))["sensitivity"]["regions"]
    widths = [one["rankHigh"] - one["rankLow"] for one in (*first, *rest)]
    assert len(widths) == 7
    assert widths == sorted(widths, reverse=True)


async def test_a_scorer_relative_to_peers_has_reversals_and_isn_t_run_again(ask: Ask) -> None:
    found = (await ask(_REVERSALS, standard="village-obstacles"))["sensitivity"]
    assert found["reversals"]["possible"]
    assert found["reversals"]["examined"] == 7
    assert any("评分程序" in one for one in found["notVaried"])
    plain = (await ask(_REVERSALS, standard="jiuyou-liuwu"))["sensitivity"]
    assert plain["reversals"] == {"possible": False, "examined": 0, "found": 0, "listed": []}


async def test_what_decides_a_verdict_is_to_be_found_out_first(ask: Ask) -> None:
    found = (await ask(_INSPECT))["inspectFirst"]
    assert len(found) == 20
    deciding = [one["decides"] for one in found]
    assert deciding == sorted(deciding, reverse=True)
    first = found[0]
    assert (first["verdict"], first["decides"]) == ("UNDECIDED", 1)
    assert {"PASS", "FAIL"} <= set(first["reaches"]) | {"PASS", "FAIL"}
    assert first["onRecord"] == "缺报或存疑"
    assert first["highestPossible"] - first["lowestPossible"] >= first["narrowsMost"] > 0
    assert first["rankBest"] < first["rankWorst"]
    village = first["region"]["code"]
    own = (await ask(_INSPECT, within=village))["inspectFirst"]
    assert {one["region"]["code"] for one in own} == {village}
    by_rank = [one["rankNarrows"] for one in (await ask(_INSPECT, order="RANK"))["inspectFirst"]]
    assert by_rank == sorted(by_rank, reverse=True)
    assert (await ask(_INSPECT, first=5_000)).errors
