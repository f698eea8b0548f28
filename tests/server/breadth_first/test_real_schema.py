"""The API itself, asked breadth-first and as graphql-core does it, at random and as clients ask."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from graphql import parse, validate
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from tests.server.breadth_first.comparing import Answer, Watched, alike, run
from tests.server.breadth_first.operations import Operation, Writer
from tests.server.conftest import SCHEMA

from liangcun_server.application import Application
from liangcun_server.graphql.context import RequestContext
from liangcun_server.storage.statements import count_statements

# graphql-core leaves some coroutines unawaited when it gives up a part of the answer.
pytestmark = pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")

VILLAGE, TOWNSHIP, COUNTY = "220722201204", "220722201000", "220722000000"
REGIONS = ["220722", COUNTY, TOWNSHIP, VILLAGE, "220722100001", "999999", "22072220120", "x"]
STANDARDS = ["jiuyou-liuwu", "sanhua", "wuge-daowei", "220722/jiuyou-liuwu", "nope"]
HINTS: dict[str, list[Any]] = {
    "code": REGIONS,
    "region": REGIONS,
    "within": ["220722", TOWNSHIP, VILLAGE, "999999"],
    "standard": STANDARDS,
    "id": STANDARDS,
    "version": ["2023", "1999"],
    "period": ["2023", "2023", "2023-H1", "2019"],
    "asOf": ["2020-01-01T00:00:00Z", "2100-01-01T00:00:00+08:00"],
    "first": [0, 1, 2, 3, 5000],
    "after": ["WyIyMjA3MjIyMDEyMDQiXQ", "x"],
    "indicators": ["road", "no_such_indicator"],
    "nameContains": ["村", "长", "nowhere"],
}


async def ask(application: Application, executor: type[Any], operation: Operation) -> tuple[Answer, int]:
    """The answer, and how many statements it took."""
    with count_statements(application.database) as statements:
        async with RequestContext(application) as context:
            answer = await run(
                SCHEMA, operation.text, executor, context=context, variables=operation.variables
            )
    return answer, len(statements)


async def compare(application: Application, operation: Operation) -> Answer:
    """Assert that both answer alike."""
    expected, _ = await ask(application, StrawberryGraphQLCoreExecutionContext, operation)
    Watched.seen.clear()
    found, _ = await ask(application, Watched, operation)
    if expected.tree is not None or Watched.seen:
        assert Watched.seen == [("breadth_first", None)]
    alike(expected, found)
    return found


async def test_random_questions_are_answered_as_by_graphql_core(application: Application) -> None:
    answered = 0
    for seed in range(180):
        random = Random(seed)
        writer = Writer(SCHEMA._schema, random, HINTS, most_fields=4, inputs=15, nested=8)
        operation = writer.write(random.randint(2, 5))
        assert validate(SCHEMA._schema, parse(operation.text)) == []
        found = await compare(application, operation)
        answered += found.tree is not None
    assert answered > 40


ASKED = [
    """{ region(code: "220722") { name ancestors { name } observations(period: "2023") { indicator { name }
        text qualifier sourceStatus originalText } children(first: 3) { totalCount edges { cursor
        node { name children(first: 2) { totalCount nodes { name } } } } } } }""",
    """{ villages(within: "220722", first: 20) { nodes { code name parent { name }
        observations(period: "2023") { value qualifier indicator { code } region { name } } } } }""",
    """{ ranking(standard: "jiuyou-liuwu", within: "220722", period: "2023", first: 5) { totalCount digest
        notRanked(first: 2) { region { name } reason } pageInfo { hasNextPage endCursor }
        edges { cursor node { rank region { code name parent { name } } score grade { title } passed verdict
        mainProblems { criterion { title } explanation values { text } } } } } }""",
    """{ scorecard(region: "220722201204", standard: "jiuyou-liuwu", period: "2023") { score grade { title }
        passed completeness rank vetoedBy { title } groups { group { title } score }
        criteria { criterion { title indicators { code } } score status explanation } } }""",
    """{ villages(within: "220722", first: 5) { nodes { name
        scorecard(standard: "sanhua", period: "2023") { score rank criteria { explanation } } } } }""",
    """{ standards { id version title jurisdiction { name } tailoring { criterion reason } }
        plugins { name } indicators(first: 5) { nodes { code name choices { title } } } }""",
    # What comes as columns, whole and mixed with what doesn't.
    """{ villages(within: "220722", first: 30) { nodes { code name level parent { code name level }
        observations { value qualifier period assessorLevel sourceStatus source originalText scopeNote note
        recordedAt recordedBy revision text method indicator { code plugin name unit kind direction minimum
        maximum level source sourceStatus } } } edges { cursor node { name } } pageInfo { endCursor } } }""",
    """{ villages(within: "220722", first: 9) { nodes { parent { name ancestors { name } parent { name } }
        children { nodes { name } } observations(indicators: ["road", "cleaners"]) { region { name }
        history { value } indicator { description choices { code title } } } } } }""",
    """{ ranking(standard: "jiuyou-liuwu", within: "220722", period: "2023", first: 40) { nodes { rank score
        region { code level parent { name } } scorecard { region { name } score criteria { score maxScore
        passed status lowestPossible highestPossible criterion { code title group maxScore } } } } } }""",
    """{ ranking(standard: "sanhua", within: "220722", period: "2023", first: 3) { edges { node { scorecard {
        rank criteria { criterion { ruleText code } explanation values { value } } } } } nodes { scorecard {
        criteria { status criterion { methods } } } } } }""",
    '{ region(code: "x") { name } regions(first: 5000) { totalCount } villages(after: "x") { totalCount } }',
]


@pytest.mark.parametrize("query", ASKED)
async def test_what_is_asked_is_answered_as_by_graphql_core(application: Application, query: str) -> None:
    await compare(application, Operation(query, {}))


async def test_a_level_takes_no_more_statements_than_with_data_loaders(application: Application) -> None:
    operation = Operation(ASKED[1], {})
    await ask(application, Watched, operation)
    _, usual = await ask(application, StrawberryGraphQLCoreExecutionContext, operation)
    _, ours = await ask(application, Watched, operation)
    assert ours == usual
