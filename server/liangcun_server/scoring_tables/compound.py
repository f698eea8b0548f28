"""An older workbook (.xls) looked through before anything reads it: is it locked, how far does it reach."""

from __future__ import annotations

import io
from collections.abc import Iterator

from olefile import OleFileIO

from liangcun_server.scoring_tables.archive import MAX_COLUMNS, MAX_FILLED_ROWS, broken, locked, too_large
from liangcun_server.scoring_tables.cells import reference
from liangcun_standards.text import Text

# What holds the sheets: by name in files of Excel 97 and later, and of Excel 95.
_STREAMS = ("Workbook", "Book")
# What a newer workbook with a password keeps its sheets in.
_LOCKED_PACKAGE = "EncryptedPackage"
_PASSWORD = 0x002F
_EXTENT = 0x0200
# Records of one cell with something in it, and of a row of them: [MS-XLS] 2.3.
_CELLS = frozenset({0x0006, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E, 0x00BD})
_ROW_OF_CELLS = 0x00BD
# As far as a sheet of such a file can reach.
_ROWS, _COLUMNS = 65_536, 256


def check_compound(data: bytes, file: str) -> None:
    """Raise UnreadableWorkbook for a file that is broken, locked, or has a sheet that is too large."""
    try:
        with OleFileIO(io.BytesIO(data)) as compound:
            if compound.exists(_LOCKED_PACKAGE):
                raise locked(file)
            name = next((one for one in _STREAMS if compound.exists(one)), None)
            if name is None:
                raise broken(file)
            stream = compound.openstream(name).read()
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise broken(file) from None
    for kind, content in _records(stream):
        if kind == _PASSWORD:
            raise locked(file)
        if kind == _EXTENT and len(content) >= 12:
            rows = int.from_bytes(content[4:8], "little")
            if rows > _ROWS or int.from_bytes(content[10:12], "little") > _COLUMNS:
                raise broken(file)
        elif kind in _CELLS and len(content) >= 6:
            row, column = (int.from_bytes(content[at : at + 2], "little") for at in (0, 2))
            if kind == _ROW_OF_CELLS:
                column = int.from_bytes(content[-2:], "little")
            if row >= MAX_FILLED_ROWS or column >= MAX_COLUMNS:
                cell = reference(row, column)
                raise too_large(Text(f"{cell} 有内容", f"there is something in {cell}"), file)


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a workbook's stream, in their order."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = (int.from_bytes(stream[start : start + 2], "little") for start in (at, at + 2))
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
