"""A workbook's archive looked through before anything reads it: what it unpacks to, what is in a sheet."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from liangcun_server.scoring_tables.cells import position, reference
from liangcun_server.scoring_tables.errors import UnreadableWorkbook
from liangcun_standards.text import Text, format_number

MAX_ENTRIES = 1_000
MAX_UNPACKED = 60_000_000
# Rows that stand in a sheet, empty ones with a format included, and those with something in them.
MAX_ROWS = 100_000
MAX_FILLED_ROWS = 5_000
MAX_COLUMNS = 200

_CHUNK = 65_536
_LOCAL_HEADER = 30
_ENCRYPTED = 0x1


@dataclass
class SheetFaults:
    """Cells whose value isn't there: formulas never worked out, and those that came to an error."""

    without_value: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def check_archive(data: bytes, file: str) -> None:
    """Raise UnreadableWorkbook for an archive that is broken, locked, or unpacks to too much."""
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        raise broken(file) from None
    if len(entries) > MAX_ENTRIES:
        raise UnreadableWorkbook(
            Text(
                f"压缩包里有 {len(entries)} 个文件（最多 {MAX_ENTRIES}），不像打分表；请另存为 .xlsx 再试",
                f"its archive holds {len(entries)} files ({MAX_ENTRIES} at the most), unlike a scoring "
                "table; save it as .xlsx again",
            ),
            where=file,
        )
    left = MAX_UNPACKED
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise locked(file)
        # What the archive says of its sizes may be untrue.
        for size in _unpacked(data, entry, file):
            left -= size
            if left < 0:
                raise UnreadableWorkbook(
                    Text(
                        f"解压后超过 {MAX_UNPACKED // 1_000_000} MB，已停止读取；若给整列整行设过格式，请清除"
                        "空白行列的格式，或把打分表复制到新工作簿",
                        f"it unpacks to more than {MAX_UNPACKED // 1_000_000} MB and was left alone; clear "
                        "formats of empty rows and columns, or copy the table to a new workbook",
                    ),
                    where=file,
                )


def locked(file: str) -> UnreadableWorkbook:
    """The error for a workbook with a password."""
    return UnreadableWorkbook(
        Text(
            "工作簿有打开密码；请在 Excel 或 WPS 里去掉密码另存",
            "the workbook has a password; save it without one in Excel or WPS",
        ),
        where=file,
    )


def broken(file: str) -> UnreadableWorkbook:
    """The error for a file that can't be taken apart."""
    return UnreadableWorkbook(
        Text(
            "文件损坏，或不是工作簿；请用 Excel 或 WPS 打开，另存为 .xlsx",
            "it is damaged, or no workbook; open it in Excel or WPS and save it as .xlsx",
        ),
        where=file,
    )


def _unpacked(data: bytes, entry: ZipInfo, file: str) -> Iterator[int]:
    """The sizes of an entry's parts as they come out of it."""
    name = entry.header_offset + _LOCAL_HEADER
    lengths = data[name - 4 : name]
    start = name + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
    packed = memoryview(data)[start : start + entry.compress_size]
    if entry.compress_type == ZIP_STORED:
        yield len(packed)
        return
    if entry.compress_type != ZIP_DEFLATED:
        raise broken(file)
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, len(packed), _CHUNK):
            waiting = bytes(packed[at : at + _CHUNK])
            while waiting and not unpacker.eof:
                part = unpacker.decompress(waiting, _CHUNK)
                waiting = unpacker.unconsumed_tail
                yield len(part)
    except zlib.error:
        raise broken(file) from None


def look_through_sheet(
    data: bytes, sheet: int, file: str, name: str, *, most_rows: int = MAX_FILLED_ROWS
) -> SheetFaults:
    """Which cells of the sheet (by its place in the workbook, from 0) have no value though they should.

    `most_rows` may have something in them. Raises UnreadableWorkbook for a sheet that is too large, or that
    can't be read.
    """
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            part = _part_of(archive, sheet)
            with archive.open(part) as content:
                return _Sheet(file, name, most_rows).read(content)
    except (BadZipFile, LookupError, ValueError, expat.ExpatError, zlib.error, EOFError):
        raise broken(file) from None


