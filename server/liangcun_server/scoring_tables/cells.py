"""The cells of a sheet: their references, their text, merged ranges."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from liangcun_standards.text import format_number

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)
# First and last cell, row and column, both from 0 and included.
Range = tuple[tuple[int, int], tuple[int, int]]


def position(text: str) -> tuple[int, int]:
    """Row and column, from 0, of a reference such as B5. Raises ValueError for anything else."""
    match = _REFERENCE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1


def reference(row: int, column: int) -> str:
    """A cell's reference, such as B5, from its row and column from 0."""
    return f"{_letters(column)}{row + 1}"


@lru_cache(maxsize=1024)
def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def shown(value: Any) -> str:
    """A cell's value as text: whole numbers without a point, no control characters, no space around."""
    if isinstance(value, bool):
        text = "是" if value else "否"
    elif isinstance(value, int | float):
        text = format_number(float(value))
    elif isinstance(value, datetime | date | time | timedelta):
        text = str(value)
    else:
        text = str(value)
    lines = (" ".join(line.split()) for line in text.splitlines())
    kept = ("".join(one for one in line if unicodedata.category(one)[0] != "C") for line in lines)
    return "\n".join(line for line in kept if line).strip()


def normal(text: str) -> str:
    """Text for comparing: full-width letters and digits as plain ones, no space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@dataclass
class Grid:
    """A sheet's texts by row and column from A1, and its merged ranges."""

    sheet: str
    rows: Sequence[Sequence[str]]
    merged: Sequence[Range] = ()
    _first: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        height, width = len(self.rows), self.width
        for (top, left), (bottom, right) in self.merged:
            for row in range(top, min(bottom + 1, height)):
                for column in range(left, min(right + 1, width)):
                    self._first[row, column] = (top, left)

    @property
    def width(self) -> int:
        """The number of columns."""
        return max((len(row) for row in self.rows), default=0)

    def first(self, row: int, column: int) -> tuple[int, int]:
        """The cell itself or, in a merged range, its first."""
        return self._first.get((row, column), (row, column))

    def text(self, row: int, column: int) -> str:
        """What stands in the cell, or in the merged range that it is part of."""
        row, column = self.first(row, column)
        return self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else ""

    def place(self, row: int, column: int) -> str:
        """The cell for a reader: sheet!B5."""
        return f"{self.sheet}!{reference(*self.first(row, column))}"
