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


@pytest.mark.parametrize(
    ("query", "few", "many"),
    [(_FIRST_QUERY, 2, 200), (_NESTED, 10, 30), (_SCORECARDS, 2, 200), (_RANKING, 20, 200)],
)
async def test_many_take_as_many_statements_as_a_few(
    ask: Ask, application: Application, query: str, few: int, many: int
) -> None:
    await ask(query, first=few)  # tables and pools are warm from here on
    with count_statements(application.database) as for_few:
        assert (await ask(query, first=few)).errors == []
    with count_statements(application.database) as for_many:
        assert (await ask(query, first=many)).errors == []
    assert len(for_many) == len(for_few) < 10
