"""`python -m benchmarks.api`: start everything, make sure of the answers, measure, print it, keep it."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil
from rich.console import Console

from benchmarks.api import figures, growth, report
from benchmarks.api.agreement import check_agreement
from benchmarks.api.database import Addresses, PostgreSQL, fill, postgresql, village_codes
from benchmarks.api.measuring import Plan, Series, measure
from benchmarks.api.node import NotInstallable, PostGraphile, install
from benchmarks.api.servers import ARIADNE, BARE, OURS, STRAWBERRY, Kind, Server, postgraphile, running
from benchmarks.api.workloads import Workload, names, one_village, page, ranking
from liangcun_standards import load_plugins

_BENCHMARKS = Path(__file__).parents[1]
_RESULTS = _BENCHMARKS / "results" / "api.json"
_DRAWING = _BENCHMARKS.parent / "docs" / "page-size.svg"
# Of the tables when they go into a file.
_WIDTH = 110
_WARM_UP_SECONDS = 1.5
# A run takes less than six minutes, of which loading and starting need one.
_COMPARING_SECONDS, _GROWING_SECONDS, _RANKING_SECONDS = 180.0, 45.0, 50.0
_COUNTY_VILLAGES = 255
# One in so many villages is asked for, so that the questions range over the whole table.
_VILLAGE_STEP = 25
# Whose growth is drawn; the others would take a minute for a page of 1,000.
_DRAWN = ("liangcun", "postgraphile", "bare")

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Arguments:
    """How often and how long each server has its turn, and whether the drawing goes into the guides."""

    rounds: int
    seconds: float
    draw: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """All that runs: the servers over the villages, 量村's over the county, PostgreSQL's first process."""

    servers: dict[str, Server]
    county: Server
    postmaster: psutil.Process


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run measured: the comparison, the ranking alone, growth with the page size."""

    compared: list[Series]
    ranking: list[Series]
    growth: list[growth.Curve]


def main() -> None:
    """Run the benchmark."""
    arguments = _arguments()
    # Ended from outside, it stops what it started all the same.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    console = Console()
    if not console.is_terminal:
        console.width = _WIDTH
    with ExitStack() as stack, console.status("installing PostGraphile") as status:
        installed = _installed(console)
        status.update("starting PostgreSQL and loading it")
        server = stack.enter_context(postgresql())
        addresses = asyncio.run(fill(server.address, load_plugins().indicators))
        status.update("starting the servers")
        stage = _start(stack, server, addresses, installed)
        machine = report.machine(addresses.version, None if installed is None else installed.node_version)
        measured = _measure(stage, arguments, status.update)
        series = [*measured.compared, *measured.ranking]
        reached = figures.compare(series)
        report.write_json(_RESULTS, machine, series, measured.growth, reached)
    report.print_series(console, series)
    report.print_growth(console, measured.growth)
    report.print_figures(console, reached)
    console.print(f"rounds: {len(series[0].slots)}; load of the machine before: {machine['load']}")
    console.print(f"written to {_RESULTS.relative_to(_BENCHMARKS.parent)}")
    if arguments.draw:
        _DRAWING.write_text(growth.drawing(measured.growth), encoding="utf-8")
        console.print(f"drawn in {_DRAWING.relative_to(_BENCHMARKS.parent)}")


def _arguments() -> Arguments:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.api", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each server has its turn")
    parser.add_argument("--seconds", type=float, default=1.5, help="how long a turn is")
    parser.add_argument("--draw", action="store_true", help=f"also draw growth into docs/{_DRAWING.name}")
    return Arguments(**vars(parser.parse_args()))


def _installed(console: Console) -> PostGraphile | None:
    try:
        return install()
    except NotInstallable as error:
        console.print(f"[yellow]without PostGraphile: {error}[/yellow]")
        return None


def _start(
    stack: ExitStack, server: PostgreSQL, addresses: Addresses, installed: PostGraphile | None
) -> Stage:
    logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="liangcun-bench-logs-")))
    kinds: list[Kind] = [OURS, STRAWBERRY, ARIADNE, BARE]
    if installed is not None:
        kinds.insert(3, postgraphile(installed))
    servers = {
        kind.key: stack.enter_context(running(kind, addresses.villages, logs / kind.key)) for kind in kinds
    }
    county = stack.enter_context(running(OURS, addresses.county, logs / "county"))
    return Stage(servers, county, psutil.Process(server.pid))


def _measure(stage: Stage, arguments: Arguments, told: Told) -> Measured:
    rounds, seconds = arguments.rounds, arguments.seconds
    compared = [page(100), one_village(village_codes()[::_VILLAGE_STEP]), names(1000)]
    servers = list(stage.servers.values())
    told("comparing the answers")
    check_agreement(servers, compared)

    def measured(pairs: list[tuple[Server, Workload]], plan: Plan) -> list[Series]:
        return measure(pairs, stage.postmaster, plan, told)

    drawn = [stage.servers[key] for key in _DRAWN if key in stage.servers]
    growing = [(server, page(size, connections=1)) for server in drawn for size in growth.SIZES]
    return Measured(
        compared=measured(
            [(server, workload) for workload in compared for server in servers],
            Plan(rounds, seconds, _WARM_UP_SECONDS, _COMPARING_SECONDS),
        ),
        growth=growth.curves(measured(growing, Plan(rounds, seconds / 2, 0.0, _GROWING_SECONDS))),
        ranking=measured(
            [(stage.county, ranking(_COUNTY_VILLAGES))],
            Plan(rounds, 2 * seconds, 0.0, _RANKING_SECONDS),
        ),
    )


if __name__ == "__main__":
    main()
