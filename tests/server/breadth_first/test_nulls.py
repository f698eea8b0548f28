"""Nulls where there may be none travel up to the nearest place that may be null."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.breadth_first.comparing import run, same

SCHEMA = """
type Query { now: String  nowSure: String!  later: String  laterSure: String!
  nest: Nest  nestSure: Nest!  laterNest: Nest  laterNestSure: Nest!
  nests: [Nest]  nestsSure: [Nest!]  sureNests: [Nest]!  sureNestsSure: [Nest!]! }
type Nest { now: String  nowSure: String!  later: String  laterSure: String!
  nest: Nest  nestSure: Nest!  laterNest: Nest  laterNestSure: Nest!
  nests: [Nest]  nestsSure: [Nest!]  sureNests: [Nest]!  sureNestsSure: [Nest!]! }
"""


class Fine:
    """Whose fields all have values."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def now(self, _info: Any) -> str | None:
        return "now"

    def nowSure(self, info: Any) -> str | None:
        return self.now(info)

    async def later(self, info: Any) -> str | None:
        return self.now(info)

    async def laterSure(self, info: Any) -> str | None:
        return self.now(info)

    def nest(self, _info: Any) -> Any:
        return type(self)()

    nestSure = nest

    async def laterNest(self, _info: Any) -> Any:
        return type(self)()

    laterNestSure = laterNest

    def nests(self, _info: Any) -> list[Any]:
        return [type(self)(), Fine(), type(self)()]

    nestsSure = sureNests = sureNestsSure = nests


class Nulling(Fine):
    """Whose leaves are null."""

    def now(self, _info: Any) -> str | None:
        return None


class Raising(Fine):
    """Whose leaves raise."""

    def now(self, info: Any) -> str | None:
        raise RuntimeError(f"no {info.field_name}")


class Returning(Fine):
    """Whose leaves return the exception instead of raising it."""

    def now(self, info: Any) -> Any:
        return RuntimeError(f"no {info.field_name}")


class Childless(Fine):
    """Whose objects and lists are null."""

    def nest(self, _info: Any) -> Any:
        return None

    nestSure = nests = nestsSure = sureNests = sureNestsSure = nest

    async def laterNest(self, _info: Any) -> Any:
        return None

    laterNestSure = laterNest


ROOTS = [Fine, Nulling, Raising, Returning, Childless]

SYNCHRONOUS = [
    "{ now }",
    "{ nowSure }",
    "{ now nowSure }",
    "{ nowSure now }",
    "{ nest { now nowSure } }",
    "{ nest { nowSure now } }",
    "{ nest { now } nestSure { nowSure } }",
    "{ nestSure { nest { nestSure { nowSure } } now } }",
    "{ nest { nestSure { nestSure { nowSure } now } now } now }",
    "{ nests { nowSure now } }",
    "{ nests { now } nestsSure { nowSure } sureNests { nowSure } now }",
    "{ nestsSure { now nests { now nestSure { nowSure } } } }",
    "{ sureNests { nowSure } }",
    "{ sureNestsSure { now } }",
    "{ nest { sureNestsSure { now nowSure } } }",
    "{ nests { sureNests { nestsSure { nowSure } now } } }",
    "{ nest { now nests { nestsSure { sureNestsSure { nowSure } } now } } now }",
]

AWAITED = [
    "{ later }",
    "{ laterSure }",
    "{ later now laterSure }",
    "{ now laterSure later }",
    "{ nest { later } laterNest { now later } }",
    "{ laterNestSure { nowSure } }",
    "{ laterNestSure { laterSure } }",
    "{ nest { laterNestSure { nestSure { laterNestSure { nowSure } } } } }",
    "{ nests { later } nestsSure { laterSure } }",
    "{ nests { laterNest { nests { laterSure now } } } }",
    "{ nests { laterSure later } }",
    "{ laterNest { now later nest { now later } laterNest { now later } } nest { now later } }",
]


@pytest.mark.parametrize("query", SYNCHRONOUS)
@pytest.mark.parametrize("root", ROOTS)
async def test_nulls_spread_as_in_graphql_core_and_errors_come_in_its_order(query: str, root: type) -> None:
    await same(SCHEMA, query, root=root())


@pytest.mark.parametrize("query", AWAITED)
@pytest.mark.parametrize("root", ROOTS)
async def test_nulls_spread_as_in_graphql_core_from_awaited_fields(query: str, root: type) -> None:
    await same(SCHEMA, query, root=root(), in_order=False)


async def test_what_was_asked_for_before_the_null_is_reported_and_what_comes_after_is_not() -> None:
    found = await same(SCHEMA, "{ nest { nests { now } nowSure later nest { now } } }", root=Raising())
    assert [error.path for error in found.errors] == [
        ("nest", "nests", 0, "now"),
        ("nest", "nests", 2, "now"),
        ("nest", "nowSure"),
    ]


async def test_errors_come_by_how_long_they_were_awaited_then_by_where_they_were_asked_for() -> None:
    query = "{ laterNest { later now } later nest { later now } now }"
    found = await same(SCHEMA, query, root=Raising(), in_order=False)
    assert [error.path for error in found.errors] == [
        ("nest", "now"),
        ("now",),
        ("laterNest", "now"),
        ("later",),
        ("nest", "later"),
        ("laterNest", "later"),
    ]


async def test_an_error_that_is_awaited_is_not_reported_in_a_place_that_is_null_already() -> None:
    found = await same(SCHEMA, "{ nest { later nowSure } }", root=Raising())
    assert [error.path for error in found.errors] == [("nest", "nowSure")]


async def test_side_by_side_a_null_reports_the_errors_that_did_not_have_to_travel() -> None:
    found = await same(SCHEMA, "{ laterNestSure { nowSure } laterNest { nowSure } }", root=Raising())
    assert [error.path for error in found.errors] == [("laterNest", "nowSure"), ("laterNestSure", "nowSure")]


async def test_without_error_propagation_each_error_stays_where_it_is() -> None:
    schema = SCHEMA + "directive @experimental_disableErrorPropagation on QUERY"
    query = (
        "query @experimental_disableErrorPropagation { nestSure { nowSure sureNestsSure { nowSure now } } }"
    )
    found = await same(schema, query, root=Raising())
    assert found.data.startswith("{'nestSure': {'nowSure': None,")
    await same(schema, query, root=Nulling())
    await same(schema, query, root=Childless())


async def test_nulls_of_one_request_are_not_remembered_in_the_next() -> None:
    query = "{ nest { nowSure } now }"
    await same(SCHEMA, query, root=Raising())
    assert (await run(SCHEMA, query, root=Fine())).errors == ()
