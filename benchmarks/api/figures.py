"""The figures that this API was built to reach, beside what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.api.measuring import Series

# (workload, server, how many times its rate)
_LEAST = (
    ("page", "postgraphile", 4.0),
    ("page", "strawberry", 25.0),
    ("page", "bare", 0.7),
    ("village", "postgraphile", 2.0),
    ("names", "postgraphile", 2.0),
)
_MOST_SPREAD = 3.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that was asked for, and what was measured; `met` is None when it could not be measured.

    `by_processor` is the same ratio of the processor time that a request takes, worker and PostgreSQL
    together: other work on the machine blurs it less.
    """

    what: str
    wanted: str
    measured: str
    met: bool | None
    by_processor: str = ""


def compare(series: Sequence[Series]) -> list[Figure]:
    """Every figure that was asked for."""
    known = {(one.workload.key, one.server.kind.key): one for one in series}
    figures = [
        _least_ratio(known[workload, "liangcun"], other, known.get((workload, other)), least)
        for workload, other, least in _LEAST
    ]
    return [*figures, _most_spread(known["ranking", "liangcun"])]


def _least_ratio(ours: Series, name: str, other: Series | None, least: float) -> Figure:
    wanted = f"at least {least:g} times"
    if other is None or other.failure:
        return Figure(f"{ours.workload.title}: rate beside {name}", wanted, "not measured", None)
    if ours.failure:
        return Figure(f"{ours.workload.title}: rate beside {name}", wanted, "failed", False)
    ratio = ours.ratio_to(other)
    what = f"{ours.workload.title}: rate beside {other.server.kind.name}"
    by_processor = f"{other.processor_ms / ours.processor_ms:.2f} times"
    return Figure(what, wanted, f"{ratio:.2f} times", ratio >= least, by_processor)


def _most_spread(ours: Series) -> Figure:
    what, wanted = f"{ours.workload.title}: p99 beside p50", f"under {_MOST_SPREAD:g} times"
    if ours.failure:
        return Figure(what, wanted, "failed", False)
    spread = ours.spread()
    return Figure(what, wanted, f"{spread:.2f} times", spread < _MOST_SPREAD)
