"""Stock Strawberry: its ASGI application, DataLoaders for every relation, its document caches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

import strawberry
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache

from benchmarks.api.peers import rows

ENGINE = rows.engine_from_environment()


@strawberry.enum
class RegionLevel(Enum):
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    TUN = "tun"


@strawberry.enum
class Qualifier(Enum):
    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    SUSPECT = "suspect"


async def load_regions(codes: list[str]) -> list[Region | None]:
    """The region of each code."""
    return [None if row is None else Region.of(row) for row in await rows.regions(ENGINE, codes)]


async def load_observations(keys: list[rows.ObservationsKey]) -> list[list[Observation]]:
    """The observations of each region and period."""
    return [[Observation.of(row) for row in found] for found in await rows.observations(ENGINE, keys)]


async def load_indicators(numbers: list[int]) -> list[Indicator]:
    """The indicator of each number."""
    return [Indicator(code=row.code) for row in await rows.indicators(ENGINE, numbers)]


@dataclass(frozen=True)
class Loaders:
    """The DataLoaders of one request."""

    regions: DataLoader[str, Region | None]
    observations: DataLoader[rows.ObservationsKey, list[Observation]]
    indicators: DataLoader[int, Indicator]


Info = strawberry.Info[Loaders, None]


@strawberry.type
class Indicator:
    code: strawberry.ID


@strawberry.type
class Observation:
    indicator_id: strawberry.Private[int]
    value: float | None
    qualifier: Qualifier

    @strawberry.field
    async def indicator(self, info: Info) -> Indicator:
        return await info.context.indicators.load(self.indicator_id)

    @classmethod
    def of(cls, row: Any) -> Observation:
        """From a row of the observation table."""
        return cls(indicator_id=row.indicator_id, value=row.value, qualifier=Qualifier(row.qualifier))


@strawberry.type
class Region:
    code: strawberry.ID
    name: str
    level: RegionLevel
    parent_code: strawberry.Private[str | None]

    @strawberry.field
    async def parent(self, info: Info) -> Region | None:
        if self.parent_code is None:
            return None
        return await info.context.regions.load(self.parent_code)

    @strawberry.field
    async def observations(self, info: Info, period: str) -> list[Observation]:
        return await info.context.observations.load((self.code, period))

    @classmethod
    def of(cls, row: Any) -> Region:
        """From a row of the region table."""
        return cls(code=row.code, name=row.name, level=RegionLevel(row.level), parent_code=row.parent_code)


@strawberry.type
class RegionConnection:
    nodes: list[Region]


@strawberry.type
class Query:
    @strawberry.field
    async def villages(self, first: int = 50) -> RegionConnection:
        return RegionConnection(nodes=[Region.of(row) for row in await rows.village_page(ENGINE, first)])

    @strawberry.field
    async def village(self, info: Info, code: strawberry.ID) -> Region | None:
        return await info.context.regions.load(code)


class Application(GraphQL[Loaders, None]):
    """Strawberry's ASGI application with loaders for each request."""

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Loaders:
        return Loaders(DataLoader(load_regions), DataLoader(load_observations), DataLoader(load_indicators))


schema = strawberry.Schema(
    query=Query, extensions=[partial(ParserCache, maxsize=100), partial(ValidationCache, maxsize=100)]
)
app = Application(schema, graphql_ide=None)
