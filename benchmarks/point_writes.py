"""Recording one value at a time: `make bench-import`.

Each write of ours (checked, compared, sealed, committed) takes turns with one that the database does by
itself: a row into a table of its own, committed as durably, on the same disk.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import time
from collections.abc import Awaitable, Callable

import psycopg
from rich.console import Console
from rich.table import Table

from benchmarks.faults import prepare
from benchmarks.first_query import postgresql_address, sqlite_address
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.storage.database import Database
from liangcun_standards.periods import Period
from liangcun_standards.plugins import load_plugins
from liangcun_standards.vocabulary import SourceStatus

WRITES = 500
_VILLAGE, _INDICATOR, _PERIOD = "220722201204", "street_lamps", Period.parse("2023")
_ROW = (_VILLAGE, _INDICATOR, "2023", 1.0)


def _bare_sqlite(address: str) -> Callable[[], None]:
    connection = sqlite3.connect(f"{address.removeprefix('sqlite:///')}.bare", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE bare (region, indicator, period, value)")

    def write() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO bare VALUES (?, ?, ?, ?)", _ROW)
        connection.execute("COMMIT")

    return write


def _bare_postgresql(address: str) -> Callable[[], None]:
    connection = psycopg.connect(address)
    connection.execute("CREATE TABLE bare (region text, indicator text, period text, value float8)")
    connection.commit()

    def write() -> None:
        connection.execute("INSERT INTO bare VALUES (%s, %s, %s, %s)", _ROW)
        connection.commit()

    return write


async def _measured(address: str, bare: Callable[[], None]) -> tuple[list[float], list[float]]:
    """Milliseconds of each write, ours and the database's own."""
    catalogue = load_plugins().indicators
    ours: list[float] = []
    own: list[float] = []
    async with Database(address) as database:

        async def record(number: int) -> None:
            value = NewObservation(
                region_code=_VILLAGE,
                indicator=_INDICATOR,
                period=_PERIOD,
                value=number,
                source_status=SourceStatus.SIMULATED,
            )
            await record_observations(database, catalogue, [value], author="b", reason="b")

        async def alone() -> None:
            bare()

        for number in range(WRITES + 20):
            for taken, job in ((ours, record(number)), (own, alone())):
                taken.append(await _milliseconds(job))
    # The first ones open connections.
    return ours[20:], own[20:]


async def _milliseconds(job: Awaitable[None]) -> float:
    start = time.perf_counter()
    await job
    return (time.perf_counter() - start) * 1000


def _shown(taken: list[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(taken, n=100)
    return cuts[49], cuts[98]


def main() -> None:
    """Measure, and print the median and the 99th percentile of both, and their ratios."""
    table = Table(
        "database", "ours p50, ms", "ours p99", "its own p50", "its own p99", "times p50", "times p99"
    )
    for name, made, bare in (
        ("SQLite", sqlite_address, _bare_sqlite),
        ("PostgreSQL", postgresql_address, _bare_postgresql),
    ):
        with made() as address:
            asyncio.run(prepare(address))
            ours, own = map(_shown, asyncio.run(_measured(address, bare(address))))
        times = [mine / theirs for mine, theirs in zip(ours, own, strict=True)]
        table.add_row(name, *(f"{one:.1f}" for one in (*ours, *own, *times)))
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
