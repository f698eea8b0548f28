"""The servers that are measured: how each is started, told apart and stopped, one worker process each."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.api.load import Request
from benchmarks.api.node import PostGraphile
from benchmarks.api.workloads import Dialect

_ROOT = Path(__file__).parents[2]
_PATIENCE_SECONDS = 90.0
# All load comes from one client, whose share of points and of time isn't what is measured. What a request
# costs is worked out for every one all the same.
_SETTINGS = {
    "LIANGCUN_BUDGET_POINTS": "0",
    "LIANGCUN_MAX_COST": "10000000",
    "LIANGCUN_REQUEST_SECONDS": "600",
    "LIANGCUN_LOG_LEVEL": "warning",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the servers: its name in tables and in the results, its dialect, how it is run."""

    key: str
    name: str
    dialect: Dialect
    command: tuple[str, ...]


OURS = Kind(
    "liangcun",
    "量村 liangcun",
    "liangcun",
    (sys.executable, "-m", "liangcun_server", "serve", "--host", "127.0.0.1", "--port", "{port}"),
)
_PEER = (sys.executable, "-m", "benchmarks.api.serving")
STRAWBERRY = Kind(
    "strawberry",
    "Strawberry",
    "liangcun",
    (*_PEER, "benchmarks.api.peers.strawberry_dataloaders:app", "{port}"),
)
ARIADNE = Kind(
    "ariadne",
    "Ariadne",
    "liangcun",
    (*_PEER, "benchmarks.api.peers.ariadne_dataloaders:app", "{port}"),
)
BARE = Kind("bare", "bare SQL", "bare", (*_PEER, "benchmarks.api.peers.sql_to_json:app", "{port}"))


def postgraphile(installed: PostGraphile) -> Kind:
    """PostGraphile as it was installed."""
    command = (str(installed.node), str(installed.server), "{database}", "{port}")
    return Kind("postgraphile", f"PostGraphile {installed.version}", "postgraphile", command)


class NotStarted(Exception):
    """A server that ended by itself or never answered; the message has what it said."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    kind: Kind
    port: int
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """Processor time that its process has used."""
        used = self.process.cpu_times()
        return float(used.user + used.system)

    def memory_bytes(self) -> int:
        """Resident memory of its process."""
        return int(self.process.memory_info().rss)

    def ask(self, request: Request) -> bytes:
        """One answer's body. Raises URLError when there is none."""
        message = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{request.path}",
            request.body.encode(),
            {"Content-Type": "application/json", "Accept": "application/json"},
        )
        with urllib.request.urlopen(message, timeout=60) as response:
            body: bytes = response.read()
        return body


@contextmanager
def running(kind: Kind, database: str, log: Path) -> Iterator[Server]:
    """A server over `database`, stopped at the end. What it says goes into `log`.

    Raises NotStarted.
    """
    port = _free_port()
    command = [part.format(port=port, database=database) for part in kind.command]
    environment = {
        **os.environ,
        **_SETTINGS,
        "LIANGCUN_DATABASE_URL": database,
        "NODE_ENV": "production",
        "GRAPHILE_ENV": "production",
    }
    with (
        log.open("wb") as said,
        subprocess.Popen(command, cwd=_ROOT, env=environment, stdout=said, stderr=said) as process,
    ):
        try:
            _wait(kind, process, port, log)
            yield Server(kind, port, psutil.Process(process.pid))
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(kind: Kind, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Until it takes connections."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < until:
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise NotStarted(f"{kind.name}: {log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as claimed:
        claimed.bind(("127.0.0.1", 0))
        port: int = claimed.getsockname()[1]
    return port
