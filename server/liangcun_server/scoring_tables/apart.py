"""Asking the program that reads workbooks: whatever a file does to it stays there."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liangcun_server.scoring_tables.archive import locked
from liangcun_server.scoring_tables.cells import Grid, shown
from liangcun_server.scoring_tables.errors import UnreadableWorkbook
from liangcun_standards.text import Text

_PROGRAM = Path(__file__).with_name("calamine_reading.py")
_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by its number in the workbook, from 0; `cells`: it is no chart or macro."""

    number: int
    name: str
    cells: bool
    hidden: bool


def sheets_of(data: bytes, file: str) -> list[Sheet]:
    """The workbook's sheets, in their order. Raises UnreadableWorkbook."""
    return [Sheet(number, **one) for number, one in enumerate(_asked(data, file, "sheets")["sheets"])]


def grid_of(data: bytes, file: str, sheet: Sheet) -> Grid:
    """The cells of a sheet. Raises UnreadableWorkbook."""
    answer = _asked(data, file, "cells", str(sheet.number))
    rows = [[shown(value) for value in row] for row in answer["rows"]]
    merged = [((top, left), (bottom, right)) for (top, left), (bottom, right) in answer["merged"]]
    return Grid(sheet.name, rows, merged)


def rows_of(data: bytes, file: str, sheet: Sheet) -> list[list[Any]]:
    """The values of a sheet's cells from A1, numbers as numbers, dates as text. Raises UnreadableWorkbook."""
    rows: list[list[Any]] = _asked(data, file, "cells", str(sheet.number))["rows"]
    return rows


def _asked(data: bytes, file: str, *question: str) -> dict[str, Any]:
    try:
        # -P: the folder of the program is no place to import from.
        done = subprocess.run(  # noqa: S603  (our own program, and a number)
            [sys.executable, "-P", str(_PROGRAM), *question],
            input=data,
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError, RecursionError):
        # What Rust has to say of its own failure is for its developers.
        raise _unreadable(Text("读到一半停下了", "reading it ended half-way"), file) from None
    if "locked" in answer:
        raise locked(file)
    if "fault" in answer:
        told = answer["fault"].splitlines()[0][:120]
        raise _unreadable(Text(told, told), file)
    return answer


def _unreadable(why: Text, file: str) -> UnreadableWorkbook:
    return UnreadableWorkbook(
        Text(
            f"工作簿无法读取（{why.zh}）；请用 Excel 或 WPS 打开，另存为 .xlsx",
            f"the workbook can't be read ({why.en}); open it in Excel or WPS and save it as .xlsx",
        ),
        where=file,
    )
