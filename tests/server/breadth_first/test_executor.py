"""Plugged into Strawberry: what runs breadth-first, what graphql-core runs, and that either is seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import strawberry
from graphql import AbortController, ExecutionHooks, build_schema, execute, get_introspection_query, parse
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from tests.server.breadth_first.comparing import Watched, run, same, settled


@strawberry.type
class Word:
    text: str = "word"

    @strawberry.field
    async def later(self) -> str:
        return "later"


@strawberry.type
class Query:
    word: Word = strawberry.field(default_factory=Word)

    @strawberry.field
    def words(self) -> list[Word]:
        return [Word(text=text) for text in ("one", "two", "three")]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def counted(self) -> AsyncIterator[Word]:
        for text in ("one", "two"):
            yield Word(text=text)


class Noted(SchemaExtension):
    def on_execute(self) -> Any:
        yield
        Noted.seen = self.execution_context.result

    def get_results(self) -> dict[str, Any]:
        return {"noted": True}

    seen: Any = None


@pytest.fixture
def schema() -> strawberry.Schema:
    Watched.seen.clear()
    return strawberry.Schema(
        query=Query,
        subscription=Subscription,
        extensions=[Noted],
        execution_context_class=Watched,
        config=StrawberryConfig(enable_experimental_incremental_execution=True),
    )


async def test_strawberry_s_results_and_extensions_are_as_ever(schema: strawberry.Schema) -> None:
    result = await schema.execute("{ words { text later } }", root_value=Query())
    assert result.errors is None
    assert result.data == {"words": [{"text": text, "later": "later"} for text in ("one", "two", "three")]}
    assert result.extensions == {"noted": True}
    assert Noted.seen.data == result.data
    assert Watched.seen == [("breadth_first", None)]


def test_without_an_event_loop_what_awaits_nothing_is_answered(schema: strawberry.Schema) -> None:
    result = schema.execute_sync("{ words { text } }", root_value=Query())
    assert result.errors is None
    assert Watched.seen == [("breadth_first", None)]


async def test_errors_before_execution_stay_strawberry_s(schema: strawberry.Schema) -> None:
    for query in ("{ unknown }", "{ words ", "query A { words { text } } query A { words { text } }"):
        assert (await schema.execute(query, root_value=Query())).errors
    assert Watched.seen == []


async def test_subscriptions_are_graphql_core_s_and_seen(schema: strawberry.Schema) -> None:
    stream = await schema.subscribe("subscription { counted { text } }")
    assert [result.data async for result in stream] == [
        {"counted": {"text": "one"}},
        {"counted": {"text": "two"}},
    ]
    assert set(Watched.seen) == {("graphql_core", "subscription")}


async def test_deferred_parts_are_graphql_core_s_and_seen(schema: strawberry.Schema) -> None:
    await schema.execute("{ words { text ... @defer { later } } }", root_value=Query())
    assert Watched.seen == [("graphql_core", "incremental delivery")]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"abort_signal": AbortController().signal}, "abort signal"),
        ({"hooks": ExecutionHooks()}, "execution hooks"),
    ],
)
async def test_what_only_graphql_core_knows_is_left_to_it(options: dict[str, Any], reason: str) -> None:
    Watched.seen.clear()
    found = await run("type Query { a: Int }", "{ a }", root={"a": 1}, **options)
    assert found.tree == {"a": 1}
    assert Watched.seen == [("graphql_core", reason)]


async def test_fragments_with_variables_are_left_to_graphql_core() -> None:
    Watched.seen.clear()
    document = parse(
        "{ ...F(x: 3) } fragment F($x: Int) on Query { a(x: $x) }", experimental_fragment_arguments=True
    )
    root = {"a": lambda _info, x: x}
    found = await run("type Query { a(x: Int): Int }", document, root=root)
    assert found.tree == {"a": 3}
    assert Watched.seen == [("graphql_core", "fragment variables")]


async def test_an_operation_that_the_schema_has_no_root_for_is_refused_as_by_graphql_core() -> None:
    found = await run("type Query { a: Int }", "mutation { a }")
    assert "not configured to execute mutation" in found.errors[0].message


async def test_a_root_selection_in_error_is_refused_as_by_graphql_core() -> None:
    Watched.seen.clear()
    query = "query ($yes: Boolean = true) { a @include(if: $yes) }"
    found = await run("type Query { a: Int }", query, variables={"yes": None})
    assert found.errors
    assert Watched.seen == [("graphql_core", "selection in error")]


async def test_fields_may_be_told_to_run_one_after_the_other_or_not() -> None:
    Watched.seen.clear()
    schema = build_schema("type Query { a: Int } type Mutation { a: Int! b: Int! }")
    seen: list[str] = []

    def see(name: str) -> Any:
        def resolve(_info: Any) -> int | None:
            seen.append(name)
            return None

        return resolve

    for serially, expected in ((None, ["a"]), (False, ["a", "b"])):
        seen.clear()
        built = Watched.build(schema, parse("mutation { a b }"), {"a": see("a"), "b": see("b")})
        assert isinstance(built, Watched)
        result = await settled(built.execute_operation(serially))
        assert seen == expected
        assert result.data is None


INTROSPECTION = [
    get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True
    ),
    '{ __type(name: "Word") { name kind fields { name type { kind ofType { name } } args { name } } } }',
    "{ __schema { queryType { name } types { name fields(includeDeprecated: true) { isDeprecated } } } "
    '__typename missing: __type(name: "Nothing") { name } }',
]


@pytest.mark.parametrize("query", INTROSPECTION)
async def test_introspection_is_answered_like_any_other_field(query: str) -> None:
    await same(strawberry.Schema(query=Query, subscription=Subscription), query)


async def test_an_executor_in_graphql_core_s_own_hands_does_the_same() -> None:
    Watched.seen.clear()
    schema = build_schema("type Query { a: Int }")
    result = execute(schema, parse("{ a }"), {"a": 1}, executor_class=Watched)
    assert (await settled(result)).data == {"a": 1}
    assert Watched.seen == [("breadth_first", None)]
