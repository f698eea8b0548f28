"""Assessments in GraphQL."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime

import strawberry

from liangcun_server.assessments import repository
from liangcun_server.assessments.figures import Figures
from liangcun_server.assessments.frozen import Frozen, FrozenCriterion
from liangcun_server.assessments.model import (
    Assessment,
    AssessmentNotice,
    AssessmentStatus,
    UnknownAssessment,
)
from liangcun_server.assessments.verifying import Verification, verify
from liangcun_server.graphql.batching import batched
from liangcun_server.graphql.connections import (
    Connection,
    Edge,
    check_first,
    decode_cursor,
    encode_cursor,
    page_info,
)
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.observations.types import SourceStatusEnum
from liangcun_server.regions.types import AssessorLevelEnum, RegionType, known_region, regions_named
from liangcun_server.scorecards.types import ResultStatusEnum, VerdictEnum, known
from liangcun_server.standards.types import StandardType
from liangcun_standards.periods import Period
from liangcun_standards.text import Text

AssessmentStatusEnum = strawberry.enum(
    AssessmentStatus,
    name="AssessmentStatus",
    description="考评的状态。UNFINISHED: it was cut short and has no result; run it again.",
)


def number_of(id: str) -> int:
    """The number in an id. Raises UnknownAssessment for what can't be one."""
    if not (id.isascii() and id.isdigit() and len(id) <= 18):
        raise UnknownAssessment.of(id)
    return int(id)


@strawberry.type(description="A plugin that contributed to an assessment, by the version that did.")
class AssessmentPlugin:
    name: strawberry.ID
    distribution: str | None
    version: str | None
    installed_version: str | None = strawberry.field(description="Which is installed now; null when gone.")


@strawberry.type(description="A criterion as it was when the assessment was run; it outlives its plugin.")
class AssessedCriterion:
    code: strawberry.ID
    title: str
    max_score: float
    rule_text: str
    source_status: SourceStatusEnum  # type: ignore[valid-type]

    @classmethod
    def of(cls, criterion: FrozenCriterion, info: LiangcunInfo) -> AssessedCriterion:
        """The criterion in the reader's language."""
        locale = info.context.locale
        return cls(
            code=strawberry.ID(criterion.code),
            title=criterion.title.pick(locale),
            max_score=criterion.max_score,
            rule_text=criterion.rule.pick(locale),
            source_status=criterion.source_status,
        )


@strawberry.type(description="What a criterion came to for a region.")
class AssessedCriterionResult:
    criterion: AssessedCriterion
    score: float | None = strawberry.field(description="null where the criterion didn't count.")
    status: ResultStatusEnum  # type: ignore[valid-type]


async def load_assessed_regions(
    parents: Sequence[AssessedRegionType], info: LiangcunInfo
) -> Sequence[RegionType | None]:
    """The region of each."""
    return await regions_named(info, [one.code for one in parents])


@strawberry.type(name="AssessedRegion", description="What a region came to, as it was kept.")
class AssessedRegionType:
    figures: strawberry.Private[Figures]
    frozen: strawberry.Private[Frozen]
    row: strawberry.Private[int]

    region: RegionType | None = batched(load_assessed_regions)

    @property
    def code(self) -> str:
        """The region's twelve-digit code."""
        return self.figures.codes[self.row]

    @strawberry.field(description="Its place within the place assessed; null: not ranked.")
    def rank(self) -> int | None:
        return int(self.figures.rank[self.row]) or None

    @strawberry.field
    def score(self) -> float | None:
        return known(float(self.figures.total[self.row]))

    @strawberry.field(description="The grade's title.")
    def grade(self) -> str | None:
        place = int(self.figures.grade[self.row])
        return None if place < 0 else self.frozen.grades[place][1]

    @strawberry.field
    def passed(self) -> bool:
        return bool(self.figures.passed[self.row])

    @strawberry.field
    def verdict(self) -> VerdictEnum:  # type: ignore[valid-type]
        return self.figures.verdict_of(self.row)

    @strawberry.field
    def completeness(self) -> float:
        return float(self.figures.completeness[self.row])

    @strawberry.field
    def lowest_possible(self) -> float:
        return float(self.figures.lowest[self.row])

    @strawberry.field
    def highest_possible(self) -> float:
        return float(self.figures.highest[self.row])

    @strawberry.field
    def criteria(self, info: LiangcunInfo) -> list[AssessedCriterionResult]:
        points = self.figures.points[:, self.row]
        return [
            AssessedCriterionResult(
                criterion=AssessedCriterion.of(one, info),
                score=None if math.isnan(points[place]) else float(points[place]),
                status=self.figures.status_of(self.row, place),
            )
            for place, one in enumerate(self.frozen.criteria)
        ]


