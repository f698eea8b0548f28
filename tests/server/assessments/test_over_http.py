"""Assessments through the API, as a frontend asks for them: run, followed, read, proved, published."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.conftest import NewDatabase
from tests.server.http.conftest import client_of, post_to
from tests.standards.plugins.packages import Packages, hook

from liangcun_server.application import Application
from liangcun_server.operators.tokens import issue_token
from liangcun_standards.periods import Period

_RUN = """mutation ($standard: ID!, $within: ID! = "220722") {
  runAssessment(input: {standard: $standard, within: $within, period: "2023",
                        author: "王敏", reason: "年度考核"}) {
    __typename
    ... on AssessmentRun { assessment {
      id status standardName standardTitle period assessorLevel digest regionCount rankedCount passedCount
      region { name } plugins { name version installedVersion } notices { action text regionCode failed }
      criteria { code title maxScore ruleText sourceStatus } } }
    ... on InputRefused { code message } } }"""
_READ = """query ($id: ID!, $within: ID, $first: Int = 3, $after: String) {
  assessment(id: $id) { status standard { id version }
    results(within: $within, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { region { code name } rank score grade passed verdict completeness lowestPossible highestPossible
            criteria { criterion { code } score status } } } } }"""
_LIVE = """query ($code: ID!, $standard: ID!) { region(code: $code) {
  scorecard(standard: $standard, period: "2023") { score rank(within: "220722") grade { title } passed
    criteria { criterion { code } score status } } } }"""
_PROVE = """query ($id: ID!) { assessmentVerification(id: $id) {
  holds differences unproved pluginChanges assessment { id } } }"""
_PUBLISH = """mutation ($id: ID!) { publishAssessment(
  input: {id: $id, documentNumber: "长乡振发〔2023〕9号", author: "王敏", reason: "县委会议定"}) {
    __typename
    ... on AssessmentPublished { assessment { status publication { documentNumber author reason } } }
    ... on InputRefused { code message } } }"""
_FOLLOW = (
    "subscription ($id: ID!) { assessmentProgress(id: $id) { assessment stage label done total error } }"
)
_ACTION = """
from liangcun_standards import AfterAssessment, Notice, Text, hookimpl

def remark(assessed):
    scored = assessed.scored
    failing = [code for code, passed in zip(scored.regions, assessed.passed) if not passed]
    first = [Notice(Text(f"{failing[0]} 未达标", f"{failing[0]} fails"), failing[0])] if failing else []
    words = f"{assessed.standard} {assessed.scope} {assessed.period}: {len(failing)}/{len(scored.regions)}"
    return [Notice(Text(words, words)), *first]

def fail(assessed):
    raise ValueError("no line to the office")
"""


@pytest.fixture
def new_database(new_sqlite_database: NewDatabase) -> NewDatabase:
    """HTTP is the same over either database."""
    return new_sqlite_database


@pytest.fixture
def packages(packages: Packages) -> Packages:
    """With a plugin that acts after assessments, whose Python runs in a worker."""
    actions = """[
        AfterAssessment("remark", Text("附注", "remark"), remark, "220000/sanhua"),
        AfterAssessment("fail", Text("出错", "fail"), fail, "220000/sanhua")]"""
    packages.add("county-after", _ACTION + hook("liangcun_after_assessment", f"return {actions}"))
    return packages


class Client:
    """A client with the operator's token."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self.http = client
        self._headers = {"authorization": f"Bearer {token}"}

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        reply = await post_to(self.http, {"query": query, "variables": variables}, **self._headers)
        answer = reply.json()
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def follow(self, query: str, **variables: Any) -> list[tuple[str, Any]]:
        """The events of a stream: name and data."""
        reply = await post_to(
            self.http,
            {"query": query, "variables": variables},
            accept="text/event-stream",
            accept_language="en",
            **self._headers,
        )
        assert reply.headers["content-type"].startswith("text/event-stream"), reply.text
        events = []
        for block in reply.text.strip().split("\n\n"):
            named = dict(line.split(":", 1) for line in block.splitlines())
            data = named["data"].strip()
            events.append((named["event"].strip(), json.loads(data) if data else None))
        return events


@pytest.fixture
async def client(served: Application) -> AsyncIterator[Client]:
    token = await issue_token(served.database, author="王敏", reason="测试")
    assert token is not None
    async with client_of(served) as client:
        yield Client(client, token)


async def _run(client: Client, standard: str) -> dict[str, Any]:
    reply = (await client.ask(_RUN, standard=standard))["runAssessment"]
    assert reply["__typename"] == "AssessmentRun", reply
    found: dict[str, Any] = reply["assessment"]
    return found


async def test_a_run_says_what_it_rests_upon_and_keeps_what_the_scorecards_said(client: Client) -> None:
    run = await _run(client, "jiuyou-liuwu")
    assert (run["status"], run["standardName"]) == ("COMPLETE", "220722/jiuyou-liuwu@2023")
    assert (run["region"]["name"], run["regionCount"], run["assessorLevel"]) == ("长岭县", 255, None)
    assert {one["name"] for one in run["plugins"]} == {"jiuyou-liuwu", "village-indicators"}
    assert all(one["version"] == one["installedVersion"] == "0.1.0" for one in run["plugins"])
    assert run["criteria"][0]["code"] == "village-plan"
    assert "6 分" in run["criteria"][0]["ruleText"]

    kept = (await client.ask(_READ, id=run["id"], within="220722201"))["assessment"]
    assert kept["standard"] == {"id": "220722/jiuyou-liuwu", "version": "2023"}
    assert (kept["results"]["totalCount"], len(kept["results"]["nodes"])) == (7, 3)
    for node in kept["results"]["nodes"]:
        live = (await client.ask(_LIVE, code=node["region"]["code"], standard="jiuyou-liuwu"))["region"]
        card = live["scorecard"]
        assert (node["score"], node["rank"], node["passed"]) == (card["score"], card["rank"], card["passed"])
        assert node["grade"] == card["grade"]["title"]
        assert node["criteria"] == card["criteria"]
    after = kept["results"]["pageInfo"]["endCursor"]
    rest = (await client.ask(_READ, id=run["id"], within="220722201", first=10, after=after))["assessment"]
    assert len(rest["results"]["nodes"]) == 4
    assert not rest["results"]["pageInfo"]["hasNextPage"]


