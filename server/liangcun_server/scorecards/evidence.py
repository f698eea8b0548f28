"""What stands behind a scorecard: the observations used, the explanation, ranks, main problems."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.observations import repository
from liangcun_server.observations.model import Observation
from liangcun_server.regions.region import Region
from liangcun_server.scorecards.service import Scores
from liangcun_standards.explanation import Seen, Waiver, explain
from liangcun_standards.indicators import Indicator
from liangcun_standards.periods import Period
from liangcun_standards.scoring import STATUSES, ScoreResult
from liangcun_standards.table import Input, Integers
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel, ResultStatus

if TYPE_CHECKING:
    from liangcun_server.scorecards.types import ScorecardType

Used = Mapping[Input, Observation]


async def observations_behind(info: LiangcunInfo, scorecards: Sequence[ScorecardType]) -> list[Used]:
    """For each scorecard, the observations of the inputs of its standard that speak for it.

    One statement for all that share standard, period, assessor level and revision, once a request.
    """
    kept = info.context.kept
    # Looked up under the connection's lock: the values and the explanations are asked for at once.
    async with info.context.reading() as connection:
        missing: dict[int, list[ScorecardType]] = {}
        for one in scorecards:
            if ("used", id(one.scores), one.region_model.code) not in kept:
                missing.setdefault(id(one.scores), []).append(one)
        for group in missing.values():
            codes = list(dict.fromkeys(one.region_model.code for one in group))
            found = await used_observations(connection, group[0].scores, codes)
            for code, used in found.items():
                kept["used", id(group[0].scores), code] = used
    return [kept["used", id(one.scores), one.region_model.code] for one in scorecards]


async def used_observations(
    connection: AsyncConnection, scores: Scores, codes: Sequence[str]
) -> dict[str, Used]:
    """For each region, the observation that speaks for each input; one statement."""
    question = scores.question
    inputs = tuple(scores.result.table.columns)
    periods = {0: question.period, 1: question.period.previous()}
    found = await repository.current(
        connection,
        codes,
        periods=[periods[lag] for lag in sorted({source.lag for source in inputs})],
        indicators=sorted({source.indicator for source in inputs}),
        assessor_level=question.assessor_level,
        as_of_revision=question.as_of_revision,
    )
    return {code: _speaking(found[code], inputs, periods) for code in codes}


def _speaking(
    observations: Sequence[Observation], inputs: Sequence[Input], periods: Mapping[int, Period]
) -> Used:
    """Of several assessor levels, the one with the most authority that has a value."""
    by_cell: dict[tuple[str, Period], Observation] = {}
    for one in observations:
        cell = (one.indicator, one.period)
        if one.value is not None and (cell not in by_cell or _rank(one) > _rank(by_cell[cell])):
            by_cell[cell] = one
    return {
        source: by_cell[source.indicator, periods[source.lag]]
        for source in inputs
        if (source.indicator, periods[source.lag]) in by_cell
    }


def _rank(observation: Observation) -> int:
    return AssessorLevel(observation.assessor_level).authority


def explanation(info: LiangcunInfo, scorecard: ScorecardType, place: int, used: Used) -> str:
    """The reason for one criterion, in the reader's language."""
    indicators = info.context.application.plugins.indicators
    return explain_with(scorecard.scores, indicators, scorecard.row, place, used).pick(info.context.locale)


def explain_with(
    scores: Scores, indicators: Mapping[str, Indicator], row: int, place: int, used: Used
) -> Text:
    """The reason for one criterion of one row, with what is known of the observations used."""
    criterion = scores.result.standard.criteria[place]
    region = scores.result.table.regions[row]
    exemption = scores.exemption(region, criterion.code)
    waiver = None
    if exemption is not None:
        end = exemption.expires_on
        waiver = Waiver(exemption.authority, exemption.reason, None if end is None else end.isoformat())
    seen = {
        source: Seen(one.value or 0.0, one.qualifier, one.source_status, one.assessor_level)
        for source, one in used.items()
    }
    return explain(scores.result, indicators, row, place, seen, waiver)


def ranks(scores: Scores, within: str) -> Integers:
    """(n,) the places within a region, worked out once for as long as the result is kept."""
    kept = scores.ranks
    if within not in kept:
        kept[within] = scores.result.ranks(within)
    return kept[within]


def costliest(result: ScoreResult, row: int, most: int) -> list[int]:
    """The places of the criteria that cost a row most of its total, the costliest first.

    What passed cost nothing, and neither did what is left out for now.
    """
    lost = []
    for place, criterion in enumerate(result.standard.criteria):
        status = STATUSES[result.status[place, row]]
        if status in (ResultStatus.FAIL, ResultStatus.PARTIAL, ResultStatus.UNKNOWN):
            points = float(result.points[place, row])
            if math.isnan(points):
                continue
            cost = (1.0 - points / criterion.scale) * result.standard.stakes[criterion.code]
            # A veto costs everything.
            vetoed = criterion.veto and status is not ResultStatus.UNKNOWN
            lost.append((-math.inf if vetoed else -cost, place))
    return [place for _, place in sorted(lost)[:most]]


def why_not_ranked(scores: Scores, row: int) -> Text:
    """Why a row has no place in the ranking."""
    result = scores.result
    if not result.admitted[row]:
        return Text("不符合参评条件", "an entry condition isn't met")
    if np.isnan(result.total[row]):
        return Text("没有可计分的条目", "no criterion counts")
    if result.village_class is not None and result.village_class[row] < 0:
        return Text("所属类别未填报", "its class isn't reported")
    least = result.standard.min_completeness
    return Text(
        f"数据完整度 {result.completeness[row]:.0%}，低于 {least:.0%}",
        f"{result.completeness[row]:.0%} of its data is on record, less than {least:.0%}",
    )


def class_title(info: LiangcunInfo, scores: Scores, row: int) -> str | None:
    """The class in which a row is ranked."""
    standard, classes = scores.result.standard, scores.result.village_class
    if standard.classes is None or classes is None or classes[row] < 0:
        return None
    indicator = standard.known(info.context.application.plugins.indicators)[standard.classes.indicator]
    return indicator.show(float(classes[row])).pick(info.context.locale)


async def regions_at(info: LiangcunInfo, scores: Scores, rows: Sequence[int]) -> dict[int, Region]:
    """The regions of some rows; one statement at most."""
    codes = {row: scores.result.table.regions[row] for row in rows}
    found = await info.context.application.known_regions.by_codes(info.context, codes.values())
    return {row: found[code] for row, code in codes.items()}
