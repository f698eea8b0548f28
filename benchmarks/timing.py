"""Timing several ways of one job in turns, so that what else the machine does meets them all alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Contender:
    """One way of doing the job. What `prepare` returns is made afresh for each run, and isn't timed."""

    job: Callable[[Any], Any]
    prepare: Callable[[], Any]

    def run(self, times: int) -> list[float]:
        """The seconds of each of several runs, one right after the other."""
        prepared = [self.prepare() for _ in range(times)]
        seconds = []
        while prepared:
            start = time.perf_counter()
            self.job(prepared.pop())
            seconds.append(time.perf_counter() - start)
        return seconds


def take_turns(contenders: Mapping[str, Contender], rounds: int, burst: int) -> dict[str, list[float]]:
    """The seconds of each run: `burst` runs for each contender in each of `rounds` rounds.

    Who begins changes from round to round, and one round more comes first that doesn't count. As in
    `timeit`, the garbage collector rests during a round.
    """
    names = list(contenders)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds + 1):
        first = number % len(names)
        gc.collect()
        gc.disable()
        try:
            spent = {name: contenders[name].run(burst) for name in names[first:] + names[:first]}
        finally:
            gc.enable()
        if number:
            for name in names:
                seconds[name] += spent[name]
    return seconds


def ratio(ours: list[float], theirs: list[float]) -> float:
    """How many times as long as ours theirs takes, by the medians."""
    return median(theirs) / median(ours)