async def test_it_is_proved_and_then_published_once(client: Client) -> None:
    run = await _run(client, "sanhua")
    proof = (await client.ask(_PROVE, id=run["id"]))["assessmentVerification"]
    assert proof == {
        "holds": True,
        "differences": [],
        "unproved": None,
        "pluginChanges": [],
        "assessment": {"id": run["id"]},
    }
    published = (await client.ask(_PUBLISH, id=run["id"]))["publishAssessment"]["assessment"]
    assert published == {
        "status": "PUBLISHED",
        "publication": {
            "documentNumber": "长乡振发〔2023〕9号",
            "author": "王敏",
            "reason": "县委会议定",
        },
    }
    again = (await client.ask(_PUBLISH, id=run["id"]))["publishAssessment"]
    assert again["code"] == "ALREADY_PUBLISHED"
    listed = await client.ask('{ assessments(within: "220722", first: 1) { nodes { id status } } }')
    assert listed["assessments"]["nodes"] == [{"id": run["id"], "status": "PUBLISHED"}]


async def test_what_plugins_remark_goes_on_record_and_their_failures_do(client: Client) -> None:
    run = await _run(client, "sanhua")
    simulated, interpreted, remarked, of_one, failed = run["notices"]
    assert (simulated["action"], interpreted["action"]) == ("liangcun", "liangcun")
    assert "模拟数据" in simulated["text"]
    assert "工作释义" in interpreted["text"]
    assert remarked["text"] == "220000/sanhua@2021 220722000000 2023: 21/255"
    assert (of_one["action"], of_one["regionCode"][:6]) == ("county-after.remark", "220722")
    assert (failed["action"], failed["failed"]) == ("county-after.fail", True)
    assert "no line to the office" in failed["text"]
    others = (await _run(client, "jiuyou-liuwu"))["notices"]
    assert {one["action"] for one in others} == {"liangcun"}


async def test_a_run_is_followed_as_events(client: Client) -> None:
    run = await _run(client, "sanhua")
    told, end = await client.follow(_FOLLOW, id=run["id"])
    assert told == (
        "next",
        {
            "data": {
                "assessmentProgress": {
                    "assessment": run["id"],
                    "stage": "DONE",
                    "label": "done",
                    "done": 1,
                    "total": 1,
                    "error": None,
                }
            },
            "extensions": told[1]["extensions"],
        },
    )
    assert end == ("complete", None)


async def test_one_under_way_is_followed_to_its_end(client: Client, served: Application) -> None:
    resolved = served.plugins.standards.find("220000/sanhua")
    number = await served.assessments.begin(
        resolved, "220722000000", Period.parse("2023"), author="王敏", reason="考核"
    )
    told = [one.stage.value for one in [one async for one in served.assessments.runs.follow(number)]]
    assert told[-1] == "done"
    assert len(told) > 1


async def test_queries_come_as_events_too_and_errors_do(client: Client) -> None:
    (answer, end) = await client.follow('{ region(code: "220722") { name } }')
    assert answer[1]["data"] == {"region": {"name": "长岭县"}}
    assert end[0] == "complete"
    (wrong, _) = await client.follow(_FOLLOW, id="99")
    assert wrong[1]["errors"][0]["extensions"]["code"] == "UNKNOWN_ASSESSMENT"
    (invalid, _) = await client.follow("subscription { nothing }")
    assert invalid[1]["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"standard": "nothing-like-it"}, "UNKNOWN_STANDARD"),
        ({"within": "220722201204"}, None),
        ({"within": "999999"}, "UNKNOWN_REGION"),
        ({"standard": "220722/wuge-daowei", "within": "220722201"}, "LEVEL_MISMATCH"),
    ],
)
async def test_what_can_t_be_run_is_refused(client: Client, fields: dict[str, str], code: str | None) -> None:
    reply = (await client.ask(_RUN, **({"standard": "sanhua"} | fields)))["runAssessment"]
    assert reply.get("code") == code, reply


async def test_only_the_operator_runs_assessments(served: Application) -> None:
    async with client_of(served) as http:
        reply = await post_to(http, {"query": _RUN, "variables": {"standard": "sanhua"}})
    assert reply.json()["errors"][0]["extensions"]["code"] == "OPERATOR_TOKEN_NEEDED"


async def test_unknown_ones_are_null_and_unproved(client: Client) -> None:
    for id in ("99", "x", "9" * 50):
        assert (await client.ask("query ($id: ID!) { assessment(id: $id) { id } }", id=id)) == {
            "assessment": None
        }
    reply = await post_to(client.http, {"query": _PROVE, "variables": {"id": "99"}})
    assert reply.json()["errors"][0]["extensions"]["code"] == "UNKNOWN_ASSESSMENT"
