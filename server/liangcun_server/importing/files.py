"""Opening what is brought in: a workbook, CSV in UTF-8 or GBK, Parquet, answers of KoboToolbox or ODK."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from liangcun_server.importing.headings import Headings
from liangcun_server.importing.model import FileRead, InvalidImport, Problem
from liangcun_server.importing.progress import READING, Telling
from liangcun_server.importing.tables import Table
from liangcun_server.importing.workbooks import read_workbook
from liangcun_server.regions.decoding import decoded
from liangcun_server.regions.problems import InvalidRegionFile
from liangcun_standards.text import Text

_LARGEST_FILE = 1024 * 1024 * 1024
_LARGEST_FIELD = 1_000_000
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_PARQUET = b"PAR1"
_BATCH = 50_000
_SHOWN = 120


class Format(StrEnum):
    """The kinds of files that are read."""

    XLSX = "xlsx"
    CSV = "csv"
    PARQUET = "parquet"
    KOBO = "kobo"


def read_file(
    path: Path,
    headings: Headings,
    *,
    format: Format | None = None,
    named: Mapping[str, str] | None = None,
    telling: Telling | None = None,
) -> FileRead:
    """The entries of a file. `named` gives headings of the file the names that we know.

    Raises InvalidImport, UnreadableWorkbook for what can't be read as a whole.
    """
    telling = telling or Telling()
    telling.begin(READING)
    data = _bytes(path)
    chosen = format or _format_of(data, path)
    if chosen is Format.XLSX:
        return read_workbook(data, path.name, headings, named, telling)
    read = FileRead()
    if chosen is Format.PARQUET:
        _parquet(data, path.name, Table(read, headings, named=named), telling)
    else:
        _csv(data, path.name, headings, read, named, telling, form=chosen is Format.KOBO)
    return read


def _bytes(path: Path) -> bytes:
    where = path.name
    try:
        if not path.is_file():
            raise InvalidImport(Text("没有这个文件", "there is no such file"), where=where)
        if path.stat().st_size > _LARGEST_FILE:
            raise InvalidImport(
                Text("文件超过 1 GB，请分成几个", "it is above 1 GB; split it into several"), where=where
            )
        return path.read_bytes()
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or type(error).__name__
        raise InvalidImport(
            Text(f"文件无法读取（{told}）", f"it can't be read ({told})"), where=where
        ) from None


def kind_of(start: bytes) -> Format:
    """What a file is by its first bytes; CSV where nothing says otherwise."""
    if start.startswith(_WORKBOOKS):
        return Format.XLSX
    return Format.PARQUET if start.startswith(_PARQUET) else Format.CSV


def _format_of(data: bytes, path: Path) -> Format:
    kind, suffix = kind_of(data), path.suffix.lower()
    if kind is Format.CSV and suffix in (".xlsx", ".xls"):
        return Format.XLSX
    return Format.PARQUET if kind is Format.CSV and suffix == ".parquet" else kind


def _csv(
    data: bytes,
    where: str,
    headings: Headings,
    read: FileRead,
    named: Mapping[str, str] | None,
    telling: Telling,
    *,
    form: bool,
) -> None:
    try:
        text = decoded(data, where=where)
    except InvalidRegionFile as error:
        raise InvalidImport(error.message, where=where) from None
    first = text.lstrip("\r\n").splitlines()[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=first.count), strict=True)
    rows = _csv_rows(reader, where, read)
    titles = next(rows, None)
    if titles is None:
        problem = read.problems[0].message if read.problems else Text("文件是空的", "the file is empty")
        raise InvalidImport(problem, where=where)
    names = [str(one) for one in titles[1]]
    form = form or {"_uuid", "_submission_time"} <= set(names)
    table = Table(read, headings, form=form, named=named)

    def place(line: int, column: int) -> str:
        return f"{where}:{line}"

    # A field may hold line ends of its own: there are so many rows at the most.
    table.read(names, telling.over(READING, rows, text.count("\n")), where, place)


def _csv_rows(reader: Any, where: str, read: FileRead) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows with something in them, each with its line; those that can't be taken apart are problems."""
    line, width = 1, 0
    csv.field_size_limit(_LARGEST_FIELD)
    try:
        for fields in reader:
            if any(fields):
                width = width or len(fields)
                if len(fields) < width or any(fields[width:]):
                    read.problems.append(Problem(f"{where}:{line}", "", _wrong_width(len(fields), width)))
                else:
                    yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        told = Text(f"不是正确的 CSV，此行以下未读（{error}）", f"no proper CSV from here on ({error})")
        read.problems.append(Problem(f"{where}:{line}", "", told))


def _wrong_width(found: int, expected: int) -> Text:
    return Text(
        f"有 {found} 个字段，应有 {expected} 个（文件被截断，或逗号未加引号？）",
        f"{found} fields instead of {expected}; is the file cut short, or a comma without quotes?",
    )


def _parquet(data: bytes, where: str, table: Table, telling: Telling) -> None:
    def place(row: int, column: int) -> str:
        return f"{where}:{row}"

    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        names = file.schema_arrow.names
        rows = telling.over(READING, _parquet_rows(file, names), file.metadata.num_rows)
        table.read(names, rows, where, place)
    except (pa.ArrowException, OSError) as error:
        told = str(error).splitlines()[0][:_SHOWN] if str(error) else type(error).__name__
        raise InvalidImport(
            Text(f"不是可读的 Parquet 文件（{told}）", f"no readable Parquet file ({told})"), where=where
        ) from None


def _parquet_rows(file: Any, names: Sequence[str]) -> Iterator[tuple[int, Sequence[Any]]]:
    number = 0
    for batch in file.iter_batches(batch_size=_BATCH):
        columns = [batch.column(name).to_pylist() for name in names]
        for cells in zip(*columns, strict=True):
            number += 1
            yield number, cells
