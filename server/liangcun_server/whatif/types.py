"""What if, in GraphQL."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Sequence
from typing import Annotated

import strawberry

from liangcun_server.application import Application
from liangcun_server.comparison.notes import notes_on_all
from liangcun_server.comparison.types import MoverType, Sides
from liangcun_server.graphql.batching import batched
from liangcun_server.graphql.connections import check_first
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.graphql.refusals import InputRefused
from liangcun_server.graphql.writing import answered
from liangcun_server.operators.requiring import require_operator
from liangcun_server.regions.types import RegionType, known_region, regions_named
from liangcun_server.standards.preview_types import PreviewType, StandingType
from liangcun_server.whatif.drafting import TRIED, Draft
from liangcun_server.whatif.trying import WhatIf, what_if
from liangcun_standards.periods import Period
from liangcun_standards.regions import full_code


@strawberry.input(
    description="What to change, one of three ways: set, changes or document. Nothing is kept; to keep it, "
    "pass the document that comes back to saveStandard."
)
class WhatIfInput:
    standard: strawberry.ID = strawberry.field(description="What is in force and would be changed.")
    within: strawberry.ID = strawberry.field(description="The region whose villages are scored.")
    period: Period
    set: list[str] = strawberry.field(
        default_factory=list,
        description="TARGET.FIELD=VALUE of a criterion, group, adjustment, entry condition or grade, or of "
        "the whole: hardened-road.max_score=10, drainage.rule.when.at_least=70, excellent.min_score=85, "
        "passing.grade=excellent.",
    )
    changes: str | None = strawberry.field(
        default=None, description="YAML that begins with changes:, in the language of tailorings."
    )
    document: str | None = strawberry.field(
        default=None, description="The YAML text of a whole standard or tailoring."
    )
    reason: str | None = strawberry.field(default=None, description="Why; it stands with each of set.")
    version: str = strawberry.field(default=TRIED, description="The version of the document made.")
    effective_from: Period | None = strawberry.field(
        default=None, description="The first period that it would hold in; by default the day after period."
    )


async def load_regions(parents: Sequence[WhatIfRegion], info: LiangcunInfo) -> Sequence[RegionType | None]:
    """The region of each."""
    return await regions_named(info, [one.code for one in parents])


@strawberry.type(description="A region before and after.")
class WhatIfRegion:
    code: strawberry.Private[str]
    region: RegionType | None = batched(load_regions)
    before: StandingType
    after: StandingType


@strawberry.type(description="How many go from one grade to another; null is no grade.")
class GradeMove:
    before: str | None
    after: str | None
    count: int


@strawberry.type(
    name="WhatIf", description="What changes to a standard would come to. Nothing is kept of it."
)
class WhatIfType(PreviewType):
    tried: strawberry.Private[WhatIf]

    @strawberry.field(description="How many pass that didn't.")
    def newly_passing(self) -> int:
        return self.tried.newly_passing

    @strawberry.field(description="How many passed and don't.")
    def no_longer_passing(self) -> int:
        return self.tried.no_longer_passing

    @strawberry.field(description="From which grade to which, the most first.")
    def grade_moves(self, info: LiangcunInfo) -> list[GradeMove]:
        locale = info.context.locale
        return [
            GradeMove(
                before=None if before is None else before.pick(locale),
                after=None if after is None else after.pick(locale),
                count=count,
            )
            for before, after, count in self.tried.grade_moves
        ]

    @strawberry.field(description="Who moves, the farthest first, and what is behind it.")
    async def movers(self, first: int | None = 20) -> list[MoverType]:
        found = await asyncio.to_thread(self.tried.pair.movers, check_first(first))
        sides = Sides(self.found.before, self.found.after)
        return [MoverType(mover=one, sides=sides) for one in found]

    @strawberry.field(description="Every region before and after, by code; after is the last code seen.")
    def regions(self, first: int | None = 50, after: strawberry.ID | None = None) -> list[WhatIfRegion]:
        codes = self.tried.regions
        start = 0 if after is None else bisect_right(codes, full_code(after))
        return [self._region(code) for code in codes[start : start + check_first(first)]]

    def _region(self, code: str) -> WhatIfRegion:
        before, after = self.tried.standings(code)
        return WhatIfRegion(
            code=code, before=StandingType(standing=before), after=StandingType(standing=after)
        )

    @strawberry.field(description="The YAML text that the changes come to: saveStandard takes it as it is.")
    def document(self) -> str:
        return self.tried.text

    @strawberry.field(description="What to know of it: what is simulated, what is a working interpretation.")
    async def notes(self, info: LiangcunInfo) -> list[str]:
        async with info.context.reading() as connection:
            notes = await notes_on_all(connection, [self.tried.old, self.tried.new], self.found.scope)
        return [one.pick(info.context.locale) for one in notes]


WhatIfResult = Annotated[WhatIfType | InputRefused, strawberry.union("WhatIfResult")]


async def tried_out(info: LiangcunInfo, asked: WhatIfInput) -> WhatIfType | InputRefused:
    """What is asked for, or why there is none. For the operator alone, as a preview is."""
    await require_operator(info)
    context = info.context
    standards = await context.standards()

    async def work(application: Application) -> WhatIfType:
        draft = Draft(
            asked.set,
            asked.changes,
            asked.reason,
            asked.version,
            None if asked.effective_from is None else asked.effective_from.start,
        )
        found = await what_if(
            standards,
            application.scoring,
            application.plugins,
            standard=asked.standard,
            scope=(await known_region(info, asked.within)).code,
            period=asked.period,
            reading=context,
            draft=draft,
            document=asked.document,
        )
        return WhatIfType(found=found.preview, tried=found)

    return await answered(info, work)
