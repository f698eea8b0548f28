"""Reading a workbook's sheet: what kind of file it is, which sheet is meant, its cells as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from liangcun_server.scoring_tables.apart import Sheet, grid_of, sheets_of
from liangcun_server.scoring_tables.archive import SheetFaults, check_archive, look_through_sheet
from liangcun_server.scoring_tables.cells import Grid
from liangcun_server.scoring_tables.compound import check_compound
from liangcun_server.scoring_tables.errors import InvalidScoringTable, UnreadableWorkbook
from liangcun_standards.text import Text

MAX_BYTES = 10_000_000

_ARCHIVE = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class SheetRead:
    """A sheet's cells; `faults` are those without a value, `left` the names of hidden sheets left alone."""

    grid: Grid
    faults: SheetFaults
    left: Sequence[str] = ()


def read_sheet(path: Path, sheet: str | None = None) -> SheetRead:
    """The sheet named or, without a name, the only visible one that has anything in it.

    Raises UnreadableWorkbook for what is no workbook, is locked, or is too large, InvalidScoringTable when
    there is no such sheet, or none or several that it could be.
    """
    data = _bytes(path)
    archive = check_workbook(data, path.name)
    sheets = [one for one in sheets_of(data, path.name) if one.cells]
    _check_named(sheet, sheets, path.name)
    hidden = [one.name for one in sheets if one.hidden and one.name != sheet]
    chosen = [one for one in sheets if (one.name == sheet if sheet is not None else not one.hidden)]
    read = []
    for one in chosen:
        faults = look_through_sheet(data, one.number, path.name, one.name) if archive else SheetFaults()
        grid = grid_of(data, path.name, one)
        if any(any(row) for row in grid.rows):
            read.append(SheetRead(grid, faults, hidden))
        if len(read) > 1:
            break
    return _only(read, [one.name for one in chosen], path.name)


def check_workbook(data: bytes, file: str) -> bool:
    """Whether the workbook is of the newer kind, an archive. Raises UnreadableWorkbook for what is none."""
    if data.startswith(_ARCHIVE):
        check_archive(data, file)
        return True
    if data.startswith(_COMPOUND):
        check_compound(data, file)
        return False
    raise UnreadableWorkbook(
        Text(
            "不是工作簿（.xlsx、.xls）；若是网页或 CSV 改的名，请用 Excel 或 WPS 打开，另存为 .xlsx",
            "it is no workbook (.xlsx, .xls); if it is a web page or CSV renamed, open it in Excel or "
            "WPS and save it as .xlsx",
        ),
        where=file,
    )


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size <= MAX_BYTES:
            return path.read_bytes()
    except OSError as error:
        problem = error.strerror or str(error)
        raise UnreadableWorkbook(
            Text(f"无法读取文件（{problem}）", f"the file can't be read ({problem})"), where=path.name
        ) from None
    raise UnreadableWorkbook(
        Text(
            f"文件超过 {MAX_BYTES // 1_000_000} MB；请只留打分表一个工作表，去掉图片后另存",
            f"it is larger than {MAX_BYTES // 1_000_000} MB; save it with the scoring table alone and "
            "without pictures",
        ),
        where=path.name,
    )


def _check_named(sheet: str | None, sheets: Sequence[Sheet], file: str) -> None:
    listed = "、".join(one.name for one in sheets)
    if not sheets:
        raise InvalidScoringTable(
            Text("工作簿里没有工作表", "there are no sheets of cells in the workbook"), where=file
        )
    if sheet is not None and sheet not in {one.name for one in sheets}:
        raise InvalidScoringTable(
            Text(
                f"没有工作表“{sheet[:60]}”，现有：{listed}",
                f"there is no sheet '{sheet[:60]}', only {listed}",
            ),
            where=file,
        )
    if sheet is None and all(one.hidden for one in sheets):
        raise InvalidScoringTable(
            Text(
                f"工作表都是隐藏的（{listed}），隐藏的不读；请取消隐藏，或用 --sheet 指明",
                f"all its sheets are hidden ({listed}), and hidden ones aren't read; show one, or name it "
                "with --sheet",
            ),
            where=file,
        )


def _only(read: Sequence[SheetRead], names: Sequence[str], file: str) -> SheetRead:
    if not read:
        shown_names = "、".join(names)
        raise InvalidScoringTable(
            Text(
                f"工作表是空的（{shown_names}）；请确认打分表在哪个表里，用 --sheet 指明",
                f"the sheet is empty ({shown_names}); see where the table is and name it with --sheet",
            ),
            where=file,
        )
    if len(read) > 1:
        listed = "、".join(names)
        raise InvalidScoringTable(
            Text(
                f"有多个工作表（{listed}）；请用 --sheet 指明打分表",
                f"there are several sheets ({listed}); name the scoring table with --sheet",
            ),
            where=file,
        )
    return read[0]
