"""Scorecards and rankings in GraphQL."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import strawberry

from liangcun_server.graphql.batching import batched
from liangcun_server.graphql.connections import Connection, check_first
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.observations.types import ObservationType
from liangcun_server.regions.region import Region
from liangcun_server.regions.types import RegionType
from liangcun_server.scorecards import evidence
from liangcun_server.scorecards.service import Scores
from liangcun_server.standards.types import (
    CriterionType,
    GradeType,
    GroupType,
    StandardType,
    TierType,
    criteria_of,
    groups_of,
)
from liangcun_standards.document import Criterion
from liangcun_standards.periods import Period
from liangcun_standards.regions import full_code
from liangcun_standards.scoring import VERDICTS, CriterionScore
from liangcun_standards.scoring.derivation import unfolded
from liangcun_standards.table import Input
from liangcun_standards.vocabulary import ResultStatus, Verdict

if TYPE_CHECKING:
    from liangcun_server.obstacles.types import WeakItem

ResultStatusEnum = strawberry.enum(ResultStatus, name="ResultStatus")
VerdictEnum = strawberry.enum(
    Verdict,
    name="Verdict",
    description="UNDECIDED: what is missing or only bounded could tip it.",
)
CriterionResultLazy = Annotated["CriterionResultType", strawberry.lazy("liangcun_server.scorecards.types")]

WeakItemLazy = Annotated["WeakItem", strawberry.lazy("liangcun_server.obstacles.types")]

# Criteria that a ranking names as a village's main problems.
MAIN_PROBLEMS = 3


async def load_values(
    parents: Sequence[CriterionResultType], info: LiangcunInfo
) -> list[list[ObservationType]]:
    """The observations that each criterion's points come from, suspect ones included."""
    found = await evidence.observations_behind(info, [one.scorecard for one in parents])
    return [
        [ObservationType(observation=seen[source]) for source in _sources(info, one) if source in seen]
        for one, seen in zip(parents, found, strict=True)
    ]


def _sources(info: LiangcunInfo, one: CriterionResultType) -> tuple[Input, ...]:
    """The columns that a criterion rests on, with those that its derived indicators come of."""
    standard = one.scorecard.scores.result.standard
    return unfolded(one.criterion_model.inputs, standard.known(info.context.indicators))


async def load_explanations(parents: Sequence[CriterionResultType], info: LiangcunInfo) -> list[str]:
    """The reason for each."""
    found = await evidence.observations_behind(info, [one.scorecard for one in parents])
    return [
        evidence.explanation(info, one.scorecard, one.place, seen)
        for one, seen in zip(parents, found, strict=True)
    ]


@strawberry.type(
    description="What a standard's scorer tells of a criterion beside its points, such as 障碍度."
)
class CriterionFigure:
    code: strawberry.ID
    title: str
    unit: str | None
    value: float


@strawberry.type(name="CriterionResult", description="一个条目的得分、状态和理由")
class CriterionResultType:
    scorecard: strawberry.Private[ScorecardType]
    place: strawberry.Private[int]
    result: strawberry.Private[CriterionScore]

    values: list[ObservationType] = batched(
        load_values, description="What was observed; a suspect value is shown but not counted."
    )
    explanation: str = batched(load_explanations, description="Value, rule, points and source in words.")

    @classmethod
    def at(cls, scorecard: ScorecardType, place: int) -> CriterionResultType:
        """The result of the criterion at `place` of the document."""
        return cls(
            scorecard=scorecard,
            place=place,
            result=scorecard.scores.result.criterion(scorecard.row, place),
        )

    @property
    def criterion_model(self) -> Criterion:
        """The criterion in the document."""
        return self.scorecard.scores.result.standard.criteria[self.place]

    @strawberry.field
    def criterion(self) -> CriterionType:
        return criteria_of(self.scorecard.scores.question.resolved)[self.place]

    @strawberry.field(description="Points; null while the criterion doesn't count.")
    def score(self) -> float | None:
        return self.result.score

    @strawberry.field
    def max_score(self) -> float:
        return self.criterion_model.max_score

    @strawberry.field(description="null while it isn't known, or doesn't apply.")
    def passed(self) -> bool | None:
        return passed_by(self.result.status)

    @strawberry.field
    def status(self) -> ResultStatusEnum:  # type: ignore[valid-type]
        return self.result.status

    @strawberry.field(description="What the standard's scorer tells of it; most standards have no scorer.")
    def figures(self, info: LiangcunInfo) -> list[CriterionFigure]:
        result = self.scorecard.scores.result
        scorer = result.standard.own_scorer
        return [
            CriterionFigure(
                code=strawberry.ID(one.code),
                title=one.title.pick(info.context.locale),
                unit=one.unit,
                value=float(result.told[one.code][self.place, self.scorecard.row]),
            )
            for one in (() if scorer is None else scorer.tells)
            if not math.isnan(result.told[one.code][self.place, self.scorecard.row])
        ]

    @strawberry.field(description="The least it could still come to.")
    def lowest_possible(self) -> float:
        return self.result.lowest

    @strawberry.field(description="The most it could still come to.")
    def highest_possible(self) -> float:
        return self.result.highest


