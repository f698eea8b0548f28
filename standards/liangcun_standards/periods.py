"""Periods of assessment: a year, half, quarter or month, written 2023, 2023-H1, 2023-Q2 or 2023-07."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from liangcun_standards.errors import InvalidPeriod
from liangcun_standards.text import Text

PeriodKind = Literal["year", "half", "quarter", "month"]

_PATTERN = re.compile(r"(\d{4})(?:-(?:H([12])|Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)
_PARTS: dict[PeriodKind, int] = {"year": 1, "half": 2, "quarter": 4, "month": 12}


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A span of whole months within one year; `index` counts from 1 within the year."""

    year: int
    kind: PeriodKind
    index: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read a period as people write it.

        Raises InvalidPeriod for anything that is not one of the four forms between 1900 and 2999.
        """
        match = _PATTERN.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None or not 1900 <= int(match[1]) <= 2999:
            shown = str(text)[:40]
            raise InvalidPeriod(
                Text(
                    f"时期“{shown}”无法识别，请写成 2023、2023-H1、2023-Q2 或 2023-07",
                    f"the period '{shown}' can't be read; write 2023, 2023-H1, 2023-Q2 or 2023-07",
                )
            )
        year = int(match[1])
        if match[2]:
            return cls(year, "half", int(match[2]))
        if match[3]:
            return cls(year, "quarter", int(match[3]))
        if match[4]:
            return cls(year, "month", int(match[4]))
        return cls(year, "year", 1)

    def __str__(self) -> str:
        if self.kind == "year":
            return str(self.year)
        if self.kind == "month":
            return f"{self.year}-{self.index:02d}"
        return f"{self.year}-{self.kind[0].upper()}{self.index}"

    @property
    def start(self) -> date:
        """The first day."""
        months = 12 // _PARTS[self.kind]
        return date(self.year, (self.index - 1) * months + 1, 1)

    @property
    def end(self) -> date:
        """The last day."""
        months = 12 // _PARTS[self.kind]
        month = self.index * months
        following = date(self.year + month // 12, month % 12 + 1, 1)
        return following - timedelta(days=1)

    def previous(self) -> Period:
        """The period of the same length just before."""
        if self.index > 1:
            return Period(self.year, self.kind, self.index - 1)
        return Period(self.year - 1, self.kind, _PARTS[self.kind])

    def parts(self, kind: PeriodKind) -> tuple[Period, ...]:
        """The shorter periods of `kind` that make up this one; empty when `kind` is longer."""
        return tuple(
            part
            for part in (Period(self.year, kind, i + 1) for i in range(_PARTS[kind]))
            if self.start <= part.start and part.end <= self.end
        )
