"""Asking the web application as HTTP clients do, without the network in between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from tests.conftest import NewDatabase, installed_plugins

from liangcun_server.application import Application
from liangcun_server.http.app import create_app
from liangcun_server.scorecards.service import ScoringService
from liangcun_server.settings import Settings
from liangcun_server.storage.database import Database

NEW = "application/graphql-response+json"
OLD = "application/json"

# `await post(body, accept=…)`: a body of bytes as it is, anything else as JSON.
Post = Callable[..., Awaitable[httpx.Response]]
# A client of an application that has settings of its own.
Serve = Callable[..., httpx.AsyncClient]


def client_of(application: Application) -> httpx.AsyncClient:
    """A client of the whole web application, whose failures come as answers."""
    transport = httpx.ASGITransport(create_app(application), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://liangcun.test")


async def post_to(client: httpx.AsyncClient, body: Any, **headers: str) -> httpx.Response:
    """POST to /graphql."""
    # Not by orjson, which would send neither NaN nor large numbers.
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return await client.post(
        "/graphql", content=content, headers={"content-type": OLD, "accept": NEW} | named
    )


@pytest.fixture
def new_database(new_sqlite_database: NewDatabase) -> NewDatabase:
    """HTTP is the same over either database; what differs is tested below the web server."""
    return new_sqlite_database


@pytest.fixture
async def client(application: Application) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(application) as client:
        yield client


@pytest.fixture
def post(client: httpx.AsyncClient) -> Post:
    async def posting(body: Any, **headers: str) -> httpx.Response:
        return await post_to(client, body, **headers)

    return posting


@pytest.fixture
async def serve(new_database: NewDatabase) -> AsyncIterator[Serve]:
    """`serve(max_cost=10)`, with the demonstration data."""
    opened: list[Application] = []
    with new_database("demonstration") as address:

        def serving(**settings: Any) -> httpx.AsyncClient:
            plugins = installed_plugins()
            chosen = Settings(database_url=address, **settings)
            database = Database(chosen.database_url, statement_seconds=chosen.statement_seconds)
            application = Application(chosen, database, plugins, ScoringService(plugins, database))
            opened.append(application)
            return client_of(application)

        yield serving
        for application in opened:
            await application.close()
