"""Sensitivity analyses in GraphQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import strawberry

from liangcun_server.exports.notes import notes_within
from liangcun_server.graphql.batching import batched
from liangcun_server.graphql.connections import check_first
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.regions.types import AssessorLevelEnum, RegionType, regions_named
from liangcun_server.scorecards.service import Scores
from liangcun_server.scorecards.types import known
from liangcun_server.sensitivity.choices import AggregationEnum, ChoiceEnum, NormalisationEnum
from liangcun_server.sensitivity.scored import scored_within
from liangcun_server.standards.types import CriterionType, StandardType, criteria_of
from liangcun_standards.periods import Period
from liangcun_standards.regions import full_code
from liangcun_standards.sensitivity import Analysis, Asked, Index, Near, Reversal, analyse
from liangcun_standards.sensitivity.asking import Choice
from liangcun_standards.sensitivity.reversals import reversals
from liangcun_standards.sensitivity.thresholds import MARGIN, near_marks

_DEFAULTS = Asked()


class RegionOrder(StrEnum):
    """In what order regions are listed."""

    RANK = "rank"
    WIDTH = "width"
    CODE = "code"


RegionOrderEnum = strawberry.enum(
    RegionOrder,
    name="SensitivityOrder",
    description="By place, by how wide the interval of places is (the widest first), or by code.",
)


@strawberry.input(
    description="What to vary, and where. The same input over the same data gives the same answer."
)
class SensitivityInput:
    standard: strawberry.ID = strawberry.field(
        description="An id, code or version or, for the operator, a draft."
    )
    within: strawberry.ID = strawberry.field(description="The region whose villages are looked at.")
    period: Period
    assessor_level: AssessorLevelEnum | None = None  # type: ignore[valid-type]
    draws: int = strawberry.field(default=_DEFAULTS.draws, description="How many runs: 1 to 100,000.")
    seed: int = strawberry.field(default=_DEFAULTS.seed, description="The same seed, the same answer.")
    concentration: float | None = strawberry.field(
        default=_DEFAULTS.concentration,
        description="How near weights stay to the given ones, 1 to 1,000,000 (a Dirichlet distribution); "
        "null leaves them as they are.",
    )
    normalisations: list[NormalisationEnum] = strawberry.field(  # type: ignore[valid-type]
        default_factory=lambda: list(_DEFAULTS.normalisations)
    )
    aggregations: list[AggregationEnum] = strawberry.field(  # type: ignore[valid-type]
        default_factory=lambda: list(_DEFAULTS.combinations)
    )
    unknown: bool = strawberry.field(
        default=True, description="Whether what is missing or bounded takes the values that it may have."
    )


async def load_regions(
    parents: Sequence[RegionSensitivity], info: LiangcunInfo
) -> Sequence[RegionType | None]:
    """The region of each."""
    return await regions_named(info, [one.code for one in parents])


@strawberry.type(description="How firm one region's place is, and whether it passes.")
class RegionSensitivity:
    code: strawberry.Private[str]
    region: RegionType | None = batched(load_regions)
    score: float | None
    rank: int | None = strawberry.field(description="As things stand, within the region looked at.")
    passed: bool = strawberry.field(description="As things stand.")
    rank_low: int | None = strawberry.field(description="The 5% quantile of its places: the better end.")
    rank_median: int | None
    rank_high: int | None = strawberry.field(description="The 95% quantile: the worse end.")
    pass_share: float = strawberry.field(description="The share of the runs in which it passes.")


@strawberry.type(description="The share of an outcome's variance that a choice is behind: Sobol indices.")
class SensitivityIndex:
    choice: ChoiceEnum  # type: ignore[valid-type]
    title: str
    first: float = strawberry.field(description="By itself; by chance it may come out a little below 0.")
    first_confidence: float = strawberry.field(description="Half the width of its 95% interval.")
    total: float = strawberry.field(description="With what it does together with other choices.")
    total_confidence: float


@strawberry.type(description="A criterion that by itself takes a region across a mark.")
class TippingCriterion:
    criterion: CriterionType
    score: float = strawberry.field(description="Its points now.")
    becomes: float = strawberry.field(
        description="What the total, the group or the number of criteria passed would come to with full "
        "points or, for who is above the mark, with none."
    )
    unknown: bool = strawberry.field(description="Whether what is missing or bounded may change its points.")


async def load_near_regions(
    parents: Sequence[NearThreshold], info: LiangcunInfo
) -> Sequence[RegionType | None]:
    """The region of each."""
    return await regions_named(info, [one.code for one in parents])


@strawberry.type(description="A region close to a mark, and what tips it.")
class NearThreshold:
    code: strawberry.Private[str]
    region: RegionType | None = batched(load_near_regions)
    kind: str = strawberry.field(description="grade, passing, group (its minimum) or criteria (how many).")
    mark: str = strawberry.field(description="The mark's name.")
    needs: float
    has: float
    gap: float = strawberry.field(description="What it has less what it needs: negative is below.")
    tips: list[TippingCriterion]


async def load_removed(parents: Sequence[RankReversal], info: LiangcunInfo) -> Sequence[RegionType | None]:
    """The region taken out."""
    return await regions_named(info, [one.reversal.removed for one in parents])


@strawberry.type(description="Two regions whose order turns round.")
class ReversedPair:
    above: strawberry.ID = strawberry.field(description="Stands higher as things stand.")
    below: strawberry.ID = strawberry.field(description="Stands higher afterwards.")


@strawberry.type(description="What taking out one region does to the others.")
class RankReversal:
    reversal: strawberry.Private[Reversal]
    removed: RegionType | None = batched(load_removed)

    @strawberry.field(description="How many pairs of other regions turn round.")
    def count(self) -> int:
        return self.reversal.count

    @strawberry.field(description="Some of them.")
    def pairs(self) -> list[ReversedPair]:
        return [
            ReversedPair(above=strawberry.ID(one), below=strawberry.ID(other))
            for one, other in self.reversal.pairs
        ]

    @strawberry.field(description="Regions that pass without it and didn't with it, or the other way round.")
    def passing(self) -> list[strawberry.ID]:
        return [strawberry.ID(code) for code in self.reversal.passing]


@strawberry.type(
    description="Regions whose removal turns the order of others round; adding it back turns it again."
)
class RankReversals:
    possible: bool = strawberry.field(
        description="Whether the standard makes one region's score depend on others at all."
    )
    examined: int
    found: int = strawberry.field(description="How many of them turn something round.")
    listed: list[RankReversal]


@dataclass(frozen=True)
class Analysed:
    """An analysis, what it is of, and where."""

    scores: Scores
    scope: str
    analysis: Analysis


@strawberry.type(
    name="Sensitivity", description="How firm a ranking is under other choices. Nothing is kept."
)
class SensitivityType:
    analysed: strawberry.Private[Analysed]

    @strawberry.field
    def standard(self) -> StandardType:
        return StandardType(resolved=self.analysed.scores.question.resolved)

    @strawberry.field
    def draws(self) -> int:
        return self.analysed.analysis.asked.draws

    @strawberry.field
    def seed(self) -> int:
        return self.analysed.analysis.asked.seed

    @strawberry.field
    def concentration(self) -> float | None:
        return self.analysed.analysis.asked.concentration

    @strawberry.field(description="How many further runs the indices rest on.")
    def index_runs(self) -> int:
        return self.analysed.analysis.index_runs

    @strawberry.field(description="How many regions there are within the place.")
    def region_count(self) -> int:
        return len(self.analysed.analysis.regions)

    @strawberry.field(description="How many of them are ranked.")
    def ranked_count(self) -> int:
        return int(self.analysed.analysis.ranked.sum())

    @strawberry.field(description="What has more than one way here.")
    def varied(self) -> list[ChoiceEnum]:  # type: ignore[valid-type]
        return list(self.analysed.analysis.varied)

    @strawberry.field(description="By how many places a region stands elsewhere in a run, on average.")
    def mean_shift(self) -> float:
        return self.analysed.analysis.mean_shift

    @strawberry.field(description="Every region; after is the last code seen.")
    def regions(
        self,
        first: int | None = 50,
        after: strawberry.ID | None = None,
        order: RegionOrderEnum = RegionOrder.RANK,  # type: ignore[valid-type]
    ) -> list[RegionSensitivity]:
        analysis = self.analysed.analysis
        places = in_order(analysis, order)
        start = 0
        if after is not None:
            last = full_code(after)
            start = next((n + 1 for n, at in enumerate(places) if analysis.regions[at] == last), len(places))
        return [self._region(int(at)) for at in places[start : start + check_first(first)]]

    def _region(self, at: int) -> RegionSensitivity:
        analysis = self.analysed.analysis
        result, row = analysis.result, analysis.rows.start + at
        return RegionSensitivity(
            code=analysis.regions[at],
            score=known(float(result.total[row])),
            rank=int(analysis.rank[at]) or None,
            passed=bool(result.passed[row]),
            rank_low=int(analysis.low[at]) or None,
            rank_median=int(analysis.median[at]) or None,
            rank_high=int(analysis.high[at]) or None,
            pass_share=float(analysis.pass_share[at]),
        )

    @strawberry.field(
        description="What moves places: the indices of the mean shift of places. Empty where nothing does."
    )
    def indices(self, info: LiangcunInfo) -> list[SensitivityIndex]:
        return _indices(info, self.analysed.analysis.shift)

    @strawberry.field(description="What moves how many pass. Empty where nothing does.")
    def passing_indices(self, info: LiangcunInfo) -> list[SensitivityIndex]:
        return _indices(info, self.analysed.analysis.passing)

    @strawberry.field(description="Regions at most margin points from a mark, the nearest first.")
    async def near_threshold(
        self, info: LiangcunInfo, margin: float = MARGIN, first: int | None = 50
    ) -> list[NearThreshold]:
        result, scope = self.analysed.analysis.result, self.analysed.scope
        found = await info.context.application.long_work.run(
            near_marks, result, margin, scope, check_first(first)
        )
        criteria = {one.criterion.code: one for one in criteria_of(self.analysed.scores.question.resolved)}
        return [_near(info, one, criteria) for one in found]

    @strawberry.field(
        description="Regions whose removal turns the order of others round. Up to 1,000 regions."
    )
    async def reversals(self, info: LiangcunInfo, first: int | None = 20) -> RankReversals:
        result, scope = self.analysed.analysis.result, self.analysed.scope
        indicators = info.context.application.plugins.indicators
        found = await info.context.application.long_work.run(reversals, result, indicators, scope)
        return RankReversals(
            possible=found.possible,
            examined=found.examined,
            found=len(found.found),
            listed=[RankReversal(reversal=one) for one in found.found[: check_first(first)]],
        )

    @strawberry.field(description="What has stayed as it is, and why.")
    def not_varied(self, info: LiangcunInfo) -> list[str]:
        return [one.pick(info.context.locale) for one in self.analysed.analysis.not_varied]

    @strawberry.field(description="What to know of it: what is simulated, what is a working interpretation.")
    async def notes(self, info: LiangcunInfo) -> list[str]:
        async with info.context.reading() as connection:
            notes = await notes_within(connection, self.analysed.scores, self.analysed.scope)
        return [one.pick(info.context.locale) for one in notes]


def in_order(analysis: Analysis, order: RegionOrder) -> list[int]:
    """The places of the regions in an order, who isn't ranked last."""
    every = np.arange(len(analysis.regions))
    if order is RegionOrder.CODE:
        return every.tolist()
    unranked = analysis.rank == 0
    if order is RegionOrder.WIDTH:
        return list(np.lexsort((every, analysis.rank, analysis.low - analysis.high, unranked)))
    return list(np.lexsort((every, analysis.rank, unranked)))


