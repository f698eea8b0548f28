"""One database: its connections, and the two kinds of transaction, reading and writing."""

from __future__ import annotations

import asyncio
import math
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from liangcun_server.storage import migration, revisions
from liangcun_server.storage.address import parse_address
from liangcun_server.storage.errors import (
    DRIVER_ERRORS,
    DatabaseNotInitialised,
    damaged,
    shown_address,
    translated,
)
from liangcun_server.storage.newest import NewestRevision
from liangcun_server.storage.sealing import WrittenObservations, seal
from liangcun_server.storage.stopwatch import stop_statements_at, time_statements

# How long a writer waits for the one before it.
_LOCK_WAIT_SECONDS = 30
# "LCUN" in ASCII: the advisory lock under which writers of one PostgreSQL database take turns.
_WRITE_LOCK = 0x4C43554E
# How many transactions may read at length side by side; the others wait for as long as it takes.
_AT_LENGTH = 2

_SQLITE_PRAGMAS = (
    f"PRAGMA busy_timeout = {_LOCK_WAIT_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",
    # A commit that was acknowledged is on the disk: without FULL a power cut may take the last ones.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # Without it, INSERT OR REPLACE would remove rows behind the back of the append-only triggers.
    "PRAGMA recursive_triggers = ON",
)


class Database:
    """A SQLite file or a PostgreSQL database.

    `address` is an address as `parse_address` reads it. A reading statement may run `statement_seconds`,
    without which it may run for ever. Nothing is opened until the first transaction; the first one also
    checks that the tables are of this version. Use it as an async context manager, or call `close` at the
    end.

    Transactions share a pool of at most `connections`, for which they wait half a minute. What all requests
    wait for, whole tables and the newest revision, is read over connections of its own: requests that hold
    every connection of the pool would otherwise wait for one another.
    """

    def __init__(
        self, address: str | URL, *, statement_seconds: float | None = None, connections: int = 15
    ) -> None:
        self.url = parse_address(address) if isinstance(address, str) else address
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._statement_seconds = statement_seconds
        kept = min(5, connections)
        self.engine = self._engine(statement_seconds, pool_size=kept, max_overflow=connections - kept)
        self._at_length = self._engine(None, pool_size=_AT_LENGTH, max_overflow=0, pool_timeout=None)
        self._newest = NewestRevision(self._engine(statement_seconds, poolclass=NullPool))
        self._reader = self._for_reading(self.engine, statement_seconds)
        self._reader_at_length = self._for_reading(self._at_length, None)
        self._writer = (
            self.engine.execution_options(sqlite_begin="BEGIN IMMEDIATE") if self.is_sqlite else self.engine
        )
        self._checked = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._newest.close()
        for engine in self.engines:
            await engine.dispose()

    @property
    def engines(self) -> tuple[AsyncEngine, ...]:
        """Through which all transactions go: the pool, and what reads at length."""
        return self.engine, self._at_length

    @property
    def shown_address(self) -> str:
        """The address for a reader, without its password."""
        return shown_address(self.url)

    async def check(self) -> None:
        """Make sure that the database is there and its tables are of this version.

        Raises DatabaseUnavailable, DatabaseNotInitialised or DatabaseOutdated.
        """
        if self.is_sqlite and not self._file.exists():
            raise DatabaseNotInitialised(migration.NOT_INITIALISED, where=self.shown_address)
        await self._probe()
        async with self._transaction(self._reader) as connection:
            await migration.check_current(connection, self.shown_address)
        self._checked = True

    async def upgrade(self) -> bool:
        """Bring the tables to this version, creating the database file when there is none yet.

        Returns whether anything had to be done. Raises DatabaseUnavailable or, when the database is of a
        newer version than the program, DatabaseOutdated.
        """
        if self.is_sqlite:
            self._make_directory()
        await self._probe()
        async with self._transaction(self._writer) as connection:
            await self._take_turn(connection)
            changed = await migration.upgrade(connection, self.shown_address)
        self._checked = True
        return changed

    async def downgrade_to_nothing(self) -> None:
        """Remove every table and all data."""
        async with self._transaction(self._writer) as connection:
            await self._take_turn(connection)
            await migration.downgrade_to_nothing(connection)
        self._checked = False

    async def rebuild(
        self,
        version: str,
        load: Callable[[AsyncConnection], Awaitable[None]],
        check: Callable[[AsyncConnection], Awaitable[None]],
        *,
        replace: bool,
        refusal: Callable[[], Exception],
    ) -> None:
        """Make tables of a version anew, `load` them, bring them up to date and `check` what came of it.

        All of it in one transaction, or nothing.

        Where there are tables already, they give way with `replace`; without it `refusal` is raised.
        """
        if self.is_sqlite:
            self._make_directory()
        await self._probe()
        async with self._transaction(self._writer) as connection:
            await self._take_turn(connection)
            if await connection.run_sync(migration.found_version) is not None:
                if not replace:
                    raise refusal()
                await migration.downgrade_to_nothing(connection)
            await migration.upgrade_to(connection, version)
            await load(connection)
            await migration.upgrade(connection, self.shown_address)
            await check(connection)
        self._checked = True

    async def check_whole(self) -> None:
        """Look through a SQLite file for damage, page by page. Raises DatabaseDamaged."""
        if self.is_sqlite and self._file.exists():
            found = await asyncio.to_thread(_damage, self._file)
            if found is not None:
                raise damaged(found, self.url)

    @asynccontextmanager
    async def read(
        self, *, at_length: bool = False, until: float = math.inf
    ) -> AsyncIterator[AsyncConnection]:
        """A reading transaction: every statement in it sees the same state of the data.

        With `at_length` its statements may run as long as they need, a few such transactions at a time, apart
        from all others. A statement that outlasts the moment
        `until` (of time.monotonic) is of use to nobody: SQLite stops it then; PostgreSQL does when whoever
        waits for it is cancelled. Raises StatementStopped for one that ran too long.
        """
        await self._ensure_checked()
        reader = self._reader_at_length if at_length else self._reader
        async with self._transaction(reader, commit=False, until=until) as connection:
            yield connection

    @asynccontextmanager
    async def write(
        self, *, author: str, reason: str, kind: str, observations: WrittenObservations | None = None
    ) -> AsyncIterator[tuple[AsyncConnection, int]]:
        """A writing transaction with the number of its revision; an exception undoes all of it.

        Writers take turns, so revisions become visible in the order of their numbers: who has seen
        revision n has seen all below it. What was written is sealed at the end; who tells `observations` all
        that it writes spares them being read back for it. Raises LiangcunError when author or reason is
        blank.
        """
        await self._ensure_checked()
        async with self._transaction(self._writer) as connection:
            await self._take_turn(connection)
            number = await revisions.begin_revision(connection, author=author, reason=reason, kind=kind)
            yield connection, number
            await seal(connection, number, observations)

    async def latest_revision(self) -> int:
        """The number of the newest revision; 0 when nothing was ever written.

        All who ask while an earlier question is under way share the next one.
        """
        await self._ensure_checked()
        try:
            return await self._newest.ask()
        except DRIVER_ERRORS as error:
            explained = translated(error, self.url)
            raise error if explained is None else explained from error

    async def revision_at(self, moment: datetime) -> int:
        """The number of the newest revision recorded at or before `moment`; 0 when there was none yet."""
        async with self.read() as connection:
            return await revisions.revision_at(connection, moment)

    def _engine(self, statement_seconds: float | None, **pool: Any) -> AsyncEngine:
        if self.is_sqlite:
            return _sqlite_engine(self.url, **pool)
        return _postgresql_engine(self.url, statement_seconds, **pool)

    def _for_reading(self, engine: AsyncEngine, statement_seconds: float | None) -> AsyncEngine:
        if self.is_sqlite:
            return engine.execution_options(statement_seconds=statement_seconds)
        # One snapshot for all statements of a reader, as SQLite's WAL gives by itself.
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    async def _ensure_checked(self) -> None:
        if not self._checked:
            await self.check()

    @asynccontextmanager
    async def _transaction(
        self, engine: AsyncEngine, *, commit: bool = True, until: float = math.inf
    ) -> AsyncIterator[AsyncConnection]:
        try:
            async with engine.connect() as connection:
                if self.is_sqlite:
                    stop_statements_at(connection, until)
                yield connection
                if commit:
                    await connection.commit()
        except SQLAlchemyError as error:
            explained = translated(error, self.url)
            if explained is None:
                raise
            raise explained from error

    async def _lift_limit(self, connection: AsyncConnection) -> None:
        """Let the statements of this transaction run for ever; SQLite's are timed here, by their options."""
        if not self.is_sqlite and self._statement_seconds is not None:
            await connection.execute(text("SET LOCAL statement_timeout = 0"))

    async def _take_turn(self, connection: AsyncConnection) -> None:
        """Wait for the writer before; SQLite does so in BEGIN IMMEDIATE."""
        await self._lift_limit(connection)
        if not self.is_sqlite:
            await connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_WAIT_SECONDS}s'"))
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITE_LOCK})

    @property
    def _file(self) -> Path:
        return Path(self.url.database or "")

    def _make_directory(self) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            explained = translated(error, self.url)
            raise error if explained is None else explained from error

    async def _probe(self) -> None:
        """Open a SQLite file once with the plain driver.

        The asynchronous one leaves a thread behind when opening fails, which prints a traceback of its own
        if the program ends first.
        """
        if not self.is_sqlite:
            return
        try:
            await asyncio.to_thread(_open_once, self._file)
        except sqlite3.Error as error:
            explained = translated(error, self.url)
            raise error if explained is None else explained from error


