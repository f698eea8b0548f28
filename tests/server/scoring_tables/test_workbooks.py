"""Workbooks that can't be read, or shouldn't be: each an error with the file, the sheet and the way out."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from random import Random

import pytest
import xlsxwriter
from tests.server.scoring_tables.workbooks import HEADER, ROWS, table_of, workbook, write_sheet

from liangcun_server.scoring_tables import apart, archive
from liangcun_server.scoring_tables.cells import normal, position, reference, shown
from liangcun_server.scoring_tables.errors import InvalidScoringTable, UnreadableWorkbook
from liangcun_server.scoring_tables.workbook import MAX_BYTES

_OLD = Path(__file__).with_name("shiqiao.xls")


def _refusal(file: Path, sheet: str | None = None) -> str:
    with pytest.raises((UnreadableWorkbook, InvalidScoringTable)) as refused:
        table_of(file, sheet)
    return refused.value.text("zh")


def _with_entry(file: Path, name: str, content: bytes) -> Path:
    """The workbook with one part more, or another in its place."""
    with zipfile.ZipFile(file) as old:
        parts = {one: old.read(one) for one in old.namelist()} | {name: content}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for one, text in parts.items():
            new.writestr(one, text)
    return file


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bombs are let off small: what counts is that nothing is unpacked past the limit."""
    monkeypatch.setattr(archive, "MAX_UNPACKED", 3_000_000)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A workbook with nothing wrong with it."""
    return workbook(tmp_path / "a.xlsx", [HEADER, *ROWS])


def test_an_older_workbook_is_read_with_its_merged_cells_and_formulas() -> None:
    table = table_of(_OLD)

    assert table.title == "石桥镇2023年环境卫生打分表"
    assert [(one.group, one.words, one.points) for one in table.items] == [
        (0, "无污水横流", 60.0),
        (0, "卫生厕所普及率", 40.0),
    ]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("项目,序号,标准,分值\n".encode("gbk"), id="CSV"),
        pytest.param(b"<html><table></table></html>", id="a web page"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_is_no_workbook_is_refused_with_the_way_out(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(content)

    assert _refusal(file).startswith("a.xlsx: 不是工作簿")
    assert "另存为 .xlsx" in _refusal(file)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("old", [True, False], ids=["xls", "xlsx"])
def test_a_damaged_workbook_is_refused(tmp_path: Path, sound: Path, kept: float, old: bool) -> None:
    data = (_OLD if old else sound).read_bytes()
    file = tmp_path / "broken.xlsx"
    file.write_bytes(data[: int(len(data) * kept)])

    assert _refusal(file).startswith("broken.xlsx")


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    with zipfile.ZipFile(file, "w") as new:
        new.writestr("readme.txt", "hello")

    assert "另存为 .xlsx" in _refusal(file)


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "none.xlsx").startswith("none.xlsx: 无法读取文件")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    with file.open("wb") as new:
        new.truncate(MAX_BYTES + 1)

    assert "超过 10 MB" in _refusal(file)


@pytest.mark.usefixtures("_small")
def test_a_bomb_is_left_alone_before_it_unpacks(sound: Path) -> None:
    bomb = _with_entry(sound, "xl/media/image1.png", b"\0" * (archive.MAX_UNPACKED + 1))

    assert bomb.stat().st_size < 30_000
    assert _refusal(bomb).startswith("a.xlsx: 解压后超过 3 MB")


@pytest.mark.usefixtures("_small")
def test_a_bomb_that_lies_of_its_size_is_found_out(sound: Path) -> None:
    bomb = _with_entry(sound, "xl/media/image1.png", b"\0" * (archive.MAX_UNPACKED + 1))
    true, lie = struct.pack("<I", archive.MAX_UNPACKED + 1), struct.pack("<I", 10)
    bomb.write_bytes(bomb.read_bytes().replace(true, lie))

    assert _refusal(bomb).startswith("a.xlsx: 解压后超过 3 MB")


def test_an_archive_of_a_thousand_files_is_refused(sound: Path) -> None:
    with zipfile.ZipFile(sound, "a") as more:
        for number in range(archive.MAX_ENTRIES):
            more.writestr(f"xl/media/{number}.png", b"")

    assert "最多 1000" in _refusal(sound)


def test_a_workbook_with_a_password_is_told_as_such(tmp_path: Path, sound: Path) -> None:
    data = bytearray(sound.read_bytes())
    # The first bit of the flags, in the entries and in the directory.
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            data[at + offset] |= 1
    sound.write_bytes(data)
    old = tmp_path / "old.xls"
    # The name of the part in which a newer workbook with a password keeps its sheets, in Unicode.
    name = "Workbook".encode("utf-16-le")
    compound = _OLD.read_bytes()
    assert compound.count(name) == 1
    locked = "EncryptedPackage".encode("utf-16-le")
    at = compound.index(name)
    length = struct.pack("<H", len(locked) + 2)
    old.write_bytes(
        compound[:at] + locked + compound[at + len(locked) : at + 64] + length + compound[at + 66 :]
    )

    for file in (sound, old):
        assert _refusal(file) == f"{file.name}: 工作簿有打开密码；请在 Excel 或 WPS 里去掉密码另存"


@pytest.mark.parametrize(
    "cell", [pytest.param("XFD1", id="far right"), pytest.param("A1048576", id="far down")]
)
def test_a_sheet_with_something_far_away_is_refused_before_it_is_spread_out(
    tmp_path: Path, cell: str
) -> None:
    file = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("考核")
        write_sheet(sheet, [HEADER, *ROWS])
        sheet.write(cell, "x")

    assert _refusal(file).startswith(f"a.xlsx, 考核: 工作表太大（{cell} 有内容）")


def test_a_sheet_of_a_million_empty_formatted_rows_is_refused(tmp_path: Path, sound: Path) -> None:
    with zipfile.ZipFile(sound) as old:
        sheet = old.read("xl/worksheets/sheet1.xml").decode()
    empty = "".join(f'<row r="{row}" s="1"/>' for row in range(10, 1_000_010))
    file = _with_entry(
        sound, "xl/worksheets/sheet1.xml", sheet.replace("</sheetData>", f"{empty}</sheetData>").encode()
    )

    assert "工作表太大" in _refusal(file)
    assert "删去表下、表右的空白行列" in _refusal(file)


def test_some_empty_formatted_rows_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("考核")
        write_sheet(sheet, [HEADER, *ROWS])
        bold = book.add_format({"bold": True})
        for row in range(10, 20_000):
            sheet.write_blank(row, 0, None, bold)

    assert len(table_of(file).items) == 2


def test_a_merged_range_over_the_whole_sheet_is_no_more_than_the_table(tmp_path: Path, sound: Path) -> None:
    with zipfile.ZipFile(sound) as old:
        sheet = old.read("xl/worksheets/sheet1.xml").decode()
    merged = '</sheetData><mergeCells count="1"><mergeCell ref="A20:XFD1048576"/></mergeCells>'
    file = _with_entry(sound, "xl/worksheets/sheet1.xml", sheet.replace("</sheetData>", merged).encode())

    assert len(table_of(file).items) == 2


def test_a_doctype_is_refused(sound: Path) -> None:
    with zipfile.ZipFile(sound) as old:
        sheet = old.read("xl/worksheets/sheet1.xml").decode()
    start = sheet.index("<worksheet")
    doctype = '<!DOCTYPE a [<!ENTITY b "bbbb">]>'
    file = _with_entry(sound, "xl/worksheets/sheet1.xml", (sheet[:start] + doctype + sheet[start:]).encode())

    assert "文件损坏" in _refusal(file)


def test_an_older_workbook_that_reaches_too_far_is_refused_before_it_is_spread_out(tmp_path: Path) -> None:
    data = _OLD.read_bytes()
    # The record of the number 40 at D4, moved to the last cell that there can be.
    at = data.index(struct.pack("<HHHH", 0x027E, 10, 3, 3))
    file = tmp_path / "far.xls"
    file.write_bytes(data[: at + 4] + struct.pack("<HH", 65_535, 255) + data[at + 8 :])

    assert _refusal(file).startswith("far.xls: 工作表太大（IV65536 有内容）")


def test_an_empty_sheet_is_told(tmp_path: Path) -> None:
    assert _refusal(workbook(tmp_path / "a.xlsx", [])) == (
        "a.xlsx: 工作表是空的（考核）；请确认打分表在哪个表里，用 --sheet 指明"
    )


def _two_sheets(file: Path, *, hidden: tuple[str, ...] = ()) -> Path:
    with xlsxwriter.Workbook(file) as book:
        for name in ("打分表", "汇总"):
            sheet = book.add_worksheet(name)
            write_sheet(sheet, [HEADER, *ROWS])
            if name in hidden:
                sheet.very_hidden() if name == "汇总" else sheet.hide()
    return file


def test_of_several_sheets_one_is_to_be_named(tmp_path: Path) -> None:
    file = _two_sheets(tmp_path / "a.xlsx")

    assert _refusal(file) == "a.xlsx: 有多个工作表（打分表、汇总）；请用 --sheet 指明打分表"
    assert table_of(file, "汇总").sheet == "汇总"
    assert "没有工作表“总表”，现有：打分表、汇总" in _refusal(file, "总表")


def test_hidden_sheets_are_read_when_named_alone_and_that_is_said(tmp_path: Path) -> None:
    file = _two_sheets(tmp_path / "a.xlsx", hidden=("汇总",))

    assert table_of(file).sheet == "打分表"
    assert table_of(file).told[0].zh.startswith("隐藏的工作表没有读：汇总")
    assert table_of(file, "汇总").sheet == "汇总"


def test_a_workbook_whose_sheets_are_all_hidden_is_told(tmp_path: Path, sound: Path) -> None:
    with zipfile.ZipFile(sound) as old:
        text = old.read("xl/workbook.xml").decode()
    assert text.count("<sheet ") == 1
    file = _with_entry(sound, "xl/workbook.xml", text.replace("<sheet ", '<sheet state="hidden" ').encode())

    assert _refusal(file).startswith("a.xlsx: 工作表都是隐藏的（考核）")
    assert len(table_of(file, "考核").items) == 2


def test_cells_are_named_as_in_excel() -> None:
    assert [reference(*place) for place in ((0, 0), (4, 25), (9, 26), (1_048_575, 16_383))] == [
        "A1", "Z5", "AA10", "XFD1048576",
    ]  # fmt: skip
    assert [position(one) for one in ("A1", "Z5", "AA10", "XFD1048576")] == [
        (0, 0), (4, 25), (9, 26), (1_048_575, 16_383),
    ]  # fmt: skip


def test_texts_of_cells_hold_nothing_that_steers_a_terminal() -> None:
    assert shown("a\x1b[31m\u202eb\r\n c\x00 ") == "a[31mb\nc"
    assert (shown(5.0), shown(0.5), shown(True)) == ("5", "0.5", "是")
    assert normal("　分 值（１０）") == "分值(10)"


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("old", [True, False], ids=["xls", "xlsx"])
def test_whatever_happened_to_the_bytes_it_is_explained(
    tmp_path: Path, sound: Path, old: bool, seed: int
) -> None:
    random = Random(seed)
    data = bytearray((_OLD if old else sound).read_bytes())
    for _ in range(random.randint(1, 8)):
        data[random.randrange(8, len(data))] = random.randrange(256)
    file = tmp_path / "damaged.xlsx"
    file.write_bytes(data)

    try:
        told = table_of(file).file
    except (UnreadableWorkbook, InvalidScoringTable) as refused:
        told = refused.text("zh")
    assert told.startswith("damaged.xlsx")


def test_what_ends_the_reading_program_is_no_end_of_ours(
    tmp_path: Path, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "ends.py"
    program.write_text("import os, sys; sys.stderr.write('thread panicked'); os.abort()", encoding="utf-8")
    monkeypatch.setattr(apart, "_PROGRAM", program)

    assert _refusal(sound) == (
        "a.xlsx: 工作簿无法读取（读到一半停下了）；请用 Excel 或 WPS 打开，另存为 .xlsx"
    )
