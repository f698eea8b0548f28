"""The effect of a standard before it counts, in GraphQL."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

import strawberry

from liangcun_server.application import Application
from liangcun_server.graphql.batching import batched
from liangcun_server.graphql.connections import check_first
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.graphql.refusals import InputRefused
from liangcun_server.graphql.writing import answered
from liangcun_server.operators.requiring import require_operator
from liangcun_server.regions.types import RegionType, regions_named
from liangcun_server.scorecards.types import VerdictEnum
from liangcun_server.standards.at_hand import Standards, read_publication
from liangcun_server.standards.preview import Preview, Standing, VillageChange, preview
from liangcun_server.standards.reasons import Shift
from liangcun_server.standards.types import StandardType
from liangcun_standards.errors import UnknownStandard
from liangcun_standards.periods import Period
from liangcun_standards.regions import full_code
from liangcun_standards.text import Text


@strawberry.input(description="What to look at: a document's text, or a draft by its name.")
class PreviewStandardInput:
    within: strawberry.ID = strawberry.field(description="The region whose villages are scored.")
    period: Period
    document: str | None = strawberry.field(default=None, description="The YAML text.")
    draft: strawberry.ID | None = strawberry.field(
        default=None, description="A draft or standard, such as 220722/jiuyou-liuwu@2024."
    )
    against: strawberry.ID | None = strawberry.field(
        default=None, description="What to compare with; by default what is in force there."
    )


async def load_changed_regions(
    parents: Sequence[VillageChangeType], info: LiangcunInfo
) -> Sequence[RegionType | None]:
    """The village of each change."""
    return await regions_named(info, [one.change.region for one in parents])


@strawberry.type(name="PreviewedStanding", description="Where a village stands under one standard.")
class StandingType:
    standing: strawberry.Private[Standing]

    @strawberry.field
    def score(self) -> float | None:
        return self.standing.score

    @strawberry.field(description="null: not ranked.")
    def rank(self) -> int | None:
        return self.standing.rank

    @strawberry.field(description="The grade's title.")
    def grade(self, info: LiangcunInfo) -> str | None:
        return None if self.standing.grade is None else self.standing.grade.pick(info.context.locale)

    @strawberry.field
    def passed(self) -> bool:
        return self.standing.passed

    @strawberry.field
    def verdict(self) -> VerdictEnum:  # type: ignore[valid-type]
        return self.standing.verdict


@strawberry.type(
    name="CriterionShift",
    description="What bears on a village otherwise: a criterion or adjustment that gives other points, or "
    "the minimum of a group, a grade or a setting of the standard.",
)
class ShiftType:
    shift: strawberry.Private[Shift]

    @strawberry.field(description="The code of the criterion, or of what else it is.")
    def criterion(self) -> strawberry.ID:
        return strawberry.ID(self.shift.code)

    @strawberry.field
    def title(self, info: LiangcunInfo) -> str:
        return self.shift.title.pick(info.context.locale)

    @strawberry.field(description="Its points; null: it doesn't count there, or gives none.")
    def before(self) -> float | None:
        return self.shift.before

    @strawberry.field
    def after(self) -> float | None:
        return self.shift.after

    @strawberry.field(description="What is behind it, in words.")
    def reason(self, info: LiangcunInfo) -> str:
        return self.shift.reason.pick(info.context.locale)


@strawberry.type(name="VillageChange", description="A village whose grade, passing or verdict changes.")
class VillageChangeType:
    change: strawberry.Private[VillageChange]

    region: RegionType | None = batched(load_changed_regions)

    @strawberry.field
    def before(self) -> StandingType:
        return StandingType(standing=self.change.before)

    @strawberry.field
    def after(self) -> StandingType:
        return StandingType(standing=self.change.after)

    @strawberry.field(description="What is behind it, the largest difference of points first.")
    def because(self) -> list[ShiftType]:
        return [ShiftType(shift=one) for one in self.change.because]


@strawberry.type(name="StandardPreview", description="What a standard would change. Nothing is kept of it.")
class PreviewType:
    found: strawberry.Private[Preview]

    @strawberry.field(description="What is in force, or was named to compare with.")
    def before(self) -> StandardType:
        return StandardType(resolved=self.found.before)

    @strawberry.field
    def after(self) -> StandardType:
        return StandardType(resolved=self.found.after, draft=True)

    @strawberry.field(description="How many villages were compared.")
    def region_count(self) -> int:
        return self.found.villages

    @strawberry.field(description="How many get another total.")
    def other_score(self) -> int:
        return self.found.other_score

    @strawberry.field(description="How many get another place.")
    def other_rank(self) -> int:
        return self.found.other_rank

    @strawberry.field(description="How many get another grade.")
    def other_grade(self) -> int:
        return self.found.other_grade

    @strawberry.field(description="How many pass that didn't, or the other way round.")
    def other_passed(self) -> int:
        return self.found.other_passed

    @strawberry.field(description="How many get another verdict.")
    def other_verdict(self) -> int:
        return self.found.other_verdict

    @strawberry.field(description="The villages whose grade, passing or verdict changes, by their new place.")
    def changes(self, first: int | None = 50) -> list[VillageChangeType]:
        return [VillageChangeType(change=one) for one in self.found.changes[: check_first(first)]]


PreviewStandardResult = Annotated[PreviewType | InputRefused, strawberry.union("PreviewStandardResult")]


async def previewed(info: LiangcunInfo, asked: PreviewStandardInput) -> PreviewType | InputRefused:
    """The preview that is asked for, or why there is none. For the operator alone."""
    await require_operator(info)
    context = info.context
    standards = await context.standards()

    async def work(application: Application) -> PreviewType:
        text, file = _document(asked, standards)
        found = await preview(
            standards,
            application.scoring,
            application.plugins.indicators,
            # The longest document allowed takes a second and more, for which others shouldn't wait.
            await asyncio.to_thread(read_publication, text, file, application.plugins),
            scope=full_code(asked.within),
            period=asked.period,
            reading=context,
            against=asked.against,
        )
        return PreviewType(found=found)

    return await answered(info, work)


def _document(asked: PreviewStandardInput, standards: Standards) -> tuple[str, str]:
    """The text to look at and its file's name. Raises UnknownStandard."""
    if asked.document is not None:
        return asked.document, "standard.yaml"
    if asked.draft is None:
        raise UnknownStandard(
            Text("请给出 document（正文）或 draft（草稿名）", "give a document's text or a draft's name")
        )
    stored = standards.document(asked.draft)
    if stored is not None:
        return stored.text, stored.file
    return standards.catalogue.find(asked.draft).publication.text, "standard.yaml"
