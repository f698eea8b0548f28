"""The text of a formula and the places in it: every error of the room is made here."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from liangcun_standards.errors import InvalidFormula
from liangcun_standards.text import Text

_LONGEST_QUOTE = 40


def quoted(fragment: str) -> str:
    """`fragment` as an error may show it: short, and with U+XXXX for what can't be seen."""
    shown = "".join(char if char.isprintable() else f"U+{ord(char):04X}" for char in fragment)
    return shown if len(shown) <= _LONGEST_QUOTE else f"{shown[:_LONGEST_QUOTE]}…"


def suggestion(name: str, known: Iterable[str]) -> Text:
    """The end of a sentence that offers the names most like `name`; empty when none comes near."""
    near = difflib.get_close_matches(name.lower(), list(known), n=3)
    if not near:
        return Text("", "")
    return Text(f"，是不是 {'、'.join(near)}？", f"; did you mean {' or '.join(near)}?")


@dataclass(frozen=True, slots=True)
class Source:
    """A formula as it was typed, and where it stands (file, field)."""

    text: str
    where: str | None

    def fault(self, position: int, message: Text) -> InvalidFormula:
        """The error at `position`, counted in characters from 0.

        The column of a text of several lines counts within its line, and the place names the line.
        """
        lines = self.text[:position].split("\n")
        column = len(lines[-1]) + 1
        if "\n" not in self.text.strip():
            return InvalidFormula(message, column=column, where=self.where)
        line = f"line {len(lines)}"
        return InvalidFormula(
            message, column=column, where=line if self.where is None else f"{self.where}, {line}"
        )
