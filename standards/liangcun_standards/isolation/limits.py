"""How much a worker may use before it is ended."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WorkerLimits:
    """The limits of one worker.

    `load_seconds`: for importing a plugin and asking what it contributes. `call_seconds`: for one call while
    a table is scored. Both count the processor's time where the system can tell it, and by the clock twice
    as much and five seconds more, since others want the processor too. `memory`: bytes that it may take
    beyond what the SDK itself needs.
    """

    load_seconds: float = 10.0
    call_seconds: float = 10.0
    memory: int = 1 << 30

    @staticmethod
    def by_the_clock(seconds: float) -> float:
        """How long to wait for what may use this much of the processor."""
        return 2 * seconds + 5


DEFAULTS = WorkerLimits()
