"""Runs an operation breadth-first and as graphql-core does it, and holds one answer to the other."""

from __future__ import annotations

import asyncio
import gc
import inspect
import warnings
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, build_schema, execute, parse
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from liangcun_server.breadth_first import BreadthFirstExecutor


class Watched(BreadthFirstExecutor):
    """Keeps how each operation was executed."""

    seen: list[tuple[str, str | None]] = []  # noqa: RUF012

    def observe(self) -> None:
        self.seen.append((self.mode, self.reason))


@dataclass(frozen=True)
class Error:
    """What a client and a log see of an error."""

    path: tuple[str | int, ...]
    message: str
    locations: tuple[tuple[int, int], ...]
    cause: str
    extensions: str

    @classmethod
    def of(cls, error: GraphQLError) -> Error:
        return cls(
            tuple(error.path or ()),
            error.message,
            tuple((one.line, one.column) for one in error.locations or ()),
            repr(error.original_error),
            repr(error.extensions),
        )


@dataclass(frozen=True)
class Answer:
    """An answer in terms that compare exactly: `data` with the order of its keys and its values' types."""

    data: str
    errors: tuple[Error, ...]
    tree: Any

    @classmethod
    def of(cls, result: ExecutionResult) -> Answer:
        return cls(repr(result.data), tuple(map(Error.of, result.errors or ())), result.data)


Make = Callable[[], Any]


async def run(
    schema: GraphQLSchema | strawberry.Schema | str,
    query: str | DocumentNode,
    executor: type[Any] = Watched,
    *,
    root: Any = None,
    context: Any = None,
    variables: Mapping[str, Any] | None = None,
    tidy: bool = False,
    **options: Any,
) -> Answer:
    """The answer that an executor gives. Callables for root and context make them anew.

    `tidy`: no task may be left running and no coroutine unawaited; graphql-core leaves some of both.
    """
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        result = execute(
            core_schema(schema),
            parse(query) if isinstance(query, str) else query,
            root_value=root() if callable(root) else root,
            context_value=context() if callable(context) else context,
            variable_values=None if variables is None else dict(variables),
            executor_class=executor,
            **{"is_awaitable": optimized_is_awaitable, **options},
        )
        answer = Answer.of(await settled(result))
        left = asyncio.all_tasks() - {asyncio.current_task()}
        if left:
            await _end(left)
        if inspect.isawaitable(result):
            del result
            gc.collect(1)
    if tidy:
        assert not left
        assert not [str(one.message) for one in warned]
    return answer


async def settled(result: Any) -> ExecutionResult:
    """The result, awaited if it has to be."""
    if inspect.isawaitable(result):
        awaitable: Awaitable[ExecutionResult] = result
        return await awaitable
    assert isinstance(result, ExecutionResult)
    return result


async def both(
    schema: GraphQLSchema | strawberry.Schema | str, query: str | DocumentNode, **options: Any
) -> tuple[Answer, Answer]:
    """graphql-core's answer and ours, which must have been breadth-first."""
    schema = core_schema(schema)
    expected = await run(schema, query, StrawberryGraphQLCoreExecutionContext, **options)
    Watched.seen.clear()
    found = await run(schema, query, **options)
    assert Watched.seen == [("breadth_first", None)]
    return expected, found


async def same(
    schema: GraphQLSchema | strawberry.Schema | str,
    query: str | DocumentNode,
    *,
    in_order: bool = True,
    **options: Any,
) -> Answer:
    """Assert that both give the same answer; with in_order off errors may come in another order."""
    expected, found = await both(schema, query, **options)
    assert found.data == expected.data
    if in_order:
        assert found.errors == expected.errors
    assert _sorted(found) == _sorted(expected)
    return found


async def _end(tasks: set[asyncio.Task[Any]]) -> None:
    """Let tasks end, and make them: data loaders given up half-way keep some waiting for ever."""
    await asyncio.wait(tasks, timeout=0.02)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


def alike(expected: Answer, found: Answer) -> None:
    """Assert that the answers differ in nothing but what GraphQL leaves to chance.

    When awaited fields in error share a place that becomes null, it depends on who's first which of the
    errors are reported: at least one is, all others are the same.
    """
    assert found.data == expected.data
    assert _outside_nulls(found) == _outside_nulls(expected)
    assert _nulls_with_errors(found) == _nulls_with_errors(expected)
    places = [error.path for error in found.errors]
    assert len(places) == len(set(places)), "one error a place"


def core_schema(schema: GraphQLSchema | strawberry.Schema | str) -> GraphQLSchema:
    """graphql-core's schema of any kind of schema; a text is in the schema language."""
    if isinstance(schema, str):
        return build_schema(schema)
    return schema if isinstance(schema, GraphQLSchema) else schema._schema


def _sorted(answer: Answer) -> list[str]:
    return sorted(map(repr, answer.errors))


def _null_place(answer: Answer, error: Error) -> tuple[str | int, ...]:
    """The place that is null because of the error."""
    value, path = answer.tree, ()
    for step in error.path:
        if value is None:
            break
        value, path = value[step], (*path, step)
    return path


def _outside_nulls(answer: Answer) -> set[str]:
    return {repr(error) for error in answer.errors if _null_place(answer, error) == error.path}


def _nulls_with_errors(answer: Answer) -> set[tuple[str | int, ...]]:
    return {_null_place(answer, error) for error in answer.errors}
