"""/readyz: whether requests may come."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from sqlalchemy import text
from tests.conftest import NewDatabase, installed_plugins
from tests.server.observability.conftest import Watched

from liangcun_server.application import Application
from liangcun_server.observability.health import readiness
from liangcun_server.settings import Settings
from liangcun_server.storage.statements import count_statements
from liangcun_standards.text import Text


async def test_a_server_whose_database_answers_is_ready(watched: Watched, application: Application) -> None:
    async with watched(application) as watching:
        response = await watching.client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "revision": await application.database.latest_revision()}


async def test_a_broken_plugin_is_named_but_keeps_no_request_away(
    watched: Watched, sqlite_application: Application
) -> None:
    registry = sqlite_application.plugins
    broken = tuple(
        one.broken(Text("坏了", "broken")) if one.name == "sanhua" else one for one in registry.plugins
    )
    application = replace(sqlite_application, plugins=replace(registry, loaded=broken))

    async with watched(application) as watching:
        response = await watching.client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["plugins"] == {"sanhua": "broken"}


async def test_a_database_that_is_not_there_makes_it_unavailable(new_database: NewDatabase) -> None:
    with new_database("blank") as address:
        application = Application.open(Settings(database_url=address), installed_plugins())

        found = await readiness(application)

        await application.close()
    assert (found.http_status, found.body) == (
        503,
        {"status": "unavailable", "code": "DATABASE_NOT_INITIALISED"},
    )


async def test_tables_that_another_version_changed_meanwhile_make_it_unavailable(
    sqlite_application: Application,
) -> None:
    assert (await readiness(sqlite_application)).status == "ok"
    async with sqlite_application.database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = 'of the future'"))

    found = await readiness(sqlite_application)

    assert (found.http_status, found.details) == (503, {"code": "DATABASE_OUTDATED"})


async def test_a_database_that_does_not_answer_in_time_makes_it_unavailable(
    sqlite_application: Application,
) -> None:
    found = await readiness(sqlite_application, seconds=0)

    assert (found.http_status, found.details) == (503, {"code": "TIMEOUT"})


async def test_a_flood_of_probes_does_not_reach_the_database(
    watched: Watched, sqlite_application: Application
) -> None:
    async with watched(sqlite_application) as watching:
        with count_statements(sqlite_application.database) as one:
            await watching.client.get("/readyz")
        with count_statements(sqlite_application.database) as many:
            await asyncio.gather(*(watching.client.get("/readyz") for _ in range(20)))

    # Within the second that an answer is kept; on a slow machine the twenty may fall into a few.
    assert len(many) <= 3 * len(one)
