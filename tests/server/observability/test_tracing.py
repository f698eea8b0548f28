"""Traces: a span for the request, its operation and its statements; nothing of OpenTelemetry without them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tests.server.observability.conftest import Watched

from liangcun_server.application import Application
from liangcun_server.observability.observing import Observability
from liangcun_server.observability.tracing import TracingUnavailable

_QUERY = 'query Named { region(code: "220722") { name } }'
_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def _attributes(span: ReadableSpan) -> Mapping[str, object]:
    return dict(span.attributes or {})


async def test_a_request_is_traced_down_to_its_statements(watched: Watched, application: Application) -> None:
    exporter = InMemorySpanExporter()

    async with watched(application, SimpleSpanProcessor(exporter), tracing=True) as watching:
        await watching.ask(_QUERY, traceparent=f"00-{_TRACE}-00f067aa0ba902b7-01")

    *statements, operation, request = exporter.get_finished_spans()
    assert request.name == "POST /graphql"
    assert request.context.trace_id == int(_TRACE, 16)
    assert _attributes(request)["http.response.status_code"] == 200
    assert operation.name == "query Named"
    assert operation.parent is not None
    assert operation.parent.span_id == request.context.span_id
    assert _attributes(operation)["liangcun.outcome"] == "ok"
    assert {one.parent.span_id for one in statements if one.parent} == {operation.context.span_id}
    assert len(statements) == _attributes(operation)["liangcun.statements"]
    assert {_attributes(one)["db.system.name"] for one in statements} == {
        "sqlite" if application.database.is_sqlite else "postgresql"
    }


async def test_no_value_of_a_request_is_in_a_trace(watched: Watched, sqlite_application: Application) -> None:
    exporter = InMemorySpanExporter()

    async with watched(sqlite_application, SimpleSpanProcessor(exporter), tracing=True) as watching:
        await watching.ask(_QUERY)
        await watching.client.get("/nothing", params={"variables": "220722"})

    spans = exporter.get_finished_spans()
    assert len(spans) > 3
    assert "220722" not in "".join(str(_attributes(span)) for span in spans)


async def test_an_error_is_marked_with_its_code(watched: Watched, sqlite_application: Application) -> None:
    exporter = InMemorySpanExporter()

    async with watched(sqlite_application, SimpleSpanProcessor(exporter), tracing=True) as watching:
        await watching.ask('{ region(code: "1") { name } }')

    operation = next(span for span in exporter.get_finished_spans() if span.name == "query")
    assert operation.status.description == "INVALID_REGION_CODE"


async def test_probes_are_not_traced(watched: Watched, sqlite_application: Application) -> None:
    exporter = InMemorySpanExporter()

    async with watched(sqlite_application, SimpleSpanProcessor(exporter), tracing=True) as watching:
        await watching.client.get("/readyz")

    assert exporter.get_finished_spans() == ()


async def test_without_the_packages_the_way_out_is_told(
    sqlite_application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    settings = sqlite_application.settings.model_copy(update={"tracing": True})
    object.__setattr__(sqlite_application, "settings", settings)

    with pytest.raises(TracingUnavailable, match=r"liangcun-server\[otel\]") as caught:
        Observability(sqlite_application)

    assert caught.value.text("zh").startswith("LIANGCUN_TRACING: ")


def test_without_traces_nothing_of_opentelemetry_is_imported() -> None:
    program = (
        "import sys; import liangcun_server.observability.observing; "
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