@strawberry.type(description="A page of what the regions of an assessment came to, by code.")
class AssessedRegionConnection(Connection[AssessedRegionType]):
    total_count: int


@strawberry.type(name="AssessmentNotice", description="What a plugin remarked after the run.")
class AssessmentNoticeType:
    notice: strawberry.Private[AssessmentNotice]

    @strawberry.field(description="PLUGIN.NAME of the action; liangcun for why a run failed.")
    def action(self) -> str:
        return self.notice.action

    @strawberry.field
    def text(self, info: LiangcunInfo) -> str:
        return self.notice.text.pick(info.context.locale)

    @strawberry.field(description="The region that it is about; null: the whole.")
    def region_code(self) -> strawberry.ID | None:
        code = self.notice.region_code
        return None if code is None else strawberry.ID(code)

    @strawberry.field(description="Whether the action failed, and this says how.")
    def failed(self) -> bool:
        return self.notice.failed


@strawberry.type(name="AssessmentPublication", description="That an assessment was made the official one.")
class AssessmentPublicationType:
    document_number: str | None
    published_at: datetime
    author: str
    reason: str


async def load_places(parents: Sequence[AssessmentType], info: LiangcunInfo) -> Sequence[RegionType | None]:
    """The place of each."""
    return await regions_named(info, [one.assessment.region_code for one in parents])


async def load_titles(parents: Sequence[AssessmentType], info: LiangcunInfo) -> list[str]:
    """The standard's title as it was."""
    return [one.title.pick(info.context.locale) for one in await frozen(parents, info)]


async def load_plugins(parents: Sequence[AssessmentType], info: LiangcunInfo) -> list[list[AssessmentPlugin]]:
    """The plugins that contributed to each."""
    await info.context.standards()  # which brings the plugins up to date with it
    now = {one.name: one.version for one in info.context.application.plugins.plugins}
    return [
        [
            AssessmentPlugin(
                name=strawberry.ID(plugin.name),
                distribution=plugin.distribution,
                version=plugin.version,
                installed_version=now.get(plugin.name),
            )
            for plugin in one.plugins
        ]
        for one in await frozen(parents, info)
    ]


async def load_criteria(
    parents: Sequence[AssessmentType], info: LiangcunInfo
) -> list[list[AssessedCriterion]]:
    """The criteria of each as they were."""
    return [
        [AssessedCriterion.of(criterion, info) for criterion in one.criteria]
        for one in await frozen(parents, info)
    ]


async def load_notices(
    parents: Sequence[AssessmentType], info: LiangcunInfo
) -> list[list[AssessmentNoticeType]]:
    """What plugins remarked of each."""
    async with info.context.reading() as connection:
        found = await repository.notices_of(connection, [one.assessment.id for one in parents])
    return [[AssessmentNoticeType(notice=each) for each in found[one.assessment.id]] for one in parents]


async def frozen(parents: Sequence[AssessmentType], info: LiangcunInfo) -> list[Frozen]:
    """What was frozen for each, read once a request."""
    kept = info.context.kept
    async with info.context.reading() as connection:
        missing = {one.assessment.id for one in parents if ("frozen", one.assessment.id) not in kept}
        for number, found in (await repository.frozen_of(connection, missing)).items():
            kept["frozen", number] = found
    return [kept["frozen", one.assessment.id] for one in parents]


