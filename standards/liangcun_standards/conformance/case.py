"""A plugin under check, as it was loaded, and what is worked out once for several rules."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec, module_from_spec
from typing import Any

import numpy as np

from liangcun_standards.catalogue import ResolvedStandard
from liangcun_standards.conformance.limits import LIMITS, VILLAGES, CheckLimits
from liangcun_standards.conformance.pieces import in_groups
from liangcun_standards.conformance.subject import Subject
from liangcun_standards.conformance.tables import made_up_table
from liangcun_standards.document import Standard
from liangcun_standards.isolation import DEFAULTS, Worker, shared_nursery
from liangcun_standards.isolation.spending import forget_peak, held, spent
from liangcun_standards.periods import Period
from liangcun_standards.plugins import Plugin, PluginRegistry
from liangcun_standards.plugins.installed import paths_of
from liangcun_standards.scoring import ScoreResult, score
from liangcun_standards.table import IndicatorTable
from liangcun_standards.worked_examples import WorkedExample, load_examples

_PERIOD = Period.parse("2023")


@dataclass(frozen=True)
class Scored:
    """A standard over ten thousand made-up villages, and what that took. `name` is its full one.

    `processor`: seconds of its time, of every process at work. `clock`: seconds by the clock. `memory`: bytes
    at the most, beyond what was held before; of the plugin's own worker, beyond the SDK.
    """

    name: str
    standard: Standard
    result: ScoreResult
    processor: float
    clock: float
    memory: int

    @property
    def seconds(self) -> float:
        """What counts: a rule may be busy, or may wait."""
        return max(self.processor, self.clock)


@dataclass(frozen=True)
class Case:
    """A plugin as it was loaded, beside all others."""

    subject: Subject
    plugin: Plugin
    registry: PluginRegistry
    limits: CheckLimits = field(default=LIMITS)

    @cached_property
    def standards(self) -> list[ResolvedStandard]:
        """Its standards, each as it is on its first day."""
        catalogue = self.registry.standards
        return [catalogue.resolve(one, one.document.effective.from_) for one in self.plugin.publications]

    @cached_property
    def workers(self) -> list[Worker]:
        """The processes in which Python of plugins runs; a standard may use rules of several."""
        return [one.worker for one in self.registry.plugins if one.worker is not None]

    @cached_property
    def scored(self) -> list[Scored]:
        """Its standards, scored. Raises PluginFailed."""
        return [self._scored(one) for one in self.standards]

    @property
    def unused(self) -> list[str]:
        """Its rules, aggregations and scorers, by PLUGIN.NAME, that none of its standards uses."""
        brought = self.plugin.contributed
        written = [one.standard.model_dump_json() for one in self.standards]
        names = [*brought.rules, *brought.aggregations, *brought.scorers]
        return [name for name in names if not any(f'"{name}"' in text for text in written)]

    @property
    def too_slow(self) -> bool:
        """Whether scoring takes so long that it isn't tried out any further."""
        return any(one.seconds > self.limits.seconds for one in self.scored)

    @cached_property
    def loading(self) -> Mapping[str, Any]:
        """What it does while it is loaded (see `observing.observed`). Raises PluginFailed."""
        point = self.subject.point
        worker = Worker(self.subject.name, paths_of(point), shared_nursery(), DEFAULTS)
        try:
            return worker.observe(point.name, point.value)
        finally:
            worker.close()

    @cached_property
    def examples(self) -> list[WorkedExample]:
        """The worked examples that the package carries. Raises InvalidDocument."""
        found = find_spec(self.subject.package)
        assert found is not None
        # The folder is found by the module's spec; its code isn't run here.
        return list(load_examples(module_from_spec(found)))

    def table(self, standard: Standard) -> IndicatorTable:
        """Ten thousand made-up villages in peer groups, the same each time."""
        table = made_up_table(standard, self.registry.indicators, VILLAGES, _PERIOD)
        return in_groups(table, self.chance(standard))

    def chance(self, standard: Standard) -> np.random.Generator:
        """Chance that falls the same way each time."""
        return np.random.default_rng(zlib.crc32(standard.code.encode()))

    def _scored(self, one: ResolvedStandard) -> Scored:
        first = self._measured(one)
        if first.clock <= self.limits.seconds or first.processor > self.limits.seconds:
            return first
        # Others want the processor too: what waits by itself waits once more.
        second = self._measured(one)
        return min(first, second, key=lambda each: each.seconds)

    def _measured(self, one: ResolvedStandard) -> Scored:
        table = self.table(one.standard)
        others = [worker for worker in self.workers if worker is not self.plugin.worker]
        forget_peak()
        began, before, holding = time.monotonic(), self._processor(), held() + _memory(others)
        result = score(one.standard, table, self.registry.indicators)
        _ = result.told  # what a scorer tells of criteria is worked out when it is asked for
        clock, processor = time.monotonic() - began, self._processor() - before
        memory = max(0, spent().memory + _memory(self.workers) - holding)
        return Scored(one.name, one.standard, result, processor, clock, memory)

    def _processor(self) -> float:
        """The processor's seconds that this process and the workers have used."""
        return spent().seconds + sum(one.spent().seconds for one in self.workers)


def _memory(workers: Iterable[Worker]) -> int:
    """The most that workers have held beyond the SDK, in bytes."""
    return sum(worker.spent().memory for worker in workers)
