"""Plans and budgets through the API, over 长岭县's villages."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.conftest import SCHEMA, Ask

from liangcun_server.application import Application
from liangcun_server.graphql.context import RequestContext
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.operators.tokens import issue_token
from liangcun_standards.vocabulary import SourceStatus

VILLAGE = "220722201202"
_PLAN = """query ($region: ID! = "220722201202", $standard: ID! = "jiuyou-liuwu", $grade: String,
                  $costs: [CostInput!], $level: AssessorLevel) {
  improvementPlan(region: $region, standard: $standard, period: "2023", targetGrade: $grade, costs: $costs,
                  assessorLevel: $level) {
    region { code name } standard { id } period targetGrade { code } reached proven cost summary
    changes { indicator { code name } before start after cost text criteria { code department } }
    before { score grade { code } passed } after { score grade { code } passed }
    reasons highestTotal best { cost targetGrade { code } } keptAsIs { code reason }
    costTable { title illustrative note region { code } } notes } }"""
_BUDGET = """query ($within: ID! = "220722201", $budget: Float!, $grade: String, $costs: [CostInput!],
                    $standard: ID! = "jiuyou-liuwu") {
  budgetPlan(within: $within, standard: $standard, period: "2023", budget: $budget, targetGrade: $grade,
             costs: $costs) {
    budget spent alreadyThere chosenCount withinReachCount outOfReachCount costOfAll proven
    chosen(first: 10) { region { code } cost changes { text } } following(first: 2) { region { code } cost }
    missingForNext moreFor notes } }"""


async def test_a_village_s_cheapest_way_to_pass_is_told_with_what_it_rests_on(ask: Ask) -> None:
    found = (await ask(_PLAN))["improvementPlan"]
    assert (found["region"]["code"], found["standard"]["id"]) == (VILLAGE, "220722/jiuyou-liuwu")
    assert (found["reached"], found["proven"], found["targetGrade"]) == (True, True, None)
    assert (found["before"]["passed"], found["after"]["passed"]) == (False, True)
    assert found["cost"] == pytest.approx(sum(one["cost"] for one in found["changes"]))
    assert all(one["criteria"] and one["text"] for one in found["changes"])
    assert found["costTable"]["illustrative"]
    assert any("只是示例" in one for one in found["notes"])
    assert any("模拟" in one for one in found["notes"])


async def test_a_plan_that_is_carried_out_passes(application: Application, ask: Ask) -> None:
    changes = (await ask(_PLAN))["improvementPlan"]["changes"]
    done = [
        NewObservation(
            region_code=VILLAGE,
            indicator=one["indicator"]["code"],
            period="2023",
            value=one["after"],
            source_status=SourceStatus.SIMULATED,
        )
        for one in changes
    ]
    indicators = application.plugins.indicators
    await record_observations(application.database, indicators, done, author="王敏", reason="整改后复核")
    after = (await ask(_PLAN))["improvementPlan"]
    assert (after["cost"], after["changes"], after["before"]["passed"]) == (0, [], True)
    assert after["summary"] == "已经达标，不用花钱"


async def test_a_question_s_own_costs_stand_in_place_of_the_table_s(ask: Ask) -> None:
    own = (await ask(_PLAN))["improvementPlan"]
    dear = [{"indicator": "village_plan", "unitCost": 70_000}]
    found = (await ask(_PLAN, costs=dear))["improvementPlan"]
    assert found["cost"] == own["cost"] + 10_000
    english = (await ask(_PLAN, locale="en", grade="excellent"))["improvementPlan"]
    assert english["targetGrade"] == {"code": "excellent"}
    assert english["after"]["grade"] == {"code": "excellent"}
    assert "the grade 'Excellent' takes at the least" in english["summary"]


async def test_a_grade_out_of_reach_says_why_and_how_far_one_gets(ask: Ask) -> None:
    costs = [{"indicator": "village_plan", "unitCost": 1, "maximum": 0}]
    found = (await ask(_PLAN, costs=costs))["improvementPlan"]
    assert (found["reached"], found["cost"], found["changes"]) == (False, 0, [])
    assert any("“有村庄规划”是一票否决的条目" in one for one in found["reasons"])
    assert found["best"] == {"cost": 0, "targetGrade": {"code": "fail"}}
    assert found["highestTotal"] > found["before"]["score"]
    assert found["summary"].startswith("现有的办法到不了达标")


async def test_a_budget_goes_to_the_cheapest_first(ask: Ask) -> None:
    found = (await ask(_BUDGET, budget=50_000))["budgetPlan"]
    costs = [one["cost"] for one in (*found["chosen"], *found["following"])]
    assert costs == sorted(costs)
    assert found["spent"] == pytest.approx(sum(costs[: found["chosenCount"]]))
    assert found["spent"] <= 50_000 < found["spent"] + found["following"][0]["cost"]
    assert found["alreadyThere"] + found["withinReachCount"] + found["outOfReachCount"] == 7
    more = (await ask(_BUDGET, budget=50_000 + found["missingForNext"]))["budgetPlan"]
    assert more["chosenCount"] == found["chosenCount"] + 1
    assert any("只是示例" in one for one in found["notes"])


@pytest.mark.parametrize(
    ("query", "asked", "code"),
    [
        (_PLAN, {"grade": "best"}, "UNKNOWN_GRADE"),
        (_PLAN, {"region": "220722201"}, "LEVEL_MISMATCH"),
        (_PLAN, {"standard": "wuge-daowei"}, "LEVEL_MISMATCH"),
        (_PLAN, {"region": "370783001001"}, "UNKNOWN_REGION"),
        (_PLAN, {"standard": "nix"}, "UNKNOWN_STANDARD"),
        (_PLAN, {"standard": "village-obstacles"}, "CANNOT_PLAN"),
        (_PLAN, {"costs": [{"indicator": "village_plan", "unitCost": -1}]}, "INVALID_COSTS"),
        (_PLAN, {"costs": [{"indicator": "village_plam", "unitCost": 1}]}, "INVALID_COSTS"),
        (_PLAN, {"costs": [{"indicator": "village_plan"}]}, "INVALID_COSTS"),
        (_PLAN, {"costs": [{"indicator": "cleaners", "unitCost": 1}]}, "INVALID_COSTS"),
        (_PLAN, {"costs": [{"indicator": "cleaners", "unitCost": 1e300}]}, "INVALID_COSTS"),
        (_BUDGET, {"budget": -1.0}, "INVALID_BUDGET"),
        (_BUDGET, {"budget": 1e300}, "INVALID_BUDGET"),
        (_BUDGET, {"budget": 1.0, "grade": "best"}, "UNKNOWN_GRADE"),
        (_BUDGET, {"budget": 1.0, "standard": "wuge-daowei"}, "LEVEL_MISMATCH"),
    ],
)
async def test_what_can_not_be_planned_is_refused(
    ask: Ask, query: str, asked: dict[str, Any], code: str
) -> None:
    reply = await ask(query, **asked)
    assert reply.codes == [code]
    assert "Traceback" not in str(reply.errors)


_COSTS = """title: 长岭县 2024 年单价
source: 县财政评审中心
costs:
  - {indicator: village_plan, unit_cost: 45000}
  - {indicator: garbage_piles_found, unit_cost: 500}
