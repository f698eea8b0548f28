"""The server's clock is set back while a client works: times go on, and past answers stay as they were."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, tzinfo
from typing import Any, Self

import pytest
from tests.server.audit.test_verifying import audited
from tests.server.http.conftest import client_of, post_to

from liangcun_server.application import Application
from liangcun_server.operators.tokens import issue_token
from liangcun_server.storage import revisions

MENGGU = "220722201204"
_RECORD = """mutation ($value: Float!) { recordObservations(input: {
    author: "检查组", reason: "夜查", observations: [{region: "220722201204", indicator: "village_plan",
      period: "2023", value: $value, sourceStatus: OFFICIAL}]}) {
  ... on ObservationsRecorded { revision recorded } } }"""
_STANDS = """{ village(code: "220722201204") { observations(period: "2023", indicators: ["village_plan"]) {
    value revision recordedAt history { value revision recordedAt } } } }"""
_PAST = """query ($asOf: DateTime!) {
  scorecard(standard: "jiuyou-liuwu", region: "220722201204", period: "2023", asOf: $asOf) {
    score rank(within: "220722") criteria { criterion { code } score } } }"""
_CHANGES = """query ($since: DateTime!, $until: DateTime) {
  valueChanges(within: "220722201204", since: $since, until: $until) { nodes {
    before { value revision } after { value revision recordedAt } } } }"""

Ask = Any


@pytest.fixture
async def ask(application: Application) -> AsyncIterator[Ask]:
    token = await issue_token(application.database, author="王敏", reason="测试")
    async with client_of(application) as client:

        async def asking(query: str, **variables: Any) -> Any:
            body = {"query": query, "variables": variables}
            answer = (await post_to(client, body, authorization=f"Bearer {token}")).json()
            assert "errors" not in answer, answer
            return next(iter(answer["data"].values()))

        yield asking


@pytest.fixture
def set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the clock shows a day in 2001, and each time it is read an hour less."""
    hours = itertools.count()

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls(2001, 1, 1, tzinfo=tz) - timedelta(hours=next(hours))

    monkeypatch.setattr(revisions, "datetime", Clock)


async def stands(ask: Ask) -> dict[str, Any]:
    (found,) = (await ask(_STANDS))["observations"]
    return dict(found)


async def test_a_clock_set_back_changes_no_past_answer(
    ask: Ask, application: Application, request: pytest.FixtureRequest
) -> None:
    assert (await ask(_RECORD, value=0))["recorded"] == 1
    moment = (await stands(ask))["recordedAt"]
    past, changes = await ask(_PAST, asOf=moment), await ask(_CHANGES, since=moment)
    assert changes == {"nodes": []}

    request.getfixturevalue("set_back")
    for value in (1, 0, 1):
        assert (await ask(_RECORD, value=value))["recorded"] == 1
        # Asked in between, as what was kept in memory would be.
        assert await ask(_PAST, asOf=moment) == past

    newest = await stands(ask)
    told = [newest, *newest["history"]]
    assert [one["value"] for one in told[:4]] == [1.0, 0.0, 1.0, 0.0]
    assert [one["revision"] for one in told] == sorted((one["revision"] for one in told), reverse=True)
    times = [datetime.fromisoformat(one["recordedAt"]) for one in told]
    assert times == sorted(times, reverse=True)
    assert len(set(times)) == len(times)

    now = await ask(_PAST, asOf=newest["recordedAt"])
    assert now["score"] > past["score"]
    for earlier in told[1:4]:
        answer = await ask(_PAST, asOf=earlier["recordedAt"])
        assert answer == (now if earlier["value"] else past)
    (changed,) = (await ask(_CHANGES, since=moment))["nodes"]
    assert changed == {
        "before": {"value": 0.0, "revision": told[3]["revision"]},
        "after": {key: newest[key] for key in ("value", "revision", "recordedAt")},
    }
    # Between the two it was once another value, and once again what it had been.
    (between,) = (await ask(_CHANGES, since=moment, until=told[2]["recordedAt"]))["nodes"]
    assert between["after"]["revision"] == told[2]["revision"]
    assert (await ask(_CHANGES, since=moment, until=told[1]["recordedAt"]))["nodes"] == []
    assert (await audited(application.database)).holds
