"""Reading workbooks that come back filled in: every visible sheet with villages as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from liangcun_server.importing.headings import Headings
from liangcun_server.importing.model import FileRead, InvalidImport, Problem
from liangcun_server.importing.progress import READING, Telling
from liangcun_server.importing.tables import Table
from liangcun_server.scoring_tables.apart import rows_of, sheets_of
from liangcun_server.scoring_tables.archive import SheetFaults, look_through_sheet
from liangcun_server.scoring_tables.cells import position, reference
from liangcun_server.scoring_tables.workbook import check_workbook
from liangcun_standards.text import Text

# The sheet that says how a template is filled in, and for which period.
INSTRUCTIONS = "填表说明"
PERIOD_LABEL = "时期"

_MOST_ROWS = 50_000
# Titles may stand above the headings.
_HEADINGS_WITHIN = 10


def read_workbook(
    data: bytes,
    file: str,
    headings: Headings,
    named: Mapping[str, str] | None = None,
    telling: Telling | None = None,
) -> FileRead:
    """The entries of all visible sheets. Raises UnreadableWorkbook, InvalidImport."""
    archive = check_workbook(data, file)
    read = FileRead()
    found = False
    for sheet in sheets_of(data, file):
        if not sheet.cells or sheet.hidden:
            continue
        faults = SheetFaults()
        if archive:
            faults = look_through_sheet(data, sheet.number, file, sheet.name, most_rows=_MOST_ROWS)
        rows = rows_of(data, file, sheet)
        if sheet.name == INSTRUCTIONS:
            read.period = _period(rows)
            continue
        where = f"{file}, {sheet.name}"
        top = _top(rows, headings, where)
        if top is None:
            continue
        found = True
        _sheet(rows, top, where, Table(read, headings, named=named), telling or Telling())
        _tell_faults(read, faults, where)
    if not found:
        raise InvalidImport(
            Text(
                "没有填报表：表头要有“区划代码”一列，和以指标命名的各列",
                "there is no table in it: its headings need 区划代码 (the code), and a column an indicator",
            ),
            where=file,
        )
    return read


def _period(rows: Sequence[Sequence[Any]]) -> str | None:
    return next((str(row[1]) for row in rows if len(row) > 1 and row[0] == PERIOD_LABEL and row[1]), None)


def _top(rows: Sequence[Sequence[Any]], headings: Headings, where: str) -> int | None:
    """The row with the headings; None for a sheet without anything in it."""
    filled = [number for number, row in enumerate(rows) if any(cell not in ("", None) for cell in row)]
    for number in filled[:_HEADINGS_WITHIN]:
        if {"region", "name"} & {headings.field(str(cell)) for cell in rows[number]}:
            return number
    if filled:
        raise InvalidImport(
            Text(
                "找不到表头：前几行里没有“区划代码”或“村名”",
                "no headings: the first rows have neither 区划代码 (the code) nor 村名 (the name)",
            ),
            where=where,
        )
    return None


def _sheet(rows: Sequence[Sequence[Any]], top: int, where: str, table: Table, telling: Telling) -> None:
    def numbered() -> Iterator[tuple[int, Sequence[Any]]]:
        for number in range(top + 1, len(rows)):
            yield number, rows[number]

    def place(row: int, column: int) -> str:
        return f"{where}!{reference(row, column)}"

    counted = telling.over(READING, numbered(), len(rows) - top - 1)
    table.read([str(cell) for cell in rows[top]], counted, where, place)


def _tell_faults(read: FileRead, faults: SheetFaults, where: str) -> None:
    """Formulas that came to an error, or were never worked out, are no figures."""
    broken = {f"{where}!{one}": Text("公式出错", "a formula with an error") for one in faults.errors}
    unknown = Text(
        "公式没有算出的值，请在 Excel 或 WPS 里打开后保存",
        "a formula without its value; open and save it in Excel or WPS",
    )
    broken |= {f"{where}!{one}": unknown for one in faults.without_value}
    if not broken:
        return
    read.entries = [one for one in read.entries if one.place not in broken]
    for place, message in broken.items():
        column = reference(0, position(place.rpartition("!")[2])[1])[:-1]
        read.problems.append(Problem(place, column, message))
