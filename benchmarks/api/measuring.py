"""Measuring: each server in turn, round after round, so that what else the machine does hits all alike."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

import orjson
import psutil

from benchmarks.api.load import Job, Outcome
from benchmarks.api.servers import Server
from benchmarks.api.workloads import Workload

_MOST_REQUESTS = 50_000


@dataclass(frozen=True, slots=True)
class Slot:
    """One server under one workload for some seconds.

    Rates are requests a second; times are milliseconds, of the processor for each request. `database_ms` is
    what PostgreSQL used, which all servers share but only this one asks meanwhile.
    """

    rate: float
    latencies: list[float] = field(repr=False)
    worker_ms: float
    database_ms: float
    bytes: float


@dataclass(slots=True)
class Series:
    """The slots of one server under one workload, a round each.

    `failure` says what went wrong when an answer was none that counts; no more was asked then.
    """

    server: Server
    workload: Workload
    slots: list[Slot] = field(default_factory=list)
    failure: str | None = None

    @property
    def rate(self) -> float:
        """Requests a second, the median of the rounds."""
        return median(slot.rate for slot in self.slots)

    @property
    def rates(self) -> list[float]:
        """Requests a second of each round."""
        return [slot.rate for slot in self.slots]

    @property
    def worker_ms(self) -> float:
        """Processor time of the worker for a request, the median of the rounds."""
        return median(slot.worker_ms for slot in self.slots)

    @property
    def database_ms(self) -> float:
        """Processor time of PostgreSQL for a request, the median of the rounds."""
        return median(slot.database_ms for slot in self.slots)

    @property
    def processor_ms(self) -> float:
        """Processor time of the worker and of PostgreSQL for a request."""
        return self.worker_ms + self.database_ms

    @property
    def bytes(self) -> float:
        """Length of an answer's body."""
        return median(slot.bytes for slot in self.slots)

    def percentile(self, share: float) -> float:
        """The latency in milliseconds that `share` of all requests stay within."""
        return _percentile([one for slot in self.slots for one in slot.latencies], share)

    def spread(self) -> float:
        """p99 over p50 within a round, the median of the rounds."""
        return median(_percentile(slot.latencies, 0.99) / median(slot.latencies) for slot in self.slots)

    def ratio_to(self, other: Series) -> float:
        """How many times the rate of `other`, the median of the rounds' own ratios."""
        pairs = zip(self.slots, other.slots, strict=False)
        return median(own.rate / others.rate for own, others in pairs)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long: up to `rounds` of `seconds` for each server, after a first warm-up.

    Another round is begun only where it should end within `longest_seconds` of the first.
    """

    rounds: int
    seconds: float
    warm_up_seconds: float
    longest_seconds: float


def measure(
    pairs: Sequence[tuple[Server, Workload]],
    postmaster: psutil.Process,
    plan: Plan,
    told: Callable[[str], None],
) -> list[Series]:
    """Each pair once a round; fewer rounds than planned where time is short, but one."""
    series = [Series(server, workload) for server, workload in pairs]
    until = time.monotonic() + plan.longest_seconds
    for number in range(plan.rounds):
        begun = time.monotonic()
        for one in [one for one in series if one.failure is None]:
            told(f"round {number + 1}: {one.workload.title}, {one.server.kind.name}")
            warm_up = 0.0 if number else plan.warm_up_seconds
            try:
                one.slots.append(_slot(one.server, one.workload, postmaster, plan.seconds, warm_up))
            except _LoadFailed as error:
                one.failure = str(error)
        took = time.monotonic() - begun
        if time.monotonic() + took > until:
            break
    return series


class _LoadFailed(Exception):
    """The load generator got an answer that doesn't count; the message says which."""


def _slot(
    server: Server, workload: Workload, postmaster: psutil.Process, seconds: float, warm_up: float
) -> Slot:
    if warm_up:
        _load(server, workload, warm_up)
    worker, database = server.cpu_seconds(), _database_seconds(postmaster)
    outcome = _load(server, workload, seconds)
    count = len(outcome.latencies)
    return Slot(
        rate=count / outcome.elapsed,
        latencies=outcome.latencies,
        worker_ms=(server.cpu_seconds() - worker) * 1000 / count,
        database_ms=max(_database_seconds(postmaster) - database, 0.0) * 1000 / count,
        bytes=outcome.bytes / count,
    )


def _load(server: Server, workload: Workload, seconds: float) -> Outcome:
    """Let the load generator do one job."""
    job = Job(
        port=server.port,
        connections=workload.connections,
        requests=workload.requests(server.kind.dialect),
        seconds=seconds,
        most=_MOST_REQUESTS,
    )
    command = [sys.executable, "-m", "benchmarks.api.load"]
    ended = subprocess.run(command, input=job.encoded(), capture_output=True, check=False)
    if ended.returncode:
        said = ended.stderr.decode(errors="replace").strip()
        raise _LoadFailed(said)
    return Outcome(**orjson.loads(ended.stdout))


def _database_seconds(postmaster: psutil.Process) -> float:
    """Processor time of PostgreSQL's processes that are there now."""
    total = 0.0
    for process in postmaster.children():
        try:
            used = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += used.user + used.system
    return total


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
