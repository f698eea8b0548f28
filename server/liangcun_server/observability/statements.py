"""SQL statements counted and timed for the request that sends them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext, ExecutionContext

from liangcun_server.observability.figures import current_operation, note_statement
from liangcun_server.observability.tracing import Tracing
from liangcun_server.storage.database import Database


def watch_statements(database: Database, tracing: Tracing | None = None) -> Callable[[], None]:
    """Listen to the database for as long as it lives, or until what is returned is called.

    One listener for all requests: whose a statement is follows from the task that sends it. BEGIN, which
    only SQLite's transactions send as a statement, doesn't count.
    """

    def began(
        _connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool
    ) -> None:
        figures = current_operation()
        if figures is None or context is None or statement.startswith("BEGIN"):
            return
        span = None if tracing is None else tracing.begin_statement(figures, statement)
        context.liangcun_watch = (time.perf_counter(), span)

    def ended(context: ExecutionContext | None, error: BaseException | None = None) -> None:
        watch = getattr(context, "liangcun_watch", None)
        if watch is None:
            return
        context.liangcun_watch = None  # type: ignore[union-attr]
        began_at, span = watch
        note_statement(time.perf_counter() - began_at)
        if tracing is not None:
            tracing.end(span, error)

    def succeeded(
        _connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool
    ) -> None:
        ended(context)

    def failed(failure: ExceptionContext) -> None:
        ended(failure.execution_context, failure.original_exception)

    listeners: list[tuple[Any, str, Callable[..., Any]]] = [
        (engine.sync_engine, name, listener)
        for engine in database.engines
        for name, listener in (
            ("before_cursor_execute", began),
            ("after_cursor_execute", succeeded),
            ("handle_error", failed),
        )
    ]
    for listener in listeners:
        event.listen(*listener)

    def stop() -> None:
        for listener in listeners:
            event.remove(*listener)

    return stop
