"""The ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from liangcun_server.application import Application
from liangcun_server.graphql.schema import build_schema
from liangcun_server.http.endpoint import GraphQLEndpoint
from liangcun_server.limits.bounds import Limits
from liangcun_standards.errors import LiangcunError


def create_app(application: Application) -> Starlette:
    """The web application around an open `Application`, which it closes when it ends."""
    settings = application.settings
    limits = Limits(**{field.name: getattr(settings, field.name) for field in fields(Limits)})
    schema = build_schema(suggestions=settings.environment == "development", limits=limits)
    endpoint = GraphQLEndpoint(application, schema)

    async def home(_request: Request) -> Response:
        return RedirectResponse("/graphql")

    async def alive(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        try:
            revision = await application.database.latest_revision()
        except LiangcunError as error:
            return JSONResponse({"status": "unavailable", "code": error.code}, 503)
        return JSONResponse({"status": "ok", "revision": revision})

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await application.close()

    return Starlette(
        routes=[
            Route("/", home),
            Route("/graphql", endpoint),
            Route("/healthz", alive),
            Route("/readyz", ready),
        ],
        lifespan=lifespan,
    )
