"""A time limit on the statements of SQLite, which has none of its own."""

from __future__ import annotations

import math
import time
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.ext.asyncio import AsyncConnection

# How many of its steps SQLite takes between two looks at the clock: some milliseconds.
_STEPS = 100_000
_KEY = "stopwatch"


class _Stopwatch:
    """When what runs on a connection is to be stopped."""

    def __init__(self) -> None:
        self.statement_end = math.inf
        self.end = math.inf

    def over(self) -> bool:
        """Whether that moment has passed; SQLite asks it and stops the statement if so."""
        return time.monotonic() > min(self.statement_end, self.end)


def time_statements(engine: Engine) -> None:
    """Stop each statement of an SQLite engine after the seconds of its option `statement_seconds`, if any."""

    @event.listens_for(engine, "connect")
    def _wind(driver_connection: Any, record: Any) -> None:
        stopwatch = record.info[_KEY] = _Stopwatch()
        driver_connection.run_async(lambda own: own.set_progress_handler(stopwatch.over, _STEPS))

    @event.listens_for(engine, "before_cursor_execute")
    def _start(connection: Connection, *_rest: Any) -> None:
        seconds = connection.get_execution_options().get("statement_seconds")
        connection.info[_KEY].statement_end = math.inf if seconds is None else time.monotonic() + seconds

    @event.listens_for(engine, "after_cursor_execute")
    def _stop(connection: Connection, *_rest: Any) -> None:
        connection.info[_KEY].statement_end = math.inf


def stop_statements_at(connection: AsyncConnection, end: float) -> None:
    """Stop what runs on a connection of such an engine at the moment `end` of time.monotonic."""
    assert connection.sync_connection is not None
    connection.sync_connection.info[_KEY].end = end