@strawberry.type(name="Assessment", description="考评：一次冻结的、可以重算的评分")
class AssessmentType:
    assessment: strawberry.Private[Assessment]

    region: RegionType | None = batched(load_places, description="The place assessed.")
    standard_title: str = batched(load_titles, description="As it was then.")
    plugins: list[AssessmentPlugin] = batched(
        load_plugins, description="Which plugin versions made it, and which are installed now."
    )
    criteria: list[AssessedCriterion] = batched(load_criteria, description="As they were then.")
    notices: list[AssessmentNoticeType] = batched(load_notices)

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(str(self.assessment.id))

    @strawberry.field(description="JURISDICTION/CODE@VERSION of the standard.")
    def standard_name(self) -> strawberry.ID:
        return strawberry.ID(self.assessment.standard)

    @strawberry.field(description="That version as it is now; null where it is gone.")
    async def standard(self, info: LiangcunInfo) -> StandardType | None:
        one = self.assessment
        standards = await info.context.standards()
        found = standards.named(one.standard_id, one.version, await info.context.place())
        return None if found is None else StandardType(resolved=found)

    @strawberry.field
    def period(self) -> Period:
        return self.assessment.period

    @strawberry.field(
        description="null: for each indicator the level with the most authority that has a value."
    )
    def assessor_level(self) -> AssessorLevelEnum | None:  # type: ignore[valid-type]
        return self.assessment.assessor_level

    @strawberry.field
    def status(self, info: LiangcunInfo) -> AssessmentStatusEnum:  # type: ignore[valid-type]
        return self.assessment.status(self.assessment.id in info.context.application.assessments.runs)

    @strawberry.field(description="The revision of the data that it rests upon, as asOf takes times.")
    def revision(self) -> int:
        return self.assessment.started.revision

    @strawberry.field
    def started_at(self) -> datetime:
        return self.assessment.started.recorded_at

    @strawberry.field
    def author(self) -> str:
        return self.assessment.started.author

    @strawberry.field
    def reason(self) -> str:
        return self.assessment.started.reason

    @strawberry.field(description="SHA-256 of the standard as it was.")
    def standard_digest(self) -> str:
        return self.assessment.standard_digest

    @strawberry.field(description="SHA-256 of the whole result; null while there is none.")
    def digest(self) -> str | None:
        return None if self.assessment.result is None else self.assessment.result.digest

    @strawberry.field(description="How many regions were scored; null while there is no result.")
    def region_count(self) -> int | None:
        return None if self.assessment.result is None else self.assessment.result.region_count

    @strawberry.field(description="How many of them have a place.")
    def ranked_count(self) -> int | None:
        return None if self.assessment.result is None else self.assessment.result.ranked_count

    @strawberry.field(description="How many of them pass.")
    def passed_count(self) -> int | None:
        return None if self.assessment.result is None else self.assessment.result.passed_count

    @strawberry.field(description="null until it is made the official one.")
    def publication(self) -> AssessmentPublicationType | None:
        one = self.assessment.publication
        if one is None:
            return None
        return AssessmentPublicationType(
            document_number=one.document_number,
            published_at=one.written.recorded_at,
            author=one.written.author,
            reason=one.written.reason,
        )

    @strawberry.field(description="What the regions came to, by code, within a region where asked.")
    async def results(
        self,
        info: LiangcunInfo,
        within: strawberry.ID | None = None,
        first: int | None = 50,
        after: str | None = None,
    ) -> AssessedRegionConnection:
        size = check_first(first)
        place = self.assessment.region_code
        if within is not None:
            place = (await known_region(info, within)).code
        figures = await _figures(self, info)
        rows = _shared(figures.rows_within(self.assessment.region_code), figures.rows_within(place))
        start = rows.start
        if after is not None:
            start = max(start, bisect_right(figures.codes, str(decode_cursor(after, str)[0])))
        (kept,) = await frozen([self], info)
        page = range(start, min(start + size, rows.stop))
        edges = [
            Edge(
                node=AssessedRegionType(figures=figures, frozen=kept, row=row),
                cursor=encode_cursor(figures.codes[row]),
            )
            for row in page
        ]
        cursors = [edge.cursor for edge in edges]
        return AssessedRegionConnection(
            edges=edges,
            page_info=page_info(cursors, has_next=start + size < rows.stop, after=after),
            total_count=rows.stop - rows.start,
        )


