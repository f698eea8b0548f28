"""Everything that watches one application, put together for its web server."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from liangcun_server.application import Application
from liangcun_server.observability.health import ReadinessProbe
from liangcun_server.observability.metrics import Metrics
from liangcun_server.observability.middleware import ClientOf, ObserveRequests, peer_of
from liangcun_server.observability.operations import ObserveOperations
from liangcun_server.observability.state import ApplicationState
from liangcun_server.observability.statements import watch_statements
from liangcun_server.observability.tracing import Tracing

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor


class Observability:
    """What the web application takes in: `middleware`, `routes`, and `extension` for the schema.

    `client_of` tells a client's address from its request. `spans` takes the traces instead of OpenTelemetry's
    exporter. Raises TracingUnavailable. Call `close` at the end.
    """

    def __init__(
        self,
        application: Application,
        *,
        client_of: ClientOf = peer_of,
        spans: SpanProcessor | None = None,
    ) -> None:
        database = application.database
        traced = application.settings.tracing
        release = version("liangcun-server")
        self.metrics = Metrics(release, ApplicationState(application))
        self.tracing = Tracing.open(release, database.url.get_backend_name(), spans) if traced else None
        self._application = application
        self._client_of = client_of
        self._stop_watching = watch_statements(database, self.tracing)

    @property
    def middleware(self) -> list[Middleware]:
        """The outermost layer of the application."""
        return [Middleware(ObserveRequests, self.metrics, self.tracing, self._client_of)]

    @property
    def routes(self) -> list[Route]:
        """/readyz and, unless the settings keep it shut, /metrics."""
        routes = [Route("/readyz", ReadinessProbe(self._application).answer)]
        if self._application.settings.metrics:
            routes.append(Route("/metrics", self._expose))
        return routes

    @property
    def extension(self) -> Callable[[], ObserveOperations]:
        """What the schema's list of extensions begins with."""
        return lambda: ObserveOperations(self.metrics, self.tracing)

    def close(self) -> None:
        """Stop watching, and send off what traces are left."""
        self._stop_watching()
        if self.tracing is not None:
            self.tracing.close()

    async def _expose(self, request: Request) -> Response:
        body, media = self.metrics.exposition(request.headers.get("accept", ""))
        return Response(body, media_type=media)
