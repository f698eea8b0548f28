"""Bringing in a filled-in workbook: `make bench-import`.

A workbook as `liangcun template` writes it, with ten indicators of 10,000 villages filled in, goes into
SQLite, beside two peers in the same run: the same workbook read by calamine, or by openpyxl, and its values
written by one executemany into a bare SQLite table, with no name, unit or range checked, nothing compared,
no index and no seal. Each runs in a process of its own; the whole command, start-up and all, is timed too.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from rich.console import Console
from rich.table import Table

from benchmarks.fault_files import measured
from benchmarks.importing import BARE, PROVINCE, most_megabytes
from liangcun_server.importing.importing import import_files
from liangcun_server.importing.model import ImportOptions
from liangcun_server.importing.template import Sheet, Template, template_xlsx
from liangcun_server.observations.model import Observation
from liangcun_server.regions.divisions import divisions_within
from liangcun_server.storage.database import Database
from liangcun_standards.indicators import Indicator
from liangcun_standards.periods import Period
from liangcun_standards.plugins import load_plugins
from liangcun_standards.vocabulary import AssessorLevel, IndicatorKind, Qualifier, RegionLevel, SourceStatus

PERIOD = Period.parse("2024")
# Of each kind so many indicators, as in a template: most are figures, some are answers.
KINDS = {IndicatorKind.RATE: 4, IndicatorKind.COUNT: 3, IndicatorKind.BOOLEAN: 2, IndicatorKind.CHOICE: 1}
_SECONDS = 5.0
_FIXED = 3
_SAID = ("--source-status", "simulated", "--source", "benchmark", "--reason", "benchmark", "--by", "b")
_OPTIONS = ImportOptions(source_status=SourceStatus.SIMULATED, source="benchmark")


def make_workbook(file: Path, rows: int) -> None:
    """A filled-in template for the first `rows` villages of a province."""
    divisions = {one.code: one for one in divisions_within(PROVINCE)}
    villages = [one for one in divisions.values() if one.level is RegionLevel.VILLAGE][:rows]
    indicators = _indicators()
    standing = {
        (village.code, indicator.code): _observation(village.code, indicator, value)
        for indicator, values in zip(indicators, _figures(indicators, len(villages)), strict=True)
        for village, value in zip(villages, values, strict=True)
    }
    sheet = Sheet("填报表", villages, divisions, indicators)
    province = divisions[PROVINCE.ljust(12, "0")]
    file.write_bytes(template_xlsx(Template(province, PERIOD, AssessorLevel.COUNTY, [sheet], standing)))


def _indicators() -> list[Indicator]:
    catalogue = load_plugins().indicators
    return [catalogue[one] for kind, count in KINDS.items() for one in measured(catalogue, kind)[:count]]


def _figures(indicators: Sequence[Indicator], count: int) -> Iterator[list[float]]:
    """Values that nobody would doubt, the same ones each time."""
    random = np.random.default_rng(1)
    for one in indicators:
        if one.kind is IndicatorKind.RATE:
            yield random.uniform(40, 60, count).round(2).tolist()
        elif one.kind is IndicatorKind.COUNT:
            yield [float(value) for value in random.integers(3, 20, count)]
        else:
            yield [float(value) for value in random.integers(0, max(len(one.choices), 2), count)]


def _observation(code: str, indicator: Indicator, value: float) -> Observation:
    return Observation(
        region_code=code,
        indicator=indicator.code,
        period=PERIOD,
        value=value,
        qualifier=Qualifier.EXACT,
        assessor_level=AssessorLevel.COUNTY,
        source_status=SourceStatus.SIMULATED,
        source=None,
        original_text=None,
        scope_note=None,
        method=None,
        note=None,
        revision=1,
        recorded_at=datetime.now(UTC),
        recorded_by="benchmark",
    )


async def _ours(address: str, file: Path) -> float:
    catalogue = load_plugins().indicators
    async with Database(address) as database:
        # As the command does.
        gc.freeze()
        start = time.perf_counter()
        done = await import_files(
            database, catalogue, [file], _OPTIONS, author="benchmark", reason="benchmark"
        )
        taken = time.perf_counter() - start
    if done.revision is None or done.problems or done.held:
        raise SystemExit("not everything was written")
    return taken


def _command(address: str, file: Path) -> float:
    start = time.perf_counter()
    _liangcun("import", str(file), *_SAID, "--database-url", address)
    return time.perf_counter() - start


def _liangcun(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-c", "from liangcun_server.cli import main; main()", *arguments],
        check=True,
        capture_output=True,
    )


def bare(reader: str, database: Path, file: Path) -> float:
    """Seconds that reading the workbook and writing its values into a bare table take."""
    start = time.perf_counter()
    rows = _by_calamine(file) if reader == "calamine" else _by_openpyxl(file)
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"CREATE TABLE bare ({BARE})")
        connection.executemany(
            f"INSERT INTO bare VALUES ({', '.join('?' * len(BARE.split(',')))})", _cells(rows)
        )
        connection.commit()
    return time.perf_counter() - start


def _by_calamine(file: Path) -> Sequence[Sequence[Any]]:
    workbook = CalamineWorkbook.from_path(file)
    return workbook.get_sheet_by_index(1).to_python()


def _by_openpyxl(file: Path) -> Sequence[Sequence[Any]]:
    workbook = load_workbook(file, read_only=True, data_only=True)
    return list(workbook.worksheets[1].iter_rows(values_only=True))


def _cells(rows: Sequence[Sequence[Any]]) -> Iterator[tuple[object, ...]]:
    rest = ("2024", "county"), ("exact", "simulated", "benchmark", None, None, None, None, 1)
    for row in rows[1:]:
        for column, value in enumerate(row[_FIXED:]):
            yield row[0], column, *rest[0], value, *rest[1]


def _alone(way: str, target: str, file: Path) -> tuple[float, float]:
    """Seconds and megabytes of a run in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.importing_workbook", "--one", way, target, str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, megabytes = done.stdout.split()[-2:]
    return float(seconds), float(megabytes)


