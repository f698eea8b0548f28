"""What a standard makes of the points: entry, bonus and penalty, blend, classes, tiers, grades, passing."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, field_validator, model_validator

from liangcun_standards.document.tree import LARGEST_SCORE, Code, Source, Title
from liangcun_standards.errors import Problem
from liangcun_standards.rules import Condition, DocumentPart
from liangcun_standards.text import Text


class Entry(DocumentPart):
    """参评条件: a village that doesn't meet it may not take part (不得参评)."""

    code: Code
    title: Title
    title_en: Title | None = None
    require: Condition
    source: Source

    @property
    def label(self) -> Text:
        """The title for a reader."""
        return Text(self.title, self.title_en or self.title)


class Adjustment(DocumentPart):
    """加分 or 扣分 per event, outside the tree: ±2 per event; 未按要求整改每次扣2.

    `missing: none` says that no record means no event; `bound` (the default) that it isn't known.
    """

    code: Code
    title: Title
    title_en: Title | None = None
    kind: Literal["bonus", "penalty"]
    indicator: str
    per: float = Field(gt=0, le=LARGEST_SCORE)
    cap: float = Field(gt=0, le=LARGEST_SCORE)
    missing: Literal["none", "bound"] = "bound"
    source: Source

    @property
    def label(self) -> Text:
        """The title for a reader."""
        return Text(self.title, self.title_en or self.title)


class BlendPart(DocumentPart):
    """A share of a blend of periods: the mean over the months (季、月), or the period itself (年底)."""

    over: Literal["months", "quarters", "halves", "period"]
    weight: float = Field(gt=0)


class Classes(DocumentPart):
    """Villages ranked apart by the answer of a choice indicator (A类村 / B类村)."""

    indicator: str


class Tier(DocumentPart):
    """One tier of cumulative tiers: reached when its criteria pass, and every tier before it is reached."""

    code: Code
    title: Title
    title_en: Title | None = None
    requires: tuple[Code, ...] = Field(min_length=1, description="criteria, or groups for all in them")

    @property
    def label(self) -> Text:
        """The title for a reader."""
        return Text(self.title, self.title_en or self.title)


class Grade(DocumentPart):
    """等次: given from `min_score` up and, where `tier` is named, once that tier is reached."""

    code: Code
    title: Title
    title_en: Title | None = None
    min_score: float
    tier: Code | None = None

    @property
    def label(self) -> Text:
        """The title for a reader."""
        return Text(self.title, self.title_en or self.title)


class Passing(DocumentPart):
    """What a village needs to pass, everything named at once; with nothing named, every criterion."""

    grade: Code | None = None
    min_score: float | None = None
    min_passed: int | None = Field(default=None, ge=0)
    all_criteria: bool = False

    @property
    def every_criterion(self) -> bool:
        """Whether all criteria must pass."""
        named = (self.grade, self.min_score, self.min_passed)
        return self.all_criteria or all(value is None for value in named)


class Effective(DocumentPart):
    """From which day to which, both included."""

    from_: date = Field(alias="from")
    to: date | None = None

    @field_validator("from_", "to", mode="before")
    @classmethod
    def _no_timestamp(cls, value: object) -> object:
        # Pydantic would read 86400 as 1970-01-02.
        if isinstance(value, int | float):
            raise Problem("应为日期，如 2023-01-01", "should be a date such as 2023-01-01")
        return value

    @model_validator(mode="after")
    def _forward(self) -> Effective:
        if self.to is not None and self.to < self.from_:
            raise Problem("早于 from", "is before from", at=("to",))
        return self
