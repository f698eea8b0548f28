"""Timing several ways of one job in turns, so that what else the machine does meets them all alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple


class Spent(NamedTuple):
    """What one run took, in seconds: by the clock, and of the processor, all threads together."""

    wall: float
    cpu: float


def spent(job: Callable[[], Any]) -> Spent:
    """What one run of the job takes."""
    cpu, wall = time.process_time(), time.perf_counter()
    job()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)


@dataclass(frozen=True)
class Contender:
    """One way of doing the job. What `prepare` returns is made afresh for each run, and isn't timed."""

    job: Callable[[Any], Any]
    prepare: Callable[[], Any]

    def run(self, times: int) -> list[Spent]:
        """What each of several runs took, one right after the other."""
        prepared = [self.prepare() for _ in range(times)]
        return [spent(lambda: self.job(prepared.pop())) for _ in range(times)]


def take_turns(contenders: Mapping[str, Contender], rounds: int, burst: int) -> dict[str, list[Spent]]:
    """What each run took: `burst` runs for each contender in each of `rounds` rounds.

    Who begins changes from round to round, and one round more comes first that doesn't count. As in
    `timeit`, the garbage collector rests during a round.
    """
    names = list(contenders)
    runs: dict[str, list[Spent]] = {name: [] for name in names}
    for number in range(rounds + 1):
        first = number % len(names)
        gc.collect()
        gc.disable()
        try:
            latest = {name: contenders[name].run(burst) for name in names[first:] + names[:first]}
        finally:
            gc.enable()
        if number:
            for name in names:
                runs[name] += latest[name]
    return runs


def typical(runs: Sequence[Spent]) -> Spent:
    """The median by the clock and, by itself, the median of the processor."""
    return Spent(median(run.wall for run in runs), median(run.cpu for run in runs))


def ratio(ours: Sequence[Spent], theirs: Sequence[Spent]) -> float:
    """How many times as long as ours theirs takes by the clock."""
    return typical(theirs).wall / typical(ours).wall
