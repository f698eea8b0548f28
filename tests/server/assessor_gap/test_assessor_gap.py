"""Assessor levels side by side through the API: a township's villages assess themselves as well."""

from __future__ import annotations

import pytest
from tests.server.conftest import Ask

from liangcun_server.application import Application
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.regions.repository import codes_within
from liangcun_standards.vocabulary import AssessorLevel, RegionLevel, SourceStatus

TOWNSHIP = "220722201"
_GAP = """query ($within: ID! = "220722", $standard: ID! = "jiuyou-liuwu", $levels: [AssessorLevel!]) {
  assessorGap(within: $within, standard: $standard, period: "2023", levels: $levels) {
    standard { id } levels { level regionCount } notes
    pairs { lower upper summary
      total { count mean median higher lower pValue systematic }
      criteria { criterion { code } gap { count mean higher lower pValue adjustedPValue systematic } }
      townships { region { code } gap { count mean } }
      largest(first: 3) { region { code } gap comparedCriteria
        criteria { criterion { code } lowerScore upperScore } } } } }"""


async def _assess_themselves(application: Application, level: AssessorLevel, *indicators: str) -> None:
    """Every village of the county says of itself that it has these things."""
    async with application.database.read() as connection:
        villages = await codes_within(connection, "220722000000", RegionLevel.VILLAGE)
    await record_observations(
        application.database,
        application.plugins.indicators,
        [
            NewObservation(
                region_code=code,
                indicator=indicator,
                period="2023",
                value=1,
                assessor_level=level,
                source_status=SourceStatus.SIMULATED,
            )
            for code in villages
            for indicator in indicators
        ],
        author="各村",
        reason="自评",
    )


async def test_a_level_without_data_is_said_to_have_none(ask: Ask) -> None:
    found = (await ask(_GAP))["assessorGap"]
    counts = {one["level"]: one["regionCount"] for one in found["levels"]}
    assert counts == {"SELF": 0, "TOWNSHIP": 0, "COUNTY": 255, "PREFECTURE": 0, "PROVINCE": 0}
    assert found["pairs"] == []
    assert "村自评没有数据，不比" in found["notes"]
    assert any("至少要有两个考评层级" in one for one in found["notes"])


async def test_villages_that_praise_themselves_are_found_out(application: Application, ask: Ask) -> None:
    await _assess_themselves(application, AssessorLevel.SELF, "village_plan", "cultural_square")
    await _assess_themselves(application, AssessorLevel.PROVINCE, "cultural_square")
    found = (await ask(_GAP))["assessorGap"]
    assert [(one["lower"], one["upper"]) for one in found["pairs"]] == [
        ("SELF", "COUNTY"),
        ("SELF", "PROVINCE"),
        ("COUNTY", "PROVINCE"),
    ]
    own, agreed, county = found["pairs"]
    # Only what both have looked at is compared.
    assert {one["criterion"]["code"] for one in own["criteria"]} == {"village-plan", "cultural-square"}
    for one in own["criteria"]:
        gap = one["gap"]
        assert gap["count"] <= 255
        assert (gap["lower"], gap["systematic"]) == (0, True)
        assert gap["mean"] == pytest.approx(6 * gap["higher"] / gap["count"])
        assert gap["pValue"] <= gap["adjustedPValue"] < 0.05
    assert own["total"]["systematic"]
    assert own["summary"].startswith("村自评比县考核平均高 ")
    assert "系统性偏高" in own["summary"]
    assert own["largest"][0]["gap"] == 12
    assert own["largest"][0]["criteria"][0] | {"criterion": None} == {
        "criterion": None,
        "lowerScore": 6,
        "upperScore": 0,
    }
    means = [one["gap"]["mean"] for one in own["townships"]]
    assert means == sorted(means, reverse=True)
    assert (agreed["total"]["higher"], agreed["total"]["pValue"]) == (0, None)
    assert (county["total"]["higher"], county["total"]["mean"] < 0) == (0, True)
    english = (await ask(_GAP, locale="en"))["assessorGap"]["pairs"][0]["summary"]
    assert "systematically higher" in english


async def test_the_levels_named_are_compared_within_a_place(application: Application, ask: Ask) -> None:
    await _assess_themselves(application, AssessorLevel.TOWNSHIP, "village_plan")
    found = (await ask(_GAP, within=TOWNSHIP, levels=["COUNTY", "TOWNSHIP", "COUNTY"]))["assessorGap"]
    assert [one["level"] for one in found["levels"]] == ["TOWNSHIP", "COUNTY"]
    [pair] = found["pairs"]
    assert pair["total"]["count"] <= 7
    assert {one["region"]["code"] for one in pair["townships"]} == {"220722201000"}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"within": "370783"}, "UNKNOWN_REGION"),
        ({"standard": "nix"}, "UNKNOWN_STANDARD"),
        ({"within": "220722201", "standard": "wuge-daowei"}, "LEVEL_MISMATCH"),
    ],
)
async def test_what_can_not_be_compared_is_refused(ask: Ask, asked: dict[str, str], code: str) -> None:
    assert (await ask(_GAP, **asked)).codes == [code]
