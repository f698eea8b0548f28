"""Looking observations up, always for all askers at once: one statement, however many keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Select, String, any_, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.observations.model import Observation, ObservationKey
from liangcun_server.storage.lists import among
from liangcun_server.storage.tables import indicator, observation, revision
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel, Method, Qualifier, SourceStatus

# Fewer than the parameters that a statement may have.
_NUMBERS_AT_ONCE = 10_000
# The columns of what a value says, besides its region and its indicator.
SAID = (
    "period",
    "assessor_level",
    "value",
    "qualifier",
    "source_status",
    "source",
    "original_text",
    "scope_note",
    "method",
    "note",
    "revision_id",
)
# The members of the word lists by their codes: calling an enumeration for each value takes far longer.
_LEVELS, _QUALIFIERS = {one.value: one for one in AssessorLevel}, {one.value: one for one in Qualifier}
_STATUSES, _METHODS = {one.value: one for one in SourceStatus}, {one.value: one for one in Method}
_AUTHORITY = {one: one.authority for one in AssessorLevel}


async def current(
    connection: AsyncConnection,
    region_codes: Iterable[str],
    *,
    periods: Collection[Period] | None = None,
    indicators: Collection[str] | None = None,
    assessor_level: AssessorLevel | None = None,
    as_of_revision: int | None = None,
) -> dict[str, list[Observation]]:
    """The newest value of each key, for each region asked for, by indicator, period and assessor level.

    None means all; the assessor levels stand side by side. With `as_of_revision`, what was the newest at
    that revision. One statement, none when there is nothing to ask.
    """
    asked = list(dict.fromkeys(region_codes))
    found: dict[str, list[Observation]] = {code: [] for code in asked}
    if not asked or periods == [] or indicators == []:
        return found
    conditions = [among(connection, observation.c.region_code, asked)]
    if periods is None:
        conditions.append(_of_recorded_period(connection))
    else:
        conditions.append(among(connection, observation.c.period, {str(period) for period in periods}))
    if indicators is not None:
        conditions.append(among(connection, indicator.c.code, indicators))
    if assessor_level is not None:
        conditions.append(observation.c.assessor_level == assessor_level.value)
    numbered = _numbered(conditions, as_of_revision)
    for row in await connection.execute(_with_age(numbered, numbered.c.age == 1)):
        value = _observation(row)
        found[value.region_code].append(value)
    for observations in found.values():
        observations.sort(key=_reading_order)
    return found


async def history(
    connection: AsyncConnection, keys: Iterable[ObservationKey], *, as_of_revision: int | None = None
) -> dict[ObservationKey, list[Observation]]:
    """The superseded values of each key, newest first; the current value isn't among them.

    One statement, none when there is nothing to ask.
    """
    found: dict[ObservationKey, list[Observation]] = {key: [] for key in keys}
    if not found:
        return found
    conditions = [
        among(connection, observation.c.region_code, {key.region_code for key in found}),
        among(connection, indicator.c.code, {key.indicator for key in found}),
        among(connection, observation.c.period, {str(key.period) for key in found}),
    ]
    numbered = _numbered(conditions, as_of_revision)
    superseded = _with_age(numbered, numbered.c.age > 1).order_by(numbered.c.age)
    for row in await connection.execute(superseded):
        value = _observation(row)
        # The three lists span more keys than were asked for.
        if value.key in found:
            found[value.key].append(value)
    return found


async def numbered(
    connection: AsyncConnection, numbers: Sequence[int], revisions: Iterable[int]
) -> dict[int, Observation]:
    """The observations with the numbers of those rows, written in those revisions."""
    found: dict[int, Observation] = {}
    written_in = observation.c.revision_id.in_(sorted(set(revisions)))
    for start in range(0, len(numbers), _NUMBERS_AT_ONCE):
        asked = observation.c.id.in_(numbers[start : start + _NUMBERS_AT_ONCE])
        rows = await connection.execute(
            select(observation.c.id, *_read_of(observation, indicator.c.code))
            .join(indicator, indicator.c.id == observation.c.indicator_id)
            .join(revision, revision.c.id == observation.c.revision_id)
            .where(asked, written_in)
        )
        found |= {row[0]: _observation(row[1:]) for row in rows}
    return found


def recorded_periods() -> CTE:
    """The periods that anything was recorded for, as `period`: the index begins with it.

    Each is the smallest after the one before, which takes one look at the index where DISTINCT would read
    all of it.
    """
    first = select(func.min(observation.c.period).label("period")).cte("recorded_periods", recursive=True)
    following = (
        select(func.min(observation.c.period)).where(observation.c.period > first.c.period).scalar_subquery()
    )
    return first.union_all(select(following).where(first.c.period.is_not(None)))


def _of_recorded_period(connection: AsyncConnection) -> ColumnElement[bool]:
    """True of every observation, and a way into the index, which begins with the period."""
    recorded = select(recorded_periods().c.period)
    if connection.dialect.name == "postgresql":
        # An array is looked up in the index; rows of a query might be joined to all of the table.
        return observation.c.period == any_(func.array(recorded.scalar_subquery(), type_=ARRAY(String)))
    return observation.c.period.in_(recorded)


def _numbered(conditions: Iterable[ColumnElement[bool]], as_of_revision: int | None) -> Any:
    """The rows that fit, numbered within their key from the newest, which has `age` 1."""
    age = func.row_number().over(
        partition_by=(
            observation.c.region_code,
            observation.c.indicator_id,
            observation.c.period,
            observation.c.assessor_level,
        ),
        order_by=observation.c.revision_id.desc(),
    )
    rows = (
        select(observation, indicator.c.code.label("indicator"), age.label("age"))
        .join(indicator, indicator.c.id == observation.c.indicator_id)
        .where(*conditions)
    )
    if as_of_revision is not None:
        rows = rows.where(observation.c.revision_id <= as_of_revision)
    return rows.subquery()


def _with_age(numbered: Any, condition: ColumnElement[bool]) -> Select[Any]:
    return (
        select(*_read_of(numbered, numbered.c.indicator))
        .join(revision, revision.c.id == numbered.c.revision_id)
        .where(condition)
    )


def _read_of(table: FromClause, code: ColumnElement[str]) -> list[ColumnElement[Any]]:
    """The columns of observations in the order in which `_observation` takes a row apart."""
    said = (table.c[name] for name in SAID)
    return [table.c.region_code, code, *said, revision.c.recorded_at, revision.c.author]


def _reading_order(value: Observation) -> tuple[str, Period, int]:
    return value.indicator, value.period, _AUTHORITY[value.assessor_level]


_period = lru_cache(maxsize=1024)(Period.parse)


def _observation(row: Sequence[Any]) -> Observation:
    """A row of `_read_of`. Taken apart at once: asking it for each column by name takes far longer."""
    code, name, period, level, value, qualifier, status, source, words, scope, method, note, *rest = row
    return Observation(
        region_code=code,
        indicator=name,
        period=_period(period),
        value=value,
        qualifier=_QUALIFIERS[qualifier],
        assessor_level=_LEVELS[level],
        source_status=_STATUSES[status],
        source=source,
        original_text=words,
        scope_note=scope,
        method=None if method is None else _METHODS[method],
        note=note,
        revision=rest[0],
        recorded_at=rest[1],
        recorded_by=rest[2],
    )
