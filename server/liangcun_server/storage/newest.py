"""The number of the newest revision, asked once for all who want to know it at the time."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from liangcun_server.storage.errors import DRIVER_ERRORS

_QUESTION = "SELECT coalesce(max(id), 0) FROM revision"


class NewestRevision:
    """Answers over one connection of its own, kept open: whoever asks waits for no pool and holds none up.

    `engine` makes that connection, each time it's lost. For one event loop.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None
        self._driver: Any = None
        self._turn = asyncio.Lock()
        self._next: asyncio.Task[int] | None = None

    async def ask(self) -> int:
        """The newest revision; it may be newer than the call, never older. 0 when nothing was ever written.

        Raises the driver's error when the database doesn't answer.
        """
        # A question that's under way may have been answered before the asker's own write: not that one.
        if self._next is None:
            self._next = asyncio.ensure_future(self._ask_next())
            self._next.add_done_callback(_look_at_error)
        return await asyncio.shield(self._next)

    async def close(self) -> None:
        """Let go of the connection."""
        task, self._next = self._next, None
        if task is not None:
            await asyncio.gather(task, return_exceptions=True)
        async with self._turn:
            await self._hang_up()

    async def _ask_next(self) -> int:
        async with self._turn:
            self._next = None
            ((number,),) = await self._fetch(_QUESTION)
            return int(number)

    async def _fetch(self, statement: str) -> list[Any]:
        """The rows of a statement; over a new connection when the one at hand is no good any more."""
        kept = self._connection is not None
        try:
            return await self._fetch_once(statement)
        except BaseException as error:
            await self._hang_up()
            if not kept or not isinstance(error, DRIVER_ERRORS):
                raise
        return await self._fetch_once(statement)

    async def _fetch_once(self, statement: str) -> list[Any]:
        # By the driver itself, whose connections have the same methods for both databases: SQLAlchemy's
        # transaction around each question would take four times as long as the question.
        if self._driver is None:
            self._driver = await self._connect()
        cursor = await self._driver.execute(statement)
        try:
            return list(await cursor.fetchall())
        finally:
            await cursor.close()

    async def _connect(self) -> Any:
        self._connection = await self._engine.connect()
        raw = await self._connection.get_raw_connection()
        driver: Any = raw.driver_connection
        if self._engine.dialect.name == "postgresql":
            # Each question sees what has been written by then.
            await driver.set_autocommit(True)
        return driver

    async def _hang_up(self) -> None:
        connection, self._connection, self._driver = self._connection, None, None
        if connection is not None:
            try:
                await connection.invalidate()
            finally:
                await connection.close()


def _look_at_error(task: asyncio.Task[int]) -> None:
    # Everyone who waited for it may be gone.
    if not task.cancelled():
        task.exception()
