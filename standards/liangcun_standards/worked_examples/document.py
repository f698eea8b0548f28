"""The format of a worked example, and reading it.

title: 主巷路只到八成五的村
standard: 220722/jiuyou-liuwu
period: 2023
common: {village_plan: true, leading_industry: true}   # what every region has unless it says otherwise
regions:
  - name: 甲村
    values: {lane_hardened_rate: {at_least: 85}, garbage_piles_found: missing}
    before: {trees_planted_in_year: 900}         # the period before
    parts: {2023-Q1: {garbage_piles_found: 2}}   # sub-periods, for a standard that blends them
    exempt: {no-manure: not_applicable}
    expect: {total: 92, grade: excellent, verdict: pass, criteria: {hardened-road: 8}}

An indicator that isn't named is missing; what isn't expected isn't checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from liangcun_standards.document.reading import read_model
from liangcun_standards.errors import LiangcunError, Problem
from liangcun_standards.periods import Period
from liangcun_standards.plugins import documents_in
from liangcun_standards.regions import full_code
from liangcun_standards.rules import DocumentPart
from liangcun_standards.vocabulary import ResultStatus, Verdict


class Bounded(DocumentPart):
    """A value of which one end is known, or one in doubt, which counts as missing."""

    at_least: float | None = None
    at_most: float | None = None
    suspect: float | None = None

    @model_validator(mode="after")
    def _one(self) -> Bounded:
        if sum(end is not None for end in (self.at_least, self.at_most, self.suspect)) != 1:
            raise Problem(
                "要且只要写 at_least、at_most、suspect 之一",
                "needs exactly one of at_least, at_most, suspect",
            )
        return self


# A figure, true or false, the code of a choice, a bound; or nothing, which `missing` says in words.
Values = dict[str, float | str | Bounded | None]


class ExpectedCriterion(DocumentPart):
    """What one criterion comes to; `points: null` says that it doesn't count."""

    points: float | None = None
    status: ResultStatus | None = None
    lowest: float | None = None
    highest: float | None = None


class Expected(DocumentPart):
    """What a region comes to. Null for the total or a group says that nothing counts, for the grade or the
    tier that there is none, for the rank that the region isn't ranked.
    """

    total: float | None = None
    lowest: float | None = None
    highest: float | None = None
    grade: str | None = None
    tier: str | None = None
    passed: bool | None = None
    verdict: Verdict | None = None
    completeness: float | None = None
    rank: int | None = None
    groups: dict[str, float | None] = Field(default_factory=dict)
    criteria: dict[str, float | ExpectedCriterion | None] = Field(default_factory=dict)


class ExampleRegion(DocumentPart):
    """One region: its values and what they must come to.

    Without a `code` it gets a made-up one within the standard's jurisdiction; regions without codes are
    peers of one another.
    """

    name: str = Field(min_length=1)
    code: str | None = None
    values: Values = Field(default_factory=dict)
    before: Values = Field(default_factory=dict)
    parts: dict[str, Values] = Field(default_factory=dict)
    exempt: dict[str, Literal["waived", "not_applicable"]] = Field(default_factory=dict)
    expect: Expected = Expected()

    @field_validator("code", mode="before")
    @classmethod
    def _region_code(cls, value: object) -> object:
        try:
            return None if value is None else full_code(str(value))
        except LiangcunError as error:
            raise Problem(error.text("zh"), error.text("en")) from error

    @field_validator("parts")
    @classmethod
    def _sub_periods(cls, value: dict[str, Values]) -> dict[str, Values]:
        return {str(_period(period)): values for period, values in value.items()}


class WorkedExample(DocumentPart):
    """Some regions, a standard and a period.

    `common` are values in the period that every region has unless it names the indicator itself.
    """

    title: str = Field(min_length=1)
    title_en: str | None = None
    standard: str = Field(min_length=1)
    period: str
    common: Values = Field(default_factory=dict)
    regions: tuple[ExampleRegion, ...] = Field(min_length=1)
    _file: str = PrivateAttr(default="example")

    @property
    def file(self) -> str:
        """Where it was read from."""
        return self._file

    @field_validator("period", mode="before")
    @classmethod
    def _readable_period(cls, value: object) -> str:
        return str(_period(value))

    @model_validator(mode="after")
    def _each_once(self) -> WorkedExample:
        for what in ("name", "code"):
            seen: set[str] = set()
            for place, region in enumerate(self.regions):
                value = getattr(region, what)
                if value in seen:
                    raise Problem(
                        f"“{value}”重复出现", f"'{value}' stands twice", at=("regions", place, what)
                    )
                seen |= set() if value is None else {value}
        return self


def _period(value: object) -> Period:
    try:
        return Period.parse(str(value))
    except LiangcunError as error:
        raise Problem(error.text("zh"), error.text("en")) from error


def read_example(text: str, file: str) -> WorkedExample:
    """The worked example in a file's text. Raises InvalidDocument, with line and field."""
    example = read_model(text, file, WorkedExample)
    example._file = file
    return example


def load_examples(package: str | ModuleType, folder: str = "examples") -> Sequence[WorkedExample]:
    """The worked examples that a plugin's package carries, by file name.

    Raises InvalidDocument when there is no such folder or an example can't be read.
    """
    return [read_example(one.text, one.file) for one in documents_in(package, folder)]
