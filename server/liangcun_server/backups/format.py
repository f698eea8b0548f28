"""The format of a backup: a zip file with a part for each table, a line of JSON a row, and a manifest."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Column, Date, LargeBinary, Table

from liangcun_server.storage.tables import UtcDateTime, metadata
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text

FORMAT = "liangcun-backup/1"
MANIFEST = "manifest.json"
# What refers to something comes after it.
TABLES: tuple[Table, ...] = tuple(metadata.sorted_tables)


class InvalidBackup(LiangcunError):
    """A file that is no backup, is damaged, or is of another version."""

    code = "INVALID_BACKUP"

    @classmethod
    def damaged(cls, part: str) -> InvalidBackup:
        """The error for a part that isn't as it was written."""
        return cls(
            Text(
                f"备份已损坏：{part} 与写入时不同；请换一份备份",
                f"the backup is damaged: {part} isn't as it was written; take another one",
            )
        )


@dataclass(frozen=True)
class Part:
    """A table's rows in a backup: how many, their columns, and the SHA-256 of their lines."""

    rows: int
    columns: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `schema`: the version of the tables. `head`: the newest link of the chain.

    `files`: how many pieces of evidence are in it, None where they were left out. `lost`: the SHA-256 of
    those that couldn't be had, or weren't what they had been.
    """

    schema: str
    made_at: datetime
    head: str
    revision: int
    parts: dict[str, Part]
    files: int | None = None
    lost: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """As it is written."""
        values = {
            "format": FORMAT,
            "schema": self.schema,
            "made_at": self.made_at.isoformat(),
            "head": self.head,
            "revision": self.revision,
            "parts": {
                name: {"rows": part.rows, "columns": part.columns, "sha256": part.sha256}
                for name, part in self.parts.items()
            },
            "evidence": {"files": self.files, "lost": self.lost},
        }
        return orjson.dumps(values, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    @classmethod
    def from_json(cls, data: bytes) -> Manifest:
        """As it was written. Raises InvalidBackup."""
        try:
            values = orjson.loads(data)
            written = str(values["format"])
            if written != FORMAT:
                raise InvalidBackup(
                    Text(
                        f"备份的格式是 {written[:40]}，本程序读 {FORMAT}",
                        f"the backup is in {written[:40]}, and this program reads {FORMAT}",
                    )
                )
            # Backups of before had no evidence in them.
            evidence = values.get("evidence") or {}
            files = evidence.get("files")
            return cls(
                str(values["schema"]),
                datetime.fromisoformat(values["made_at"]),
                str(values["head"]),
                int(values["revision"]),
                {
                    str(name): Part(int(part["rows"]), tuple(part["columns"]), str(part["sha256"]))
                    for name, part in values["parts"].items()
                },
                None if files is None else int(files),
                tuple(map(str, evidence.get("lost", ()))),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidBackup.damaged(MANIFEST) from error


def part_name(table: Table) -> str:
    """The part that holds a table."""
    return f"tables/{table.name}.jsonl"


class Lines:
    """A table's rows as lines, counted and hashed as they are written."""

    def __init__(self, table: Table) -> None:
        self._columns = list(table.columns)
        self._digest = hashlib.sha256()
        self._rows = 0

    def written(self, rows: Iterable[Sequence[Any]]) -> bytes:
        """Some rows as they stand in the file."""
        lines = [orjson.dumps([_plain(cell) for cell in row]) + b"\n" for row in rows]
        self._rows += len(lines)
        data = b"".join(lines)
        self._digest.update(data)
        return data

    @property
    def part(self) -> Part:
        """What was written."""
        names = tuple(str(column.name) for column in self._columns)
        return Part(self._rows, names, self._digest.hexdigest())


def _plain(cell: Any) -> Any:
    if isinstance(cell, bytes | memoryview):
        return base64.b64encode(cell).decode()
    return cell.isoformat() if isinstance(cell, date | datetime) else cell


def row_of(columns: Sequence[Column[Any]], line: bytes) -> list[Any]:
    """The values in a line, by their columns. Raises ValueError for what is no such row."""
    cells = orjson.loads(line)
    if not isinstance(cells, list) or len(cells) != len(columns):
        raise ValueError("no row of the table")
    return [_value(column, cell) for column, cell in zip(columns, cells, strict=True)]


def _value(column: Column[Any], cell: Any) -> Any:
    if cell is None:
        return None
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(cell)
    if isinstance(column.type, Date):
        return date.fromisoformat(cell)
    return base64.b64decode(cell) if isinstance(column.type, LargeBinary) else cell
