"""Traces by OpenTelemetry: a span for each request, its GraphQL operation and its SQL statements.

The packages are an extra, `liangcun-server[otel]`, and are imported only where LIANGCUN_TRACING is on. Where
spans go is set by OpenTelemetry's own variables, such as OTEL_EXPORTER_OTLP_ENDPOINT.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from liangcun_server.observability.figures import OperationFigures
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from opentelemetry.trace import Span

# OTEL_SERVICE_NAME goes before it.
_SERVICE = "liangcun"


class TracingUnavailable(LiangcunError):
    """Traces are asked for, but the packages that make them aren't installed."""

    code = "TRACING_UNAVAILABLE"


class Tracing:
    """Makes spans and sends them off in the background. Call `close` at the end."""

    def __init__(self, provider: TracerProvider, database_system: str) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("liangcun")
        self._system = database_system

    @classmethod
    def open(cls, version: str, database_system: str, processor: SpanProcessor | None = None) -> Self:
        """Send spans by OTLP over HTTP, or to `processor`. Raises TracingUnavailable.

        Keeps to a provider of its own, so two applications in one process never mix.
        """
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import OTELResourceDetector, Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError:
            raise TracingUnavailable(
                Text(
                    "没有安装 OpenTelemetry：请运行 pip install 'liangcun-server[otel]'，或去掉这个设置",
                    "OpenTelemetry isn't installed: run pip install 'liangcun-server[otel]', or unset this",
                ),
                where="LIANGCUN_TRACING",
            ) from None
        own = Resource({"service.name": _SERVICE, "service.version": version})
        provider = TracerProvider(resource=own.merge(OTELResourceDetector().detect()))
        provider.add_span_processor(processor or BatchSpanProcessor(OTLPSpanExporter()))
        return cls(provider, database_system)

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()

    @contextmanager
    def request(self, method: str, path: str, headers: Mapping[str, str]) -> Iterator[Span]:
        """A span around answering an HTTP request, under the client's own (traceparent)."""
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        # The query of the URL is left out: with GET it holds the values of variables.
        attributes = {"http.request.method": method, "url.path": path}
        with self._tracer.start_as_current_span(
            f"{method} {path}",
            TraceContextTextMapPropagator().extract(headers),
            SpanKind.SERVER,
            attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield span

    def answered(self, span: Span, route: str, method: str, status: int) -> None:
        """What came of the request."""
        from opentelemetry.trace import StatusCode

        span.update_name(f"{method} {route}")
        span.set_attributes({"http.route": route, "http.response.status_code": status})
        if status >= 500:
            span.set_status(StatusCode.ERROR)

    def begin_operation(self, figures: OperationFigures) -> None:
        """A span for the operation, kept in its figures."""
        figures.span = self._tracer.start_span("graphql")

    def end_operation(self, figures: OperationFigures) -> None:
        """End it, named for what it turned out to be."""
        from opentelemetry.trace import StatusCode

        span = figures.span
        span.update_name(f"{figures.kind} {figures.name}" if figures.name else figures.kind)
        noted = {
            "graphql.operation.type": figures.kind,
            "graphql.operation.name": figures.name,
            "liangcun.outcome": figures.outcome,
            "liangcun.mode": figures.mode,
            "liangcun.cost": figures.cost,
            "liangcun.statements": figures.statements,
        }
        span.set_attributes({name: value for name, value in noted.items() if value is not None})
        if figures.codes:
            span.set_status(StatusCode.ERROR, ", ".join(sorted(set(figures.codes))))
        span.end()

    def begin_statement(self, figures: OperationFigures, statement: str) -> Span:
        """A span under the operation's; the statement stands in it with placeholders, never with values."""
        from opentelemetry.trace import SpanKind, set_span_in_context

        under = None if figures.span is None else set_span_in_context(figures.span)
        attributes = {"db.system.name": self._system, "db.query.text": statement[:2000]}
        return self._tracer.start_span(statement.split(None, 1)[0], under, SpanKind.CLIENT, attributes)

    def end(self, span: Any, error: BaseException | None = None) -> None:
        """End a statement's span. What the database says of an error may hold values; its kind doesn't."""
        from opentelemetry.trace import StatusCode

        if error is not None:
            span.set_status(StatusCode.ERROR, type(error).__name__)
        span.end()