_PASSED = {ResultStatus.PASS: True, ResultStatus.FAIL: False, ResultStatus.PARTIAL: False}


def passed_by(status: ResultStatus) -> bool | None:
    """Whether a criterion of that status is passed; None while that isn't known, or it doesn't apply."""
    return _PASSED.get(status)


@strawberry.type(description="What a group came to.")
class GroupResult:
    group: GroupType
    score: float | None = strawberry.field(description="null while nothing in it counts.")
    max_score: float


@strawberry.type(description="加分或扣分")
class AdjustmentResult:
    code: strawberry.ID
    title: str
    score: float = strawberry.field(description="Points added, negative for a penalty.")


@strawberry.type(name="Scorecard", description="评分表：一个村、一个标准、一个时期")
class ScorecardType:
    region_model: strawberry.Private[Region]
    scores: strawberry.Private[Scores]
    row: strawberry.Private[int]

    @strawberry.field
    def region(self) -> RegionType:
        return RegionType.of(self.region_model)

    @strawberry.field
    def standard(self) -> StandardType:
        return StandardType(resolved=self.scores.question.resolved)

    @strawberry.field
    def period(self) -> Period:
        return self.scores.question.period

    @strawberry.field(description="The total; null when nothing counts.")
    def score(self) -> float | None:
        return total_of(self)

    @strawberry.field
    def max_score(self) -> float:
        return self.scores.result.standard.worth

    @strawberry.field
    def grade(self) -> GradeType | None:
        return grade_of(self)

    @strawberry.field(description="The highest tier reached.")
    def tier(self) -> TierType | None:
        place = int(self.scores.result.tier[self.row])
        return None if place < 0 else TierType(tier=self.scores.result.standard.tiers[place])

    @strawberry.field(description="Whether it passes on what counts now.")
    def passed(self) -> bool:
        return bool(self.scores.result.passed[self.row])

    @strawberry.field(description="Whether it passes whatever the missing and bounded values turn out to be.")
    def verdict(self) -> VerdictEnum:  # type: ignore[valid-type]
        return VERDICTS[int(self.scores.result.verdict[self.row])]

    @strawberry.field(description="False when an entry condition isn't met (不得参评).")
    def admitted(self) -> bool:
        return bool(self.scores.result.admitted[self.row])

    @strawberry.field(description="The criteria whose veto stands against it.")
    def vetoed_by(self) -> list[CriterionType]:
        criteria = criteria_of(self.scores.question.resolved)
        result = self.scores.result
        return [
            one
            for place, one in enumerate(criteria)
            if one.criterion.veto
            and result.criterion(self.row, place).status in (ResultStatus.FAIL, ResultStatus.PARTIAL)
        ]

    @strawberry.field(description="The share of the values needed that are on record, 0 to 1.")
    def completeness(self) -> float:
        return float(self.scores.result.completeness[self.row])

    @strawberry.field
    def lowest_possible(self) -> float:
        return float(self.scores.result.lowest[self.row])

    @strawberry.field
    def highest_possible(self) -> float:
        return float(self.scores.result.highest[self.row])

    @strawberry.field(
        description="The place among the villages of a region, by default of its peers; ties share a place, "
        "classes are ranked apart. null when it isn't ranked."
    )
    def rank(self, within: strawberry.ID | None = None) -> int | None:
        code = self.scores.question.scope if within is None else full_code(within)
        return int(evidence.ranks(self.scores, code)[self.row]) or None

    @strawberry.field
    def criteria(self) -> list[CriterionResultType]:
        return [
            CriterionResultType.at(self, place) for place in range(len(self.scores.result.standard.criteria))
        ]

    @strawberry.field
    def groups(self) -> list[GroupResult]:
        shown = groups_of(self.scores.question.resolved)
        points = [known(float(self.scores.result.groups[one.group.code][self.row])) for one in shown]
        return [
            GroupResult(group=one, score=score, max_score=one.group.worth)
            for one, score in zip(shown, points, strict=True)
        ]

    @strawberry.field(
        description="短板弱项: vetoes that stand, then the criteria that lose points, the greatest first."
    )
    def weak_items(self, first: int | None = 50) -> list[WeakItemLazy]:
        from liangcun_server.obstacles.types import weak_items_of

        return weak_items_of(self)[: check_first(first)]

    @strawberry.field(description="Bonuses and penalties.")
    def adjustments(self, info: LiangcunInfo) -> list[AdjustmentResult]:
        result = self.scores.result
        return [
            AdjustmentResult(
                code=strawberry.ID(one.code),
                title=one.label.pick(info.context.locale),
                score=float(result.adjustments[one.code][self.row]),
            )
            for one in result.standard.adjustments
        ]


