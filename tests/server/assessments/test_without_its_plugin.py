"""An assessment by a plugin's rules stays readable when the plugin is gone, and proved when it is back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.conftest import NewDatabase
from tests.server.assessments.test_over_http import Client
from tests.server.http.conftest import client_of

from liangcun_server.application import Application
from liangcun_server.assessments.bundle.exporting import exported
from liangcun_server.assessments.bundle.proving import proved
from liangcun_server.assessments.frozen import CannotRebuild
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.operators.tokens import issue_token
from liangcun_standards.vocabulary import SourceStatus

_RUN = """mutation { runAssessment(input: {standard: "220722/ladder", within: "220722201", period: "2023",
                                           author: "王敏", reason: "试"}) {
  ... on AssessmentRun { assessment { id status } } ... on InputRefused { code message } } }"""
_READ = """query ($id: ID!) { assessment(id: $id) {
  standardTitle standard { id } plugins { name version installedVersion }
  criteria { title ruleText } results(first: 1) { nodes { score criteria { score status } } } } }"""
_PROVE = """query ($id: ID!) {
  assessmentVerification(id: $id) { holds unproved pluginChanges differences } }"""
_SWITCH = """mutation ($enabled: Boolean!) { setPluginEnabled(
  input: {name: "county-rules", enabled: $enabled, author: "王敏", reason: "试"}) { __typename } }"""


@pytest.fixture
def new_database(new_sqlite_database: NewDatabase) -> NewDatabase:
    """What is kept is the same in either database."""
    return new_sqlite_database


@pytest.fixture
async def client(served: Application) -> AsyncIterator[Client]:
    token = await issue_token(served.database, author="王敏", reason="测试")
    assert token is not None
    async with client_of(served) as client:
        yield Client(client, token)


async def _lit(served: Application) -> None:
    """The values that the plugin's standard reads."""
    codes = [f"220722201{number}" for number in range(200, 207)]
    new = [
        NewObservation(
            region_code=code,
            indicator="county_lit_rate",
            period="2023",
            value=10.0 * place,
            source_status=SourceStatus.INTERPRETATION,
        )
        for place, code in enumerate(codes, start=2)
    ]
    await record_observations(served.database, served.plugins.indicators, new, author="检查组", reason="夜查")


async def test_it_stays_readable_and_is_proved_again_when_the_plugin_is_back(
    client: Client, served: Application, tmp_path: Any
) -> None:
    await _lit(served)
    run = (await client.ask(_RUN))["runAssessment"]["assessment"]
    assert run["status"] == "COMPLETE"
    before = (await client.ask(_READ, id=run["id"]))["assessment"]
    assert before["results"]["nodes"][0]["score"] is not None
    bundle = await exported(served.database, served.plugins, int(run["id"]), tmp_path / "key.pem")
    assert proved(bundle.data, served.plugins).holds

    await client.ask(_SWITCH, enabled=False)
    after = (await client.ask(_READ, id=run["id"]))["assessment"]
    assert after == before | {"standard": None, "plugins": after["plugins"]}
    assert after["criteria"][0]["ruleText"]
    proof = (await client.ask(_PROVE, id=run["id"]))["assessmentVerification"]
    assert (proof["holds"], proof["differences"]) == (False, [])
    assert "county-rules" in proof["unproved"]
    elsewhere = proved(bundle.data, served.plugins)
    assert (elsewhere.differences, elsewhere.unproved is None) == ((), False)
    with pytest.raises(CannotRebuild):
        await exported(served.database, served.plugins, int(run["id"]), tmp_path / "key.pem")

    await client.ask(_SWITCH, enabled=True)
    again = (await client.ask(_PROVE, id=run["id"]))["assessmentVerification"]
    assert again == {"holds": True, "unproved": None, "pluginChanges": [], "differences": []}