def _run_one(way: str, target: str, file: Path) -> None:
    taken = asyncio.run(_ours(target, file)) if way == "ours" else bare(way, Path(target), file)
    print(taken, most_megabytes())


def _round(folder: Path, number: int, file: Path) -> dict[str, tuple[float, float]]:
    """What each way takes, one after the other, into databases of their own."""
    found = {}
    for way in ("calamine", "openpyxl"):
        found[way] = _alone(way, str(folder / f"{way}-{number}.db"), file)
    for way in ("ours", "command"):
        address = f"sqlite:///{folder / f'{way}-{number}.db'}"
        _liangcun("init", "--within", PROVINCE, "--database-url", address)
        found[way] = _alone(way, address, file) if way == "ours" else (_command(address, file), 0.0)
    return found


def main() -> None:
    """Measure, and print the median seconds, their ratios to the bare ways, and the most memory held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", nargs=3, metavar=("WAY", "TARGET", "FILE"), help="one run, by itself")
    chosen = parser.parse_args()
    if chosen.one:
        _run_one(chosen.one[0], chosen.one[1], Path(chosen.one[2]))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "filled.xlsx"
        make_workbook(file, chosen.rows)
        runs = [_round(folder, number, file) for number in range(chosen.rounds)]
    taken = {way: median(one[way][0] for one in runs) for way in runs[0]}
    held = {way: max(one[way][1] for one in runs) for way in runs[0]}
    _print(chosen.rows, taken, held)


def _print(rows: int, taken: dict[str, float], held: dict[str, float]) -> None:
    values = rows * sum(KINDS.values())
    shown = Table("way", "s", "ours, times", "MB", title=f"workbook of {rows} × {sum(KINDS.values())}")
    labels = {
        "calamine": "calamine, bare table",
        "openpyxl": "openpyxl, bare table",
        "ours": f"ours, {values} values",
        "command": "the whole command",
    }
    for way, label in labels.items():
        times = "" if way == "command" else f"{taken['ours'] / taken[way]:.1f}"
        # What a command holds, its own process says to nobody.
        megabytes = "" if way == "command" else f"{held[way]:.0f}"
        style = "red" if way == "ours" and taken[way] > _SECONDS else ""
        shown.add_row(label, f"{taken[way]:.2f}", times, megabytes, style=style)
    Console().print(shown)
    Console().print(f"{os.cpu_count()} cores")


if __name__ == "__main__":
    main()
