"""recordObservations as a frontend sends it: whole or not at all, every fault with its place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.conftest import NewDatabase
from tests.server.http.conftest import client_of, post_to

from liangcun_server.application import Application
from liangcun_server.observations.mutations import MOST_AT_ONCE
from liangcun_server.operators.tokens import issue_token

MENGGU = "220722201204"
_RECORD = """mutation ($values: [ObservationInput!]!, $dryRun: Boolean = false, $reason: String = "夜查") {
  recordObservations(input: {observations: $values, author: "检查组", reason: $reason, dryRun: $dryRun}) {
    __typename
    ... on ObservationsRecorded { revision recorded unchanged warnings dryRun }
    ... on ObservationsRefused { code message problemCount problems { index field message } }
    ... on InputRefused { code message } } }"""
_READ = """query ($indicators: [ID!]) { village(code: "220722201204") {
  observations(period: "2023", indicators: $indicators) {
    value text qualifier assessorLevel sourceStatus source method recordedBy history { value } } } }"""

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
            if "errors" in answer:
                return answer["errors"][0]["extensions"]["code"]
            return next(iter(answer["data"].values()))

        yield asking


def value(**fields: Any) -> dict[str, Any]:
    new = {"region": MENGGU, "indicator": "street_lamps", "period": "2023", "value": 41}
    return new | {"sourceStatus": "OFFICIAL", "source": "台账", "method": "UNANNOUNCED"} | fields


async def test_a_value_is_recorded_and_what_stood_stays_in_its_history(ask: Ask) -> None:
    (before,) = (await ask(_READ, indicators=["street_lamps"]))["observations"]
    tried = await ask(_RECORD, values=[value()], dryRun=True)
    assert tried == {
        "__typename": "ObservationsRecorded",
        "revision": None,
        "recorded": 1,
        "unchanged": 0,
        "warnings": [],
        "dryRun": True,
    }
    assert (await ask(_READ, indicators=["street_lamps"]))["observations"] == [before]
    done = await ask(_RECORD, values=[value()])
    assert (done["recorded"], done["revision"] > 0) == (1, True)
    (after,) = (await ask(_READ, indicators=["street_lamps"]))["observations"]
    assert after["history"] == [{"value": before["value"]}]
    assert (after["value"], after["sourceStatus"], after["source"]) == (41.0, "OFFICIAL", "台账")
    assert (after["method"], after["recordedBy"], after["assessorLevel"]) == ("暗检", "检查组", "COUNTY")
    again = await ask(_RECORD, values=[value()])
    assert (again["revision"], again["recorded"], again["unchanged"]) == (None, 0, 1)


async def test_levels_and_qualifiers_stand_as_they_are_sent(ask: Ask) -> None:
    sent = value(indicator="lane_hardened_rate", value=85, qualifier="AT_LEAST", assessorLevel="SELF")
    assert (await ask(_RECORD, values=[sent]))["recorded"] == 1
    found = (await ask(_READ, indicators=["lane_hardened_rate"]))["observations"]
    own = next(one for one in found if one["assessorLevel"] == "SELF")
    assert (own["qualifier"], "不少于" in own["text"]) == ("AT_LEAST", True)
    assert len(found) == 2


async def test_a_suspect_value_is_kept_and_told(ask: Ask) -> None:
    done = await ask(_RECORD, values=[value(value=4100, qualifier="SUSPECT")])
    assert done["recorded"] == 1
    assert "存疑" in done["warnings"][0]


async def test_every_fault_has_its_place_and_nothing_is_written(ask: Ask, application: Application) -> None:
    revision = await application.database.latest_revision()
    refused = await ask(
        _RECORD,
        values=[
            value(),
            value(region="999999999999"),
            value(indicator="streetlamps"),
            value(value=-1),
            value(value=1.5),
            value(),
        ],
    )
    assert (refused["code"], refused["problemCount"]) == ("INVALID_OBSERVATIONS", 5)
    assert [(one["index"], one["field"]) for one in refused["problems"]] == [
        (1, "region"),
        (2, "indicator"),
        (3, "value"),
        (4, "value"),
        (5, "indicator"),
    ]
    assert await application.database.latest_revision() == revision


@pytest.mark.parametrize(
    ("values", "reason", "code"),
    [
        ([value(region="x")], "夜查", "INVALID_OBSERVATIONS"),
        ([value()] * (MOST_AT_ONCE + 1), "夜查", "TOO_MANY_OBSERVATIONS"),
        ([value()], " ", "INVALID_INPUT"),
        ([value(period="last year")], "夜查", "INVALID_PERIOD"),
        ([value(value="many")], "夜查", "GRAPHQL_VARIABLES_INVALID"),
    ],
    ids=["region", "too many", "no reason", "period", "text"],
)
async def test_what_can_t_be_taken_is_said(
    ask: Ask, application: Application, values: list[Any], reason: str, code: str
) -> None:
    object.__setattr__(application.settings, "max_body_bytes", 10_000_000)
    refused = await ask(_RECORD, values=values, reason=reason)
    assert code == (refused if isinstance(refused, str) else refused["code"])


async def test_an_empty_batch_changes_nothing(ask: Ask) -> None:
    assert (await ask(_RECORD, values=[]))["recorded"] == 0


async def test_only_the_operator_records(application: Application) -> None:
    async with client_of(application) as client:
        answer = await post_to(client, {"query": _RECORD, "variables": {"values": [value()]}})
    assert answer.json()["errors"][0]["extensions"]["code"] == "OPERATOR_TOKEN_NEEDED"
