"""An application that is watched, asked over HTTP in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import orjson
import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from structlog.testing import capture_logs
from tests.conftest import NewDatabase, installed_plugins

from liangcun_server.application import Application
from liangcun_server.graphql.context import RequestContext
from liangcun_server.graphql.schema import build_schema
from liangcun_server.observability.observing import Observability
from liangcun_server.observability.operations import ObservedExecutor
from liangcun_server.settings import Settings

# Lines that were logged, as structlog holds them before they are written.
Lines = list[Any]
Watched = Callable[..., AbstractAsyncContextManager["Watching"]]


class Watching:
    """The watched application and a client of it."""

    def __init__(self, observability: Observability, client: httpx.AsyncClient) -> None:
        self.metrics = observability.metrics
        self.client = client

    async def ask(self, query: str, **headers: str) -> httpx.Response:
        """Send a query to /graphql."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return await self.client.post("/graphql", json={"query": query}, headers=named)

    def count(self, name: str, **labels: str) -> float:
        """A sample of the metrics; 0 where nothing was counted."""
        return self.metrics.value(name, labels) or 0.0


def _app(application: Application, observability: Observability) -> Starlette:
    schema = build_schema()
    schema.extensions = [observability.extension, *schema.extensions]
    schema.execution_context_class = ObservedExecutor

    async def answer(request: Request) -> Response:
        asked = orjson.loads(await request.body())
        async with RequestContext(application) as context:
            result = await schema.execute(asked["query"], context_value=context)
        errors = [error.formatted for error in result.errors or ()]
        return Response(orjson.dumps({"data": result.data, "errors": errors}))

    return Starlette(
        routes=[Route("/graphql", answer, methods=["POST"]), *observability.routes],
        middleware=observability.middleware,
    )


@pytest.fixture
def watched() -> Watched:
    """`async with watched(application, metrics=False) as watching`: settings by their names."""

    @asynccontextmanager
    async def watching(
        application: Application, spans: Any = None, **settings: Any
    ) -> AsyncIterator[Watching]:
        changed = replace(application, settings=application.settings.model_copy(update=settings))
        observability = Observability(changed, spans=spans)
        transport = httpx.ASGITransport(_app(changed, observability))
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://liangcun.test") as client:
                yield Watching(observability, client)
        finally:
            observability.close()

    return watching


@pytest.fixture
async def sqlite_application(new_sqlite_database: NewDatabase) -> AsyncIterator[Application]:
    """The application over 长岭县, on SQLite, where it doesn't matter which database it is."""
    with new_sqlite_database("demonstration") as address:
        application = Application.open(Settings(database_url=address), installed_plugins())
        yield application
        await application.close()


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What is logged while the test runs, with what is bound for the request."""
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as captured:
        yield captured
