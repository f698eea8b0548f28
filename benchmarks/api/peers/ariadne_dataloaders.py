"""Ariadne: its own ASGI application, DataLoaders for every relation, parsed and validated documents kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from aiodataloader import DataLoader
from ariadne import EnumType, ObjectType, QueryType, make_executable_schema
from ariadne.asgi import GraphQL
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    TypeInfo,
    parse,
    validate,
)
from graphql.validation import ASTValidationRule

from benchmarks.api.peers import rows

ENGINE = rows.engine_from_environment()

TYPES = """
type Query {
  villages(first: Int! = 50): RegionConnection!
  village(code: ID!): Region
}
type RegionConnection { nodes: [Region!]! }
type Region {
  code: ID!
  name: String!
  level: RegionLevel!
  parent: Region
  observations(period: String!): [Observation!]!
}
type Observation { indicator: Indicator! value: Float qualifier: Qualifier! }
type Indicator { code: ID! }
enum RegionLevel { PROVINCE PREFECTURE COUNTY TOWNSHIP VILLAGE TUN }
enum Qualifier { EXACT AT_LEAST AT_MOST SUSPECT }
"""
LEVELS = ("province", "prefecture", "county", "township", "village", "tun")
QUALIFIERS = ("exact", "at_least", "at_most", "suspect")


@dataclass(frozen=True)
class Loaders:
    """The DataLoaders of one request."""

    regions: DataLoader[str, Any]
    observations: DataLoader[rows.ObservationsKey, Any]
    indicators: DataLoader[int, Any]

    @classmethod
    def of_request(cls, *_: object) -> Loaders:
        """New ones."""
        return cls(
            DataLoader(partial(rows.regions, ENGINE)),
            DataLoader(partial(rows.observations, ENGINE)),
            DataLoader(partial(rows.indicators, ENGINE)),
        )


Info = GraphQLResolveInfo[Loaders]

query = QueryType()
connection = ObjectType("RegionConnection")
region = ObjectType("Region")
observation = ObjectType("Observation")


@query.field("villages")
async def resolve_villages(_root: None, _info: Info, first: int) -> dict[str, Sequence[Any]]:
    """The first villages."""
    return {"nodes": await rows.village_page(ENGINE, first)}


@query.field("village")
async def resolve_village(_root: None, info: Info, code: str) -> Any:
    """One village."""
    return await info.context.regions.load(code)


@region.field("parent")
async def resolve_parent(row: Any, info: Info) -> Any:
    """The region above."""
    return None if row.parent_code is None else await info.context.regions.load(row.parent_code)


@region.field("observations")
async def resolve_observations(row: Any, info: Info, period: str) -> Any:
    """The observations in a period."""
    return await info.context.observations.load((row.code, period))


@observation.field("indicator")
async def resolve_indicator(row: Any, info: Info) -> Any:
    """The indicator."""
    return await info.context.indicators.load(row.indicator_id)


@cache
def parse_once(text: str) -> DocumentNode:
    """The document, parsed when first seen; the benchmark sends a handful."""
    return parse(text)


VALIDATED: dict[int, list[GraphQLError]] = {}


def validate_once(
    schema: GraphQLSchema,
    document_ast: DocumentNode,
    rules: Collection[type[ASTValidationRule]] | None = None,
    max_errors: int | None = None,
    type_info: TypeInfo | None = None,
) -> list[GraphQLError]:
    """The errors of a document that `parse_once` keeps for good."""
    known = VALIDATED.get(id(document_ast))
    if known is None:
        known = VALIDATED[id(document_ast)] = validate(schema, document_ast, rules, max_errors)
    return known


schema = make_executable_schema(
    TYPES,
    query,
    connection,
    region,
    observation,
    EnumType("RegionLevel", {name.upper(): name for name in LEVELS}),
    EnumType("Qualifier", {name.upper(): name for name in QUALIFIERS}),
)
app = GraphQL(
    schema,
    context_value=Loaders.of_request,
    query_parser=lambda _context, data: parse_once(data["query"]),
    query_validator=validate_once,
    introspection=False,
)
