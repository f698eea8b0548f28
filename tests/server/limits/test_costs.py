"""What an operation costs: an object one point, a value a tenth, lists as often as they may be long."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import (
    GraphQLObjectType,
    OperationDefinitionNode,
    get_introspection_query,
    get_nullable_type,
    is_list_type,
    parse,
    validate,
)
from hypothesis import given
from hypothesis import strategies as st
from tests.server.limits.documents import doubling

from liangcun_server.graphql.schema import build_schema
from liangcun_server.limits.bounds import DEFAULTS
from liangcun_server.limits.costs import OperationCost
from liangcun_server.limits.measuring import CEILING
from liangcun_server.limits.weights import SIZED_BY, SIZES, WEIGHTS

_SCHEMA = build_schema()._schema
# So that weights of fields don't hide what the tests are about, they start from here: 2 points and 1 for it.
_PAGE = 3


def _formula(text: str) -> OperationCost:
    document = parse(text)
    assert validate(_SCHEMA, document) == []
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return OperationCost.of(_SCHEMA, document, operation)


def _cost(text: str, **variables: Any) -> int:
    return _formula(text).points(variables)


def test_an_object_is_a_point_and_a_value_a_tenth_rounded_up() -> None:
    assert _cost("{ indicators(first: 1) { nodes { code } } }") == 3  # 1 + (1 + 0.1)
    assert _cost("{ indicators(first: 100) { nodes { code } } }") == 111
    assert _cost("{ indicators(first: 100) { nodes { code name unit kind } } }") == 141


@pytest.mark.parametrize(
    ("selection", "points"),
    [
        ("nodes { code }", 110),
        ("edges { node { code } }", 210),
        ("edges { cursor }", 110),
        ("nodes { code } edges { cursor }", 220),
        ("... on RegionConnection { nodes { code } }", 110),
        ("pageInfo { endCursor }", 2),
        ("totalCount", 1),
    ],
)
def test_first_multiplies_the_items_of_a_connection_and_nothing_else(selection: str, points: int) -> None:
    assert _cost(f"{{ villages(first: 100) {{ {selection} }} }}") == _PAGE + points


def test_first_multiplies_inside_a_fragment_too_by_what_each_place_asks() -> None:
    text = """{ ten: villages(first: 10) { ...Page } hundred: villages(first: 100) { ...Page } }
              fragment Page on RegionConnection { nodes { code } pageInfo { endCursor } }"""

    assert _cost(text) == 2 * _PAGE + 11 + 110 + 3


def test_lists_multiply_all_the_way_down() -> None:
    text = "{ villages(first: 10) { nodes { children(first: 20) { nodes { code } } } } }"

    assert _cost(text) == _PAGE + 10 * (1 + 2 + 20 * 1.1)


@pytest.mark.parametrize(
    ("argument", "size"),
    [
        ("", 50),
        ("(first: null)", 50),
        ("(first: 0)", 0),
        ("(first: 1000)", 1000),
        ("(first: 99999)", 1000),
        ("(first: -1)", 0),
    ],
)
def test_first_counts_as_the_field_takes_it(argument: str, size: int) -> None:
    assert _cost(f"{{ villages{argument} {{ edges {{ cursor }} }} }}") == _PAGE + -(-size * 11 // 10)


@pytest.mark.parametrize(
    ("definition", "variables", "size"),
    [
        ("$n: Int", {"n": 7}, 7),
        ("$n: Int", {}, 50),
        ("$n: Int", {"n": None}, 50),
        ("$n: Int = 30", {}, 30),
        ("$n: Int = 30", {"n": 20}, 20),
        ("$n: Int = 30", {"n": None}, 50),
        ("$n: Int", {"n": 10**30}, 1000),
        ("$n: Int", {"n": "many"}, 50),
        ("$n: Int", {"n": True}, 50),
        ("$n: Int", {"n": 1.5}, 50),
    ],
)
def test_a_variable_says_how_long_a_list_is(definition: str, variables: dict[str, Any], size: int) -> None:
    text = f"query Page({definition}) {{ villages(first: $n) {{ edges {{ cursor }} }} }}"

    assert _cost(text, **variables) == _PAGE + -(-size * 11 // 10)


@given(st.integers(0, 1000), st.integers(0, 1000), st.booleans())
def test_a_value_costs_the_same_in_a_variable_and_in_its_place(outer: int, inner: int, ask: bool) -> None:
    text = """query Two($outer: Int, $inner: Int, $ask: Boolean!) { villages(first: $outer) { nodes { code
              children(first: $inner) @include(if: $ask) { nodes { name } } } } }"""
    literal = text.split("{", 1)[1]
    for name, value in (("$outer", outer), ("$inner", inner), ("$ask", str(ask).lower())):
        literal = literal.replace(name, str(value))

    assert _cost(text, outer=outer, inner=inner, ask=ask) == _cost("{" + literal)


def test_a_list_is_as_long_as_the_argument_that_names_its_items() -> None:
    text = """query Some($codes: [ID!]) { region(code: "220722") {
              observations(indicators: $codes) { value } } }"""

    usual = _cost(text)

    assert _cost(text, codes=None) == usual
    assert _cost(text, codes=["a", "b"]) == 2 + -(-22 // 10)
    assert _cost(text.replace("$codes)", '["a", "b"])').replace("query Some($codes: [ID!])", "")) == 5


def test_what_is_left_out_costs_nothing() -> None:
    text = """query Some($no: Boolean = false) { villages(first: 100) {
              totalCount nodes @include(if: $no) { code } ...More @skip(if: true) } }
              fragment More on RegionConnection { edges { cursor } }"""

    assert _cost(text) == _PAGE + 1
    assert _cost(text, no=True) == _PAGE + 111


def test_heavy_fields_weigh_more() -> None:
    arguments = '(standard: "a", region: "220722", period: "2023")'

    assert _cost(f"{{ scorecard{arguments} {{ score }} }}") == 20 + 2


def test_introspection_is_counted_and_the_usual_one_allowed() -> None:
    bomb = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }"

    assert 100 < _cost(get_introspection_query()) < DEFAULTS.max_cost
    assert OperationCost.of(_SCHEMA, parse(bomb), parse(bomb).definitions[0]).points({}) > 30_000  # type: ignore[arg-type]


def test_a_cost_stops_growing_before_it_takes_time_itself() -> None:
    text = "{ villages { ...F0 } }" + "".join(
        f"fragment F{n} on RegionConnection {{ nodes {{ children(first: 1000) {{ ...F{n + 1} }} }} }}"
        for n in range(60)
    )
    text += "fragment F60 on RegionConnection { nodes { name } }"

    assert _cost(text) == CEILING // 10


def test_each_node_is_looked_at_once_however_often_its_fragment_is_spread() -> None:
    count = 150
    selection = "villages(first: $n) { nodes { name } }"
    text = doubling(count, selection).replace("{...F0}", "query Q($n: Int) {...F0}", 1)

    formula = _formula(text)

    assert formula.visited == 1 + 2 * (count - 1) + 3
    assert formula.points({"n": 1}) == CEILING // 10


def test_an_inline_fragment_counts_for_the_type_it_is_on() -> None:
    assert _cost("{ ... on Query { ... { villages(first: 2) { ... { edges { cursor } } } } } }") == _PAGE + 3


# The table.


@pytest.mark.parametrize("coordinate", sorted({*WEIGHTS, *SIZES, *SIZED_BY}))
def test_the_table_names_fields_that_there_are(coordinate: str) -> None:
    type_name, _, field_name = coordinate.partition(".")
    type_ = _SCHEMA.get_type(type_name)

    assert isinstance(type_, GraphQLObjectType)
    field = type_.fields[field_name]
    assert coordinate not in SIZES or is_list_type(get_nullable_type(field.type))
    assert coordinate not in SIZED_BY or SIZED_BY[coordinate] in field.args
