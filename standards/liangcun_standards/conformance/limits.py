"""What scoring may take of time and memory for a plugin to be called bounded."""

from __future__ import annotations

from dataclasses import dataclass

# A county has some hundreds of villages; a province's own standard scores ten thousand.
VILLAGES = 10_000


@dataclass(frozen=True, slots=True)
class CheckLimits:
    """The limits for scoring ten thousand villages by one standard.

    `seconds`: the processor's time of all processes or, where that is longer, by the clock. `memory`: bytes
    at the most, of a plugin's own process all that it takes beyond the SDK, counted from its import on.
    A shipped standard takes a hundredth of the one and a twentieth of the other.
    """

    seconds: float = 5.0
    memory: int = 512 << 20


LIMITS = CheckLimits()
