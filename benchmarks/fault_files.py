"""The files that writers bring in until they are ended, one for each way that an import goes.

A file is brought in many times, each time for another month: the mark by which its values are known.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from liangcun_server.importing.model import ImportOptions
from liangcun_server.importing.plain_columns import SMALLEST
from liangcun_server.regions.divisions import divisions_within
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import IndicatorKind, RegionLevel, SourceStatus

COUNTY = "220722"
_FIRST_YEAR = 1950
_IN_A_WORKBOOK = 3


@dataclass(frozen=True)
class FaultFile:
    """A file, how it is read ("cells" or "columns"), and how many values it has."""

    path: Path
    way: str
    values: int


def fault_files(folder: Path, catalogue: IndicatorCatalogue) -> list[FaultFile]:
    """A workbook, read cell by cell, and a CSV file large enough to be read as columns."""
    villages = [one.code for one in divisions_within(COUNTY) if one.level is RegionLevel.VILLAGE]
    rates = measured(catalogue, IndicatorKind.RATE)
    return [_workbook(folder / "cells.xlsx", villages, rates[:_IN_A_WORKBOOK]), _csv(folder, villages, rates)]


def measured(catalogue: IndicatorCatalogue, kind: IndicatorKind) -> list[str]:
    """The indicators of a kind that are measured in villages."""
    return [
        one.code
        for one in catalogue.values()
        if one.kind is kind and one.formula is None and one.level is RegionLevel.VILLAGE
    ]


def file_of(files: list[FaultFile], number: int) -> FaultFile:
    """The file that the import of a number brings in: by turns."""
    return files[number % len(files)]


def options_of(number: int) -> ImportOptions:
    """What the import of a number is asked: its values are those of a month that no other import has."""
    year, month = divmod(number, 12)
    return ImportOptions(
        period=Period(_FIRST_YEAR + year, "month", month + 1), source_status=SourceStatus.SIMULATED
    )


def _workbook(path: Path, villages: list[str], rates: list[str]) -> FaultFile:
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["region", *rates])
        for place, village in enumerate(villages):
            sheet.write_row(place + 1, 0, [village, *(_value(place, at) for at in range(len(rates)))])
    return FaultFile(path, "cells", len(villages) * len(rates))


def _csv(folder: Path, villages: list[str], rates: list[str]) -> FaultFile:
    path = folder / "columns.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["region", "indicator", "value"])
        for place, village in enumerate(villages):
            rows.writerows((village, rate, _value(place, at)) for at, rate in enumerate(rates))
    if path.stat().st_size < SMALLEST:
        raise ValueError(f"{path.name} is too small to be read as columns")
    return FaultFile(path, "columns", len(villages) * len(rates))


def _value(place: int, at: int) -> float:
    return 40.0 + (place * 7 + at) % 80 / 4
