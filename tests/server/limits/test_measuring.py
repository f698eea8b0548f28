"""Documents are measured as they would be executed, but each of their nodes is looked at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from graphql import FieldNode, FragmentDefinitionNode, InlineFragmentNode, SelectionSetNode, parse
from hypothesis import given
from hypothesis import strategies as st
from tests.server.limits.documents import doubling, nested

from liangcun_server.limits.bounds import DEFAULTS
from liangcun_server.limits.measuring import CEILING, DocumentSize, measure
from liangcun_standards.text import LOCALES


def _measured(text: str) -> DocumentSize:
    return measure(parse(text))


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("{ a }", {"depth": 1, "fields": 1, "aliases": 0, "definitions": 1}),
        ("{ a { b c: d } e: f }", {"depth": 2, "fields": 4, "aliases": 2}),
        ("{ ... on A { b { c } } ... { d } }", {"depth": 2, "fields": 3}),
        ("{ a { ...F } ...F } fragment F on A { b: c { d } }", {"depth": 3, "fields": 5, "aliases": 2}),
        ("query A { a } query B { a { b } }", {"depth": 2, "fields": 2, "definitions": 2}),
        ("query Q($v: Int = 1 @x) @y { a @z(b: 1) ...F @z } fragment F on A @w { b }", {"directives": 5}),
        ("{ a(b: [[{c: [1]}]]) }", {"value_depth": 4}),
        ("query Q($v: [Int] = [[1]]) { a @x(b: {c: 1}) }", {"value_depth": 2}),
        ("{ ...F } fragment F on Query { __schema { types { name } } }", {"introspects": True}),
        ("{ x: __type(name: 1) { name } __typename }", {"introspects": True}),
        ("{ __typename }", {"introspects": False}),
        ("{ ...Unknown a }", {"fields": 1}),
        ("fragment F on Query { a }", {"fields": 1}),
        ("type A { b: Int }", {"fields": 0}),
    ],
)
def test_the_size_is_that_of_the_operation_with_its_fragments_spread_out(
    text: str, size: dict[str, Any]
) -> None:
    assert replace(_measured(text), **size) == _measured(text)


@pytest.mark.parametrize("count", [2, 19, 500])
def test_each_spread_is_looked_at_once_however_often_its_fragment_is_spread(count: int) -> None:
    size = _measured(doubling(count, "a: b"))

    assert size.visited == 2 * (count - 1) + 2
    assert size.fields == size.aliases == min(2 ** (count - 1), CEILING)
    assert size.depth == 1


def test_fragments_that_nest_fields_add_up_their_depth() -> None:
    chain = "".join(f"fragment F{n} on A {{ a {{ ...F{n + 1} }} }}" for n in range(500))

    size = _measured(f"{{ ...F0 }} {chain} fragment F500 on A {{ a }}")

    assert size.depth == size.fields == 501
    assert size.visited == 1002


@pytest.mark.parametrize(
    "text",
    [
        "{ ...A } fragment A on Q { a ...A }",
        "{ ...A } fragment A on Q { ...B a } fragment B on Q { ...A b }",
        "{ ...B } fragment A on Q { ...B a } fragment B on Q { ...C ...A } fragment C on Q { ...A ...B c }",
    ],
)
def test_fragments_that_go_in_a_circle_come_to_an_end(text: str) -> None:
    assert 1 <= _measured(text).fields <= 8


def test_what_is_over_a_limit_is_told_in_both_languages_with_the_limit() -> None:
    deep, aliased = _measured(nested(21)), _measured("{ a: b }")

    assert _measured(nested(20)).excess(DEFAULTS) is None
    too_deep, too_many = deep.excess(DEFAULTS), aliased.excess(replace(DEFAULTS, max_aliases=0))
    assert too_deep is not None
    assert too_many is not None
    assert (too_deep.code, too_deep.details) == ("TOO_DEEP", {"limit": 20})
    assert (too_many.code, too_many.details) == ("TOO_MANY_ALIASES", {"limit": 0})
    for locale in LOCALES:
        assert "21" in too_deep.text(locale)
        assert "20" in too_deep.text(locale)


@pytest.mark.parametrize(
    ("text", "limits", "code"),
    [
        ("query A { a } query B { a }", {"max_fragments": 1}, "TOO_MANY_FRAGMENTS"),
        ("{ a @b @c }", {"max_directives": 1}, "TOO_MANY_DIRECTIVES"),
        ("{ a(b: [[[1]]]) }", {"max_depth": 2}, "TOO_DEEP"),
        ("{ ...F ...F } fragment F on Q { a }", {"max_fields": 1}, "TOO_MANY_FIELDS"),
        ("{ ...F ...F } fragment F on Q { a: b }", {"max_aliases": 1}, "TOO_MANY_ALIASES"),
        ("{ __schema { types { name } } }", {"introspection": False}, "INTROSPECTION_DISABLED"),
    ],
)
def test_each_limit_has_a_code_of_its_own(text: str, limits: dict[str, Any], code: str) -> None:
    excess = _measured(text).excess(replace(DEFAULTS, **limits))

    assert excess is not None
    assert excess.code == code
    assert _measured(text).excess(DEFAULTS) is None


# The same, found the slow way: by spreading out every fragment wherever it is spread.

_NAMES = ["F0", "F1", "F2", "F3"]
_fields = st.sampled_from(["a", "b: c", "d { e }", "f: g { h: i j }", "... on A { k }", "... { l: m }"])


def _selections(spreads: list[str]) -> st.SearchStrategy[str]:
    parts = _fields | st.sampled_from([f"...{name}" for name in spreads] or ["z"])
    nests = st.lists(parts, min_size=1, max_size=3).map(lambda some: f"n {{ {' '.join(some)} }}")
    return st.lists(parts | nests, min_size=1, max_size=4).map(" ".join)


@st.composite
def _documents(draw: st.DrawFn) -> str:
    fragments = [
        f"fragment {name} on A {{ {draw(_selections(_NAMES[place + 1 :]))} }}"
        for place, name in enumerate(_NAMES)
    ]
    order = draw(st.permutations(["{ " + draw(_selections(_NAMES)) + " }", *fragments]))
    return " ".join(order)


def _spread_out(selections: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode]) -> Any:
    fields = aliases = depth = 0
    for one in selections.selections:
        if isinstance(one, FieldNode):
            inner = _spread_out(one.selection_set, fragments) if one.selection_set else (0, 0, 0)
            inner = (inner[0] + 1, inner[1] + (one.alias is not None), inner[2] + 1)
        elif isinstance(one, InlineFragmentNode):
            inner = _spread_out(one.selection_set, fragments)
        else:
            inner = _spread_out(fragments[one.name.value].selection_set, fragments)  # type: ignore[attr-defined]
        fields, aliases, depth = fields + inner[0], aliases + inner[1], max(depth, inner[2])
    return fields, aliases, depth


@given(_documents())
def test_the_quick_way_and_the_slow_way_agree(text: str) -> None:
    document = parse(text)
    fragments = {
        one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
    }
    operation = next(one for one in document.definitions if not isinstance(one, FragmentDefinitionNode))

    size = measure(document)

    slow = _spread_out(operation.selection_set, fragments)  # type: ignore[attr-defined]
    assert (size.fields, size.aliases, size.depth) == slow
