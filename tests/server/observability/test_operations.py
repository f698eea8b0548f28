"""What a GraphQL operation comes to, as the metrics and the log line of its request tell it."""

from __future__ import annotations

import asyncio

import pytest
from tests.server.observability.conftest import Lines, Watched

from liangcun_server.application import Application
from liangcun_server.observability.figures import begin_operation, note_cost
from liangcun_server.storage.statements import count_statements

_VILLAGES = """query Villages { villages(within: "220722", first: 20) {
    nodes { name parent { name } observations(period: "2023") { value } } } }"""
_PARTIAL = '{ good: region(code: "220722") { name } bad: region(code: "1") { name } }'


async def test_statements_are_those_that_the_database_was_sent(
    watched: Watched, application: Application
) -> None:
    async with watched(application) as watching:
        await watching.ask("{ standards { id } }")  # the tables are checked once, before the first statement
        before = watching.count("liangcun_graphql_statements_sum")

        with count_statements(application.database) as statements:
            await watching.ask(_VILLAGES)

        assert watching.count("liangcun_graphql_statements_sum") - before == len(statements) > 0
        assert watching.count("liangcun_graphql_statement_seconds_total") > 0


async def test_an_operation_is_counted_by_type_and_outcome_with_its_time(
    watched: Watched, sqlite_application: Application
) -> None:
    async with watched(sqlite_application) as watching:
        await watching.ask(_VILLAGES)

        assert watching.count("liangcun_graphql_requests_total", operation="query", outcome="ok") == 1
        assert watching.count("liangcun_graphql_request_seconds_count", operation="query") == 1
        assert watching.count("liangcun_graphql_executions_total", mode="breadth_first", fallback="") == 1


async def test_the_parents_of_each_batch_are_counted(
    watched: Watched, sqlite_application: Application
) -> None:
    async with watched(sqlite_application) as watching:
        await watching.ask(_VILLAGES)

        # parent and observations, for twenty villages each
        assert watching.count("liangcun_graphql_batch_parents_count") == 2
        assert watching.count("liangcun_graphql_batch_parents_sum") == 40


@pytest.mark.parametrize(
    ("query", "outcome", "code"),
    [
        (_PARTIAL, "partial", "INVALID_REGION_CODE"),
        ('{ ranking(standard: "none", within: "220722", period: "2023") { totalCount } }', "failed", None),
        ("{ nothing }", "refused", "GRAPHQL_VALIDATION_FAILED"),
        ("{", "refused", "GRAPHQL_PARSE_FAILED"),
    ],
)
async def test_errors_are_counted_by_the_code_that_the_client_gets(
    watched: Watched,
    sqlite_application: Application,
    lines: Lines,
    query: str,
    outcome: str,
    code: str | None,
) -> None:
    async with watched(sqlite_application) as watching:
        response = await watching.ask(query)

        codes = [error["extensions"]["code"] for error in response.json()["errors"]]
        kind = "unknown" if query == "{" else "query"
        assert code is None or codes == [code]
        assert watching.count("liangcun_graphql_errors_total", code=codes[0]) == 1
        assert watching.count("liangcun_graphql_requests_total", operation=kind, outcome=outcome) == 1
        assert (lines[-1]["outcome"], lines[-1]["codes"]) == (outcome, codes)


async def test_the_line_of_the_request_tells_what_the_operation_came_to(
    watched: Watched, sqlite_application: Application, lines: Lines
) -> None:
    async with watched(sqlite_application) as watching:
        await watching.ask(_VILLAGES)

    line = lines[-1]
    assert (line["operation"], line["kind"], line["mode"]) == ("Villages", "query", "breadth_first")
    assert line["statements"] > 0
    assert line["ms"] >= line["sql_ms"] > 0
    assert "codes" not in line


async def test_a_long_operation_name_is_cut_in_the_line(
    watched: Watched, sqlite_application: Application, lines: Lines
) -> None:
    async with watched(sqlite_application) as watching:
        await watching.ask(f"query {'N' * 5000} {{ __typename }}")

    assert lines[-1]["operation"] == "N" * 100


async def test_requests_at_the_same_time_keep_their_figures_apart(
    watched: Watched, sqlite_application: Application, lines: Lines
) -> None:
    async with watched(sqlite_application) as watching:
        # How many there are is asked of the database each time.
        counting = 'query Counting { villages(within: "220722", first: 1) { totalCount } }'
        await watching.ask(counting)
        await asyncio.gather(
            *(watching.ask(query) for query in [counting, "query Nothing { __typename }"] * 5)
        )

    after = lines[1:]  # the first one checked the tables too
    assert {line["statements"] for line in after if line["operation"] == "Nothing"} == {0}
    assert {line["statements"] for line in after if line["operation"] == "Counting"} == {1}


def test_what_an_operation_may_cost_is_noted_for_it() -> None:
    figures = begin_operation()

    note_cost(250)

    assert figures.cost == 250
