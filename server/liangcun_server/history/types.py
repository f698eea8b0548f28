"""History in GraphQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import strawberry

from liangcun_server.graphql.connections import (
    Connection,
    Edge,
    check_first,
    decode_cursor,
    encode_cursor,
    page_info,
)
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.history.changes import Span, ValueChange, changes_page
from liangcun_server.history.ranks import ranks_between
from liangcun_server.observations.model import ObservationKey
from liangcun_server.observations.types import ObservationType
from liangcun_server.regions.types import known_region
from liangcun_server.scorecards.service import Question, scope_for
from liangcun_server.standards.preview import Preview
from liangcun_server.standards.preview_types import VillageChangeType
from liangcun_server.standards.types import StandardType
from liangcun_standards.errors import LiangcunError
from liangcun_standards.periods import Period
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel


class InvalidSpan(LiangcunError):
    """A span of time that ends before it begins."""

    code = "INVALID_SPAN"


@strawberry.type(name="ValueChange", description="A value that stands otherwise than before.")
class ValueChangeType:
    change: strawberry.Private[ValueChange]

    @strawberry.field(description="What stood at the beginning; null: nothing.")
    def before(self) -> ObservationType | None:
        one = self.change.before
        return None if one is None else ObservationType(observation=one)

    @strawberry.field(description="What stands at the end; its value is null where it was withdrawn.")
    def after(self) -> ObservationType:
        return ObservationType(observation=self.change.after)

    @strawberry.field(description="Why, as the write says.")
    def reason(self) -> str:
        return self.change.reason


@strawberry.type(description="A page of the values that changed, by region and indicator.")
class ValueChangeConnection(Connection[ValueChangeType]):
    pass


@strawberry.type(name="RankingChanges", description="What changes of data did to a ranking.")
class RankingChangesType:
    found: strawberry.Private[Preview]
    span: strawberry.Private[Span]

    @strawberry.field
    def standard(self) -> StandardType:
        return StandardType(resolved=self.found.after)

    @strawberry.field(description="The revisions compared, the earlier first.")
    def revisions(self) -> list[int]:
        return list(self.span)

    @strawberry.field(description="How many regions were compared.")
    def region_count(self) -> int:
        return self.found.villages

    @strawberry.field(description="How many have another total.")
    def other_score(self) -> int:
        return self.found.other_score

    @strawberry.field(description="How many have another place.")
    def other_rank(self) -> int:
        return self.found.other_rank

    @strawberry.field(description="How many have another grade.")
    def other_grade(self) -> int:
        return self.found.other_grade

    @strawberry.field(description="How many pass that didn't, or the other way round.")
    def other_passed(self) -> int:
        return self.found.other_passed

    @strawberry.field(
        description="The regions whose score, place, grade, passing or verdict changed, by their new place."
    )
    def changes(self, first: int | None = 50) -> list[VillageChangeType]:
        return [VillageChangeType(change=one) for one in self.found.changes[: check_first(first)]]


async def span_of(info: LiangcunInfo, since: datetime, until: datetime | None) -> Span:
    """The revisions between two moments, now without the later one. Raises InvalidMoment, InvalidSpan."""
    start = await info.context.revision_at(since)
    end = await info.context.newest_revision() if until is None else await info.context.revision_at(until)
    if until is not None and until < since:
        raise InvalidSpan(Text("until 早于 since", "until is before since"), where="until")
    return Span(start, end)


async def value_changes(
    info: LiangcunInfo,
    within: str,
    span: Span,
    indicators: Sequence[str] | None,
    first: int | None,
    after: str | None,
) -> ValueChangeConnection:
    """A page of changed values. Raises UnknownRegion, InvalidPage."""
    place = (await known_region(info, within)).code
    async with info.context.reading() as connection:
        page = await changes_page(
            connection,
            place,
            span,
            indicators=indicators,
            first=check_first(first),
            after=None if after is None else _key(after),
        )
    edges = [Edge(node=ValueChangeType(change=one), cursor=_cursor(one.key)) for one in page.items]
    cursors = [edge.cursor for edge in edges]
    return ValueChangeConnection(
        edges=edges, page_info=page_info(cursors, has_next=page.has_next, after=after)
    )


def _cursor(key: ObservationKey) -> str:
    return encode_cursor(key.region_code, key.indicator, str(key.period), key.assessor_level.value)


def _key(cursor: str) -> ObservationKey:
    region, indicator, period, level = map(str, decode_cursor(cursor, str, str, str, str))
    return ObservationKey(region, indicator, Period.parse(period), AssessorLevel(level))


async def ranking_changes(
    info: LiangcunInfo, standard: str, within: str, period: Period, span: Span
) -> RankingChangesType:
    """What a span did to a ranking. Raises UnknownRegion, UnknownStandard, LevelMismatch."""
    place = (await known_region(info, within)).code
    resolved = (await info.context.standards()).in_force(standard, place, period)
    application = info.context.application
    found = await ranks_between(
        application.scoring,
        Question(resolved, scope_for(resolved, place), period),
        place,
        span,
        application.plugins.indicators,
        info.context,
    )
    return RankingChangesType(found=found, span=span)
