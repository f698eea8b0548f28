"""Counting statements: what a piece of work asks of the database, for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from liangcun_server.storage.database import Database


@contextmanager
def count_statements(database: Database) -> Iterator[list[str]]:
    """The SQL statements sent within the block, in order; the list grows while it runs.

    Beginning and ending a transaction doesn't count, an executemany counts once. COPY and the question for
    the newest revision, which many share, go past SQLAlchemy and aren't seen.
    """
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    engines = [engine.sync_engine for engine in database.engines]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
