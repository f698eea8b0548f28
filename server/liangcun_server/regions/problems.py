"""What is wrong in a region file, collected and told at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: the line (of a CSV file, from 1) or row (of a Parquet file), the field, and the reason."""

    line: int
    field: str | None
    reason: Text

    @property
    def text(self) -> Text:
        """The fault with its place, for a reader."""
        field_zh, field_en = ("", "") if self.field is None else (f" {self.field}", f", {self.field}")
        return Text(
            f"第 {self.line} 行{field_zh}：{self.reason.zh}", f"line {self.line}{field_en}: {self.reason.en}"
        )


class InvalidRegionFile(LiangcunError):
    """A region file that can't be loaded; `problems` in the order of the lines, empty when it isn't readable.

    The message shows the first twenty and says how many there are.
    """

    code = "INVALID_REGION_FILE"

    def __init__(self, message: Text, *, where: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message, where=where)
        self.problems = tuple(problems)

    @classmethod
    def because(cls, problems: Sequence[Problem], *, where: str) -> InvalidRegionFile:
        """The error for a file with these problems."""
        ordered = sorted(problems, key=lambda problem: problem.line)
        shown = [problem.text for problem in ordered[:_SHOWN]]
        more = len(ordered) - len(shown)
        head = Text(
            f"有 {len(ordered)} 处问题，未加载任何内容",
            f"{len(ordered)} problem{'s' if len(ordered) > 1 else ''}, nothing was loaded",
        )
        tail = Text(f"\n  ……另有 {more} 处", f"\n  … and {more} more") if more else Text("", "")
        message = Text(
            "".join([head.zh, *(f"\n  {line.zh}" for line in shown), tail.zh]),
            "".join([head.en, *(f"\n  {line.en}" for line in shown), tail.en]),
        )
        return cls(message, where=where, problems=ordered)
