"""What was read of the database at its newest revision, kept for as long as no later one changes it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

if TYPE_CHECKING:
    from liangcun_server.storage.database import Database

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

# (a connection, a revision) -> the keys of what was written later; None: it may be any of them.
Changed = Callable[[AsyncConnection, int], Awaitable[Iterable[Key] | None]]


class Reading(Protocol):
    """How a request reads the database: as it stands at one revision, or a little later."""

    async def newest_revision(self) -> int:
        """The newest revision when it began."""

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection that sees everything up to that revision."""


class DatabaseReading:
    """For whoever holds no connection: each question in a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self.newest_revision = database.latest_revision
        self.reading = database.read


class Kept(Generic[Key, Value]):
    """Values by key, all of them as they are at `revision`, for one event loop.

    Their sizes come to at most `limit` together; what was used longest ago goes first. `changed` finds out
    what later revisions did.
    """

    def __init__(self, changed: Changed[Key], limit: int) -> None:
        self._changed = changed
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self.revision = 0

    def __len__(self) -> int:
        return len(self._kept)

    async def stands_at(self, request: Reading) -> int | None:
        """The revision of a request if what's kept stands at it, once it's been brought there; else None.

        None is for a request that began before a revision that others know of already.
        """
        newest = await request.newest_revision()
        if self.revision < newest:
            await self._bring_to(newest, request)
        return newest if self.revision == newest else None

    async def _bring_to(self, newest: int, request: Reading) -> None:
        # Nobody waits here for anybody else: who does while holding a connection could hold up all.
        if self._kept:
            since = self.revision
            async with request.reading() as connection:
                changed = await self._changed(connection, since)
            for key in list(self._kept) if changed is None else changed:
                self._drop(key)
        self.revision = max(self.revision, newest)

    def get(self, key: Key) -> Value | None:
        """What's kept under a key."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, revision: int, key: Key, value: Value, size: int) -> None:
        """Keep a value as it is at a revision, unless what's kept has moved on since."""
        if revision != self.revision or size > self._limit:
            return
        self._drop(key)
        self._kept[key] = (value, size)
        self._size += size
        while self._size > self._limit:
            _, (_, gone) = self._kept.popitem(last=False)
            self._size -= gone

    def _drop(self, key: Key) -> None:
        dropped = self._kept.pop(key, None)
        if dropped is not None:
            self._size -= dropped[1]
