"""No query per row: the number of SQL statements doesn't grow with what is asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.server.conftest import SCHEMA, Ask

from liangcun_server.application import Application
from liangcun_server.graphql.context import RequestContext
from liangcun_server.storage.statements import count_statements

_FIRST_QUERY = """query First($first: Int!) { villages(within: "220722", first: $first) { nodes {
    code name parent { name } ancestors { name }
    observations(period: "2023") { value text indicator { name } region { name } } } } }"""
_NESTED = """query Nested($first: Int!) { regions(level: TOWNSHIP, within: "220722", first: $first) { nodes {
    name parent { name } children(first: 20) { totalCount nodes {
        name observations { value history { value } } } }
    } } }"""
_SCORECARDS = """query Cards($first: Int!) { villages(within: "220722", first: $first) { nodes {
    scorecard(standard: "sanhua", period: "2023") { score rank standard { jurisdiction { name } }
        criteria { explanation values { text } } } } } }"""
_RANKING = """query Ranking($first: Int!) {
    ranking(standard: "sanhua", within: "220722", period: "2023", first: $first) { edges { node {
        region { name parent { name } } mainProblems { explanation values { value } } } } } }"""


@pytest.mark.parametrize(
    ("query", "few", "many"),
    [(_FIRST_QUERY, 2, 200), (_NESTED, 10, 30), (_SCORECARDS, 2, 200), (_RANKING, 20, 200)],
)
async def test_many_take_as_many_statements_as_a_few(
    ask: Ask, application: Application, query: str, few: int, many: int
) -> None:
    await ask(query, first=few)  # tables and pools are warm from here on
    with count_statements(application.database) as for_few:
        await _ask_anew(application, query, few)
    with count_statements(application.database) as for_many:
        await _ask_anew(application, query, many)
    assert len(for_many) == len(for_few) < 10


async def test_what_is_in_memory_takes_no_statement(ask: Ask, application: Application) -> None:
    query = """{ villages(within: "220722", first: 20) { nodes { code parent { name }
        observations(period: "2023") { value indicator { name } } } } }"""
    first = await ask(query)
    with count_statements(application.database) as statements:
        second = await ask(query)
    assert statements == []
    assert second.data == first.data


async def _ask_anew(application: Application, query: str, first: int) -> None:
    """Ask an application over the same database and tables, with no region or observation in memory yet."""
    async with RequestContext(replace(application)) as context:
        result = await SCHEMA.execute(query, variable_values={"first": first}, context_value=context)
    assert not getattr(result, "errors", None)
