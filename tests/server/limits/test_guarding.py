"""The limits hold for every operation of the schema, whatever way it came in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import strawberry
from strawberry.types import ExecutionResult

from liangcun_server.application import Application
from liangcun_server.graphql.context import RequestContext
from liangcun_server.graphql.schema import build_schema
from liangcun_server.limits.bounds import Limits

_VILLAGES = "{ villages(first: 100) { nodes { name } } }"


@pytest.fixture
def new_database(new_sqlite_database: Any) -> Any:
    return new_sqlite_database


async def _execute(
    application: Application, schema: strawberry.Schema, query: str, client: str | None = None, **more: Any
) -> ExecutionResult:
    async with RequestContext(application, "en", client=client) as context:
        result = await schema.execute(query, context_value=context, **more)
    assert isinstance(result, ExecutionResult)
    return result


def _codes(result: ExecutionResult) -> list[Any]:
    return [(error.extensions or {}).get("code") for error in result.errors or []]


async def test_the_cost_is_shown_beside_what_it_may_be(application: Application) -> None:
    result = await _execute(application, build_schema(), _VILLAGES)

    assert result.errors is None
    assert result.extensions == {"cost": {"requested": 113, "maximum": 200_000, "remaining": None}}


async def test_what_costs_too_much_does_not_run(application: Application) -> None:
    schema = build_schema(limits=Limits(max_cost=112))

    result = await _execute(application, schema, _VILLAGES)

    assert (result.data, _codes(result)) == (None, ["TOO_COSTLY"])
    assert result.extensions == {"cost": {"requested": 113, "maximum": 112, "remaining": None}}
    assert result.errors is not None
    assert "113" in result.errors[0].message
    assert "112" in result.errors[0].message


async def test_each_client_has_a_budget_and_one_without_a_name_has_none(application: Application) -> None:
    schema = build_schema(limits=Limits(budget_points=200, budget_seconds=100))

    first = await _execute(application, schema, _VILLAGES, client="a")
    again = await _execute(application, schema, _VILLAGES, client="a")
    other = await _execute(application, schema, _VILLAGES, client="b")
    nobody = [await _execute(application, schema, _VILLAGES) for _ in range(3)]

    assert first.extensions is not None
    assert first.extensions["cost"]["remaining"] == 87
    assert (again.data, _codes(again)) == (None, ["BUDGET_SPENT"])
    assert again.errors is not None
    assert again.errors[0].extensions is not None
    assert 10 <= again.errors[0].extensions["retryAfter"] <= 13
    assert other.errors is None
    assert [one.errors for one in nobody] == [None] * 3


async def test_the_variables_of_the_request_count(application: Application) -> None:
    schema = build_schema(limits=Limits(max_cost=50))
    query = "query Page($first: Int!) { villages(first: $first) { nodes { name } } }"

    small = await _execute(application, schema, query, variable_values={"first": 10})
    large = await _execute(application, schema, query, variable_values={"first": 100})

    assert (_codes(small), _codes(large)) == ([], ["TOO_COSTLY"])


async def test_the_operation_that_is_named_is_the_one_that_costs(application: Application) -> None:
    schema = build_schema(limits=Limits(max_cost=50))
    query = f"query Small {{ __typename }} query Large {_VILLAGES}"

    small = await _execute(application, schema, query, operation_name="Small")
    large = await _execute(application, schema, query, operation_name="Large")
    neither = await _execute(application, schema, query)

    assert (_codes(small), _codes(large)) == ([], ["TOO_COSTLY"])
    assert _codes(neither) == ["OPERATION_NAME_NEEDED"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A($a: Int!) { villages(first: $a) { totalCount } }", "GRAPHQL_VARIABLES_INVALID"),
        ("query A($a: Int) { region(code: $a) { name } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ a: __typename b: __typename }", "TOO_MANY_ALIASES"),
        ("{ __schema { types { name } } }", "INTROSPECTION_DISABLED"),
        ('{ __type(name: "Region") { name } }', "INTROSPECTION_DISABLED"),
        ("#" * 1000 + "\n{ __typename }", "DOCUMENT_TOO_LARGE"),
    ],
)
async def test_every_refusal_is_explained_and_has_no_cost(
    application: Application, query: str, code: str
) -> None:
    schema = build_schema(limits=Limits(max_aliases=1, introspection=False, max_document_bytes=900))

    result = await _execute(application, schema, query)

    assert (result.data, _codes(result)) == (None, [code])


async def test_typename_is_no_introspection(application: Application) -> None:
    schema = build_schema(limits=Limits(introspection=False))

    assert (await _execute(application, schema, "{ __typename }")).errors is None


async def test_a_request_that_takes_too_long_is_stopped(application: Application) -> None:
    running: list[object] = []

    async def for_ever(question: object, _reading: object) -> None:
        running.append(question)
        try:
            await asyncio.sleep(3600)
        finally:
            running.remove(question)

    object.__setattr__(application.scoring, "scores", for_ever)
    schema = build_schema(limits=Limits(request_seconds=0.05))
    query = '{ scorecard(region: "220722201204", standard: "sanhua", period: "2023") { score } }'

    result = await _execute(application, schema, query)

    assert (result.data, _codes(result)) == (None, ["TIMEOUT"])
    assert result.errors is not None
    assert "0.05 s" in result.errors[0].message
    assert running == []


async def test_batches_left_behind_by_a_request_that_was_stopped_end_with_it(
    application: Application,
) -> None:
    left_behind: list[asyncio.Task[Any]] = []

    async def read_for_ever(context: RequestContext) -> None:
        async with context.reading():
            await asyncio.sleep(3600)

    async with RequestContext(application) as context:
        left_behind += [asyncio.create_task(read_for_ever(context)) for _ in range(2)]
        await asyncio.sleep(0.05)
    await asyncio.wait(left_behind, timeout=10)

    assert [task.cancelled() for task in left_behind] == [True, True]


async def test_streams_are_held_to_the_limits_as_well(application: Application) -> None:
    schema = build_schema(limits=Limits(max_cost=112))
    async with RequestContext(application, "en") as context:
        stream: AsyncIterator[Any] = await schema.stream(_VILLAGES, context_value=context)
        results = [result async for result in stream]

    assert [_codes(result) for result in results] == [["TOO_COSTLY"]]