def _part_of(archive: ZipFile, sheet: int) -> str:
    """The name of the entry that holds a sheet."""
    sheets: list[str] = []
    targets: dict[str, str] = {}

    def in_workbook(tag: str, attributes: dict[str, str]) -> None:
        if tag.endswith("}sheet"):
            sheets.append(next(value for key, value in attributes.items() if key.endswith("}id")))

    def in_relations(tag: str, attributes: dict[str, str]) -> None:
        if tag.endswith("}Relationship"):
            targets[attributes["Id"]] = attributes["Target"]

    for entry, seen in (("xl/workbook.xml", in_workbook), ("xl/_rels/workbook.xml.rels", in_relations)):
        parser = _parser()
        parser.StartElementHandler = seen
        parser.Parse(archive.read(entry), True)
    target = targets[sheets[sheet]]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _parser() -> Any:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    # No workbook has one; it is how documents grow while they are read.
    raise ValueError


class _Sheet:
    """One pass over a sheet's XML."""

    def __init__(self, file: str, name: str, most_rows: int) -> None:
        self._file = file
        self._name = name
        self._most_rows = most_rows
        self._faults = SheetFaults()
        self._row = 0
        self._column = 0
        self._rows = 0
        self._cell = (0, 0)
        self._error = self._formula = self._value = self._inside = False

    def read(self, content: Any) -> SheetFaults:
        parser = _parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        while part := content.read(_CHUNK):
            parser.Parse(part, False)
        parser.Parse(b"", True)
        return self._faults

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition("}")[2]
        if tag == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
            self._rows += 1
            if self._rows > MAX_ROWS:
                raise self._too_large(f"第 {MAX_ROWS} 行以下还有", f"more than {MAX_ROWS} rows")
        elif tag == "c":
            row, column = self._row - 1, self._column
            if "r" in attributes:
                row, column = position(attributes["r"])
            self._column = column + 1
            self._cell = (row, column)
            self._error = attributes.get("t") == "e"
            self._formula = self._value = False
        elif tag == "f":
            self._formula = True
        elif tag in ("v", "t"):
            self._inside = True

    def _text(self, text: str) -> None:
        if self._inside and text and not self._value:
            self._value = True
            row, column = self._cell
            if row >= self._most_rows or column >= MAX_COLUMNS:
                shown = reference(row, column)
                raise self._too_large(f"{shown} 有内容", f"there is something in {shown}")

    def _end(self, tag: str) -> None:
        tag = tag.rpartition("}")[2]
        if tag in ("v", "t"):
            self._inside = False
        elif tag == "c":
            if self._error:
                self._faults.errors.append(reference(*self._cell))
            elif self._formula and not self._value:
                self._faults.without_value.append(reference(*self._cell))

    def _too_large(self, zh: str, en: str) -> UnreadableWorkbook:
        return too_large(Text(zh, en), f"{self._file}, {self._name}", self._most_rows)


def too_large(what: Text, where: str, most_rows: int = MAX_FILLED_ROWS) -> UnreadableWorkbook:
    """The error for a sheet that reaches further than a scoring table can."""
    rows, columns = format_number(most_rows), format_number(MAX_COLUMNS)
    return UnreadableWorkbook(
        Text(
            f"工作表太大（{what.zh}），最多 {rows} 行、{columns} 列；请删去表下、表右的空白行列"
            "（格式也算），或把表复制到新工作簿",
            f"the sheet is too large ({what.en}); {rows} rows and {columns} columns are read at "
            "the most. Delete empty rows and columns around it, formats included, or copy the table to "
            "a new workbook",
        ),
        where=where,
    )
