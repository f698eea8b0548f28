"""Errors as they reach the client and the log: message, path, locations, cause and extensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLError, Source, Undefined, build_schema, parse
from tests.server.breadth_first.comparing import run, same

from liangcun_server.breadth_first import BreadthFirstExecutor

SCHEMA = "type Query { a: String b: String! deep: Query sure: Query! all: [Query!] }"


class Coded(Exception):
    """Carries extensions, as errors of other libraries do."""

    extensions = {"code": "CODED"}  # noqa: RUF012


class Worded(Exception):
    """Has a message of its own beside its arguments."""

    message = "in other words"


class OwnPath(GraphQLError):
    """Is located already."""


def raising(error: BaseException) -> Callable[[Any], Any]:
    def resolve(_info: Any) -> Any:
        raise error

    return resolve


def chained(_info: Any) -> Any:
    try:
        raise ValueError("inner")
    except ValueError as error:
        raise RuntimeError("outer") from error


ERRORS: dict[str, Callable[[Any], Any]] = {
    "plain": raising(RuntimeError("plain")),
    "no message": raising(RuntimeError()),
    "coded": raising(Coded("coded")),
    "worded": raising(Worded("not in these")),
    "chained": chained,
    "graphql": raising(GraphQLError("said by GraphQL", extensions={"code": "SAID"})),
    "with nodes": raising(GraphQLError("elsewhere", nodes=parse("{\n  elsewhere }").definitions[0])),
    "with a source": raising(GraphQLError("sourced", source=Source("{ x }"), positions=[2])),
    "located": raising(OwnPath("located", path=["somewhere", 1])),
    "stop iteration": raising(StopIteration("stopped")),
    "key error": lambda _info: {}["missing"],
    "returned": lambda _info: RuntimeError("returned"),
    "returned graphql": lambda _info: GraphQLError("returned by GraphQL"),
    "undefined": lambda _info: Undefined,
    "unserialisable": lambda _info: ["no text"],
}


@pytest.mark.parametrize("resolve", ERRORS.values(), ids=ERRORS.keys())
@pytest.mark.parametrize("field", ["a", "b"])
async def test_an_error_says_what_graphql_core_makes_it_say(field: str, resolve: Any) -> None:
    class Root:
        def all(self, _info: Any) -> list[Any]:
            return [Root(), {field: "fine"}, Root()]

    setattr(Root, field, lambda _self, info: resolve(info))
    await same(SCHEMA, f"{{ all {{ x: {field}\n y: {field} }}\n {field} }}", root=Root())


async def test_an_error_points_at_every_node_that_asked_for_the_field() -> None:
    found = await same(SCHEMA, "{ a\n ...F ... { a } } fragment F on Query { a }", root={"a": ["no text"]})
    assert len(found.errors[0].locations) == 3


async def test_an_error_keeps_its_cause_with_its_traceback() -> None:
    schema = build_schema(SCHEMA)
    from graphql import execute_sync

    result = execute_sync(schema, parse("{ a }"), {"a": chained}, executor_class=BreadthFirstExecutor)
    assert result.errors is not None
    cause = result.errors[0].original_error
    assert isinstance(cause, RuntimeError)
    assert isinstance(cause.__cause__, ValueError)
    assert cause.__traceback__ is not None


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)])
async def test_what_is_no_error_of_a_field_ends_the_operation(error: BaseException) -> None:
    with pytest.raises(type(error)):
        await run(SCHEMA, "{ a }", root={"a": raising(error)})


async def test_the_same_exception_raised_for_many_is_an_error_of_each() -> None:
    error = RuntimeError("the same")
    found = await same(SCHEMA, "{ all { a } }", root={"all": [{"a": raising(error)}] * 3})
    assert [one.path for one in found.errors] == [("all", number, "a") for number in range(3)]
