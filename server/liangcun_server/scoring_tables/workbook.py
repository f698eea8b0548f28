"""Reading a workbook's sheet: what kind of file it is, which sheet is meant, its cells as text."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from liangcun_server.scoring_tables.archive import (
    SheetFaults,
    check_archive,
    locked,
    look_through_sheet,
)
from liangcun_server.scoring_tables.cells import Grid, shown
from liangcun_server.scoring_tables.compound import check_compound
from liangcun_server.scoring_tables.errors import InvalidScoringTable, UnreadableWorkbook
from liangcun_standards.errors import LiangcunError
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
    archive = data.startswith(_ARCHIVE)
    if archive:
        check_archive(data, path.name)
    elif data.startswith(_COMPOUND):
        check_compound(data, path.name)
    else:
        raise UnreadableWorkbook(
            Text(
                "不是工作簿（.xlsx、.xls）；若是网页或 CSV 改的名，请用 Excel 或 WPS 打开，另存为 .xlsx",
                "it is no workbook (.xlsx, .xls); if it is a web page or CSV renamed, open it in Excel or "
                "WPS and save it as .xlsx",
            ),
            where=path.name,
        )
    with _opened(data, path.name) as workbook:
        sheets = [one for one in workbook.sheets_metadata if one.typ is SheetTypeEnum.WorkSheet]
        hidden = [one.name for one in sheets if one.visible is not SheetVisibleEnum.Visible]
        names = [sheet] if sheet is not None else [one.name for one in sheets if one.name not in hidden]
        _check_named(sheet, sheets, hidden, path.name)
        read = []
        for name in names:
            faults = SheetFaults()
            if archive:
                faults = look_through_sheet(data, workbook.sheet_names.index(name), path.name, name)
            with _faults_told(path.name):
                grid = _grid(workbook.get_sheet_by_name(name))
            if any(any(row) for row in grid.rows):
                read.append(SheetRead(grid, faults, [one for one in hidden if one != sheet]))
    return _only(read, names, path.name)


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


def _opened(data: bytes, file: str) -> CalamineWorkbook:
    with _faults_told(file):
        return CalamineWorkbook.from_filelike(io.BytesIO(data))


@contextmanager
def _faults_told(file: str) -> Iterator[None]:
    """Say what the reader of workbooks stumbles over as UnreadableWorkbook."""
    try:
        yield
    except PasswordError:
        raise locked(file) from None
    except (LiangcunError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # what it didn't expect, Rust raises past Exception
        raise _unreadable(error, file) from None


def _unreadable(error: BaseException, file: str) -> UnreadableWorkbook:
    told = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
    return UnreadableWorkbook(
        Text(
            f"工作簿无法读取（{told}）；请用 Excel 或 WPS 打开，另存为 .xlsx",
            f"the workbook can't be read ({told}); open it in Excel or WPS and save it as .xlsx",
        ),
        where=file,
    )


def _check_named(
    sheet: str | None, sheets: Sequence[SheetMetadata], hidden: Sequence[str], file: str
) -> None:
    listed = "、".join(one.name for one in sheets)
    if sheet is not None and sheet not in {one.name for one in sheets}:
        raise InvalidScoringTable(
            Text(
                f"没有工作表“{sheet[:60]}”，现有：{listed}",
                f"there is no sheet '{sheet[:60]}', only {listed}",
            ),
            where=file,
        )
    if sheet is None and len(hidden) == len(sheets):
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
        listed = "、".join(one.grid.sheet for one in read)
        raise InvalidScoringTable(
            Text(
                f"有多个工作表（{listed}）；请用 --sheet 指明打分表",
                f"there are several sheets ({listed}); name the scoring table with --sheet",
            ),
            where=file,
        )
    return read[0]


def _grid(sheet: CalamineSheet) -> Grid:
    rows = [[shown(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    return Grid(sheet.name, rows, sheet.merged_cell_ranges or ())
