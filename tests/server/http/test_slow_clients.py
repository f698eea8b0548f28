"""Clients that are slow, silent or gone, on real connections: they cost little, and others are answered."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import orjson
import pytest
import uvicorn
from tests.conftest import NewDatabase, installed_plugins

from liangcun_server.application import Application
from liangcun_server.cli.serving import server_config
from liangcun_server.scorecards.service import ScoringService
from liangcun_server.settings import Settings
from liangcun_server.storage.database import Database

_QUERY = orjson.dumps({"query": '{ villages(within: "220722", first: 200) { nodes { name } } }'})
_HEAD = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
_WHOLE = _HEAD % len(_QUERY) + b"Connection: close\r\n\r\n" + _QUERY
_SLOW_SECONDS = 0.5


@pytest.fixture
async def served(new_database: NewDatabase) -> AsyncIterator[tuple[Application, int]]:
    """A running server whose clients have half a second for a head or a body, and its port."""
    with new_database("demonstration") as address:
        settings = Settings(database_url=address, body_seconds=_SLOW_SECONDS)
        plugins, database = installed_plugins(), Database(address)
        application = Application(settings, database, plugins, ScoringService(plugins, database))
        server = uvicorn.Server(server_config(application))
        with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
            serving = asyncio.create_task(server.serve([listening]))
            while not server.started:  # noqa: ASYNC110 - uvicorn doesn't tell
                await asyncio.sleep(0.01)
            yield application, listening.getsockname()[1]
            server.should_exit = True
            await serving


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def until_closed(reader: asyncio.StreamReader) -> bytes:
    """Everything until the server closes the connection, which it must."""
    try:
        return await asyncio.wait_for(reader.read(), 30)
    except ConnectionResetError:
        return b""


async def asked(port: int, message: bytes = _WHOLE) -> bytes:
    async with connected(port) as (reader, writer):
        writer.write(message)
        return await until_closed(reader)


@pytest.mark.parametrize(
    "begun", [b"", b"POST /graphql HT", _HEAD % 10, b"GET / HTTP/1.1\r\nX: " + b"a" * 1000]
)
async def test_a_head_that_never_ends_ends_the_connection(
    served: tuple[Application, int], begun: bytes
) -> None:
    assert await asked(served[1], begun) == b""


async def test_a_head_that_goes_on_and_on_is_not_kept(served: tuple[Application, int]) -> None:
    assert await asked(served[1], b"GET / HTTP/1.1\r\n" + b"X-Long: aaaaaaaaaaaaaaaa\r\n" * 40_000) == b""


async def test_a_body_that_trickles_in_is_refused(served: tuple[Application, int]) -> None:
    answer = await asked(served[1], _HEAD % len(_QUERY) + b"\r\n" + _QUERY[:10])

    assert answer.startswith(b"HTTP/1.1 408")
    assert b"BODY_TOO_SLOW" in answer


async def test_a_second_request_has_its_own_time(served: tuple[Application, int]) -> None:
    kept = _HEAD % len(_QUERY) + b"\r\n" + _QUERY
    async with connected(served[1]) as (reader, writer):
        for _ in range(3):
            writer.write(kept)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            assert b"nodes" in await reader.readexactly(length)
            await asyncio.sleep(_SLOW_SECONDS / 2)


async def test_silent_connections_keep_nobody_from_being_answered(served: tuple[Application, int]) -> None:
    async with AsyncExitStack() as silent:
        readers = [(await silent.enter_async_context(connected(served[1])))[0] for _ in range(300)]

        assert (await asked(served[1])).startswith(b"HTTP/1.1 200")
        assert set(await asyncio.gather(*map(until_closed, readers))) == {b""}


async def test_a_websocket_handshake_is_not_taken_up(served: tuple[Application, int]) -> None:
    handshake = (
        b"GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    )
    answers = await asyncio.gather(*(asked(served[1], handshake) for _ in range(50)))

    assert all(answer.startswith(b"HTTP/1.1 4") for answer in answers)
    assert (await asked(served[1])).startswith(b"HTTP/1.1 200")


async def test_clients_that_go_leave_nothing_behind(served: tuple[Application, int]) -> None:
    application, port = served
    for _ in range(40):
        async with connected(port) as (reader, writer):
            writer.write(_WHOLE)
            await reader.read(20)

    assert (await asked(port)).startswith(b"HTTP/1.1 200")
    assert [engine.pool.checkedout() for engine in application.database.engines] == [0, 0]  # type: ignore[attr-defined]
