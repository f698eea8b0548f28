"""The ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields

import strawberry
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from liangcun_server.application import Application
from liangcun_server.graphql.schema import Extension, build_schema
from liangcun_server.http.clients import client_of
from liangcun_server.http.current_schema import CurrentSchema
from liangcun_server.http.endpoint import GraphQLEndpoint
from liangcun_server.http.evidence import EvidenceFiles
from liangcun_server.http.imports import Imports
from liangcun_server.http.reports import Reports
from liangcun_server.limits.bounds import Limits
from liangcun_server.observability.observing import Observability
from liangcun_server.operators.requiring import RequireOperator
from liangcun_server.trusted_documents import RequireTrustedDocument, load_trusted_documents


def create_app(application: Application) -> Starlette:
    """The web application around an open `Application`, which it closes when it ends."""
    settings = application.settings
    limits = Limits(**{field.name: getattr(settings, field.name) for field in fields(Limits)})
    observed = Observability(
        application, client_of=lambda scope: client_of(HTTPConnection(scope), settings.trusted_proxies)
    )
    checking: list[Extension] = [] if settings.open_reading else [RequireOperator]
    if settings.trusted_only:
        checking.append(lambda: RequireTrustedDocument(trusted))

    def build() -> strawberry.Schema:
        return build_schema(
            suggestions=settings.environment == "development",
            limits=limits,
            watching=[observed.extension],
            checking=checking,
            queries=application.plugins.own.queries,
        )

    schema = CurrentSchema(application, build)
    trusted = load_trusted_documents(settings, schema.now()._schema)
    endpoint = GraphQLEndpoint(application, schema.now, trusted)

    files = EvidenceFiles(application)

    async def home(_request: Request) -> Response:
        return RedirectResponse("/graphql")

    async def alive(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            observed.close()
            await application.close()

    return Starlette(
        routes=[
            Route("/", home),
            Route("/graphql", endpoint),
            Route("/evidence", files.take, methods=["POST"]),
            Route("/evidence/{sha256}", files.give),
            Route("/evidence/{sha256}/thumbnail", files.thumbnail),
            Route("/imports", Imports(application).take, methods=["POST"]),
            Route("/reports/{file}", Reports(application).answer),
            Route("/healthz", alive),
            *observed.routes,
        ],
        middleware=observed.middleware,
        lifespan=lifespan,
    )
