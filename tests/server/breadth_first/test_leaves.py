"""Scalars and enums: each value comes out as its type makes it, or is the error that its type makes of it."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, Flag, IntEnum
from fractions import Fraction
from typing import Any, NewType
from uuid import UUID

import pytest
import strawberry
from graphql import GraphQLEnumType, GraphQLScalarType, Undefined, build_schema
from strawberry.schema.config import StrawberryConfig
from tests.server.breadth_first.comparing import same


class Text(str):
    """A text of another class."""


class Worded:
    def __str__(self) -> str:
        return "worded"


class Proxy:
    """Stands for another object, attribute by attribute."""

    def __init__(self, target: Any) -> None:
        self.target = target

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.target, name)

    def __str__(self) -> str:
        return str(self.target)


VALUES: list[Any] = [
    "甲", "", Text("own"), "7", "1e3", b"bytes", 0, 7, -7, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 10**400,
    True, False, 1.0, 1.5, -0.0, 1e308, math.inf, math.nan, Decimal("1.5"), Decimal(2), Fraction(1, 2), 1j,
    None, Undefined, [], [1], {}, (), object, Worded(), Proxy("text"), date(2023, 7, 20),
    UUID(int=7), RuntimeError("no value"),
]  # fmt: skip

SCALARS = ["String", "ID", "Int", "Float", "Boolean"]


@pytest.mark.parametrize("scalar", SCALARS)
async def test_a_column_of_mixed_values_is_serialised_value_by_value(scalar: str) -> None:
    schema = f"type Query {{ all: [Value] list: [{scalar}] }} type Value {{ v: {scalar} sure: {scalar}! }}"
    root = {"all": [{"v": value, "sure": value} for value in VALUES], "list": VALUES}
    await same(schema, "{ all { v sure } list }", root=root)


@pytest.mark.parametrize("scalar", SCALARS)
@pytest.mark.parametrize(
    "value", VALUES, ids=[f"{place}-{type(one).__name__}" for place, one in enumerate(VALUES)]
)
async def test_a_column_of_one_value_is_serialised_as_that_value_is(scalar: str, value: Any) -> None:
    schema = f"type Query {{ list: [{scalar}] sure: [{scalar}!] one: {scalar} }}"
    await same(schema, "{ list sure one }", root={"list": [value] * 3, "sure": [value], "one": value})


async def test_a_scalar_s_own_serialiser_is_called_for_each_value() -> None:
    schema = build_schema("scalar Odd type Query { all: [Odd] sure: [Odd!] }")
    odd = schema.type_map["Odd"]
    assert isinstance(odd, GraphQLScalarType)

    def serialise(value: Any) -> Any:
        if value == 4:
            raise ValueError("four")
        return {1: "one", 2: None, 3: Undefined}.get(value, value)

    odd.coerce_output_value = serialise
    await same(schema, "{ all sure }", root={"all": [1, 2, 3, 4, None, 5], "sure": [1, 5]})


async def test_a_built_in_scalar_that_was_given_another_serialiser_uses_it() -> None:
    schema = build_schema("scalar Text type Query { all: [Text] }")
    from graphql import GraphQLString

    text = schema.type_map["Text"]
    assert isinstance(text, GraphQLScalarType)
    text.coerce_output_value = lambda value: GraphQLString.coerce_output_value(value).upper()
    found = await same(schema, "{ all }", root={"all": ["a", "b"]})
    assert found.tree == {"all": ["A", "B"]}


async def test_graphql_core_s_enums_are_looked_up() -> None:
    schema = build_schema("enum Colour { RED GREEN } type Query { all: [Colour] sure: [Colour!] }")
    colour = schema.type_map["Colour"]
    assert isinstance(colour, GraphQLEnumType)
    await same(
        schema, "{ all sure }", root={"all": ["RED", "GREEN", "BLUE", None, 7, [], "RED"], "sure": ["RED"]}
    )


# Strawberry's scalars and enums.


class Colour(Enum):
    RED = "r"
    CRIMSON = "r"  # noqa: PIE796
    GREEN = "g"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Rights(Flag):
    READ = 1
    WRITE = 2


class Named(Enum):
    FIRST = strawberry.enum_value("first", name="THE_FIRST")
    SECOND = "second"


ColourType = strawberry.enum(Colour)
LevelType = strawberry.enum(Level)
RightsType = strawberry.enum(Rights)
NamedType = strawberry.enum(Named)
Money = NewType("Money", Decimal)


@strawberry.type
class Value:
    colour: ColourType | None = None
    level: LevelType | None = None
    rights: RightsType | None = None
    named: NamedType | None = None
    day: date | None = None
    moment: datetime | None = None
    number: UUID | None = None
    share: Decimal | None = None
    money: Money | None = None
    key: strawberry.ID | None = None
    any: strawberry.scalars.JSON | None = None


@strawberry.type
class Query:
    values: list[Value]
    colours: list[ColourType]


MONEY = strawberry.scalar(name="Money", serialize=lambda value: f"¥{value:.2f}", parse_value=Decimal)
STRAWBERRY = strawberry.Schema(query=Query, config=StrawberryConfig(scalar_map={Money: MONEY}))

ROWS = [
    Value(colour=Colour.RED, level=Level.LOW, rights=Rights.READ, named=Named.FIRST),
    Value(colour=Colour.CRIMSON, level=Level.HIGH, rights=Rights.READ | Rights.WRITE, named=Named.SECOND),
    Value(colour="g", level=2, rights=2, named="second"),
    Value(colour="blue", level=9, named=Colour.RED),
    Value(day=date(2023, 7, 20), moment=datetime(2023, 7, 20, 8, tzinfo=UTC), number=UUID(int=1)),
    Value(day="tomorrow", moment=7, number="x", share="1.50"),
    Value(share=Decimal("1.50"), money=Money(Decimal("2.5")), key=strawberry.ID("k"), any={"a": [1, None]}),
    Value(money="much", key=7, any=[1]),
    Value(),
]
FIELDS = "colour level rights named day moment number share money key any"


@pytest.mark.parametrize("field", FIELDS.split())
async def test_strawberry_s_leaves_in_a_mixed_column_are_serialised_value_by_value(field: str) -> None:
    root = Query(values=ROWS, colours=[Colour.RED])
    await same(STRAWBERRY, f"{{ values {{ {field} }} }}", root=root)


@pytest.mark.parametrize("row", ROWS, ids=[f"row {place}" for place in range(len(ROWS))])
async def test_strawberry_s_leaves_in_a_column_of_one_kind_are_serialised_as_each_is(row: Value) -> None:
    root = Query(values=[row, row], colours=[Colour.GREEN, Colour.CRIMSON, Colour.RED])
    await same(STRAWBERRY, f"{{ values {{ {FIELDS} }} colours }}", root=root)
