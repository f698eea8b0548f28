"""What is selected: aliases, fragments, directives, merging, and the order of the answer."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import build_schema, parse
from tests.server.breadth_first.comparing import run, same

SCHEMA = """
directive @own(if: Boolean) on FIELD
type Query { a: String b: String c: String deep: Deep other: Deep node: Node nodes: [Node] }
type Deep { a: String b: String c: String deep: Deep deeper(to: Int): Deep node: Node }
interface Node { id: ID a: String }
type Leaf implements Node { id: ID a: String leaf: String }
type Branch implements Node { id: ID a: String nodes: [Node] leaf: Int }
"""


class Root:
    """Who answers to everything."""

    a, b, c, id, leaf = "甲", "乙", "丙", 7, "8"
    __typename = "Leaf"

    def deep(self, _info: Any) -> Root:
        return Root()

    other = deep

    def deeper(self, _info: Any, to: int | None = None) -> Root | None:
        return Root() if to else None

    def node(self, _info: Any) -> Any:
        return Branch()

    def nodes(self, _info: Any) -> list[Any]:
        return [Root(), Branch(), Root()]


class Branch(Root):
    __typename = "Branch"


QUERIES = [
    "{ c a b }",
    "{ x: a y: a a }",
    "{ a b a c b }",
    "{ ... { b } a ... { a b c } }",
    "{ deep { b } a deep { a } }",
    "{ deep { deep { a } } deep { deep { b } a } }",
    "{ deep { ...F } ...R } fragment F on Deep { b ...G a } fragment G on Deep { c b } "
    "fragment R on Query { deep { c } a }",
    "{ ...R ...R a ...R } fragment R on Query { b deep { a ...R2 ...R2 } } fragment R2 on Deep { b }",
    "{ node { id a } nodes { ... on Leaf { leaf } "
    "... on Branch { number: leaf nodes { id ... on Leaf { leaf } } } a } }",
    "{ nodes { ...N ... on Node { id ... on Branch { nodes { ...N } } } } } "
    "fragment N on Node { __typename a }",
    "{ nodes { ... on Leaf { x: leaf } ... on Branch { x: a } } }",
    "{ __typename t: __typename deep { __typename } }",
    "{ deep { deep { deep { deep { deep { deep { a } } } } } } }",
    "{ one: deeper: deep { a: deeper(to: 1) { a } b: deeper(to: 0) { a } c: deeper { a } } }",
    "query Named { a }",
    "{ a @own b @own(if: false) }",
    "{ unknown a }",
    "{ deep { unknown a } a { b } }",
    "{ ...Missing a }",
    "{ ... on Unknown { a } b ... on Deep { a } }",
]


@pytest.mark.parametrize("query", QUERIES)
async def test_what_is_selected_is_answered_in_the_order_it_is_asked_for(query: str) -> None:
    await same(SCHEMA, query.replace("one: deeper: deep", "one: deep"), root=Root())


CONDITIONS = [
    "{ a @skip(if: true) b @include(if: false) c }",
    "{ a @skip(if: false) @include(if: false) b @skip(if: true) @include(if: true) c @include(if: true) }",
    "{ ... @skip(if: true) { a } ... @include(if: true) { b } "
    "...F @skip(if: true) ...G @include(if: false) } "
    "fragment F on Query { c } fragment G on Query { a }",
    "{ deep @include(if: false) { a } deep { b @skip(if: true) c } }",
    "{ ...F @skip(if: true) ...F } fragment F on Query { a }",
    "{ a @skip(if: true) }",
    "{ deep { a @skip(if: true) } }",
    "{ a @skip(if: true) a }",
]


@pytest.mark.parametrize("query", CONDITIONS)
async def test_what_is_skipped_is_not_answered(query: str) -> None:
    await same(SCHEMA, query, root=Root())


CONDITIONAL = """
query ($yes: Boolean!, $no: Boolean = false, $deep: Boolean = true) {
  a @include(if: $yes) b @skip(if: $no) deep @include(if: $deep) { c @skip(if: $yes) ...F @include(if: $no) }
}
fragment F on Deep { a deep { b @include(if: $yes) c } }
"""


@pytest.mark.parametrize("yes", [True, False])
@pytest.mark.parametrize("no", [True, False, None])
@pytest.mark.parametrize("deep", [True, False, None])
async def test_variables_decide_what_is_skipped_each_time_anew(
    yes: bool, no: bool | None, deep: bool | None
) -> None:
    document = parse(CONDITIONAL)
    variables = {"yes": yes, "no": no, "deep": deep}
    for given in (variables, {"yes": not yes}, variables):
        present = {name: value for name, value in given.items() if value is not None}
        await same(build_schema(SCHEMA), document, root=Root(), variables=present)


async def test_a_condition_that_is_null_is_an_error_where_it_is_met() -> None:
    query = "query ($no: Boolean = true) { a deep { b @skip(if: $no) } }"
    found = await same(SCHEMA, query, root=Root(), variables={"no": None})
    assert [error.path for error in found.errors] == [("deep",)]


async def test_of_several_operations_the_one_named_is_answered() -> None:
    document = parse("query A { a deep { a } } query B { b deep { ...F } } fragment F on Deep { b }")
    schema = build_schema(SCHEMA)
    for name in ("A", "B", "A"):
        await same(schema, document, root=Root(), operation_name=name)


async def test_an_operation_that_cannot_be_told_is_refused_as_by_graphql_core() -> None:
    found = await run(SCHEMA, "query A { a } query B { b }", root=Root())
    assert found.errors[0].message.startswith("Must provide operation name")
