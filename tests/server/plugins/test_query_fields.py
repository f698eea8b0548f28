"""What plugins answer under `ext`, over HTTP: it comes and goes with its plugin, here and in a worker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.conftest import NewDatabase
from tests.server.http.conftest import client_of, post_to
from tests.server.plugins.conftest import Operate
from tests.standards.plugins.packages import Packages, hook

from liangcun_server.application import Application

_OBSTACLES = """query ($within: ID! = "220722", $first: Int = 50) {
  ext { obstacleDegree { obstacles(within: $within, period: "2023", first: $first) {
    totalCount nodes { criterion title meanDegree foremost } } } } }"""
_BEST = """query ($within: ID! = "220722201", $first: Int = 50) {
  ext { countyRules { best(within: $within, period: "2023", first: $first) {
    totalCount nodes { region { code name } points odd } } } } }"""
_SWITCH = """mutation ($enabled: Boolean!) { setPluginEnabled(
  input: {name: "obstacle-degree", enabled: $enabled, author: "王敏", reason: "试"}) { __typename } }"""

_QUERY = """
import numpy as np
from liangcun_standards import QueryColumn, QueryField, Text, hookimpl

def best(scored):
    order = np.argsort(-np.nan_to_num(scored.total))
    codes, total = scored.regions, scored.total
    return [{"region": codes[row], "points": total[row], "odd": bool(row % 2)} for row in order]
"""
_COLUMNS = """[QueryField("best", Text("最好的", "the best"), "220000/sanhua", (
        QueryColumn("region", "region", Text("村", "village")),
        QueryColumn("points", "number", Text("得分", "points")),
        QueryColumn("odd", "truth", Text("奇", "odd"))), best)]"""


@pytest.fixture
def new_database(new_sqlite_database: NewDatabase) -> NewDatabase:
    """HTTP is the same over either database."""
    return new_sqlite_database


@pytest.fixture
def packages(packages: Packages) -> Packages:
    """With a plugin that has a question of its own, whose Python runs in a worker."""
    asking = hook("liangcun_graphql", f"return {_COLUMNS}")
    packages.add("county-best", _QUERY + asking)
    packages.add("county-wrong", _QUERY.replace("total[row], ", '"many", ') + asking)
    return packages


@pytest.fixture
async def client(served: Application) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(served) as client:
        yield client


async def _asked(client: httpx.AsyncClient, query: str, **variables: Any) -> dict[str, Any]:
    reply = await post_to(client, {"query": query, "variables": variables})
    assert "application/graphql-response+json" in reply.headers["content-type"], reply.text
    answer: dict[str, Any] = reply.json()
    return answer


async def test_the_obstacles_of_a_county_come_the_greatest_first(client: httpx.AsyncClient) -> None:
    reply = await _asked(client, _OBSTACLES)
    assert "errors" not in reply
    found = reply["data"]["ext"]["obstacleDegree"]["obstacles"]
    assert found["totalCount"] == 10
    means = [one["meanDegree"] for one in found["nodes"]]
    assert means == sorted(means, reverse=True)
    assert sum(means) == pytest.approx(100)
    assert sum(one["foremost"] for one in found["nodes"]) <= 255


async def test_a_worker_s_rows_come_with_regions_and_are_cut_to_what_is_asked(
    client: httpx.AsyncClient,
) -> None:
    query = _BEST.replace("countyRules", "countyBest")
    reply = await _asked(client, query, first=3)
    assert "errors" not in reply
    found = reply["data"]["ext"]["countyBest"]["best"]
    assert found["totalCount"] > 3
    assert len(found["nodes"]) == 3
    assert all(one["region"]["code"].startswith("220722201") for one in found["nodes"])
    assert all(one["region"]["name"] for one in found["nodes"])
    assert {type(one["odd"]) for one in found["nodes"]} == {bool}


async def test_rows_that_are_not_as_declared_are_an_error_of_that_plugin(client: httpx.AsyncClient) -> None:
    reply = await _asked(client, _BEST.replace("countyRules", "countyWrong"))
    [error] = reply["errors"]
    assert error["extensions"]["code"] == "PLUGIN_FAILED"
    assert "points: number" in error["message"]
    assert reply["data"] == {"ext": {"countyWrong": {"best": None}}}
    # Others go on.
    assert "errors" not in await _asked(client, _OBSTACLES)


async def test_a_plugin_switched_off_takes_its_field_away_and_brings_it_back(
    client: httpx.AsyncClient, operate: Operate
) -> None:
    assert "errors" not in await _asked(client, _OBSTACLES)
    await operate(_SWITCH, enabled=False)
    gone = await _asked(client, _OBSTACLES)
    assert "obstacleDegree" in gone["errors"][0]["message"]
    assert gone["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    await operate(_SWITCH, enabled=True)
    assert "errors" not in await _asked(client, _OBSTACLES)


async def test_what_a_plugin_answers_costs_like_a_ranking(client: httpx.AsyncClient) -> None:
    reply = await _asked(client, _OBSTACLES, first=1)
    assert reply["extensions"]["cost"]["requested"] >= 50


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"within": "999999"}, "UNKNOWN_REGION"),
        ({"first": 5000}, "INVALID_PAGE"),
        ({"within": "x"}, "INVALID_REGION_CODE"),
    ],
)
async def test_what_can_not_be_asked_is_refused(
    client: httpx.AsyncClient, variables: dict[str, Any], code: str
) -> None:
    reply = await _asked(client, _OBSTACLES, **variables)
    assert reply["errors"][0]["extensions"]["code"] == code, reply
