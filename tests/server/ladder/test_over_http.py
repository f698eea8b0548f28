"""The ladder through the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.conftest import NewDatabase
from tests.server.http.conftest import client_of, post_to

from liangcun_server.application import Application
from liangcun_server.operators.tokens import issue_token

_SHOW = """query ($region: ID!) {
 assessmentLadder(region: $region, standard: "jiuyou-liuwu", period: "2023") {
  assessorLevel state deadline overdue regionCount reportedCount passedCount meanScore
  steps { action author reason deadline } scorecard { score completeness } } }"""
_STEP = """mutation ($action: LadderAction!, $deadline: Date) { stepLadder(input: {
  region: "220722201", standard: "jiuyou-liuwu", period: "2023", assessorLevel: COUNTY, action: $action,
  deadline: $deadline, author: "王敏", reason: "年度考核"}) {
    __typename ... on LadderStepped { state deadline } ... on InputRefused { code message } } }"""

Ask = Any


@pytest.fixture
def new_database(new_sqlite_database: NewDatabase) -> NewDatabase:
    """HTTP is the same over either database."""
    return new_sqlite_database


@pytest.fixture
async def ask(application: Application) -> AsyncIterator[Ask]:
    token = await issue_token(application.database, author="王敏", reason="测试")

    async with client_of(application) as client:

        async def asking(query: str, **variables: Any) -> Any:
            body = {"query": query, "variables": variables}
            answer = (await post_to(client, body, authorization=f"Bearer {token}")).json()
            assert "errors" not in answer, answer["errors"]
            return next(iter(answer["data"].values()))

        yield asking


async def test_levels_stand_side_by_side(ask: Ask) -> None:
    levels = {one["assessorLevel"]: one for one in await ask(_SHOW, region="220722201")}
    assert list(levels) == ["SELF", "TOWNSHIP", "COUNTY", "PREFECTURE", "PROVINCE"]
    county, own = levels["COUNTY"], levels["SELF"]
    assert (county["regionCount"], county["reportedCount"]) == (7, 7)
    assert 0 < county["meanScore"] < 100
    assert (own["reportedCount"], own["passedCount"], own["meanScore"]) == (0, 0, None)
    assert county["scorecard"] is None
    village = {one["assessorLevel"]: one for one in await ask(_SHOW, region="220722201204")}
    assert village["COUNTY"]["scorecard"] == {"score": 78.0, "completeness": 1.0}
    assert village["SELF"]["scorecard"]["completeness"] == 0


async def test_a_level_is_submitted_accepted_and_shown(ask: Ask) -> None:
    assert await ask(_STEP, action="DEADLINE", deadline="2024-01-31") == {
        "__typename": "LadderStepped",
        "state": "OPEN",
        "deadline": "2024-01-31",
    }
    assert (await ask(_STEP, action="ACCEPT"))["code"] == "INVALID_STEP"
    overdue = next(one for one in await ask(_SHOW, region="220722201") if one["assessorLevel"] == "COUNTY")
    assert overdue["overdue"]
    await ask(_STEP, action="SUBMIT")
    assert (await ask(_STEP, action="ACCEPT"))["state"] == "ACCEPTED"
    shown = next(one for one in await ask(_SHOW, region="220722201") if one["assessorLevel"] == "COUNTY")
    assert (shown["state"], shown["overdue"], len(shown["steps"])) == ("ACCEPTED", False, 3)
