"""The load generator, a process of its own: closed loop, connections kept alive, bounded in time and count.

    python -m benchmarks.api.load < job.json > result.json

Each connection sends its next request when the answer to the last one is whole. Nothing is sent once the
time is over or the count is reached; what is under way then is waited for, and counts.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict, dataclass
from itertools import count
from time import perf_counter
from typing import Any, cast

import httptools
import orjson
import uvloop

# No answer takes longer than this, or the run is given up.
_LONGEST_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Request:
    """A POST."""

    path: str
    body: str


@dataclass(frozen=True, slots=True)
class Job:
    """What to send where: `requests` in turn over `connections`, for `seconds` but at most `most` times."""

    port: int
    connections: int
    requests: list[Request]
    seconds: float
    most: int

    def encoded(self) -> bytes:
        """As JSON."""
        return orjson.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured: seconds until the last answer, milliseconds of each, bytes of all bodies."""

    elapsed: float
    latencies: list[float]
    bytes: int


class UnexpectedAnswer(Exception):
    """An answer that isn't 200, or says errors."""


class _Connection(asyncio.Protocol):
    """One kept connection; httptools calls the on_… methods."""

    def __init__(self) -> None:
        self._parser: Any = httptools.HttpResponseParser(self)
        self._answer: asyncio.Future[bytes] | None = None
        self._body: list[bytes] = []
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's are transports by what they do, not by their class.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(error)

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or ConnectionResetError("the server closed the connection"))

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        body, self._body = b"".join(self._body), []
        status = self._parser.get_status_code()
        self._parser = httptools.HttpResponseParser(self)
        if status != 200 or b'"errors"' in body:
            self._fail(UnexpectedAnswer(f"{status}: {body[:500]!r}"))
        elif self._answer is not None and not self._answer.done():
            self._answer.set_result(body)

    async def ask(self, message: bytes) -> int:
        """Send a request and return the length of the answer's body."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(message)
        return len(await self._answer)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)


def _message(request: Request) -> bytes:
    body = request.body.encode()
    return (
        f"POST {request.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


async def _send(connections: list[_Connection], messages: list[bytes], seconds: float, most: int) -> Outcome:
    turns = count()
    latencies: list[float] = []
    length = 0
    begun = perf_counter()

    async def work(connection: _Connection) -> None:
        nonlocal length
        while perf_counter() - begun < seconds and (turn := next(turns)) < most:
            sent = perf_counter()
            received = await asyncio.wait_for(
                connection.ask(messages[turn % len(messages)]), _LONGEST_SECONDS
            )
            length += received
            latencies.append((perf_counter() - sent) * 1000)

    async with asyncio.TaskGroup() as group:
        for connection in connections:
            group.create_task(work(connection))
    return Outcome(perf_counter() - begun, latencies, length)


async def run(job: Job) -> Outcome:
    """Open the connections, then measure."""
    loop = asyncio.get_running_loop()
    messages = [_message(request) for request in job.requests]
    connections = [
        (await loop.create_connection(_Connection, "127.0.0.1", job.port))[1] for _ in range(job.connections)
    ]
    try:
        return await _send(connections, messages, job.seconds, job.most)
    finally:
        for connection in connections:
            connection.close()


def main() -> None:
    """Read the job, do it, write the outcome."""
    given = orjson.loads(sys.stdin.buffer.read())
    job = Job(**{**given, "requests": [Request(**one) for one in given["requests"]]})
    try:
        outcome = uvloop.run(run(job))
    except* (UnexpectedAnswer, OSError, TimeoutError) as group:
        sys.exit(f"port {job.port}: {group.exceptions[0]!r:.1000}")
    sys.stdout.buffer.write(orjson.dumps(asdict(outcome)))


if __name__ == "__main__":
    main()
