"""No query per row: the number of SQL statements doesn't grow with what is asked for."""

from __future__ import annotations

import pytest
from tests.server.conftest import Ask

from liangcun_server.application import Application
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


@pytest.mark.parametrize("query", [_FIRST_QUERY, _NESTED, _SCORECARDS, _RANKING])
async def test_a_hundred_villages_take_as_many_statements_as_two(
    ask: Ask, application: Application, query: str
) -> None:
    await ask(query, first=2)  # tables and pools are warm from here on
    with count_statements(application.database) as few:
        assert (await ask(query, first=2)).errors == []
    with count_statements(application.database) as many:
        assert (await ask(query, first=100)).errors == []
    assert len(many) == len(few) < 10
