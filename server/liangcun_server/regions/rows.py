"""The rows of a region file as they stand in it, from CSV or Parquet, under our column names."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from liangcun_server.regions.decoding import decoded
from liangcun_server.regions.problems import InvalidRegionFile, Problem
from liangcun_standards.text import Text

COLUMNS = ("code", "name", "parent_code", "level")
_HEADINGS = {
    "code": "code",
    "代码": "code",
    "区划代码": "code",
    "统计用区划代码": "code",
    "name": "name",
    "名称": "name",
    "区划名称": "name",
    "parent_code": "parent_code",
    "上级代码": "parent_code",
    "上级区划代码": "parent_code",
    "level": "level",
    "级别": "level",
    "层级": "level",
}
_PARQUET_MAGIC = b"PAR1"
# The shipped divisions of all China are 30 MB as CSV.
_LARGEST_FILE = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row: the number of its line and what its four fields say, stripped."""

    line: int
    code: str
    name: str
    parent_code: str
    level: str


def read_rows(path: Path) -> tuple[list[RawRow], list[Problem]]:
    """The rows of a CSV or Parquet file, and the problems of the rows that couldn't be taken apart.

    Raises InvalidRegionFile when the file as a whole can't be read or lacks a column.
    """
    where = str(path)
    data = _read(path, where)
    if data.startswith(_PARQUET_MAGIC) or path.suffix.lower() == ".parquet":
        rows, problems = _parquet_rows(data, where), list[Problem]()
    else:
        rows, problems = _csv_rows(decoded(data, where=where), where)
    if not rows and not problems:
        raise InvalidRegionFile(
            Text("文件只有表头，没有数据", "the file has headings but no rows"), where=where
        )
    return rows, problems


def _read(path: Path, where: str) -> bytes:
    if path.exists() and not path.is_file():
        raise InvalidRegionFile(Text("这不是文件", "this is no file"), where=where)
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise InvalidRegionFile(
                Text("文件超过 256 MB，不会是区划文件", "the file is above 256 MB, too large for regions"),
                where=where,
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise InvalidRegionFile(Text("没有这个文件", "there is no such file"), where=where) from None
    except (OSError, ValueError) as error:
        raise InvalidRegionFile(
            Text(f"文件无法读取：{error}", f"the file can't be read: {error}"), where=where
        ) from error


def _csv_rows(text: str, where: str) -> tuple[list[RawRow], list[Problem]]:
    first_line = text.lstrip("\r\n").splitlines()[0]
    delimiter = max(",\t;", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    places: dict[str, int] = {}
    width = 0
    rows: list[RawRow] = []
    problems: list[Problem] = []
    line = 1
    try:
        for fields in reader:
            if not any(fields):
                pass
            elif not places:
                places = _places(fields, where, line)
                width = len(fields)
            elif len(fields) < width or any(fields[width:]):
                problems.append(Problem(line, None, _wrong_width(len(fields), width)))
            else:
                rows.append(RawRow(line, **{name: fields[place].strip() for name, place in places.items()}))
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(line, None, Text(f"不是正确的 CSV（{error}）", f"no proper CSV ({error})")))
    if not places:
        raise InvalidRegionFile.because(problems, where=where)
    return rows, problems


def _wrong_width(found: int, expected: int) -> Text:
    if found < expected:
        return Text(
            f"只有 {found} 个字段，应有 {expected} 个（行被截断？）",
            f"{found} fields instead of {expected}; is the row cut short?",
        )
    return Text(
        f"有 {found} 个字段，应有 {expected} 个（名称中的逗号需加引号）",
        f"{found} fields instead of {expected}; a comma in a name needs quotes around it",
    )


def _places(headings: Sequence[str], where: str, line: int | None = None) -> dict[str, int]:
    """Where each of our columns stands among the headings of a file."""
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = _HEADINGS.get(heading.strip().lower())
        if name in places:
            raise InvalidRegionFile(
                Text(f"表头中 {name} 出现两次", f"the column {name} stands twice in the headings"),
                where=where,
            )
        if name is not None:
            places[name] = place
    missing = [name for name in COLUMNS if name not in places]
    if missing:
        raise InvalidRegionFile(_missing(missing, headings, line), where=where)
    return places


def _missing(columns: Sequence[str], headings: Sequence[str], line: int | None) -> Text:
    names = "、".join(columns)
    found = "、".join(heading.strip() for heading in headings)[:120]
    place = Text("", "") if line is None else Text(f"第 {line} 行：", f"line {line}: ")
    return Text(
        f"{place.zh}缺少列 {names}。应有 code、name、parent_code、level"
        f"（或代码、名称、上级代码、级别），实际为：{found}",
        f"{place.en}missing {names}. A region file has the columns code, name, parent_code and level "
        f"(or 代码, 名称, 上级代码, 级别); this one has: {found}",
    )


def _parquet_rows(data: bytes, where: str) -> list[RawRow]:
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        names = file.schema_arrow.names
        places = _places(names, where)
        table = file.read(columns=[names[place] for place in places.values()])
        texts = {
            name: [
                "" if value is None else value.strip()
                for value in table.column(names[place]).cast(pa.string()).to_pylist()
            ]
            for name, place in places.items()
        }
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise InvalidRegionFile(
            Text(f"不是可读的 Parquet 文件（{reason}）", f"no readable Parquet file ({reason})"), where=where
        ) from error
    return [
        RawRow(line, **dict(zip(texts, values, strict=True)))
        for line, values in enumerate(zip(*texts.values(), strict=True), start=1)
    ]
