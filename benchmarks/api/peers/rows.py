"""What the DataLoaders of both Python peers ask of PostgreSQL: one statement for all keys of a batch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, Row, String, any_, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from liangcun_server.storage.address import parse_address
from liangcun_server.storage.tables import indicator, observation, region

# (region code, period)
ObservationsKey = tuple[str, str]


def engine_from_environment() -> AsyncEngine:
    """The engine for the database that the benchmark names."""
    return create_async_engine(parse_address(os.environ["LIANGCUN_DATABASE_URL"]))


async def village_page(engine: AsyncEngine, first: int) -> Sequence[Row[Any]]:
    """The first villages by code."""
    statement = select(region).where(region.c.level == "village").order_by(region.c.code).limit(first)
    async with engine.connect() as connection:
        return (await connection.execute(statement)).all()


async def regions(engine: AsyncEngine, codes: Sequence[str]) -> list[Row[Any] | None]:
    """The region of each code."""
    statement = select(region).where(region.c.code == any_(literal(list(codes), ARRAY(String))))
    async with engine.connect() as connection:
        found = {row.code: row for row in await connection.execute(statement)}
    return [found.get(code) for code in codes]


async def observations(engine: AsyncEngine, keys: Sequence[ObservationsKey]) -> list[list[Any]]:
    """The observations of each region in a period, in the order of their indicators."""
    found: dict[ObservationsKey, list[Any]] = {key: [] for key in keys}
    codes = literal([code for code, _ in found], ARRAY(String))
    periods = literal([period for _, period in found], ARRAY(String))
    asked = select(func.unnest(codes).label("code"), func.unnest(periods).label("period")).subquery()
    statement = (
        select(
            observation.c.region_code,
            observation.c.period,
            observation.c.indicator_id,
            observation.c.value,
            observation.c.qualifier,
        )
        .where(tuple_(observation.c.region_code, observation.c.period).in_(select(asked)))
        .order_by(observation.c.region_code, observation.c.indicator_id)
    )
    async with engine.connect() as connection:
        for row in await connection.execute(statement):
            found[row.region_code, row.period].append(row)
    return [found[key] for key in keys]


async def indicators(engine: AsyncEngine, ids: Sequence[int]) -> list[Row[Any]]:
    """The indicator of each number."""
    statement = select(indicator).where(indicator.c.id == any_(literal(list(ids), ARRAY(Integer))))
    async with engine.connect() as connection:
        found = {row.id: row for row in await connection.execute(statement)}
    return [found[number] for number in ids]
