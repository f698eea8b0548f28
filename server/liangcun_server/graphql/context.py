"""What one GraphQL request carries: the application, the reader's language, one view of the data, batches."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import strawberry
from sqlalchemy.ext.asyncio import AsyncConnection
from strawberry.dataloader import DataLoader
from strawberry.types.info import Info

from liangcun_server.application import Application
from liangcun_server.graphql.batching import Batch
from liangcun_server.initialising import place_of
from liangcun_server.operators.tokens import is_operators
from liangcun_server.standards.at_hand import Standards
from liangcun_server.storage import revisions
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.regions import full_code
from liangcun_standards.text import Locale


class RequestContext:
    """One request, of a client whose name its budget goes by (None has no budget).

    `token` is what it brought to show that it is the operator's, as it stands in the request.
    Its statements run in one reading transaction, opened when first needed. Use it as an async context
    manager.
    """

    def __init__(
        self,
        application: Application,
        locale: Locale = "zh",
        *,
        client: str | None = None,
        token: str | None = None,
    ) -> None:
        self.application = application
        self.locale: Locale = locale
        self.client = client
        self.token = token
        # When its time is over; SQLite's statements must be told, which don't end when nobody waits for them.
        self._end = time.monotonic() + application.settings.request_seconds
        self.batches = Batches()
        # What a request works out once, under keys of those who do.
        self.kept: dict[Any, Any] = {}
        self._stack = AsyncExitStack()
        self._turn = asyncio.Lock()
        self._reader: asyncio.Task[Any] | None = None
        self._over = False
        self._connection: AsyncConnection | None = None
        self._newest: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        if self._reader is not None and self._reader is not asyncio.current_task():
            # A request that was stopped leaves batches behind that nobody waits for any more.
            self._reader.cancel()
        async with self._turn:
            await self._stack.aclose()

    async def start_again(self) -> None:
        """Forget what was read: what is read from now on is as new as the moment it is asked for."""
        async with self._turn:
            await self._stack.aclose()
            self._stack = AsyncExitStack()
            self._connection = None
            self._newest = None
            self.kept.clear()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """The request's connection, for one batch at a time."""
        async with self._turn:
            if self._over:
                raise asyncio.CancelledError
            self._reader = asyncio.current_task()
            try:
                if self._connection is None:
                    # First, so that the connection sees at least as much as what is known without it.
                    await self.newest_revision()
                    reading = self.application.database.read(until=self._end)
                    self._connection = await self._stack.enter_async_context(reading)
                yield self._connection
            finally:
                self._reader = None

    async def newest_revision(self) -> int:
        """The newest revision when it was first asked for; whatever the request reads is no older."""
        if self._newest is None:
            self._newest = await self.application.database.latest_revision()
        return self._newest

    async def place(self) -> str:
        """The place that this database was made for, as a twelve-digit code."""
        if "place" not in self.kept:
            async with self.reading() as connection:
                found = await place_of(connection)
            self.kept["place"] = full_code(found or self.application.settings.within)
        code: str = self.kept["place"]
        return code

    async def standards(self) -> Standards:
        """The standards as they stand for this request."""
        if "standards" not in self.kept:
            self.kept["standards"] = await self.application.standards.now(self)
        found: Standards = self.kept["standards"]
        return found

    @property
    def indicators(self) -> IndicatorCatalogue:
        """The indicators as they stand for this request, once it has asked for the standards."""
        known: Standards = self.kept.get("standards") or self.application.standards.latest
        return known.indicators

    async def is_operator(self) -> bool:
        """Whether the request brought the operator's token."""
        if self.token is None:
            return False
        if "operator" not in self.kept:
            async with self.reading() as connection:
                self.kept["operator"] = await is_operators(connection, self.token)
        found: bool = self.kept["operator"]
        return found

    async def revision_at(self, moment: datetime) -> int:
        """The newest revision recorded at or before `moment`."""
        key = ("revision at", moment)
        if key not in self.kept:
            async with self.reading() as connection:
                self.kept[key] = await revisions.revision_at(connection, moment)
        found: int = self.kept[key]
        return found


LiangcunInfo = Info[RequestContext, None]


class Batches:
    """The batches of one request: parents that ask the same field with the same arguments wait together."""

    def __init__(self) -> None:
        self._loaders: dict[tuple[Batch, str], DataLoader[Any, Any]] = {}

    async def load(
        self, batch: Batch, parent: Any, info: strawberry.Info, arguments: Mapping[str, Any]
    ) -> Any:
        """The field's result for one parent."""
        key = (batch, repr(sorted(arguments.items())))
        if key not in self._loaders:

            async def load(parents: list[Any]) -> Sequence[Any]:
                return await batch(parents, info, **arguments)

            self._loaders[key] = DataLoader(load, cache=False)
        return await self._loaders[key].load(parent)