"""
_SAVE = """mutation ($document: String!, $region: ID! = "220722") {
  saveCostTable(input: {region: $region, document: $document, author: "王敏", reason: "年度调价"}) {
    ... on CostTableSaved { costTable { title illustrative region { code } costs { code unitCost } } }
    ... on InputRefused { code message problems { line } } } }"""


async def test_the_operator_keeps_the_costs_of_a_county(application: Application, ask: Ask) -> None:
    assert (await ask(_SAVE, document=_COSTS)).codes == ["OPERATOR_TOKEN_NEEDED"]
    token = await issue_token(application.database, author="王敏", reason="测试")

    async def save(**variables: str) -> dict[str, Any]:
        async with RequestContext(application, "zh", token=token) as context:
            result = await SCHEMA.execute(_SAVE, variable_values=variables, context_value=context)
        assert result.errors is None
        assert result.data is not None
        answer: dict[str, Any] = result.data["saveCostTable"]
        return answer

    saved = (await save(document=_COSTS))["costTable"]
    assert (saved["illustrative"], saved["region"]["code"]) == (False, "220722000000")
    assert saved["costs"][0] == {"code": "village_plan", "unitCost": 45_000}
    found = (await ask(_PLAN))["improvementPlan"]
    assert found["costTable"]["title"] == "长岭县 2024 年单价"
    assert not any("示例" in one for one in found["notes"])
    at_place = (await ask("{ costTable { title document } }"))["costTable"]
    assert at_place == {"title": "长岭县 2024 年单价", "document": _COSTS}
    bad = await save(document=_COSTS.replace("45000", "-45000"))
    assert (bad["code"], bad["problems"][0]["line"]) == ("INVALID_DOCUMENT", 4)
    unknown = await save(document=_COSTS.replace("village_plan", "village_plam"))
    assert (unknown["code"], "village_plan" in unknown["message"]) == ("INVALID_COSTS", True)
    elsewhere = await save(document=_COSTS, region="370783")
    assert elsewhere["code"] == "UNKNOWN_REGION"
    # A township's own costs go before the county's.
    await save(document=_COSTS.replace("2024 年单价", "光明乡单价"), region="220722201")
    assert (await ask(_PLAN))["improvementPlan"]["costTable"]["title"] == "长岭县 光明乡单价"


async def test_another_budget_is_answered_from_the_plans_that_are_kept(
    application: Application, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from liangcun_server.planning import planning  # what is watched

    worked_out: list[int] = []
    plans_within = planning.plans_within

    def watched(*arguments: Any) -> Any:
        worked_out.append(1)
        return plans_within(*arguments)

    monkeypatch.setattr(planning, "plans_within", watched)
    for budget in (10_000, 50_000, 80_000):
        await ask(_BUDGET, budget=budget)
    assert len(worked_out) == 1
    await ask(_BUDGET, budget=50_000, costs=[{"indicator": "village_plan", "unitCost": 1}])
    await ask(_BUDGET, budget=50_000, grade="excellent")
    assert len(worked_out) == 3
    value = NewObservation(
        region_code=VILLAGE,
        indicator="straw_stacks_found",
        period="2023",
        value=9,
        source_status=SourceStatus.SIMULATED,
    )
    indicators = application.plugins.indicators
    await record_observations(application.database, indicators, [value], author="王敏", reason="复查")
    await ask(_BUDGET, budget=50_000)
    assert len(worked_out) == 4
