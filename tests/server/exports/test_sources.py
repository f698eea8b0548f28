"""Which observations count for a result, and what they may claim."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from liangcun_server.application import Application
from liangcun_server.exports.sources import source_statuses
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.scorecards.evidence import used_observations
from liangcun_server.scorecards.service import Scores
from liangcun_standards.vocabulary import AssessorLevel, Qualifier, SourceStatus

Score = Callable[..., Awaitable[Scores]]

COUNTY, VILLAGE = "220722000000", "220722201204"


async def _statuses(application: Application, scores: Scores) -> dict[str, frozenset[SourceStatus]]:
    async with application.database.read() as connection:
        return await source_statuses(connection, scores, COUNTY)


async def _record(application: Application, scores: Scores, level: AssessorLevel, **said: Any) -> None:
    """Have `level` say something of every input of the standard in the village."""
    catalogue, period = application.plugins.indicators, scores.question.period
    values = [
        NewObservation(
            region_code=VILLAGE,
            indicator=source.indicator,
            period=period.previous() if source.lag else period,
            value=said.get("value", catalogue[source.indicator].range[0]),
            qualifier=said.get("qualifier", Qualifier.EXACT),
            assessor_level=level,
            source_status=SourceStatus.OFFICIAL,
        )
        for source in scores.result.standard.inputs
    ]
    await record_observations(application.database, catalogue, values, author="t", reason="t")


async def test_they_are_those_that_the_explanations_name(application: Application, score: Score) -> None:
    scores = await score("jiuyou-liuwu")
    async with application.database.read() as connection:
        used = await used_observations(connection, scores, scores.result.table.regions)

    named = {
        code: frozenset(
            one.source_status for one in values.values() if one.qualifier is not Qualifier.SUSPECT
        )
        for code, values in used.items()
    }

    assert await _statuses(application, scores) == named


async def test_the_level_with_the_most_authority_speaks(application: Application, score: Score) -> None:
    scores = await score("sanhua")
    await _record(application, scores, AssessorLevel.PROVINCE)

    found = await _statuses(application, scores)

    assert found[VILLAGE] == {SourceStatus.OFFICIAL}
    assert found["220722201203"] == {SourceStatus.SIMULATED}


async def test_a_level_with_less_authority_does_not(application: Application, score: Score) -> None:
    scores = await score("sanhua")
    await _record(application, scores, AssessorLevel.SELF)

    assert (await _statuses(application, scores))[VILLAGE] == {SourceStatus.SIMULATED}


async def test_a_level_asked_for_is_the_only_one(application: Application, score: Score) -> None:
    await _record(application, await score("sanhua"), AssessorLevel.SELF)

    found = await _statuses(application, await score("sanhua", assessor_level=AssessorLevel.SELF))

    assert found == {VILLAGE: frozenset({SourceStatus.OFFICIAL})}


async def test_a_withdrawn_value_leaves_the_word_to_the_next_level(
    application: Application, score: Score
) -> None:
    scores = await score("sanhua")
    await _record(application, scores, AssessorLevel.PROVINCE)
    await _record(application, scores, AssessorLevel.PROVINCE, value=None)

    assert (await _statuses(application, scores))[VILLAGE] == {SourceStatus.SIMULATED}


async def test_a_suspect_value_counts_for_nothing(application: Application, score: Score) -> None:
    scores = await score("sanhua")
    await _record(application, scores, AssessorLevel.PROVINCE, qualifier=Qualifier.SUSPECT)

    assert VILLAGE not in await _statuses(application, scores)


async def test_what_was_written_later_is_not_seen(application: Application, score: Score) -> None:
    then = await application.database.latest_revision()
    await _record(application, await score("sanhua"), AssessorLevel.PROVINCE)

    found = await _statuses(application, await score("sanhua", as_of_revision=then))

    assert found[VILLAGE] == {SourceStatus.SIMULATED}
