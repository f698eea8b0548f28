"""What slow, silent and vanishing clients do to the others: latency and memory beside each kind of them.

    python -m benchmarks.api.bad_clients

One server; four connections ask for a village again and again, first alone, then beside each kind.
"""

from __future__ import annotations

import asyncio
import resource
import socket
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.api.database import fill, postgresql, village_codes
from benchmarks.api.load import Job, Outcome
from benchmarks.api.servers import OURS, Server, running
from benchmarks.api.workloads import one_village, page
from liangcun_standards import load_plugins

_SECONDS = 5.0
_MANY = 1000
_HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
_HEAD = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
_SLOW = _HEAD % 100_000

# What one bad client does, again and again, on the server's port.
Behave = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Effect:
    """Milliseconds of the good clients' requests, their number, and the server's memory in bytes."""

    p50: float
    p99: float
    requests: int
    memory: int


async def silent(port: int) -> None:
    """Connects and says nothing."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        await reader.read()
    finally:
        writer.close()


async def handshaking(port: int) -> None:
    """Asks for a WebSocket, and again a second later."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(_HANDSHAKE)
        await reader.read(100)
        await asyncio.sleep(1)
    finally:
        writer.close()


async def trickling(port: int) -> None:
    """Sends a body of 100,000 bytes, one a second."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(_SLOW)
        while not writer.transport.is_closing():
            await asyncio.sleep(1)
            writer.write(b" ")
    finally:
        writer.close()


async def vanishing(port: int) -> None:
    """Asks for a page of 100 villages and is gone at the first byte, ten times a second in all."""
    body = page(100).requests("liangcun")[0].body.encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    )
    writer.write(head % len(body) + body)
    await reader.read(1)
    writer.transport.abort()
    await asyncio.sleep(1)


_KINDS: tuple[tuple[str, int, Behave | None], ...] = (
    ("alone", 0, None),
    ("silent connections", _MANY, silent),
    ("WebSocket handshakes a second", 100, handshaking),
    ("slow bodies", _MANY, trickling),
    ("clients gone mid-answer a second", 10, vanishing),
    ("alone again", 0, None),
)


async def _beside(server: Server, number: int, behave: Behave | None) -> Effect:
    async def again_and_again() -> None:
        while behave is not None:
            try:
                await behave(server.port)
            except OSError:
                await asyncio.sleep(0.1)

    bad = [asyncio.create_task(again_and_again()) for _ in range(number)]
    try:
        await asyncio.sleep(2)
        outcome = await asyncio.to_thread(_good_clients, server.port)
        memory = server.memory_bytes()
    finally:
        for task in bad:
            task.cancel()
        await asyncio.gather(*bad, return_exceptions=True)
    ordered = sorted(outcome.latencies)
    return Effect(ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], len(ordered), memory)


def _good_clients(port: int) -> Outcome:
    requests = one_village(village_codes()[::25]).requests("liangcun")
    job = Job(port, 4, requests, _SECONDS, 100_000)
    command = [sys.executable, "-m", "benchmarks.api.load"]
    ended = subprocess.run(command, input=job.encoded(), capture_output=True, check=True)
    return Outcome(**orjson.loads(ended.stdout))


async def _measure(server: Server) -> list[tuple[str, Effect]]:
    await asyncio.to_thread(_good_clients, server.port)
    found = []
    for name, number, behave in _KINDS:
        found.append((f"{number:,} {name}" if number else name, await _beside(server, number, behave)))
    return found


def main() -> None:
    """Measure and print."""
    # Both ends of every connection are on this machine.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    socket.setdefaulttimeout(60)
    with postgresql() as database, tempfile.TemporaryDirectory() as logs:
        addresses = asyncio.run(fill(database.address, load_plugins().indicators))
        with running(OURS, addresses.villages, Path(logs) / "log") as server:
            found = asyncio.run(_measure(server))
    table = Table()
    for heading in ("beside", "p50 ms", "p99 ms", "requests", "memory MB"):
        table.add_column(heading, justify="left" if heading == "beside" else "right", no_wrap=True)
    for name, one in found:
        table.add_row(
            name, f"{one.p50:.1f}", f"{one.p99:.1f}", f"{one.requests:,}", f"{one.memory / 1e6:.0f}"
        )
    Console().print(table)


if __name__ == "__main__":
    main()
