"""One scorecard whole: every criterion with its reason, totals, places, notes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.exports.notes import notes_on
from liangcun_server.regions.region import Region
from liangcun_server.regions.repository import ancestors
from liangcun_server.scorecards import evidence
from liangcun_server.scorecards.service import LevelMismatch, Question, Scores
from liangcun_standards.document import Adjustment, Criterion, Grade, Group, Tier
from liangcun_standards.indicators import Indicator
from liangcun_standards.regions import contains
from liangcun_standards.scoring import VERDICTS, CriterionScore
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import Qualifier, RegionLevel, ResultStatus, Verdict


class CriterionRow(NamedTuple):
    """A criterion, what it came to, and why."""

    criterion: Criterion
    group: Group
    score: CriterionScore
    explanation: Text


class GroupRow(NamedTuple):
    """A group and its points; None while nothing in it counts."""

    group: Group
    score: float | None


class AdjustmentRow(NamedTuple):
    """A bonus or penalty and the points that it added."""

    adjustment: Adjustment
    score: float


class Place(NamedTuple):
    """The place among the ranked regions within one; None when it isn't ranked."""

    within: Region
    rank: int | None
    ranked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """One region's scorecard; `criteria` in the order of the document, `groups` a group before its parts."""

    question: Question
    region: Region
    ancestors: tuple[Region, ...]
    as_of: datetime | None
    score: float | None
    grade: Grade | None
    tier: Tier | None
    passed: bool
    verdict: Verdict
    completeness: float
    lowest: float
    highest: float
    vetoed_by: tuple[Criterion, ...]
    ranks: tuple[Place, ...]
    not_ranked: Text | None
    criteria: tuple[CriterionRow, ...]
    groups: tuple[GroupRow, ...]
    adjustments: tuple[AdjustmentRow, ...]
    notes: tuple[Text, ...]
    digest: str


async def scorecard(
    connection: AsyncConnection,
    scores: Scores,
    region: Region,
    indicators: Mapping[str, Indicator],
    *,
    as_of: datetime | None = None,
) -> Scorecard:
    """The scorecard of a region in the scope of `scores`, in four statements.

    Raises LevelMismatch when the standard doesn't score regions of its level.
    """
    result, standard = scores.result, scores.result.standard
    row = result.table.row_of.get(region.code)
    if row is None:
        raise _other_level(scores, region)
    used = (await evidence.used_observations(connection, scores, [region.code]))[region.code]
    above = (await ancestors(connection, [region.code])).get(region.code, ())
    criteria = tuple(
        CriterionRow(
            criterion,
            standard.group_of[criterion.code],
            result.criterion(row, place),
            evidence.explain_with(scores, indicators, row, place, used),
        )
        for place, criterion in enumerate(standard.criteria)
    )
    failed = (ResultStatus.FAIL, ResultStatus.PARTIAL)
    places = _places(scores, row, above)
    grade, tier = int(result.grade[row]), int(result.tier[row])
    counted = {one.source_status for one in used.values() if one.qualifier is not Qualifier.SUSPECT}
    return Scorecard(
        question=scores.question,
        region=region,
        ancestors=above,
        as_of=as_of,
        score=_known(float(result.total[row])),
        grade=None if grade < 0 else standard.grades[grade],
        tier=None if tier < 0 else standard.tiers[tier],
        passed=bool(result.passed[row]),
        verdict=VERDICTS[int(result.verdict[row])],
        completeness=float(result.completeness[row]),
        lowest=float(result.lowest[row]),
        highest=float(result.highest[row]),
        vetoed_by=tuple(
            one.criterion for one in criteria if one.criterion.veto and one.score.status in failed
        ),
        ranks=places,
        not_ranked=None if result.ranked[row] else evidence.why_not_ranked(scores, row),
        criteria=criteria,
        groups=tuple(
            GroupRow(group, _known(float(result.groups[group.code][row]))) for group in standard.all_groups
        ),
        adjustments=tuple(
            AdjustmentRow(one, float(result.adjustments[one.code][row])) for one in standard.adjustments
        ),
        notes=await notes_on(connection, scores, [counted], [place.within for place in places]),
        digest=result.digest,
    )


def _places(scores: Scores, row: int, above: tuple[Region, ...]) -> tuple[Place, ...]:
    """The places within each region above that the scores cover whole, the smallest first."""
    places = []
    for region in reversed(above):
        # A region that reaches beyond the scope has villages that were not scored.
        if not contains(scores.question.scope, region.code):
            break
        ranks = evidence.ranks(scores, region.code)
        ranked = ranks > 0
        if scores.result.village_class is not None:
            ranked &= scores.result.village_class == scores.result.village_class[row]
        places.append(Place(region, int(ranks[row]) or None, int(ranked.sum())))
    return tuple(places)


def _other_level(scores: Scores, region: Region) -> LevelMismatch:
    name, wanted = scores.question.resolved.name, scores.question.resolved.standard.level
    hint = Text("", "")
    if wanted is RegionLevel.VILLAGE:
        hint = Text(
            f"；要看 {region.name} 各村的排名，用 liangcun score --within",
            f"; liangcun score --within ranks the villages of {region.name}",
        )
    return LevelMismatch(
        Text(
            f"{name} 评的是{wanted.label.zh}，{region.name} 是{region.level.label.zh}{hint.zh}",
            f"{name} scores regions of {wanted.label.en} level, {region.name} is of "
            f"{region.level.label.en} level{hint.en}",
        )
    )


def _known(points: float) -> float | None:
    return None if math.isnan(points) else points
