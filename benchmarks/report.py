"""The figures as a table on the screen and as a JSON file."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.first_query import OBSERVATIONS, VILLAGES, FirstQuery
from benchmarks.scoring import (
    LOOP,
    OPENFISCA,
    OPENFISCA_FROM_ARRAYS,
    OURS,
    OURS_FROM_ARRAYS,
    OURS_MISSING,
    Measured,
)
from benchmarks.timing import ratio, typical

# Those that start alike, the first of which the others are measured against.
_CLASSES = ((OURS, OURS_MISSING, OPENFISCA, LOOP), (OURS_FROM_ARRAYS, OPENFISCA_FROM_ARRAYS))


@dataclass(frozen=True)
class Target:
    """A figure that was asked for, and what was measured."""

    what: str
    wanted: str
    measured: str
    met: bool


def print_timings(console: Console, measured: Measured) -> None:
    """One table for one number of villages."""
    table = Table(title=f"{measured.count:,} villages, 23 criteria over 40 indicators", title_justify="left")
    table.add_column("contender")
    for column in ("median", "÷ liangcun", "fastest", "processor"):
        table.add_column(column, justify="right")
    for first, *others in _CLASSES:
        for name in (first, *others):
            runs = measured.runs[name]
            median, fastest = typical(runs), min(run.wall for run in runs)
            times = f"{ratio(measured.runs[first], runs):.2f}"
            shown = (_milliseconds(seconds) for seconds in (fastest, median.cpu))
            table.add_row(name, _milliseconds(median.wall), times, *shown)
        table.add_section()
    console.print(table)


def print_memory(console: Console, count: int, peaks: Mapping[str, int]) -> None:
    """The peak memory of each process."""
    table = Table(title=f"peak memory of a whole process, {count:,} villages", title_justify="left")
    table.add_column("contender")
    table.add_column("peak", justify="right")
    for name, peak in peaks.items():
        table.add_row(name, f"{peak / 1e6:,.0f} MB")
    console.print(table)


def print_targets(console: Console, targets: Sequence[Target]) -> None:
    """What was asked for, and whether it was reached this time."""
    table = Table(title="targets", title_justify="left")
    for column in ("figure", "asked for", "measured", "reached"):
        table.add_column(column)
    for target in targets:
        table.add_row(target.what, target.wanted, target.measured, "yes" if target.met else "[red]no[/red]")
    console.print(table)


def speed_target(measured: Measured, least: float) -> Target:
    """Whether scoring is at least so many times as fast as OpenFisca-Core."""
    times = ratio(measured.runs[OURS], measured.runs[OPENFISCA])
    what = f"faster than OpenFisca-Core at {measured.count:,} villages"
    return Target(what, f"{least:g} times", f"{times:.2f} times", times >= least)


def memory_target(count: int, peak: int, most: int) -> Target:
    """Whether the peak memory stays below so many bytes."""
    what = f"peak memory at {count:,} villages"
    return Target(what, f"below {most / 1e6:,.0f} MB", f"{peak / 1e6:,.0f} MB", peak < most)


def print_first_queries(console: Console, queries: Sequence[FirstQuery]) -> None:
    """The statements and the time of a first query, for each database."""
    table = Table(
        title=f"{VILLAGES} villages with {OBSERVATIONS} observations each, by GraphQL in the process"
    )
    for heading in ("database", "SQL statements", "leaves", "the first time", "median after that"):
        table.add_column(heading, justify="left" if heading == "database" else "right")
    for one in queries:
        table.add_row(
            one.database,
            str(one.statements),
            f"{one.leaves:,}",
            _milliseconds(one.first),
            _milliseconds(one.later),
        )
    console.print(table)


def write_json(
    folder: Path,
    timings: Sequence[Measured],
    peaks: Mapping[str, int],
    first_queries: Sequence[FirstQuery],
    targets: Sequence[Target],
) -> Path:
    """Write every figure, and what it was measured on; returns the file."""
    now = datetime.now(UTC)
    document = {
        "measured_at": now.isoformat(timespec="seconds"),
        "machine": _machine(),
        "timings": [_timing(one) for one in timings],
        "peak_bytes": dict(peaks),
        "first_queries": [asdict(one) for one in first_queries],
        "targets": [asdict(target) for target in targets],
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{now:%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _timing(measured: Measured) -> dict[str, Any]:
    return {
        "villages": measured.count,
        "contenders": {
            name: {
                "median_seconds": typical(runs).wall,
                "median_processor_seconds": typical(runs).cpu,
                "seconds": [round(run.wall, 7) for run in runs],
            }
            for name, runs in measured.runs.items()
        },
        "ratios": {
            f"{name} / {first}": round(ratio(measured.runs[first], measured.runs[name]), 3)
            for first, *others in _CLASSES
            for name in others
        },
    }


def _machine() -> dict[str, Any]:
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "python": sys.version.split()[0],
        "numpy": version("numpy"),
        "openfisca_core": version("openfisca-core"),
    }


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:,.2f} ms"