def _damage(file: Path) -> str | None:
    """What is wrong with a file; None for nothing."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as connection:
            told = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        name = getattr(error, "sqlite_errorname", "")
        return str(error) if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) else None
    return None if told == "ok" else str(told).splitlines()[-1]


def _open_once(file: Path) -> None:
    with closing(sqlite3.connect(file, timeout=_LOCK_WAIT_SECONDS)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def _postgresql_engine(url: URL, statement_seconds: float | None, **pool: Any) -> AsyncEngine:
    arguments: dict[str, Any] = {"connect_timeout": 10}
    if statement_seconds is not None:
        # At the start of a connection, where it costs nothing; who needs longer says so.
        timeout = f"-c statement_timeout={max(1, round(statement_seconds * 1000))}"
        own = url.query.get("options", "")
        arguments["options"] = f"{own if isinstance(own, str) else ' '.join(own)} {timeout}".strip()
    return create_async_engine(url, pool_pre_ping=True, connect_args=arguments, hide_parameters=True, **pool)


def _sqlite_engine(url: URL, **pool: Any) -> AsyncEngine:
    # Values of statements stay out of what errors say, and so out of log lines.
    engine = create_async_engine(url, hide_parameters=True, **pool)

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(driver_connection: Any, _record: object) -> None:
        # The driver's own transaction control begins too late for reads and never IMMEDIATE.
        driver_connection.isolation_level = None
        cursor = driver_connection.cursor()
        for pragma in _SQLITE_PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    time_statements(engine.sync_engine)

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))

    return engine
