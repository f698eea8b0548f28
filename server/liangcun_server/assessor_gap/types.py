"""The gap between assessor levels in GraphQL."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from liangcun_server.assessor_gap.comparing import AssessorGap, LevelPair, assessor_gap, gap_notes
from liangcun_server.assessor_gap.words import finding
from liangcun_server.graphql.batching import batched
from liangcun_server.graphql.connections import check_first
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.regions.types import AssessorLevelEnum, RegionType, known_region, regions_named
from liangcun_server.scorecards.service import Scores
from liangcun_server.standards.types import CriterionType, StandardType, criteria_of
from liangcun_standards.assessor_gap import Gap, VillageGap
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel


@strawberry.type(description="Of how many villages a level has put anything on record.")
class AssessorLevelData:
    level: AssessorLevelEnum  # type: ignore[valid-type]
    region_count: int


@strawberry.type(description="Paired differences: the lower level's points less the upper's.")
class GapStatistic:
    gap: strawberry.Private[Gap]

    @strawberry.field(description="How many villages are compared.")
    def count(self) -> int:
        return self.gap.count

    @strawberry.field
    def mean(self) -> float:
        return self.gap.mean

    @strawberry.field
    def median(self) -> float:
        return self.gap.median

    @strawberry.field(description="In how many villages the lower level gives more.")
    def higher(self) -> int:
        return self.gap.higher

    @strawberry.field(description="In how many it gives less.")
    def lower(self) -> int:
        return self.gap.lower

    @strawberry.field(
        description="Of the Wilcoxon signed-rank test, two-sided; null for fewer than six that differ."
    )
    def p_value(self) -> float | None:
        return self.gap.p_value

    @strawberry.field(description="The same among all criteria tested (Benjamini and Hochberg).")
    def adjusted_p_value(self) -> float | None:
        return self.gap.adjusted

    @strawberry.field(description="Whether it is hardly chance: below one in twenty.")
    def systematic(self) -> bool:
        return self.gap.systematic


@strawberry.type(description="The gap of one criterion, in its own points.")
class CriterionGap:
    criterion: CriterionType
    gap: GapStatistic


async def load_gap_regions(
    parents: Sequence[TownshipGap | VillageGapType], info: LiangcunInfo
) -> Sequence[RegionType | None]:
    """The region of each."""
    return await regions_named(info, [one.code for one in parents])


@strawberry.type(description="The gap of the total in one township.")
class TownshipGap:
    code: strawberry.Private[str]
    region: RegionType | None = batched(load_gap_regions)
    gap: GapStatistic


@strawberry.type(description="A criterion on which two levels differ over a village.")
class CriterionDifference:
    criterion: CriterionType
    lower_score: float
    upper_score: float


@strawberry.type(name="VillageGap", description="A village on which two levels differ.")
class VillageGapType:
    code: strawberry.Private[str]
    found: strawberry.Private[VillageGap]
    scores: strawberry.Private[Scores]

    region: RegionType | None = batched(load_gap_regions)

    @strawberry.field(description="In points of the total, over the criteria compared.")
    def gap(self) -> float:
        return self.found.gap

    @strawberry.field(description="How many criteria both have on record.")
    def compared_criteria(self) -> int:
        return self.found.compared

    @strawberry.field(description="Those that differ, the farthest first.")
    def criteria(self) -> list[CriterionDifference]:
        known = criteria_of(self.scores.question.resolved)
        return [
            CriterionDifference(criterion=known[place], lower_score=lower, upper_score=upper)
            for place, lower, upper in self.found.criteria
        ]


@strawberry.type(description="Two assessor levels over the villages that both have looked at.")
class AssessorGapPair:
    found: strawberry.Private[LevelPair]
    scores: strawberry.Private[Scores]

    @strawberry.field(description="The level with less authority.")
    def lower(self) -> AssessorLevelEnum:  # type: ignore[valid-type]
        return self.found.lower

    @strawberry.field
    def upper(self) -> AssessorLevelEnum:  # type: ignore[valid-type]
        return self.found.upper

    @strawberry.field(description="Of the total, in its points, over the criteria that both have on record.")
    def total(self) -> GapStatistic:
        return GapStatistic(gap=self.found.pair.total)

    @strawberry.field(description="Of each criterion, the one where the lower level is highest first.")
    def criteria(self) -> list[CriterionGap]:
        known = criteria_of(self.scores.question.resolved)
        found = sorted(self.found.pair.criteria.items(), key=lambda one: (-one[1].mean, one[0]))
        return [CriterionGap(criterion=known[place], gap=GapStatistic(gap=gap)) for place, gap in found]

    @strawberry.field(description="Of the total in each township, the one where the lower is highest first.")
    def townships(self, first: int | None = 50) -> list[TownshipGap]:
        found = sorted(self.found.pair.townships.items(), key=lambda one: (-one[1].mean, one[0]))
        return [
            TownshipGap(code=code, gap=GapStatistic(gap=gap)) for code, gap in found[: check_first(first)]
        ]

    @strawberry.field(description="The villages that differ most, whichever way.")
    def largest(self, first: int | None = 10) -> list[VillageGapType]:
        found = self.found.pair.largest(check_first(first))
        return [VillageGapType(code=one.region, found=one, scores=self.scores) for one in found]

    @strawberry.field(description="What the total comes to, in a sentence.")
    def summary(self, info: LiangcunInfo) -> str:
        return finding(self.found).pick(info.context.locale)


@strawberry.type(
    name="AssessorGap", description="自评差距: where one assessor level scores the same villages higher."
)
class AssessorGapType:
    found: strawberry.Private[AssessorGap]

    @strawberry.field
    def standard(self) -> StandardType:
        return StandardType(resolved=self.found.resolved)

    @strawberry.field(description="Each level asked for; one without data is compared with none.")
    def levels(self) -> list[AssessorLevelData]:
        return [
            AssessorLevelData(level=level, region_count=count) for level, count in self.found.counts.items()
        ]

    @strawberry.field(description="Each two levels with data.")
    def pairs(self) -> list[AssessorGapPair]:
        return [AssessorGapPair(found=one, scores=self.found.scores[one.lower]) for one in self.found.pairs]

    @strawberry.field(description="What to know of it: levels without data, what is simulated.")
    async def notes(self, info: LiangcunInfo) -> list[str]:
        async with info.context.reading() as connection:
            notes = await gap_notes(connection, self.found)
        return [one.pick(info.context.locale) for one in notes]


async def assessor_gap_of(
    info: LiangcunInfo,
    within: str,
    standard: str,
    period: Period,
    levels: Sequence[AssessorLevel] | None,
) -> AssessorGapType:
    """The gap that is asked for. Raises what is wrong with the question."""
    code = (await known_region(info, within)).code
    resolved = (await info.context.standards()).in_force(standard, code, period)
    scoring = info.context.application.scoring
    return AssessorGapType(
        found=await assessor_gap(
            scoring, resolved, within=code, period=period, levels=levels, reading=info.context
        )
    )