def total_of(scorecard: ScorecardType) -> float | None:
    """The total, None when nothing counts."""
    return known(float(scorecard.scores.result.total[scorecard.row]))


def grade_of(scorecard: ScorecardType) -> GradeType | None:
    """The grade, None for none."""
    place = int(scorecard.scores.result.grade[scorecard.row])
    return None if place < 0 else GradeType(grade=scorecard.scores.result.standard.grades[place])


def known(points: float) -> float | None:
    """None for NaN, which GraphQL has no word for."""
    return None if math.isnan(points) else points


@strawberry.type(name="RankingEntry", description="排名通报中的一行")
class RankingEntryType:
    rank: int = strawberry.field(description="Ties share a place.")
    scorecard: ScorecardType

    @strawberry.field
    def region(self) -> RegionType:
        return RegionType.of(self.scorecard.region_model)

    @strawberry.field
    def score(self) -> float | None:
        return total_of(self.scorecard)

    @strawberry.field
    def grade(self) -> GradeType | None:
        return grade_of(self.scorecard)

    @strawberry.field
    def passed(self) -> bool:
        return bool(self.scorecard.scores.result.passed[self.scorecard.row])

    @strawberry.field
    def verdict(self) -> VerdictEnum:  # type: ignore[valid-type]
        return VERDICTS[int(self.scorecard.scores.result.verdict[self.scorecard.row])]

    @strawberry.field(description="The class that it is ranked in, where classes are ranked apart.")
    def village_class(self, info: LiangcunInfo) -> str | None:
        return evidence.class_title(info, self.scorecard.scores, self.scorecard.row)

    @strawberry.field(description="The criteria that cost it most, three at the most.")
    def main_problems(self) -> list[CriterionResultType]:
        places = evidence.costliest(self.scorecard.scores.result, self.scorecard.row, MAIN_PROBLEMS)
        return [CriterionResultType.at(self.scorecard, place) for place in places]


@strawberry.type(description="A village that isn't ranked, and why.")
class NotRanked:
    scorecard: ScorecardType
    reason: str

    @strawberry.field
    def region(self) -> RegionType:
        return RegionType.of(self.scorecard.region_model)


@dataclass(frozen=True)
class Unranked:
    """The rows of a scope that have no place in the ranking."""

    scores: Scores
    rows: list[int]

    async def entries(self, info: LiangcunInfo, first: int) -> list[NotRanked]:
        """The first of them, with the reason."""
        regions = await evidence.regions_at(info, self.scores, self.rows[:first])
        return [
            NotRanked(
                scorecard=ScorecardType(region_model=regions[row], scores=self.scores, row=row),
                reason=evidence.why_not_ranked(self.scores, row).pick(info.context.locale),
            )
            for row in self.rows[:first]
        ]


@strawberry.type(name="RankingConnection", description="A page of a ranking.")
class RankingConnection(Connection[RankingEntryType]):
    standard: StandardType
    period: Period
    total_count: int = strawberry.field(description="How many villages are ranked.")
    unranked: strawberry.Private[Unranked]

    def items(self) -> Sequence[RankingEntryType]:
        """The entries of the page."""
        from liangcun_server.scorecards.columns import EntryRows

        return EntryRows([edge.node for edge in self.edges])

    @strawberry.field(description="How many villages are left out of the ranking.")
    def not_ranked_count(self) -> int:
        return len(self.unranked.rows)

    @strawberry.field(description="Villages left out of the ranking, by code, with the reason.")
    async def not_ranked(self, info: LiangcunInfo, first: int | None = 50) -> list[NotRanked]:
        return await self.unranked.entries(info, check_first(first))

    @strawberry.field(
        description="SHA-256 of the whole result that the ranking is drawn from: same inputs, same digest."
    )
    def digest(self) -> str:
        return self.unranked.scores.result.digest