def _indices(info: LiangcunInfo, found: Mapping[Choice, Index] | None) -> list[SensitivityIndex]:
    return [
        SensitivityIndex(
            choice=choice,
            title=choice.label.pick(info.context.locale),
            first=one.first,
            first_confidence=one.first_confidence,
            total=one.total,
            total_confidence=one.total_confidence,
        )
        for choice, one in (found or {}).items()
    ]


def _near(info: LiangcunInfo, near: Near, criteria: Mapping[str, CriterionType]) -> NearThreshold:
    return NearThreshold(
        code=near.region,
        kind=near.mark.kind,
        mark=near.mark.label.pick(info.context.locale),
        needs=near.mark.at,
        has=near.has,
        gap=near.gap,
        tips=[
            TippingCriterion(
                criterion=criteria[one.criterion], score=one.points, becomes=one.becomes, unknown=one.unknown
            )
            for one in near.tips
        ],
    )


async def sensitivity_of(info: LiangcunInfo, asked: SensitivityInput) -> SensitivityType:
    """The analysis that is asked for. Raises what is wrong with it."""
    context = info.context
    question = Asked(
        draws=asked.draws,
        seed=asked.seed,
        concentration=asked.concentration,
        normalisations=tuple(dict.fromkeys(asked.normalisations)),
        combinations=tuple(dict.fromkeys(asked.aggregations)),
        unknown=asked.unknown,
    )
    scores, scope = await scored_within(info, asked)
    indicators = context.application.plugins.indicators
    analysis = await context.application.long_work.run(analyse, scores.result, indicators, question, scope)
    return SensitivityType(analysed=Analysed(scores, scope, analysis))