def _shared(a: slice, b: slice) -> slice:
    start = max(a.start, b.start)
    return slice(start, max(start, min(a.stop, b.stop)))


async def _figures(parent: AssessmentType, info: LiangcunInfo) -> Figures:
    """The figures kept, read once a request. Raises UnfinishedAssessment."""
    kept, key = info.context.kept, ("figures", parent.assessment.id)
    if key not in kept:
        async with info.context.reading() as connection:
            kept[key] = Figures.unpacked(await repository.figures_of(connection, parent.assessment.id))
    figures: Figures = kept[key]
    return figures


@strawberry.type(description="A page of assessments, the newest first.")
class AssessmentConnection(Connection[AssessmentType]):
    pass


@strawberry.type(name="AssessmentVerification", description="What working an assessment out again found.")
class AssessmentVerificationType:
    found: strawberry.Private[Verification]

    @strawberry.field
    def assessment(self) -> AssessmentType:
        return AssessmentType(assessment=self.found.assessment)

    @strawberry.field(description="Whether the result was worked out again and is the same.")
    def holds(self) -> bool:
        return self.found.holds

    @strawberry.field(description="What isn't as it was.")
    def differences(self, info: LiangcunInfo) -> list[str]:
        return _told(self.found.differences, info)

    @strawberry.field(description="Why it could not be worked out again; null where it was.")
    def unproved(self, info: LiangcunInfo) -> str | None:
        return None if self.found.unproved is None else self.found.unproved.pick(info.context.locale)

    @strawberry.field(description="Plugins of which another version is installed now.")
    def plugin_changes(self, info: LiangcunInfo) -> list[str]:
        return _told(self.found.changed, info)


def _told(texts: Sequence[Text], info: LiangcunInfo) -> list[str]:
    return [one.pick(info.context.locale) for one in texts]


async def assessment_of(info: LiangcunInfo, id: str) -> AssessmentType | None:
    """The assessment of that number; None when there is none."""
    try:
        number = number_of(id)
    except UnknownAssessment:
        return None
    async with info.context.reading() as connection:
        found = (await repository.by_ids(connection, [number])).get(number)
    return None if found is None else AssessmentType(assessment=found)


async def assessments_page(
    info: LiangcunInfo, within: str, first: int | None, after: str | None
) -> AssessmentConnection:
    """A page of the assessments of places within a region, the newest first.

    Raises UnknownRegion, InvalidPage.
    """
    size = check_first(first)
    code = (await known_region(info, within)).code
    before = None if after is None else int(decode_cursor(after, int)[0])
    async with info.context.reading() as connection:
        page = await repository.within_page(connection, code, first=size, before=before)
    edges = [Edge(node=AssessmentType(assessment=one), cursor=encode_cursor(one.id)) for one in page.items]
    cursors = [edge.cursor for edge in edges]
    return AssessmentConnection(
        edges=edges, page_info=page_info(cursors, has_next=page.has_next, after=after)
    )


async def verification_of(info: LiangcunInfo, id: str) -> AssessmentVerificationType:
    """What proving an assessment finds. Raises UnknownAssessment, UnfinishedAssessment."""
    await info.context.standards()  # which brings the plugins up to date with it
    application = info.context.application
    return AssessmentVerificationType(
        found=await verify(application.database, application.plugins, number_of(id))
    )
