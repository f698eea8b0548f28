"""What to find out first, in GraphQL."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from liangcun_server.graphql.batching import batched
from liangcun_server.graphql.connections import check_first
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.observations.types import IndicatorType, indicator_of
from liangcun_server.regions.types import AssessorLevelEnum, RegionType, regions_named
from liangcun_server.scorecards.types import VerdictEnum
from liangcun_server.sensitivity.choices import InspectOrderEnum
from liangcun_server.sensitivity.scored import scored_within
from liangcun_server.standards.at_hand import Standards
from liangcun_standards.indicators import Indicator
from liangcun_standards.periods import Period
from liangcun_standards.sensitivity import Worth, inspect_first
from liangcun_standards.sensitivity.inspecting import Order
from liangcun_standards.table import LARGEST_VALUE
from liangcun_standards.text import Text


@strawberry.input(description="Where to look for what isn't known, and under which standard.")
class InspectFirstInput:
    standard: strawberry.ID
    within: strawberry.ID = strawberry.field(description="A village, or a region of which all are looked at.")
    period: Period
    assessor_level: AssessorLevelEnum | None = None  # type: ignore[valid-type]
    order: InspectOrderEnum = Order.VERDICT  # type: ignore[valid-type]


async def load_regions(parents: Sequence[InspectionWorth], info: LiangcunInfo) -> Sequence[RegionType | None]:
    """The region of each."""
    return await regions_named(info, [one.worth.region for one in parents])


@strawberry.type(description="An observation that isn't known exactly, and what knowing it is worth.")
class InspectionWorth:
    worth: strawberry.Private[Worth]
    standards: strawberry.Private[Standards]

    region: RegionType | None = batched(load_regions)

    @strawberry.field
    def indicator(self) -> IndicatorType:
        return indicator_of(self.standards.indicators, self.worth.source.indicator)

    @strawberry.field(description="The period that it is to be observed in.")
    def period(self) -> Period:
        return Period.parse(self.worth.period)

    @strawberry.field(description="What is on record: nothing, or between what.")
    def on_record(self, info: LiangcunInfo) -> str:
        indicator = self.standards.indicators[self.worth.source.indicator]
        return on_record(self.worth, indicator).pick(info.context.locale)

    @strawberry.field(description="The lowest possible total as things stand.")
    def lowest_possible(self) -> float:
        return self.worth.score.low

    @strawberry.field
    def highest_possible(self) -> float:
        return self.worth.score.high

    @strawberry.field(
        description="By how many points the distance between the two shrinks once it is known, on average "
        "over the values that it may have."
    )
    def narrows(self) -> float:
        return self.worth.narrows

    @strawberry.field(description="By how many at least, whatever is found.")
    def narrows_least(self) -> float:
        return self.worth.narrows_least

    @strawberry.field(description="By how many at most.")
    def narrows_most(self) -> float:
        return self.worth.narrows_most

    @strawberry.field(
        description="Whether what narrows are the criteria's own points by their weights, because the total "
        "depends on other regions (entropy weights, TOPSIS)."
    )
    def by_weights(self) -> bool:
        return self.worth.by_weights

    @strawberry.field(description="The best possible place as things stand; null: not ranked.")
    def rank_best(self) -> int | None:
        return None if self.worth.rank is None else self.worth.rank[0]

    @strawberry.field
    def rank_worst(self) -> int | None:
        return None if self.worth.rank is None else self.worth.rank[1]

    @strawberry.field(description="By how many places the distance between the two shrinks, on average.")
    def rank_narrows(self) -> float:
        return self.worth.rank_narrows

    @strawberry.field
    def verdict(self) -> VerdictEnum:  # type: ignore[valid-type]
        return self.worth.verdict

    @strawberry.field(
        description="In what share of the values that it may have it decides a verdict that is undecided."
    )
    def decides(self) -> float:
        return self.worth.decides

    @strawberry.field(description="The verdicts that it may come to.")
    def reaches(self) -> list[VerdictEnum]:  # type: ignore[valid-type]
        return list(self.worth.reaches)


def on_record(worth: Worth, indicator: Indicator) -> Text:
    """What is known of a value, in words."""
    if worth.known is None:
        return Text("缺报或存疑", "missing or suspect")
    low, high = worth.known
    open_low = low <= max(indicator.range[0], -LARGEST_VALUE)
    open_high = high >= min(indicator.range[1], LARGEST_VALUE)
    bottom, top = indicator.show(low), indicator.show(high)
    if open_high:
        return Text(f"不低于 {bottom.zh}", f"at least {bottom.en}")
    if open_low:
        return Text(f"不高于 {top.zh}", f"at most {top.en}")
    return Text(f"{bottom.zh} 至 {top.zh}", f"{bottom.en} to {top.en}")


async def inspected_first(
    info: LiangcunInfo, asked: InspectFirstInput, first: int | None
) -> list[InspectionWorth]:
    """What is worth finding out, the most so first. Raises what is wrong with the question."""
    context = info.context
    standards = await context.standards()
    scores, scope = await scored_within(info, asked)
    indicators = context.application.plugins.indicators
    most = check_first(first)
    found = await context.application.long_work.run(
        inspect_first, scores.result, indicators, scope, asked.order
    )
    return [InspectionWorth(worth=one, standards=standards) for one in found[:most]]
