"""Finding in the database what an option names: a region, the newest period with data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.cli.reading import BadOption
from liangcun_server.initialising import place_of
from liangcun_server.observations.repository import recorded_periods
from liangcun_server.regions.region import Region, UnknownRegion
from liangcun_server.regions.repository import by_codes
from liangcun_server.storage.lists import among
from liangcun_server.storage.tables import indicator, observation
from liangcun_standards.periods import Period
from liangcun_standards.regions import code_range, full_code
from liangcun_standards.text import Text

_SHOWN_PERIODS = 8


async def region_named(connection: AsyncConnection, text: str) -> Region:
    """The region that a code names. Raises InvalidRegionCode, UnknownRegion with the way out."""
    code = full_code(text)
    found = (await by_codes(connection, [code])).get(code)
    if found is not None:
        return found
    place = await place_of(connection)
    holder = None if place is None else (await by_codes(connection, [place])).get(place)
    about = Text("", "") if holder is None else Text(f"（{holder.name}）", f" ({holder.name})")
    raise UnknownRegion(
        Text(
            f"数据库{about.zh}里没有区划 {text}；liangcun regions list 可查有哪些",
            f"this database{about.en} has no region {text}; liangcun regions list shows those there are",
        )
    )


async def region_or_place(connection: AsyncConnection, text: str | None) -> Region:
    """The region that a code names or, for none, the place that the database is for."""
    if text is None:
        text = await place_of(connection)
    if text is None:
        raise BadOption(
            Text("请写明区划代码", "name a region by its code"),
            where="--within",
        )
    return await region_named(connection, text)


class ChosenPeriod(NamedTuple):
    """The period that a question is about, and what is to be said of the choice."""

    period: Period
    because: Text | None


async def period_or_newest(
    connection: AsyncConnection, text: str | None, scope: str, indicators: Iterable[str]
) -> ChosenPeriod:
    """The period named or, for none, the newest with a value of one of `indicators` within the scope.

    Where there is no value at all it is the last full year. Raises InvalidPeriod.
    """
    named = None if text is None else Period.parse(text)
    periods = await _periods_with_values(connection, scope, indicators)
    if named is not None:
        return ChosenPeriod(named, None if named in periods else _none_in(periods))
    if periods:
        return ChosenPeriod(periods[-1], Text("最新有数据的时期", "the newest with data"))
    last_year = Period(date.today().year - 1, "year", 1)
    return ChosenPeriod(last_year, Text("没有数据，取上一年", "there is no data; the last full year"))


def _none_in(periods: Sequence[Period]) -> Text:
    listed = "、".join(map(str, periods[-_SHOWN_PERIODS:]))
    if not listed:
        return Text("没有数据", "there is no data")
    return Text(f"这一时期没有数据；有数据的时期：{listed}", f"it has no data; there is data for {listed}")


async def _periods_with_values(
    connection: AsyncConnection, scope: str, indicators: Iterable[str]
) -> list[Period]:
    """The periods with a value, by their last day; of those that end on one day, the longest last."""
    low, high = code_range(scope)
    recorded = recorded_periods()
    # In the order of the index, of which one entry is then enough.
    first = (
        select(observation.c.region_code)
        .join(indicator, indicator.c.id == observation.c.indicator_id)
        .where(
            observation.c.period == recorded.c.period,
            observation.c.region_code.between(low, high),
            observation.c.value.is_not(None),
            among(connection, indicator.c.code, indicators),
        )
        .order_by(observation.c.region_code)
        .limit(1)
        .scalar_subquery()
    )
    found = await connection.scalars(select(recorded.c.period).where(first.is_not(None)))
    return sorted(map(Period.parse, found), key=lambda one: (one.end, -one.start.toordinal()))
