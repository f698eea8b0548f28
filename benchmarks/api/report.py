"""The figures as tables on the screen and as a JSON file."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.api.figures import Figure
from benchmarks.api.growth import Curve
from benchmarks.api.measuring import Series

_LIBRARIES = ("strawberry-graphql", "ariadne", "graphql-core", "uvicorn", "sqlalchemy", "psycopg")


def print_series(console: Console, series: Sequence[Series]) -> None:
    """A table for each workload."""
    for title in dict.fromkeys(_title(one) for one in series):
        table = Table(title=title, title_justify="left")
        table.add_column("server", no_wrap=True)
        for column in (
            "requests/s",
            "rounds",
            "量村 is",
            "p50 ms",
            "p99 ms",
            "CPU ms",
            "PostgreSQL",
            "kB",
        ):
            table.add_column(column, justify="right", no_wrap=True)
        group = [one for one in series if _title(one) == title]
        for one in group:
            if one.failure is not None:
                table.add_row(one.server.kind.name, "failed")
                continue
            beside = one is not group[0] and group[0].failure is None
            ours = f"{group[0].ratio_to(one):.2f} ×" if beside else ""
            table.add_row(
                one.server.kind.name,
                f"{one.rate:,.1f}",
                f"{min(one.rates):,.1f}–{max(one.rates):,.1f}",
                ours,
                f"{one.percentile(0.5):,.1f}",
                f"{one.percentile(0.99):,.1f}",
                f"{one.worker_ms:,.2f}",
                f"{one.database_ms:,.2f}",
                f"{one.bytes / 1000:,.1f}",
            )
        console.print(table)
        for one in group:
            if one.failure is not None:
                console.print(f"{one.server.kind.name}: {one.failure}", style="red", highlight=False)


def print_growth(console: Console, found: Sequence[Curve]) -> None:
    """Milliseconds by page size."""
    table = Table(title="milliseconds by page size, one client", title_justify="left")
    table.add_column("server")
    for size in found[0].milliseconds:
        table.add_column(f"{size:,}", justify="right")
    table.add_column("slope (1 is linear)", justify="right")
    for curve in found:
        times = [f"{time:,.1f}" for time in curve.milliseconds.values()]
        table.add_row(curve.name, *times, f"{curve.exponent:.2f}")
    console.print(table)


def print_figures(console: Console, figures: Sequence[Figure]) -> None:
    """What was asked for, and whether it was reached this time."""
    table = Table(title="figures", title_justify="left")
    for column in ("figure", "asked for", "measured", "reached", "by processor time"):
        table.add_column(column)
    for figure in figures:
        reached = {True: "yes", False: "[red]no[/red]", None: "—"}[figure.met]
        table.add_row(figure.what, figure.wanted, figure.measured, reached, figure.by_processor)
    console.print(table)


def machine(postgresql: str, node: str | None) -> dict[str, Any]:
    """What it was measured on, in general words. `load` is that of the minute before."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "postgresql": postgresql,
        "node": node,
        **{name: version(name) for name in _LIBRARIES},
    }


def write_json(
    path: Path,
    on: Mapping[str, Any],
    series: Sequence[Series],
    found: Sequence[Curve],
    figures: Sequence[Figure],
) -> None:
    """Write every figure, and what it was measured on."""
    document = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": on,
        "workloads": [_entry(one) for one in series],
        "growth": [{**asdict(curve), "slope": curve.exponent} for curve in found],
        "figures": [asdict(figure) for figure in figures],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
    path.write_bytes(orjson.dumps(document, option=options) + b"\n")


def _title(one: Series) -> str:
    return f"{one.workload.title}, {one.workload.connections} connections"


def _entry(one: Series) -> dict[str, Any]:
    about = {
        "workload": one.workload.key,
        "connections": one.workload.connections,
        "server": one.server.kind.key,
        "name": one.server.kind.name,
    }
    if one.failure is not None:
        return {**about, "failure": one.failure}
    return {
        **about,
        "requests_per_second": one.rate,
        "rounds": one.rates,
        "p50_ms": one.percentile(0.5),
        "p99_ms": one.percentile(0.99),
        "worker_cpu_ms": one.worker_ms,
        "postgresql_cpu_ms": one.database_ms,
        "bytes": one.bytes,
        "memory_bytes": one.server.memory_bytes(),
    }
