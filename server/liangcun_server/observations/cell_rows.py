"""Fetching what an indicator table is made of: the observations of many regions as plain numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import chain
from typing import Any

import numpy as np
from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Connection,
    Double,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.storage.lists import among
from liangcun_server.storage.tables import indicator, observation
from liangcun_standards.periods import Period
from liangcun_standards.table import Floats, Input, Integers
from liangcun_standards.vocabulary import AssessorLevel, Qualifier

# A province goes in one statement; all China goes in several, since its rows wouldn't fit in memory at once.
REGIONS_AT_ONCE = 20_000
# A fetched row is four numbers: region code, what it is, value, revision. What it is packs lag, indicator
# number, authority and standing; fewer fields are less to carry for each of a country's values.
_FIELDS = 4
_LAG, _INDICATOR, _AUTHORITY = 2**32, 2**6, 2**3
# In place of a region code, in the rows that say which number an indicator has.
_IDENTITY = -1


class Standing(IntEnum):
    """What a fetched value says of the true one."""

    EXACT = 0
    AT_LEAST = 1
    AT_MOST = 2
    SUSPECT = 3
    WITHDRAWN = 4


_STANDINGS: dict[str, int] = {
    Qualifier.EXACT.value: Standing.EXACT,
    Qualifier.AT_LEAST.value: Standing.AT_LEAST,
    Qualifier.AT_MOST.value: Standing.AT_MOST,
    Qualifier.SUSPECT.value: Standing.SUSPECT,
}


def standing_of(qualifier: Qualifier) -> Standing:
    """What a value with that qualifier says of the true one."""
    return Standing(_STANDINGS[qualifier.value])


_AUTHORITIES: dict[str, int] = {level.value: level.authority for level in AssessorLevel}


@dataclass(frozen=True, slots=True)
class CellRows:
    """Observations, superseded ones among them, as columns of equal length and in no order.

    `number` is the region code as a number, `slot` the place among the inputs asked for, `authority` that of
    the assessor level, `standing` a `Standing`.
    """

    number: Integers
    slot: Integers
    authority: Integers
    standing: Integers
    value: Floats
    revision: Integers


@dataclass(frozen=True, slots=True)
class CellQuery:
    """Which observations: `regions` ascending, all of one level; `inputs` in the order of the slots.

    `as_of_revision` leaves out what was written later; `since_revision` leaves out every cell of which
    nothing was written later.
    """

    regions: Sequence[str]
    period: Period
    inputs: Sequence[Input]
    assessor_level: AssessorLevel | None = None
    as_of_revision: int | None = None
    since_revision: int | None = None


async def fetch_cell_rows(connection: AsyncConnection, query: CellQuery) -> CellRows:
    """The observations that `query` asks for.

    One statement for every 20,000 regions; none when nothing can be found.
    """
    parts = [np.empty((0, _FIELDS))]
    if query.inputs:
        for start in range(0, len(query.regions), REGIONS_AT_ONCE):
            regions = query.regions[start : start + REGIONS_AT_ONCE]
            statement = _statement(connection, replace(query, regions=regions))
            parts.append(await connection.run_sync(_numbers, statement))
    return await asyncio.to_thread(_with_slots, np.concatenate(parts), query.inputs)


def _numbers(connection: Connection, statement: CompoundSelect[Any]) -> Floats:
    """The rows of a statement that gives numbers alone, as (n, fields)."""
    with connection.execute(statement) as result:
        # The driver's rows: to make SQLAlchemy's of them would take as long again as the query.
        rows = result.cursor.fetchall()
    numbers = np.fromiter(chain.from_iterable(rows), np.float64, len(rows) * _FIELDS)
    return numbers.reshape(-1, _FIELDS)


def _with_slots(fetched: Floats, inputs: Sequence[Input]) -> CellRows:
    """The rows with slots for lags and numbers of indicators."""
    about_indicators = fetched[:, 0] == _IDENTITY
    identity = fetched[about_indicators, 1].astype(np.int64)
    rows = fetched[~about_indicators]
    number, packed, revision = (rows[:, field].astype(np.int64) for field in (0, 1, 3))
    codes = _codes(inputs)
    # By lag and place among the codes, the slot; -1 where that column wasn't asked for.
    slots = np.full((max((name.lag for name in inputs), default=0) + 1, len(codes)), -1, np.int64)
    for wanted, name in enumerate(inputs):
        slots[name.lag, codes.index(name.indicator)] = wanted
    # By number of an indicator, its place among the codes: the rows are about no others.
    place = np.zeros(int((identity % _LAG).max(initial=0)) // _INDICATOR + 1, np.int64)
    place[identity % _LAG // _INDICATOR] = identity // _LAG
    slot: Integers = slots[packed // _LAG, place[packed % _LAG // _INDICATOR]]
    rest = packed % _INDICATOR
    return CellRows(number, slot, rest // _AUTHORITY, rest % _AUTHORITY, rows[:, 2].copy(), revision)


def _codes(inputs: Sequence[Input]) -> list[str]:
    return sorted({name.indicator for name in inputs})


def _statement(connection: AsyncConnection, query: CellQuery) -> CompoundSelect[Any]:
    """The numbers of the indicators, then the observations of each lag, each with the index made for it."""
    lags = sorted({name.lag for name in query.inputs})
    return union_all(_identities(connection, query), *(_observations(connection, query, lag) for lag in lags))


def _identities(connection: AsyncConnection, query: CellQuery) -> Select[Any]:
    codes = _codes(query.inputs)
    places: dict[str, int] = {code: place * _LAG for place, code in enumerate(codes)}
    place = cast(case(places, value=indicator.c.code), BigInteger)
    return select(
        cast(literal(_IDENTITY), BigInteger),
        place + cast(indicator.c.id, BigInteger) * _INDICATOR,
        cast(literal(0.0), Double),
        cast(literal(0), BigInteger),
    ).where(among(connection, indicator.c.code, codes))


def _observations(connection: AsyncConnection, query: CellQuery, lag: int) -> Select[Any]:
    period = query.period
    for _ in range(lag):
        period = period.previous()
    codes = {name.indicator for name in query.inputs if name.lag == lag}
    conditions = [
        observation.c.period == str(period),
        observation.c.region_code.between(query.regions[0], query.regions[-1]),
        observation.c.indicator_id.in_(
            select(indicator.c.id).where(among(connection, indicator.c.code, codes))
        ),
    ]
    if query.assessor_level is not None:
        conditions.append(observation.c.assessor_level == query.assessor_level.value)
    if query.as_of_revision is not None:
        conditions.append(observation.c.revision_id <= query.as_of_revision)
    authority = case(_AUTHORITIES, value=observation.c.assessor_level)
    withdrawn = (observation.c.value.is_(None), int(Standing.WITHDRAWN))
    words = [(observation.c.qualifier == word, int(standing)) for word, standing in _STANDINGS.items()]
    packed = cast(observation.c.indicator_id, BigInteger) * _INDICATOR
    rows = select(
        cast(observation.c.region_code, BigInteger),
        lag * _LAG + packed + authority * _AUTHORITY + case(withdrawn, *words),
        func.coalesce(observation.c.value, 0.0),
        observation.c.revision_id,
    ).where(*conditions)
    if query.since_revision is None:
        return rows
    # Only what was written is looked at: few rows, found by their revision.
    written = observation.alias("written")
    changed = (
        select(written.c.region_code, written.c.indicator_id)
        .where(
            written.c.revision_id > query.since_revision,
            written.c.period == str(period),
            written.c.region_code.between(query.regions[0], query.regions[-1]),
        )
        .distinct()
        .subquery("changed")
    )
    same_cell = and_(
        observation.c.region_code == changed.c.region_code,
        observation.c.indicator_id == changed.c.indicator_id,
    )
    return rows.select_from(changed.join(observation, same_cell))
