"""Scorecards and rankings through the API: live, explained, and as of any time."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.server.conftest import Ask

from liangcun_server.application import Application
from liangcun_server.exemptions.granting import grant_exemption
from liangcun_server.exemptions.model import ExemptionKind, NewExemption
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import confirm_observation, record_observations
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel, SourceStatus

_VILLAGE = "220722201204"
_CARD = """query Card(
    $region: ID!, $standard: ID!, $period: Period!, $asOf: DateTime, $level: AssessorLevel) {
    scorecard(region: $region, standard: $standard, period: $period, asOf: $asOf, assessorLevel: $level) {
        region { name } standard { id version } period
        score maxScore grade { title minScore } passed verdict vetoedBy { code } completeness
        lowestPossible highestPossible rank groups { group { code } score maxScore }
        criteria { criterion { code maxScore } score maxScore passed status explanation
                   lowestPossible highestPossible
                   values { value text sourceStatus indicator { code } } } } }"""
_RANKING = """query Ranking($standard: ID!, $within: ID!, $period: Period!, $first: Int, $after: String) {
    ranking(standard: $standard, within: $within, period: $period, first: $first, after: $after) {
        totalCount notRankedCount notRanked { region { code } reason } digest
        pageInfo { hasNextPage endCursor }
        edges { node { rank region { code name } score grade { title } passed verdict
                       mainProblems { criterion { code } status score maxScore } } } } }"""


async def _card(ask: Ask, region: str = _VILLAGE, standard: str = "jiuyou-liuwu", **more: object) -> dict:
    return (await ask(_CARD, region=region, standard=standard, period="2023", **more))["scorecard"]


async def _record(application: Application, indicator: str, value: float, **more: object) -> None:
    observation = NewObservation(
        region_code=_VILLAGE,
        indicator=indicator,
        period="2023",
        value=value,
        source_status=SourceStatus.SIMULATED,
        **more,
    )
    await record_observations(
        application.database, application.plugins.indicators, [observation], author="考评组", reason="复核"
    )


async def test_a_scorecard_adds_up_and_explains_every_criterion(ask: Ask) -> None:
    card = await _card(ask)
    assert card["region"] == {"name": "蒙古屯村委会"}
    assert card["standard"] == {"id": "220722/jiuyou-liuwu", "version": "2023"}
    assert card["score"] == pytest.approx(sum(one["score"] or 0 for one in card["criteria"]))
    assert card["lowestPossible"] <= card["score"] <= card["highestPossible"]
    assert len(card["criteria"]) == 15
    for one in card["criteria"]:
        assert "规则：" in one["explanation"]
        assert "依据：" in one["explanation"]
        assert all(value["text"] for value in one["values"])


async def test_explanations_say_that_values_are_simulated_and_criteria_interpreted(ask: Ask) -> None:
    card = await _card(ask, standard="220000/jiuyou-liuwu")
    assert all("模拟数据" in one["explanation"] for one in card["criteria"])
    assert all("非官方" in one["explanation"] for one in card["criteria"])


async def test_a_corrected_observation_shows_in_the_next_scorecard_and_ranking(
    ask: Ask, application: Application
) -> None:
    await _record(application, "garbage_piles_found", 0)
    await _record(application, "open_burning_found", 0)
    before = await _card(ask)
    await _record(application, "garbage_piles_found", 9)
    after = await _card(ask)
    assert after["score"] < before["score"]
    ranking = (await ask(_RANKING, standard="jiuyou-liuwu", within="220722", period="2023", first=300))[
        "ranking"
    ]
    entry = next(one["node"] for one in ranking["edges"] if one["node"]["region"]["code"] == _VILLAGE)
    assert entry["score"] == after["score"]
    assert entry["rank"] == after["rank"]


async def test_as_of_a_time_the_scorecard_is_what_it_was(ask: Ask, application: Application) -> None:
    await _record(application, "garbage_piles_found", 0)
    before, then = await _card(ask), datetime.now(UTC).isoformat()
    await _record(application, "garbage_piles_found", 9)
    now, past = await _card(ask), await _card(ask, asOf=then)
    assert now["score"] != before["score"]
    assert past == before


async def test_a_value_not_reported_is_said_to_be_and_bounds_what_is_possible(
    ask: Ask, application: Application
) -> None:
    await _record(application, "village_plan", None)
    card = await _card(ask)
    plan = next(one for one in card["criteria"] if "缺报" in one["explanation"])
    assert plan["lowestPossible"] == 0
    assert plan["highestPossible"] == plan["maxScore"]
    assert card["completeness"] < 1
    assert card["verdict"] in ("UNDECIDED", "FAIL")


async def test_ranking_pages_hold_every_village_once_and_ties_share_a_place(ask: Ask) -> None:
    entries, after, more = [], None, True
    while more:
        page = (
            await ask(_RANKING, standard="sanhua", within="220722", period="2023", first=70, after=after)
        )["ranking"]
        entries += [edge["node"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert page["totalCount"] == len(entries)
    assert page["totalCount"] + page["notRankedCount"] == 255
    assert len({one["region"]["code"] for one in entries}) == len(entries)
    scores = [one["score"] for one in entries]
    assert scores == sorted(scores, reverse=True)
    for one in entries:
        assert one["rank"] == 1 + sum(score > one["score"] for score in scores)


async def test_a_township_is_ranked_by_itself(ask: Ask) -> None:
    page = (await ask(_RANKING, standard="jiuyou-liuwu", within="220722201", period="2023", first=100))[
        "ranking"
    ]
    assert all(edge["node"]["region"]["code"].startswith("220722201") for edge in page["edges"])
    assert page["edges"][0]["node"]["rank"] == 1


async def test_main_problems_are_the_criteria_that_cost_most(ask: Ask) -> None:
    page = (await ask(_RANKING, standard="jiuyou-liuwu", within="220722", period="2023", first=300))[
        "ranking"
    ]
    with_problems = [edge["node"] for edge in page["edges"] if edge["node"]["mainProblems"]]
    assert with_problems
    for entry in with_problems:
        assert len(entry["mainProblems"]) <= 3
        assert all(one["status"] in ("FAIL", "PARTIAL", "UNKNOWN") for one in entry["mainProblems"])


async def test_the_county_is_scored_on_its_published_figures_without_the_suspect_one(ask: Ask) -> None:
    card = await _card(ask, region="220722", standard="wuge-daowei")
    drainage = next(
        one
        for one in card["criteria"]
        if "drainage_ditch_built" in [value["indicator"]["code"] for value in one["values"]]
    )
    assert drainage["status"] == "UNKNOWN"
    assert drainage["passed"] is None
    assert "存疑" in drainage["explanation"]
    assert card["lowestPossible"] < card["highestPossible"]
    lane = next(one for one in card["criteria"] if "不少于 85%" in one["explanation"])
    assert lane["values"]


async def test_a_confirmed_figure_counts(ask: Ask, application: Application) -> None:
    before = await _card(ask, region="220722", standard="wuge-daowei")
    await confirm_observation(
        application.database,
        application.plugins.indicators,
        region_code="220722000000",
        indicator="drainage_ditch_built",
        period=Period.parse("2023"),
        assessor_level=AssessorLevel.COUNTY,
        author="县住建局",
        reason="核对台账，应为 301 公里",
        value=301000,
    )
    after = await _card(ask, region="220722", standard="wuge-daowei")
    assert after["completeness"] > before["completeness"]
    assert (
        after["highestPossible"] - after["lowestPossible"]
        < before["highestPossible"] - before["lowestPossible"]
    )


async def test_a_waived_criterion_says_who_waived_it_and_until_when(
    ask: Ask, application: Application
) -> None:
    criterion = (await _card(ask))["criteria"][0]["criterion"]["code"]
    await grant_exemption(
        application.database,
        NewExemption(
            region_code=_VILLAGE,
            standard_id="220722/jiuyou-liuwu",
            criterion=criterion,
            kind=ExemptionKind.WAIVED,
            authority="长岭县农业农村局",
            reason="整村搬迁",
            valid_from=date(2023, 1, 1),
            expires_on=date(2024, 12, 31),
        ),
        author="管理员",
    )
    waived = (await _card(ask))["criteria"][0]
    assert waived["status"] == "WAIVED"
    assert "长岭县农业农村局" in waived["explanation"]
    assert "2024-12-31" in waived["explanation"]


async def test_an_assessor_level_that_nobody_used_knows_nothing(ask: Ask) -> None:
    card = await _card(ask, level="PROVINCE")
    assert card["completeness"] == 0
    assert card["verdict"] == "UNDECIDED"


@pytest.mark.parametrize(
    ("region", "standard", "period", "code"),
    [
        ("220722201204", "nothing", "2023", "UNKNOWN_STANDARD"),
        ("220722201204", "sanhua", "2019", "UNKNOWN_STANDARD"),
        ("220722999999", "sanhua", "2023", "UNKNOWN_REGION"),
        ("22072220120", "sanhua", "2023", "INVALID_REGION_CODE"),
        ("220722201204", "sanhua", "2023-13", "INVALID_PERIOD"),
        ("220722", "sanhua", "2023", "LEVEL_MISMATCH"),
        ("220722201204", "wuge-daowei", "2023", "LEVEL_MISMATCH"),
    ],
)
async def test_what_cannot_be_scored_is_an_error_with_its_code(
    ask: Ask, region: str, standard: str, period: str, code: str
) -> None:
    reply = await ask(_CARD, region=region, standard=standard, period=period)
    assert reply.codes == [code]


async def test_one_regions_error_leaves_the_others_scorecards(ask: Ask) -> None:
    reply = await ask(
        """{ region(code: "220722201") { scorecard(standard: "sanhua", period: "2023") { score }
               children(first: 2) { nodes { scorecard(standard: "sanhua", period: "2023") { score } } } } }"""
    )
    assert reply.codes == ["LEVEL_MISMATCH"]
    assert reply.data is not None
    assert reply.data["region"]["scorecard"] is None
    assert all(one["scorecard"]["score"] is not None for one in reply.data["region"]["children"]["nodes"])


async def test_the_same_data_gives_the_same_digest_on_either_database(ask: Ask) -> None:
    page = (await ask(_RANKING, standard="sanhua", within="220722", period="2023", first=1))["ranking"]
    again = (await ask(_RANKING, standard="sanhua", within="220722", period="2023", first=1))["ranking"]
    assert page["digest"] == again["digest"]
    assert len(page["digest"]) == 64


async def test_in_weighted_groups_the_main_problem_is_what_costs_most_of_the_total(ask: Ask) -> None:
    reply = await ask(
        """{ ranking(standard: "sanhua", within: "220722", period: "2023", first: 300) { edges { node {
               mainProblems { criterion { code } score maxScore }
               scorecard { criteria { criterion { code } status score maxScore } } } } }
             standard(id: "220000/sanhua") { maxScore groups { code criteria { code maxScore } } } }"""
    )
    # 绿化:美化:亮化 are weighted 3:4:3, each out of 100.
    weights = dict(zip([group["code"] for group in reply["standard"]["groups"]], (3, 4, 3), strict=True))
    stake = {
        one["code"]: weights[group["code"]] * one["maxScore"]
        for group in reply["standard"]["groups"]
        for one in group["criteria"]
    }
    for edge in reply["ranking"]["edges"]:
        problems = edge["node"]["mainProblems"]
        costs = [
            (1 - one["score"] / one["maxScore"]) * stake[one["criterion"]["code"]]
            for one in problems
            if one["maxScore"]
        ]
        assert costs == sorted(costs, reverse=True)


async def test_a_scorer_s_figures_stand_with_each_criterion(ask: Ask) -> None:
    reply = await ask(
        """{ scorecard(region: "220722201204", standard: "village-obstacles", period: "2023") {
               standard { scorer } criteria { explanation figures { code title unit value } } } }"""
    )
    card = reply["scorecard"]
    assert card["standard"] == {"scorer": "obstacle-degree.entropy"}
    degrees = [
        figure["value"]
        for one in card["criteria"]
        for figure in one["figures"]
        if figure["code"] == "obstacle_degree"
    ]
    assert sum(degrees) == pytest.approx(100)
    titles = [figure["title"] for figure in card["criteria"][0]["figures"]]
    assert titles == ["熵权", "障碍度"]
    assert f"障碍度：{round(degrees[0], 2):g}%" in card["criteria"][0]["explanation"]


async def test_standards_without_a_scorer_tell_no_figures(ask: Ask) -> None:
    reply = await ask(
        """{ scorecard(region: "220722201204", standard: "sanhua", period: "2023") {
               standard { scorer } criteria { figures { code } } } }"""
    )
    assert reply["scorecard"]["standard"] == {"scorer": None}
    assert not any(one["figures"] for one in reply["scorecard"]["criteria"])
