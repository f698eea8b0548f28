"""Figures and rows as a terminal shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liangcun_server.cli.language import locale
from liangcun_standards.text import format_number

if TYPE_CHECKING:
    from liangcun_server.exports.scores_table import Column, ScoreRow


def shown_cell(column: Column, row: ScoreRow) -> str:
    """A cell of a ranking."""
    cell = column.value(row, locale())
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    return f"{cell:.0%}" if column.kind == "share" else format_number(cell)
