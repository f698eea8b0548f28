"""A ranking as CSV, safe to open in a spreadsheet program."""

from __future__ import annotations

import csv
import io

from liangcun_server.exports.scores_table import Cell, ScoresTable
from liangcun_standards.text import Locale

# What a spreadsheet program takes for the beginning of a formula, in the wide forms of Chinese input too.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def scores_csv(table: ScoresTable, locale: Locale) -> str:
    """The rows under one line of titles. Figures are plain numbers; completeness is a share from 0 to 1."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.title.pick(locale) for column in table.columns)
    for row in table.rows:
        writer.writerow(_written(column.value(row, locale)) for column in table.columns)
    return text.getvalue()


def harmless(text: str) -> str:
    """`text`, led by an apostrophe where a spreadsheet program would run it as a formula."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(cell)
    return str(cell) if isinstance(cell, int) else f"{cell:.10g}"
