"""Runs over either database: what they rest upon stays, what they came to is proved or the fault is named."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from tests.server.behind_the_back import changed_behind_the_back

from liangcun_server.application import Application
from liangcun_server.assessments import repository
from liangcun_server.assessments.model import AssessmentStatus, UnfinishedAssessment
from liangcun_server.assessments.publishing import publish
from liangcun_server.assessments.running import NothingToAssess
from liangcun_server.assessments.verifying import NotReproducible, verify
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.regions.loading import load_regions
from liangcun_server.regions.region import Region
from liangcun_server.scorecards.service import LevelMismatch
from liangcun_standards.errors import LiangcunError
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel, RegionLevel, SourceStatus

YEAR = Period.parse("2023")
TOWNSHIP = "220722201000"
MENGGU = "220722201204"
BY = {"author": "王敏", "reason": "年度考核"}


async def run(application: Application, standard: str = "220722/jiuyou-liuwu", **fields: object) -> int:
    resolved = application.plugins.standards.find(standard)
    asked = {"region_code": TOWNSHIP, "period": YEAR} | fields
    number = await application.assessments.begin(resolved, **asked, **BY)  # type: ignore[arg-type]
    await application.assessments.wait(number)
    return number


async def correct(application: Application, **fields: object) -> None:
    new = {
        "region_code": MENGGU,
        "indicator": "village_plan",
        "period": YEAR,
        "value": 0,
        "assessor_level": AssessorLevel.COUNTY,
        "source_status": SourceStatus.INTERPRETATION,
    } | fields
    await record_observations(
        application.database,
        application.plugins.indicators,
        [NewObservation(**new)],  # type: ignore[arg-type]
        author="检查组",
        reason="复查",
    )


async def test_what_comes_later_changes_nothing_of_it(application: Application) -> None:
    number = await run(application)
    before = await verify(application.database, application.plugins, number)
    await correct(application)
    after = await verify(application.database, application.plugins, number)
    assert before.holds
    assert after.holds
    again = await verify(application.database, application.plugins, await run(application))
    assert again.assessment.result is not None
    assert after.assessment.result is not None
    assert again.assessment.result.digest != after.assessment.result.digest


async def test_villages_that_come_later_change_nothing_of_it(application: Application) -> None:
    # Its weights are relative to peers: another village would shift every score.
    number = await run(application, "220000/village-obstacles", region_code="220722000000")
    await load_regions(
        application.database,
        [Region("220722201999", "新村", RegionLevel.VILLAGE, TOWNSHIP)],
        **BY,
    )
    proof = await verify(application.database, application.plugins, number)
    assert proof.holds
    assert proof.assessment.result is not None
    assert proof.assessment.result.region_count == 255


async def test_levels_are_assessed_each_for_itself(application: Application) -> None:
    await correct(application, assessor_level=AssessorLevel.SELF, value=1)
    own = await run(application, assessor_level=AssessorLevel.SELF)
    proof = await verify(application.database, application.plugins, own)
    assert proof.holds
    assert proof.assessment.assessor_level is AssessorLevel.SELF


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE observation SET value = 1 - value WHERE region_code = '{village}' AND value IN (0, 1)",
            "分",
        ),
        ("UPDATE assessment_result SET digest = 'g' || substr(digest, 2)", "摘要"),
        ("UPDATE assessment SET standard_digest = 'g' || substr(standard_digest, 2)", "标准"),
    ],
)
async def test_what_is_tampered_with_is_found_and_not_published(
    application: Application, statement: str, told: str
) -> None:
    number = await run(application)
    async with changed_behind_the_back(application.database) as connection:
        await connection.execute(text(statement.format(village=MENGGU)))
    proof = await verify(application.database, application.plugins, number)
    assert not proof.holds
    assert any(told in one.zh for one in proof.differences), proof.differences
    with pytest.raises(NotReproducible):
        await publish(application.database, application.plugins, number, **BY)


async def test_changed_figures_are_found(application: Application) -> None:
    number = await run(application)
    async with application.database.read() as connection:
        packed = bytearray(await repository.figures_of(connection, number))
    packed[len(packed) // 2] ^= 1
    async with changed_behind_the_back(application.database) as connection:
        await connection.execute(text("UPDATE assessment_result SET figures = :new"), {"new": bytes(packed)})
    proof = await verify(application.database, application.plugins, number)
    assert not proof.holds
    assert any("结果" in one.zh for one in proof.differences)


async def test_a_run_cut_short_leaves_no_result(application: Application) -> None:
    resolved = application.plugins.standards.find("220000/sanhua")
    number = await application.assessments.begin(resolved, "220722000000", YEAR, **BY)
    await application.assessments.close()
    async with application.database.read() as connection:
        found = (await repository.by_ids(connection, [number]))[number]
    assert found.status(number in application.assessments.runs) is AssessmentStatus.UNFINISHED
    with pytest.raises(UnfinishedAssessment):
        await verify(application.database, application.plugins, number)
    with pytest.raises(UnfinishedAssessment):
        await publish(application.database, application.plugins, number, **BY)


async def test_many_at_once_each_have_their_own(application: Application) -> None:
    numbers = await asyncio.gather(*(run(application) for _ in range(5)))
    assert len(set(numbers)) == 5
    async with application.database.read() as connection:
        found = await repository.by_ids(connection, numbers)
    assert len({one.result.digest for one in found.values() if one.result is not None}) == 1


@pytest.mark.parametrize(
    ("standard", "fields", "error"),
    [
        ("220722/wuge-daowei", {"region_code": TOWNSHIP}, LevelMismatch),
        ("220000/sanhua", {"region_code": "370783000000"}, NothingToAssess),
    ],
)
async def test_what_can_t_be_assessed_is_refused(
    application: Application, standard: str, fields: dict[str, object], error: type[LiangcunError]
) -> None:
    before = await application.database.latest_revision()
    with pytest.raises(error):
        await run(application, standard, **fields)
    assert await application.database.latest_revision() == before
