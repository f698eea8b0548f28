"""Where 量村's time goes in one workload: the running code sampled each millisecond of processor time.

    python -m benchmarks.api.profiling page

The application is called in this process, one request after the other, without a network.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import time
from collections import Counter
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import uvloop
from rich.console import Console
from rich.table import Table
from starlette.types import ASGIApp

from benchmarks.api.database import fill, postgresql, village_codes
from benchmarks.api.load import Request
from benchmarks.api.workloads import Workload, names, one_village, page, ranking
from liangcun_server.application import Application
from liangcun_server.http.app import create_app
from liangcun_server.observability.logs import configure_logs
from liangcun_server.settings import load_settings
from liangcun_standards import load_plugins

_EVERY_SECONDS = 0.001
_WARM_UP_REQUESTS = 5
_SHOWN = 25
# Of the tables when they go into a file.
_WIDTH = 110
# A sample counts for the innermost of these that is running; the standard library counts for who called it.
_ROOMS = (
    "psycopg/", "sqlalchemy/", "greenlet/", "strawberry/", "graphql/", "starlette/", "orjson", "structlog/",
    "prometheus_client/", "liangcun_standards/", "liangcun_server/breadth_first/", "liangcun_server/graphql/",
    "liangcun_server/http/", "liangcun_server/limits/", "liangcun_server/observability/",
    "liangcun_server/observations/", "liangcun_server/regions/", "liangcun_server/scorecards/",
    "liangcun_server/standards/", "liangcun_server/storage/", "liangcun_server/trusted_documents/",
)  # fmt: skip


@dataclass(slots=True)
class Samples:
    """What was running: by room, by the function itself, and by every function on the way to it."""

    rooms: Counter[str] = field(default_factory=Counter)
    own: Counter[CodeType] = field(default_factory=Counter)
    within: Counter[CodeType] = field(default_factory=Counter)

    def take(self, _signal: int, frame: FrameType | None) -> None:
        """One sample."""
        if frame is None:
            return
        self.own[frame.f_code] += 1
        room = None
        seen = set()
        while frame is not None:
            code = frame.f_code
            if code not in seen:
                seen.add(code)
                self.within[code] += 1
            if room is None:
                room = next((one for one in _ROOMS if f"/{one}" in code.co_filename), None)
            frame = frame.f_back
        self.rooms[room or "event loop and the rest"] += 1

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Take samples within the block."""
        before = signal.signal(signal.SIGPROF, self.take)
        signal.setitimer(signal.ITIMER_PROF, _EVERY_SECONDS, _EVERY_SECONDS)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)


@dataclass(frozen=True, slots=True)
class Profile:
    """The samples, and processor and passing time of a request in milliseconds."""

    samples: Samples
    requests: int
    processor_ms: float
    passing_ms: float


async def profile(app: ASGIApp, requests: list[Request], seconds: float) -> Profile:
    """Ask again and again for that many seconds of processor time."""
    turns = cycle(requests)
    for request in islice(turns, _WARM_UP_REQUESTS):
        await _ask(app, request)
    samples = Samples()
    count = 0
    begun, used = time.perf_counter(), time.process_time()
    with samples.taken():
        while time.process_time() - used < seconds:
            await _ask(app, next(turns))
            count += 1
    processor, passing = time.process_time() - used, time.perf_counter() - begun
    return Profile(samples, count, processor * 1000 / count, passing * 1000 / count)


async def _ask(app: ASGIApp, request: Request) -> None:
    body = request.body.encode()
    status = 0

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": request.path,
        "raw_path": request.path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [
            (b"content-type", b"application/json"),
            (b"accept", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    assert status == 200, status


def show(console: Console, workload: Workload, found: Profile) -> None:
    """The profile as tables."""
    console.print(
        f"{workload.title}: {found.processor_ms:.2f} ms of the processor, {found.passing_ms:.2f} ms in all, "
        f"the mean of {found.requests} requests"
    )
    total = found.samples.rooms.total()

    def table(title: str, counts: Counter[Any], name: Any) -> None:
        shown = Table(title=title, title_justify="left")
        shown.add_column("ms", justify="right")
        shown.add_column("share", justify="right")
        shown.add_column("", no_wrap=True)
        for key, count in counts.most_common(_SHOWN):
            share = count / total
            shown.add_row(f"{share * found.processor_ms:.2f}", f"{share:.1%}", name(key))
        console.print(shown)

    table("rooms and libraries", found.samples.rooms, str)
    table("functions, themselves", found.samples.own, _name)
    # What every sample has on its way in says nothing.
    within = Counter({code: count for code, count in found.samples.within.items() if count < 0.9 * total})
    table("functions with what they call", within, _name)


def _name(code: CodeType) -> str:
    place = "/".join(Path(code.co_filename).parts[-2:])
    return f"{place}:{code.co_firstlineno} {code.co_qualname}"


async def _run(workload: Workload, database: str, seconds: float) -> Profile:
    settings = load_settings(
        database_url=database, budget_points=0, max_cost=10**7, request_seconds=600, log_level="warning"
    )
    configure_logs(settings)
    application = Application.open(settings)
    try:
        return await profile(create_app(application), workload.requests("liangcun"), seconds)
    finally:
        await application.close()


def main() -> None:
    """Profile one workload."""
    workloads = {
        "page": page(100),
        "village": one_village(village_codes()[::25]),
        "names": names(1000),
        "ranking": ranking(255),
    }
    parser = argparse.ArgumentParser(prog="python -m benchmarks.api.profiling", description=__doc__)
    parser.add_argument("workload", choices=workloads)
    parser.add_argument("--seconds", type=float, default=5.0, help="of processor time")
    arguments = parser.parse_args()
    workload = workloads[arguments.workload]
    console = Console()
    if not console.is_terminal:
        console.width = _WIDTH
    with postgresql() as server:
        addresses = asyncio.run(fill(server.address, load_plugins().indicators))
        database = addresses.county if arguments.workload == "ranking" else addresses.villages
        found = uvloop.run(_run(workload, database, arguments.seconds))
    show(console, workload, found)


if __name__ == "__main__":
    main()
