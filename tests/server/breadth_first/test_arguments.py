"""Arguments and variables reach resolvers as graphql-core coerces them, and what can't be coerced is told."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any

import pytest
import strawberry
from graphql import build_schema
from tests.server.breadth_first.comparing import run, same

SCHEMA = """
enum Colour { RED GREEN }
input Point { x: Int! y: Int = 2 label: String colours: [Colour!] next: Point }
input Choice @oneOf { a: String b: Int }
type Query {
  echo(text: String, number: Int, rate: Float, yes: Boolean, id: ID, colour: Colour, point: Point,
       list: [Int], rows: [[Int!]!], choice: Choice, withDefault: Int = 5, sureWithDefault: Int! = 6): String
  sure(number: Int!): String
  things: [Query]
}
"""


class Root:
    def echo(self, _info: Any, **arguments: Any) -> str:
        return repr(sorted(arguments.items()))

    def sure(self, _info: Any, number: int) -> str:
        return repr(number)

    def things(self, _info: Any) -> list[Root]:
        return [Root(), Root()]


LITERALS = [
    "{ echo }",
    '{ echo(text: "甲", number: -3, rate: 2, yes: true, id: 7, colour: GREEN) }',
    "{ echo(text: null, withDefault: null) other: echo(withDefault: 1, sureWithDefault: 2) }",
    '{ echo(point: {x: 1}) again: echo(point: {x: 1, y: null, colours: RED, next: {x: 2, label: "b"}}) }',
    "{ echo(list: 1, rows: [[1, 2], [3]]) empty: echo(list: [], rows: []) }",
    '{ echo(choice: {a: "x"}) }',
    "{ things { echo(number: 1) things { sure(number: 2) } } }",
]


@pytest.mark.parametrize("query", LITERALS)
async def test_literals_are_coerced(query: str) -> None:
    await same(SCHEMA, query, root=Root())


VARIABLES: list[dict[str, Any]] = [
    {},
    {"n": 3, "t": "甲", "p": {"x": 1}, "l": [1, None]},
    {"n": None, "t": None, "p": None, "l": None},
    {"n": 3, "p": {"x": 1, "y": 5, "next": {"x": 2}, "colours": ["RED"]}, "l": 4, "c": "GREEN"},
]


@pytest.mark.parametrize("variables", VARIABLES, ids=repr)
async def test_variables_are_coerced_with_their_defaults(variables: dict[str, Any]) -> None:
    query = """query ($n: Int, $t: String = "乙", $p: Point, $l: [Int], $c: Colour = RED) {
      echo(number: $n, text: $t, point: $p, list: $l, colour: $c, withDefault: $n)
      inside: echo(list: [1, $n], point: {x: 1, label: $t})
      things { echo(number: $n, withDefault: $n) } }"""
    await same(SCHEMA, query, root=Root(), variables=variables)


@pytest.mark.parametrize("variables", [{}, {"n": "three"}, {"n": None}, {"n": 2**40}], ids=repr)
async def test_variables_that_do_not_fit_are_refused_before_anything_runs(variables: dict[str, Any]) -> None:
    found = await run(SCHEMA, "query ($n: Int!) { sure(number: $n) }", root=Root(), variables=variables)
    assert found.tree is None
    assert "Variable '$n'" in found.errors[0].message


@pytest.mark.parametrize(
    "query",
    [
        "{ sure echo }",
        '{ sure(number: "three") }',
        "query ($n: Int) { sure(number: $n) things { sure(number: $n) } }",
        "query ($n: Int) { echo(sureWithDefault: $n) other: echo(rows: [[1, $n]]) }",
        "{ things { sure(number: null) echo(colour: BLUE) } }",
        '{ echo(choice: {a: "x", b: 1}) also: echo(choice: {}) }',
    ],
)
async def test_arguments_that_do_not_fit_are_the_error_of_each_field_that_has_them(query: str) -> None:
    found = await same(SCHEMA, query, root=Root(), variables={"n": None} if "$n" in query else {})
    assert found.errors


# Strawberry's arguments.


class Colour(Enum):
    RED = "r"
    GREEN = "g"


ColourType = strawberry.enum(Colour)


@strawberry.input
class Point:
    x: int
    y: int = 2
    when: date | None = None
    colours: list[ColourType] | None = None
    label: str | None = strawberry.UNSET


@strawberry.type
class Thing:
    number: int

    @strawberry.field
    def echo(
        self,
        info: strawberry.Info,
        point: Point | None = None,
        colour: ColourType = Colour.RED,
        some_days: list[date] | None = None,
    ) -> str:
        return f"{self.number} {info.field_name} {point} {colour} {some_days}"

    @strawberry.field
    async def later(self, times: int = 1, label: str | None = strawberry.UNSET) -> str:
        return f"{self.number * times} {label!r}"


@strawberry.type
class Query:
    @strawberry.field
    def things(self, count: int = 2) -> list[Thing]:
        return [Thing(number=number) for number in range(count)]


STRAWBERRY = strawberry.Schema(query=Query)


@pytest.mark.parametrize(
    "query",
    [
        "{ things { echo later } }",
        '{ things(count: 3) { echo(point: {x: 1, when: "2023-07-20", colours: [GREEN]}, colour: GREEN) } }',
        '{ things { echo(someDays: ["2023-07-20", "2024-02-29"], point: {x: 1, label: null}) } }',
        '{ things { later(times: 4) other: later(label: null) third: later(label: "x") } }',
        '{ things { echo(someDays: ["2023-02-30"]) number } }',
        "query ($when: Date, $colour: Colour! = GREEN) { "
        "things { echo(point: {x: 1, when: $when}, colour: $colour) } }",
    ],
)
async def test_strawberry_s_arguments_are_converted(query: str) -> None:
    await same(STRAWBERRY, query, root=Query())


def test_the_schema_under_test_is_valid() -> None:
    assert build_schema(SCHEMA).query_type is not None
