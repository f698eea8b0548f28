"""Where the figures behind a result come from, region by region: official, published, simulated."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.scorecards.service import Scores
from liangcun_server.storage.lists import among
from liangcun_server.storage.tables import indicator, observation
from liangcun_standards.regions import code_range
from liangcun_standards.scoring import sub_periods
from liangcun_standards.vocabulary import AssessorLevel, Qualifier, SourceStatus

_AUTHORITIES: dict[str, int] = {level.value: level.authority for level in AssessorLevel}


async def source_statuses(
    connection: AsyncConnection, scores: Scores, within: str
) -> dict[str, frozenset[SourceStatus]]:
    """What the observations that count for each region within `within` (a full code) may claim.

    An observation counts when scoring reads it: the newest of its assessor level, of the level with the most
    authority that has a value, and not suspect. One statement.
    """
    question = scores.question
    low, high = code_range(within)
    cell = (observation.c.region_code, observation.c.indicator_id, observation.c.period)
    age = func.row_number().over(
        partition_by=(*cell, observation.c.assessor_level), order_by=observation.c.revision_id.desc()
    )
    rows = (
        select(observation, age.label("age"))
        .join(indicator, indicator.c.id == observation.c.indicator_id)
        .where(observation.c.region_code.between(low, high), or_(*_read(connection, scores)))
    )
    if question.assessor_level is not None:
        rows = rows.where(observation.c.assessor_level == question.assessor_level.value)
    if question.as_of_revision is not None:
        rows = rows.where(observation.c.revision_id <= question.as_of_revision)
    newest = rows.subquery("newest")
    precedence = func.row_number().over(
        partition_by=(newest.c.region_code, newest.c.indicator_id, newest.c.period),
        order_by=case(_AUTHORITIES, value=newest.c.assessor_level).desc(),
    )
    speaking = (
        select(newest.c.region_code, newest.c.source_status, newest.c.qualifier, precedence.label("place"))
        .where(newest.c.age == 1, newest.c.value.is_not(None))
        .subquery("speaking")
    )
    counted = (
        select(speaking.c.region_code, speaking.c.source_status)
        .where(speaking.c.place == 1, speaking.c.qualifier != Qualifier.SUSPECT.value)
        .distinct()
    )
    found: dict[str, set[SourceStatus]] = {}
    for region_code, status in await connection.execute(counted):
        found.setdefault(region_code, set()).add(SourceStatus(status))
    return {code: frozenset(statuses) for code, statuses in found.items()}


def _read(connection: AsyncConnection, scores: Scores) -> list[ColumnElement[bool]]:
    """The observations that scoring reads: for each lag, which indicators in which periods."""
    standard, period = scores.question.resolved.standard, scores.question.period
    periods = {period, *sub_periods(standard, period)}
    conditions = []
    read = list(scores.result.table.columns)
    for lag in range(max(source.lag for source in read) + 1):
        codes = {source.indicator for source in read if source.lag == lag}
        conditions.append(
            and_(
                among(connection, observation.c.period, {str(one) for one in periods}),
                among(connection, indicator.c.code, codes),
            )
        )
        periods = {one.previous() for one in periods}
    return conditions
