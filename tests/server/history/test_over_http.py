"""History through the API: what changed, and what that did to the ranking."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.conftest import NewDatabase
from tests.server.http.conftest import client_of, post_to

from liangcun_server.application import Application
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_standards.vocabulary import SourceStatus

MENGGU = "220722201204"
_VALUES = """query ($since: DateTime!, $until: DateTime) {
  valueChanges(within: "220722201", since: $since, until: $until) { nodes {
    before { value } after { value region { name } indicator { code } recordedBy } reason }
    pageInfo { hasNextPage } } }"""
_RANKS = """query ($since: DateTime!) {
  rankingChanges(standard: "jiuyou-liuwu", within: "220722201", period: "2023", since: $since) {
    standard { version } regionCount otherScore otherRank otherPassed
    changes { region { code } before { score rank } after { score rank passed }
              because { criterion before after } } } }"""

Ask = Any


@pytest.fixture
def new_database(new_sqlite_database: NewDatabase) -> NewDatabase:
    """HTTP is the same over either database."""
    return new_sqlite_database


@pytest.fixture
async def ask(application: Application) -> AsyncIterator[Ask]:
    async with client_of(application) as client:

        async def asking(query: str, **variables: Any) -> Any:
            answer = (await post_to(client, {"query": query, "variables": variables})).json()
            if "errors" in answer:
                return answer["errors"][0]["extensions"]["code"]
            return next(iter(answer["data"].values()))

        yield asking


async def test_a_correction_and_what_it_did(ask: Ask, application: Application) -> None:
    since = datetime.now(UTC).isoformat()
    correction = NewObservation(
        region_code=MENGGU,
        indicator="village_plan",
        period="2023",
        value=0,
        source_status=SourceStatus.INTERPRETATION,
    )
    await record_observations(
        application.database, application.plugins.indicators, [correction], author="检查组", reason="规划过期"
    )
    (changed,) = (await ask(_VALUES, since=since))["nodes"]
    assert changed == {
        "before": {"value": 1.0},
        "after": {
            "value": 0.0,
            "region": {"name": "蒙古屯村委会"},
            "indicator": {"code": "village_plan"},
            "recordedBy": "检查组",
        },
        "reason": "规划过期",
    }
    ranks = await ask(_RANKS, since=since)
    assert (ranks["regionCount"], ranks["otherScore"], ranks["otherPassed"]) == (7, 1, 1)
    own = next(one for one in ranks["changes"] if one["region"]["code"] == MENGGU)
    assert own["after"]["score"] == own["before"]["score"] - 6
    assert own["because"][0] == {"criterion": "village-plan", "before": 6.0, "after": 0.0}
    assert not own["after"]["passed"]


async def test_a_span_without_changes_has_none(ask: Ask) -> None:
    now = datetime.now(UTC)
    later = (now + timedelta(days=1)).isoformat()
    assert (await ask(_VALUES, since=later))["nodes"] == []
    ranks = await ask(_RANKS, since=later)
    assert (ranks["otherScore"], ranks["changes"]) == (0, [])
    assert await ask(_VALUES, since=later, until=now.isoformat()) == "INVALID_SPAN"
    assert await ask(_VALUES, since="2026-01-01T00:00:00") in ("INVALID_MOMENT", "GRAPHQL_VARIABLES_INVALID")
