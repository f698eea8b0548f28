"""The comparison of schemes in GraphQL."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import strawberry

from liangcun_server.comparison.comparing import Compared, compared, drafted
from liangcun_server.comparison.notes import comparison_notes
from liangcun_server.graphql.batching import batched
from liangcun_server.graphql.connections import check_first
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.operators.requiring import require_operator
from liangcun_server.regions.types import AssessorLevelEnum, RegionType, known_region, regions_named
from liangcun_server.scorecards import evidence
from liangcun_server.scorecards.service import Scores
from liangcun_server.scorecards.types import known
from liangcun_server.standards.at_hand import Standards, read_publication
from liangcun_server.standards.types import CriterionType, StandardType, criteria_of
from liangcun_standards.catalogue import ResolvedStandard
from liangcun_standards.comparison import Mover, Pair, Part
from liangcun_standards.errors import UnknownStandard
from liangcun_standards.periods import Period
from liangcun_standards.regions import full_code
from liangcun_standards.text import Text

_REST = {
    "aggregation": Text("合成方法", "the way of putting together"),
    "adjustment": Text("加分或扣分", "a bonus or penalty"),
    "rounding": Text("取整", "rounding"),
}


@strawberry.input(description="Two to six schemes and where to compare them.")
class CompareStandardsInput:
    standards: list[strawberry.ID] = strawberry.field(
        description="Ids (220000/sanhua), codes, versions (220000/sanhua@2021) or, for the operator, drafts."
    )
    within: strawberry.ID = strawberry.field(description="The region whose villages are compared.")
    period: Period
    assessor_level: AssessorLevelEnum | None = None  # type: ignore[valid-type]


@strawberry.type(description="What a criterion gives to the gap of the standardised scores.")
class CriterionContribution:
    criterion: CriterionType
    standard: strawberry.ID = strawberry.field(description="Whose it is: JURISDICTION/CODE@VERSION.")
    contribution: float = strawberry.field(description="In standard deviations; down for a, up for b.")


@strawberry.type(description="What else gives to the gap: bonuses, what isn't linear, rounding.")
class OtherContribution:
    what: str
    code: strawberry.ID
    standard: strawberry.ID
    contribution: float


async def load_mover_regions(parents: Sequence[MoverType], info: LiangcunInfo) -> Sequence[RegionType | None]:
    """The region of each."""
    return await regions_named(info, [one.mover.region for one in parents])


@dataclass(frozen=True)
class Sides:
    """The two standards of a pair, a first."""

    a: ResolvedStandard
    b: ResolvedStandard


@strawberry.type(name="Mover", description="A region that stands elsewhere under b than under a.")
class MoverType:
    mover: strawberry.Private[Mover]
    sides: strawberry.Private[Sides]

    region: RegionType | None = batched(load_mover_regions)

    @strawberry.field(description="Its place under a among those that both rank.")
    def rank_a(self) -> int:
        return self.mover.rank_a

    @strawberry.field(description="Its place under b.")
    def rank_b(self) -> int:
        return self.mover.rank_b

    @strawberry.field(description="By how many places it stands further down under b; negative is up.")
    def shift(self) -> int:
        return self.mover.shift

    @strawberry.field(
        description="Its standardised score under b less that under a; everything in because and rest adds "
        "up to it."
    )
    def gap(self) -> float:
        return self.mover.gap

    @strawberry.field(description="What each criterion gives to the gap, the most first.")
    def because(self) -> list[CriterionContribution]:
        found = []
        for resolved, part, value in self._parts():
            if part.kind == "criterion":
                criterion = next(one for one in criteria_of(resolved) if one.criterion.code == part.code)
                found.append(
                    CriterionContribution(
                        criterion=criterion, standard=strawberry.ID(resolved.name), contribution=value
                    )
                )
        return sorted(found, key=lambda one: -abs(one.contribution))

    @strawberry.field(description="What gives to the gap besides criteria.")
    def rest(self, info: LiangcunInfo) -> list[OtherContribution]:
        return [
            OtherContribution(
                what=_REST[part.kind].pick(info.context.locale),
                code=strawberry.ID(part.code),
                standard=strawberry.ID(resolved.name),
                contribution=value,
            )
            for resolved, part, value in self._parts()
            if part.kind != "criterion"
        ]

    def _parts(self) -> list[tuple[ResolvedStandard, Part, float]]:
        return [
            (resolved, part, value)
            for resolved, because in (
                (self.sides.a, self.mover.because_a),
                (self.sides.b, self.mover.because_b),
            )
            for part, value in because
        ]


@strawberry.type(description="Two criteria that rest on the same indicators.")
class SharedCriterion:
    a: CriterionType
    b: CriterionType


@strawberry.type(name="Crosswalk", description="What two standards measure alike, and what only one does.")
class CrosswalkType:
    shared: list[SharedCriterion]
    only_a: list[CriterionType]
    only_b: list[CriterionType]
    indicators_both: list[strawberry.ID] = strawberry.field(
        description="Indicators that both read: one observation serves both."
    )
    indicators_only_a: list[strawberry.ID]
    indicators_only_b: list[strawberry.ID]


@strawberry.type(name="ComparisonPair", description="Two schemes over the regions that both rank.")
class ComparisonPairType:
    pair: strawberry.Private[Pair]
    sides: strawberry.Private[Sides]

    @strawberry.field
    def a(self) -> StandardType:
        return StandardType(resolved=self.sides.a)

    @strawberry.field
    def b(self) -> StandardType:
        return StandardType(resolved=self.sides.b)

    @strawberry.field(description="How many regions both rank; the coefficients are of these.")
    def region_count(self) -> int:
        return len(self.pair.regions)

    @strawberry.field(description="How many regions one of them, or both, leaves unranked.")
    def left_out(self) -> int:
        return self.pair.left_out

    @strawberry.field(
        description="Spearman's rank correlation; null for under three regions, or where all are tied."
    )
    def spearman(self) -> float | None:
        return self.pair.agreement.spearman

    @strawberry.field(description="Kendall's tau-b; null as for spearman.")
    def kendall_tau_b(self) -> float | None:
        return self.pair.agreement.kendall_tau_b

    @strawberry.field(description="Cohen's kappa on passing; null where chance alone gives all agreement.")
    def cohen_kappa(self) -> float | None:
        return self.pair.agreement.cohen_kappa

    @strawberry.field(description="How many pass under both.")
    def both_pass(self) -> int:
        return self.pair.agreement.passing.both

    @strawberry.field(description="How many pass under a alone.")
    def only_a(self) -> int:
        return self.pair.agreement.passing.only_a

    @strawberry.field(description="How many pass under b alone.")
    def only_b(self) -> int:
        return self.pair.agreement.passing.only_b

    @strawberry.field(description="How many pass under neither.")
    def neither(self) -> int:
        return self.pair.agreement.passing.neither

    @strawberry.field(description="How many regions stand among the first of both.")
    def top_overlap(self, first: int = 50) -> int:
        return self.pair.top_overlap(check_first(first))

    @strawberry.field(description="Which criteria rest on the same indicators.")
    def crosswalk(self) -> CrosswalkType:
        found = self.pair.crosswalk
        a = {one.criterion.code: one for one in criteria_of(self.sides.a)}
        b = {one.criterion.code: one for one in criteria_of(self.sides.b)}
        return CrosswalkType(
            shared=[SharedCriterion(a=a[one.code], b=b[other.code]) for one, other in found.shared],
            only_a=[a[one.code] for one in found.only_a],
            only_b=[b[one.code] for one in found.only_b],
            indicators_both=[strawberry.ID(code) for code in found.indicators_both],
            indicators_only_a=[strawberry.ID(code) for code in found.indicators_only_a],
            indicators_only_b=[strawberry.ID(code) for code in found.indicators_only_b],
        )


@strawberry.type(description="What one region comes to under one of the schemes.")
class ComparedStanding:
    standard: strawberry.ID
    score: float | None
    rank: int | None = strawberry.field(description="Its place within the region compared; null: not ranked.")
    passed: bool


async def load_compared_regions(
    parents: Sequence[ComparedRegionType], info: LiangcunInfo
) -> Sequence[RegionType | None]:
    """The region of each."""
    return await regions_named(info, [one.code for one in parents])


@strawberry.type(name="ComparedRegion", description="One region under every scheme.")
class ComparedRegionType:
    code: strawberry.Private[str]

    region: RegionType | None = batched(load_compared_regions)
    standings: list[ComparedStanding] = strawberry.field(description="In the order of the schemes.")


def _standing(scores: Scores, scope: str, code: str) -> ComparedStanding:
    result = scores.result
    row = result.table.row_of[code]
    return ComparedStanding(
        standard=strawberry.ID(scores.question.resolved.name),
        score=known(float(result.total[row])),
        rank=int(evidence.ranks(scores, scope)[row]) or None,
        passed=bool(result.passed[row]),
    )


@strawberry.type(name="Comparison", description="Schemes side by side over the same regions.")
class ComparisonType:
    found: strawberry.Private[Compared]

    @strawberry.field
    def standards(self) -> list[StandardType]:
        return [StandardType(resolved=one) for one in self.found.standards]

    @strawberry.field(description="How many regions there are within the place.")
    def region_count(self) -> int:
        rows = self.found.scores[0].result.rows_within(self.found.scope)
        return int(rows.stop - rows.start)

    @strawberry.field
    def pairs(self) -> list[ComparisonPairType]:
        standards = self.found.standards
        return [
            ComparisonPairType(pair=pair, sides=Sides(standards[a], standards[b]))
            for (a, b), pair in self.found.pairs.items()
        ]

    @strawberry.field(description="Every region under every scheme, by code; after is the last code seen.")
    def regions(self, first: int | None = 50, after: strawberry.ID | None = None) -> list[ComparedRegionType]:
        scores, scope = self.found.scores, self.found.scope
        rows = scores[0].result.rows_within(scope)
        codes = scores[0].result.table.regions[rows]
        start = 0 if after is None else bisect_right(codes, full_code(after))
        return [
            ComparedRegionType(code=code, standings=[_standing(one, scope, code) for one in scores])
            for code in codes[start : start + check_first(first)]
        ]

    @strawberry.field(description="What to know of it: what is simulated, what is a working interpretation.")
    async def notes(self, info: LiangcunInfo) -> list[str]:
        async with info.context.reading() as connection:
            notes = await comparison_notes(connection, self.found)
        return [one.pick(info.context.locale) for one in notes]

    @strawberry.field(description="Who moves from a to b, the farthest first, and what is behind it.")
    async def movers(self, a: strawberry.ID, b: strawberry.ID, first: int | None = 20) -> list[MoverType]:
        pair, size = self.found.pair(a, b), check_first(first)
        found = await asyncio.to_thread(pair.movers, size)
        sides = Sides(self.found.named(a), self.found.named(b))
        return [MoverType(mover=one, sides=sides) for one in found]


async def comparison_of(info: LiangcunInfo, asked: CompareStandardsInput) -> ComparisonType:
    """The comparison that is asked for. Raises what is wrong with it."""
    context = info.context
    known = await context.standards()
    scope = (await known_region(info, asked.within)).code
    schemes = [await scheme_of(info, known, name, scope, asked.period) for name in asked.standards]
    found = await compared(
        context.application.scoring,
        schemes,
        scope=scope,
        period=asked.period,
        assessor_level=asked.assessor_level,
        reading=context,
    )
    return ComparisonType(found=found)


async def scheme_of(
    info: LiangcunInfo, known: Standards, name: str, scope: str, period: Period
) -> ResolvedStandard:
    """The standard in force that a name means, or the operator's draft. Raises UnknownStandard."""
    try:
        return known.in_force(name, scope, period)
    except UnknownStandard:
        stored = known.document(name)
        if stored is None:
            raise
    # Drafts are the operator's own until they are published.
    await require_operator(info)
    plugins = info.context.application.plugins
    return drafted(
        known, await asyncio.to_thread(read_publication, stored.text, stored.file, plugins), period
    )
