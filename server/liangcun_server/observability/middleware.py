"""Around every request: its number, its log line, its place in the metrics and, where wanted, its trace."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from urllib.parse import quote

import orjson
import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from liangcun_server.observability.figures import RequestFigures, begin_request
from liangcun_server.observability.metrics import OTHER, Metrics
from liangcun_server.observability.tracing import Tracing
from liangcun_standards.text import Text

REQUEST_ID = "X-Request-ID"
# What UUIDs, trace ids and proxies' counters are made of; nothing that could begin another line or field.
_SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
_LONGEST_PATH = 200
# Asked every few seconds by machines.
_ROUTINE = frozenset({"/healthz", "/readyz", "/metrics"})
# Nobody hears an answer after that: the client closed the connection (the number is nginx's).
_CLIENT_GONE = 499

_log = structlog.get_logger("liangcun.access")

# The client's address as the application sees it; None when it isn't known.
ClientOf = Callable[[Scope], str | None]


def peer_of(scope: Scope) -> str | None:
    """The address at the other end of the connection."""
    client = scope.get("client")
    return None if client is None else str(client[0])


class ObserveRequests:
    """ASGI middleware; the outermost, so that it sees what clients see.

    An exception that nothing else answers becomes a 500 here, with the request's number and nothing of the
    inside; the log holds the rest under that number.
    """

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        tracing: Tracing | None = None,
        client_of: ClientOf = peer_of,
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._tracing = tracing
        self._client_of = client_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        figures = begin_request(_request_id(headers))
        seen = _Seen(scope, figures, send)
        self._metrics.in_progress.inc()
        try:
            with bound_contextvars(request_id=figures.id), self._span(scope, headers) as span:
                try:
                    await self._answer(seen, receive)
                finally:
                    self._note(seen, span)
        finally:
            self._metrics.in_progress.dec()

    def _span(self, scope: Scope, headers: Headers) -> AbstractContextManager[Any]:
        if self._tracing is None or scope["path"] in _ROUTINE:
            return nullcontext()
        return self._tracing.request(_method(scope), _shown_path(scope), headers)

    async def _answer(self, seen: _Seen, receive: Receive) -> None:
        try:
            await self._app(seen.scope, receive, seen.send)
        except Exception:
            _log.exception("request failed")
            if seen.status is not None or seen.scope["type"] != "http":
                # Half an answer can't be taken back; cutting it short tells the client.
                seen.status = seen.status or 500
                raise
            await _answer_500(seen)

    def _note(self, seen: _Seen, span: Any) -> None:
        """The log line and the metrics of a request that is over."""
        scope, figures = seen.scope, seen.figures
        status = seen.status or _CLIENT_GONE
        method = _method(scope)
        route = str(getattr(scope.get("route"), "path", OTHER))
        for code in figures.refusals:
            self._metrics.error(code)
        if scope["type"] == "http":
            self._metrics.request_answered(method, route, status, seen.seconds)
        if span is not None and self._tracing is not None:
            self._tracing.answered(span, route, method, status)
        level = "debug" if route in _ROUTINE else "error" if status >= 500 else "info"
        getattr(_log, level)("request", **_line(seen, method, status, self._client_of(scope)))


class _Seen:
    """One request on its way: what goes out passes through `send`."""

    def __init__(self, scope: Scope, figures: RequestFigures, send: Send) -> None:
        self.scope = scope
        self.figures = figures
        self.status: int | None = None
        self._send = send
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        """How long ago it came in."""
        return time.perf_counter() - self._began

    async def send(self, message: Message) -> None:
        """Put the request's number on the answer, and keep its status."""
        kind = message["type"]
        if kind == "http.response.start":
            self.status = message["status"]
            MutableHeaders(scope=message)[REQUEST_ID] = self.figures.id
        elif kind == "websocket.accept":
            self.status = 101
            headers = [*message.get("headers", ()), (REQUEST_ID.lower().encode(), self.figures.id.encode())]
            message = {**message, "headers": headers}
        elif kind == "websocket.close" and self.status is None:
            # Closed before it was accepted, which the client gets as a refusal.
            self.status = 403
        await self._send(message)


def _request_id(headers: Headers) -> str:
    """The client's or proxy's number for the request if it is a sane one, otherwise one of our own."""
    given = headers.get(REQUEST_ID, "")
    return given if _SANE_ID.fullmatch(given) else uuid.uuid4().hex


def _method(scope: Scope) -> str:
    return "WEBSOCKET" if scope["type"] == "websocket" else str(scope["method"])


def _shown_path(scope: Scope) -> str:
    """The path as it may stand in a line. The query is left out: with GET it holds variables' values."""
    return quote(scope["path"][:_LONGEST_PATH], safe="/:@-._~!$&'()*+,;=", errors="replace")


def _line(seen: _Seen, method: str, status: int, client: str | None) -> dict[str, Any]:
    """The fields of the log line; those of the operation only where there was one."""
    line: dict[str, Any] = {
        "method": method[:20],
        "path": _shown_path(seen.scope),
        "status": status,
        "ms": round(seen.seconds * 1000, 1),
        "client": client,
    }
    operation = seen.figures.operation
    codes = list(seen.figures.refusals)
    if operation is not None:
        codes += operation.codes
        line |= {
            "operation": operation.name,
            "kind": operation.kind,
            "outcome": operation.outcome,
            "mode": operation.mode,
            "cost": operation.cost,
            "statements": operation.statements,
            "sql_ms": round(operation.statement_seconds * 1000, 1),
        }
    if codes:
        line["codes"] = sorted(set(codes))
    return line


async def _answer_500(seen: _Seen) -> None:
    words = Text(
        f"服务器内部错误，编号 {seen.figures.id}；请把编号告诉管理员",
        f"something went wrong inside the server; tell the administrator the number {seen.figures.id}",
    )
    error = {
        "message": f"{words.zh} / {words.en}",
        "extensions": {"code": "INTERNAL_ERROR", "incident": seen.figures.id},
    }
    await seen.send(
        {
            "type": "http.response.start",
            "status": 500,
            "headers": [(b"content-type", b"application/json; charset=utf-8")],
        }
    )
    await seen.send({"type": "http.response.body", "body": orjson.dumps({"errors": [error]})})
