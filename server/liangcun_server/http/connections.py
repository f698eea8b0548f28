"""Connections that don't wait for ever: a request's head has to arrive in time, and within bounds.

Uvicorn itself gives up connections only between requests.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Above what the application refuses with an explanation (431, 414); beyond this it isn't even read.
_MOST_BYTES = 262_144


def impatient_protocol(seconds: float) -> type[HttpToolsProtocol]:
    """Uvicorn's protocol, but closing a connection on which the head of a request takes more than `seconds`.

    The time begins with the connection, later with each request's first byte.
    """

    class ImpatientProtocol(HttpToolsProtocol):
        _timer: asyncio.TimerHandle | None = None
        _head_bytes = 0

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._await_head()

        def connection_lost(self, exc: Exception | None) -> None:
            self._head_is_there()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self._timer is not None:
                self._head_bytes += len(data)
                if self._head_bytes > _MOST_BYTES:
                    self._give_up()

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._await_head()

        def on_headers_complete(self) -> None:
            self._head_is_there()
            super().on_headers_complete()

        def _await_head(self) -> None:
            if self._timer is None:
                self._timer = self.loop.call_later(seconds, self._give_up)

        def _head_is_there(self) -> None:
            timer, self._timer = self._timer, None
            self._head_bytes = 0
            if timer is not None:
                timer.cancel()

        def _give_up(self) -> None:
            self._head_is_there()
            transport: Any = self.transport
            if not transport.is_closing():
                transport.abort()

    return ImpatientProtocol
