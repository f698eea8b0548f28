"""A tailoring (调整): the changes that one standard makes to another, each with its reason."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from liangcun_standards.document.outcome import Grade, Passing
from liangcun_standards.document.standard import Header, PeerLevel, Ties, Waived
from liangcun_standards.document.tree import LARGEST_SCORE, Code, Criterion, Group, Missing, Title
from liangcun_standards.errors import Problem
from liangcun_standards.rules import DocumentPart


class _Change(DocumentPart):
    """What every change carries."""

    reason: str = Field(min_length=1, description="why, shown wherever the change is shown")
    document_number: str | None = Field(default=None, description="文号 of the decision, where there is one")


class Add(_Change):
    """Add a criterion or a group to a group (`into`), or a grade; `after` names the neighbour before it."""

    change: Literal["add"]
    into: Code | None = None
    after: Code | None = None
    criterion: Criterion | None = None
    group: Group | None = None
    grade: Grade | None = None

    @model_validator(mode="after")
    def _one_part(self) -> Add:
        if sum(part is not None for part in (self.criterion, self.group, self.grade)) != 1:
            raise Problem(
                "add 要且只要写 criterion、group、grade 之一",
                "add needs exactly one of criterion, group, grade",
            )
        if self.criterion is not None and self.into is None:
            raise Problem(
                "增加条目要用 into 指明所在的组", "a criterion is added into a group: name it with into"
            )
        if self.grade is not None and self.into is not None:
            raise Problem("等次不属于任何组，请删去 into", "a grade stands in no group: drop into")
        return self

    @property
    def target(self) -> str:
        """The code of what is added."""
        part = self.criterion or self.group or self.grade
        assert part is not None
        return part.code


class Remove(_Change):
    """Remove a criterion, a group or a grade."""

    change: Literal["remove"]
    target: Code


class Replace(_Change):
    """Replace some fields of a criterion, a group or a grade; fields not named stay."""

    change: Literal["replace"]
    target: Code
    with_: dict[str, Any] = Field(alias="with", min_length=1)

    @field_validator("with_")
    @classmethod
    def _code_stays(cls, value: dict[str, Any]) -> dict[str, Any]:
        if "code" in value:
            raise Problem(
                "不能改 code；要换代码请先 remove 再 add",
                "the code stays; remove the part and add another to change it",
            )
        return value


class Reweigh(_Change):
    """Give a criterion or a group another worth or weight, or a grade another cut-off."""

    change: Literal["reweigh"]
    target: Code
    max_score: float | None = Field(default=None, ge=0, le=LARGEST_SCORE)
    weight: float | None = Field(default=None, ge=0, le=LARGEST_SCORE)
    min_score: float | None = None

    @model_validator(mode="after")
    def _something(self) -> Reweigh:
        if self.max_score is None and self.weight is None and self.min_score is None:
            raise Problem(
                "reweigh 要写 max_score、weight 或 min_score", "reweigh needs max_score, weight or min_score"
            )
        return self


class Retitle(_Change):
    """Give a criterion, a group or a grade another title."""

    change: Literal["retitle"]
    target: Code
    title: Title
    title_en: Title | None = None


class Set(_Change):
    """Give the whole standard another setting, such as what it takes to pass."""

    change: Literal["set"]
    passing: Passing | None = None
    missing: Missing | None = None
    waived: Waived | None = None
    min_completeness: float | None = Field(default=None, ge=0, le=1)
    decimals: int | None = Field(default=None, ge=0, le=6)
    max_score: float | None = Field(default=None, gt=0, le=LARGEST_SCORE)
    peers: PeerLevel | None = None
    ties: Ties | None = None

    @model_validator(mode="after")
    def _one_setting(self) -> Set:
        if len(self._named) != 1:
            raise Problem(
                f"set 要且只要写一项设置：{'、'.join(SETTINGS)}",
                f"set needs exactly one setting: {', '.join(SETTINGS)}",
            )
        return self

    @property
    def _named(self) -> list[str]:
        return [name for name in SETTINGS if getattr(self, name) is not None]

    @property
    def target(self) -> str:
        """The setting's name."""
        return self._named[0]


SETTINGS = tuple(name for name in Set.model_fields if name not in ("change", "reason", "document_number"))

Change = Annotated[Add | Remove | Replace | Reweigh | Retitle | Set, Field(discriminator="change")]


class Tailoring(Header):
    """A standard that is another one with changes.

    `extends` is `JURISDICTION/CODE` (the base's version in force on the day asked about, so that later
    versions of the base flow through) or `JURISDICTION/CODE@VERSION` (that version and no other).
    """

    extends: str = Field(min_length=1, max_length=200)
    changes: tuple[Change, ...] = ()
