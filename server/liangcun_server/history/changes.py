"""The values that changed between two revisions: what stood before, what stands after, who, when and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.observations import repository
from liangcun_server.observations.model import Observation, ObservationKey
from liangcun_server.storage.lists import among
from liangcun_server.storage.pages import Page
from liangcun_server.storage.tables import indicator, observation, revision
from liangcun_standards.periods import Period
from liangcun_standards.regions import code_range
from liangcun_standards.vocabulary import AssessorLevel


class Span(NamedTuple):
    """From just after one revision up to and with another."""

    after: int
    until: int


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value that stands otherwise at the end of a span than at its beginning.

    `before` is None where there was none, `after` says what stands, withdrawn values with None. `reason` is
    that of the write which made it so.
    """

    key: ObservationKey
    before: Observation | None
    after: Observation
    reason: str


async def changes_page(
    connection: AsyncConnection,
    within: str,
    span: Span,
    *,
    indicators: Collection[str] | None = None,
    first: int,
    after: ObservationKey | None = None,
) -> Page[ValueChange]:
    """The values of a region (a twelve-digit code) and all in it that changed, by key.

    A few statements. What was written and put back within the span is no change of it.
    """
    found: list[ValueChange] = []
    while True:
        keys = await _written(connection, within, span, indicators, first + 1, after)
        found += await _changed(connection, keys, span)
        if len(found) > first or len(keys) <= first:
            return Page.of(found, first)
        after = keys[-1]


async def _changed(
    connection: AsyncConnection, keys: Sequence[ObservationKey], span: Span
) -> list[ValueChange]:
    standing = await _standing(connection, keys, span.until)
    before = await _standing(connection, keys, span.after)
    reasons = await _reasons(connection, {one.revision for one in standing.values()})
    return [
        ValueChange(key, before.get(key), standing[key], reasons[standing[key].revision])
        for key in keys
        if _content(before.get(key)) != _content(standing[key])
    ]


async def _written(
    connection: AsyncConnection,
    within: str,
    span: Span,
    indicators: Collection[str] | None,
    most: int,
    after: ObservationKey | None,
) -> list[ObservationKey]:
    low, high = code_range(within)
    columns = (
        observation.c.region_code,
        indicator.c.code,
        observation.c.period,
        observation.c.assessor_level,
    )
    asked = (
        select(*columns)
        .join(indicator, indicator.c.id == observation.c.indicator_id)
        .where(
            observation.c.revision_id > span.after,
            observation.c.revision_id <= span.until,
            observation.c.region_code.between(low, high),
        )
        .distinct()
        .order_by(*columns)
        .limit(most)
    )
    if indicators is not None:
        asked = asked.where(among(connection, indicator.c.code, indicators))
    if after is not None:
        place = (after.region_code, after.indicator, str(after.period), after.assessor_level.value)
        asked = asked.where(tuple_(*columns) > tuple_(*place))
    return [
        ObservationKey(region, code, Period.parse(period), AssessorLevel(level))
        for region, code, period, level in await connection.execute(asked)
    ]


async def _standing(
    connection: AsyncConnection, keys: Sequence[ObservationKey], at: int
) -> dict[ObservationKey, Observation]:
    """What stood under some keys at a revision."""
    found = await repository.current(
        connection,
        {key.region_code for key in keys},
        periods=sorted({key.period for key in keys}, key=str),
        indicators={key.indicator for key in keys},
        as_of_revision=at,
    )
    wanted = set(keys)
    return {one.key: one for several in found.values() for one in several if one.key in wanted}


def _content(one: Observation | None) -> tuple[object, ...] | None:
    """What a value says; one that was withdrawn says as little as none."""
    if one is None or one.value is None:
        return None
    return one.value, one.qualifier, one.source_status, one.source


async def _reasons(connection: AsyncConnection, numbers: Collection[int]) -> dict[int, str]:
    if not numbers:
        return {}
    asked = select(revision.c.id, revision.c.reason).where(revision.c.id.in_(numbers))
    return {row.id: row.reason for row in await connection.execute(asked)}
