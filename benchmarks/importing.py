"""Bringing in a million observations: `make bench-import`.

Parquet and CSV files go into SQLite and PostgreSQL, beside the bare bound in the same run: the same rows by
one executemany into a SQLite table, or by COPY into a PostgreSQL table, without indexes, keys, checks or
seals. Then a Parquet file of ten times as many, for how it grows. Each runs in a process of its own, so that
the most memory it held is its own.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from benchmarks.fault_files import measured
from liangcun_server.importing.importing import import_files
from liangcun_server.importing.model import ImportOptions
from liangcun_server.regions.divisions import divisions_within
from liangcun_server.regions.loading import load_regions
from liangcun_server.storage.database import Database
from liangcun_standards.plugins import load_plugins
from liangcun_standards.vocabulary import IndicatorKind, RegionLevel, SourceStatus

PROVINCE = "220000"
_TIMES, _MEGABYTES = 4.0, 500
_MILLION, _TIMES_LONGER = 1_000_000, 10
_AS_TEXT = pa_csv.ConvertOptions(column_types={"region": pa.string(), "period": pa.string()})
_WIDTH = 13
_OPTIONS = ImportOptions(source_status=SourceStatus.SIMULATED, source="benchmark")
BARE = "region_code, indicator_id, period, assessor_level, value, qualifier, source_status, source, \
original_text, scope_note, method, note, revision_id"


def make_file(file: Path, count: int) -> None:
    """`count` rates for the villages of a province: every indicator of the kind, then year after year."""
    codes = [one.code for one in divisions_within(PROVINCE) if one.level is RegionLevel.VILLAGE]
    rates = measured(load_plugins().indicators, IndicatorKind.RATE)
    if count > 900 * len(codes) * len(rates):
        raise SystemExit("too many observations for periods up to 2999")
    years = [str(2000 + one) for one in range(900)]
    chance = np.random.default_rng(1)
    text = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema([("region", text), ("indicator", text), ("period", text), ("value", pa.float64())])
    with _writer(file, schema) as writer:
        for start in range(0, count, _MILLION):
            row = np.arange(start, min(start + _MILLION, count))
            village, rest = row % len(codes), row // len(codes)
            name, year = rest % len(rates), rest // len(rates)
            places = ((village, codes), (name, rates), (year, years))
            columns = [pa.DictionaryArray.from_arrays(at.astype(np.int32), words) for at, words in places]
            writer.write_table(pa.table([*columns, chance.uniform(40, 60, len(row)).round(2)], schema=schema))


def _writer(file: Path, schema: pa.Schema) -> Any:
    if file.suffix == ".parquet":
        return pq.ParquetWriter(file, schema)
    return pa_csv.CSVWriter(file, schema)


async def _prepare(address: str) -> None:
    async with Database(address) as database:
        await database.upgrade()
        await load_regions(database, divisions_within(PROVINCE), author="benchmark", reason="benchmark")


async def _ours(address: str, file: Path) -> float:
    catalogue = load_plugins().indicators
    async with Database(address) as database:
        # Connected already, as the bare bound is.
        await database.check()
        start = time.perf_counter()
        done = await import_files(database, catalogue, [file], _OPTIONS, author="b", reason="b")
        taken = time.perf_counter() - start
    if done.revision is None or done.problems:
        raise SystemExit("nothing was written")
    return taken


def _rows(file: Path) -> list[tuple[object, ...]]:
    table = pa_csv.read_csv(file, convert_options=_AS_TEXT) if file.suffix == ".csv" else pq.read_table(file)
    columns = [table[name].to_pylist() for name in ("region", "period", "value")]
    return [
        (code, 1, period, "county", value, "exact", "simulated", "benchmark", None, None, None, None, 1)
        for code, period, value in zip(*columns, strict=True)
    ]


def _bare_sqlite(file: Path, database: Path) -> float:
    rows = _rows(file)
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"CREATE TABLE bare ({BARE})")
        start = time.perf_counter()
        connection.executemany(f"INSERT INTO bare VALUES ({', '.join('?' * _WIDTH)})", rows)
        connection.commit()
        return time.perf_counter() - start


def _bare_postgresql(file: Path, address: str) -> float:
    rows = _rows(file)
    types = ("text", "int", "text", "text", "float8", *["text"] * 7, "bigint")
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(BARE.split(", "), types, strict=True))
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
    print(taken, most_megabytes())


def most_megabytes() -> float:
    """What this process held at most; the figure of `resource` begins with that of the process before."""
    (line,) = (one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """Measure, and print seconds, their ratio to the bare bound, the most memory held, and how it grows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=_MILLION)
    parser.add_argument("--one", nargs=3, metavar=("WAY", "FILE", "TARGET"), help="one run, by itself")
    chosen = parser.parse_args()
    if chosen.one:
        _run_one(chosen.one[0], Path(chosen.one[1]), chosen.one[2])
        return
    # Only here: what is measured shouldn't carry the API along.
    from benchmarks.first_query import postgresql_address, sqlite_address

    table = Table("database", "file", "values", "ours, s", "bare, s", "times", "ours, MB", "grows as")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {"CSV": folder / "a.csv", "Parquet": folder / "a.parquet", "longer": folder / "b.parquet"}
        counts = {"CSV": chosen.count, "Parquet": chosen.count, "longer": chosen.count * _TIMES_LONGER}
        for kind, file in files.items():
            make_file(file, counts[kind])
        for database, made in (("SQLite", sqlite_address), ("PostgreSQL", postgresql_address)):
            runs = {kind: _compared(made, file, alone=kind == "longer") for kind, file in files.items()}
            power = math.log(runs["longer"].taken / runs["Parquet"].taken, _TIMES_LONGER)
            for kind, run in runs.items():
                is_longer = kind == "longer"
                bare = ["", ""] if is_longer else [f"{run.bound:.1f}", f"{run.taken / run.bound:.1f}"]
                good = is_longer or (run.taken <= _TIMES * run.bound and run.megabytes <= _MEGABYTES)
                table.add_row(
                    database,
                    "Parquet" if is_longer else kind,
                    f"{counts[kind]:,}",
                    f"{run.taken:.1f}",
                    *bare,
                    f"{run.megabytes:.0f}",
                    f"n^{power:.2f}" if is_longer else "",
                    style="" if good else "red",
                )
    Console(width=100).print(table)


class _Run(NamedTuple):
    taken: float
    megabytes: float
    bound: float


def _compared(made: Callable[[], Any], file: Path, *, alone: bool = False) -> _Run:
    """Ours, and the bare bound before it unless `alone`, into a database that `made` makes."""
    with made() as ours:
        bare = f"{ours.removeprefix('sqlite:///')}.bare" if ours.startswith("sqlite") else ours
        asyncio.run(_prepare(ours))
        bound = math.nan if alone else _alone("--one", "bare", str(file), bare)[0]
        return _Run(*_alone("--one", "ours", str(file), ours), bound)


if __name__ == "__main__":
    main()
