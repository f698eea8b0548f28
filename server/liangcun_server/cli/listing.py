"""Lists that a command prints as a table, or writes as CSV, JSON or a workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.output import Heading, note, print_table
from liangcun_server.cli.writing import chosen_format, write_answer
from liangcun_server.exports.csv_file import harmless

FORMATS = ("table", "csv", "json", "xlsx")


class Field(NamedTuple):
    """A column of a list: its key in JSON, its title for people.

    A word of a closed list is its code in JSON and its label everywhere else.
    """

    key: str
    heading: Heading


def write_list(
    fields: Sequence[Field], rows: Sequence[Sequence[Any]], named_format: str | None, output: Path | None
) -> None:
    """Print or write `rows`, each the values of `fields`. Raises BadOption, UnwritableFile."""
    chosen = chosen_format(named_format, output, FORMATS)
    if chosen == "table" and output is None:
        print_table([field.heading for field in fields], ([_shown(cell) for cell in row] for row in rows))
        if not rows:
            note(words("没有符合条件的", "there is none"))
    elif chosen == "json":
        keys = [field.key for field in fields]
        listed = [dict(zip(keys, row, strict=True)) for row in rows]
        write_answer(
            orjson.dumps(
                listed, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
            ),
            output,
        )
    elif chosen == "xlsx":
        from liangcun_server.exports.xlsx_file import list_xlsx

        titles = [field.heading.title for field in fields]
        write_answer(list_xlsx(titles, ([_cell(cell) for cell in row] for row in rows)), output)
    else:
        encoding = "utf-8" if output is None else "utf-8-sig"
        write_answer(_csv(fields, rows).encode(encoding), output)


def _csv(fields: Sequence[Field], rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(field.heading.title for field in fields)
    for row in rows:
        writer.writerow(harmless(_shown(cell)) if isinstance(cell, str) else _shown(cell) for cell in row)
    return text.getvalue()


def _cell(cell: Any) -> float | str | None:
    """A cell of a workbook: numbers stay numbers."""
    if cell is None or (isinstance(cell, int | float) and not isinstance(cell, bool)):
        return cell
    return _shown(cell)


def _shown(cell: Any) -> str:
    if cell is None:
        return ""
    label = getattr(cell, "label", None)
    if isinstance(cell, StrEnum) and label is not None:
        return str(label.pick(locale()))
    return f"{cell:.10g}" if isinstance(cell, float) else str(cell)
