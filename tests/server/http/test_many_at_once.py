"""Many clients at once over a database that has few connections: all are answered, over either database."""

from __future__ import annotations

import asyncio

import httpx
from tests.conftest import NewDatabase, installed_plugins
from tests.server.http.conftest import client_of, post_to

from liangcun_server.application import Application
from liangcun_server.scorecards.service import ScoringService
from liangcun_server.settings import Settings
from liangcun_server.storage.database import Database

_CLIENTS = 32
_RANKING = """{ ranking(standard: "%s", within: "220722", period: "2023", first: 5) { totalCount nodes {
    region { name parent { name } } score
    scorecard { criteria { criterion { code } score explanation } } } } }"""
_STANDARDS = ("sanhua", "jiuyou-liuwu", "wuge-daowei", "wuge-quanfugai")


async def ranked(address: str) -> list[httpx.Response]:
    """The answers to 32 rankings asked at the same moment, of tables that nobody has asked for before."""
    settings = Settings(database_url=address, budget_points=0)
    plugins = installed_plugins()
    database = Database(settings.database_url, connections=3)
    application = Application(settings, database, plugins, ScoringService(plugins, database))
    try:
        async with client_of(application) as client:
            asked = [_RANKING % _STANDARDS[number % len(_STANDARDS)] for number in range(_CLIENTS)]
            return await asyncio.gather(*(post_to(client, {"query": one}) for one in asked))
    finally:
        await application.close()


async def hold(new_database: NewDatabase) -> None:
    with new_database("demonstration") as address:
        answers = await ranked(address)

    assert [one.status_code for one in answers] == [200] * _CLIENTS
    assert all("errors" not in one.json() for one in answers)
    for number, one in enumerate(answers):
        assert one.json()["data"] == answers[number % len(_STANDARDS)].json()["data"]


async def test_32_rankings_over_three_connections_of_sqlite(new_sqlite_database: NewDatabase) -> None:
    await hold(new_sqlite_database)


async def test_32_rankings_over_three_connections_of_postgresql(new_postgresql_database: NewDatabase) -> None:
    await hold(new_postgresql_database)
