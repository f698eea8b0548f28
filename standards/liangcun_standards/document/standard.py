"""A standard: identity, dates, tree and outcome, checked as a whole."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from liangcun_standards.aggregation.scorer import Scorer
from liangcun_standards.document.definitions import Definitions
from liangcun_standards.document.outcome import (
    Adjustment,
    BlendPart,
    Classes,
    Effective,
    Entry,
    Grade,
    Passing,
    Tier,
)
from liangcun_standards.document.tree import (
    LARGEST_SCORE,
    Aggregation,
    Code,
    Criterion,
    Group,
    Missing,
    Source,
    Title,
    check_weights,
    child_weights,
)
from liangcun_standards.document.yaml_source import Path
from liangcun_standards.errors import InvalidDocument, InvalidPart, LiangcunError, Problem
from liangcun_standards.indicators import Indicator
from liangcun_standards.regions import full_code
from liangcun_standards.rules import DocumentPart
from liangcun_standards.rules.base import known_indicator, unique_inputs
from liangcun_standards.rules.own import unknown_own
from liangcun_standards.table import Input
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import IndicatorKind, RegionLevel

Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}$")]


_NEXT_UP = {
    RegionLevel.PROVINCE: RegionLevel.PROVINCE,
    RegionLevel.PREFECTURE: RegionLevel.PROVINCE,
    RegionLevel.COUNTY: RegionLevel.PREFECTURE,
}


PeerLevel = Literal[RegionLevel.PROVINCE, RegionLevel.PREFECTURE, RegionLevel.COUNTY, RegionLevel.TOWNSHIP]
Waived = Literal["leave_out", "full"]
Ties = Literal["competition", "dense"]


class Header(DocumentPart):
    """What identifies a standard: jurisdiction, code and version; never its name alone."""

    format: Literal["liangcun/1"] = "liangcun/1"
    jurisdiction: str = Field(description="region code of the issuing place, e.g. 220722")
    code: Code
    version: Version
    title: Title
    title_en: Title | None = None
    description: str | None = None
    description_en: str | None = None
    effective: Effective
    source: Source
    indicators: Definitions = Field(default=(), description="indicators that the document defines itself")

    @field_validator("jurisdiction", "version", mode="before")
    @classmethod
    def _unquoted_number(cls, value: object) -> object:
        # 220722 and 2021 are numbers in YAML; asking officers for quotes would only be a trap.
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("jurisdiction")
    @classmethod
    def _region_code(cls, value: str) -> str:
        try:
            return full_code(value)
        except LiangcunError as error:
            raise Problem(error.text("zh"), error.text("en")) from error

    @property
    def label(self) -> Text:
        """The title for a reader."""
        return Text(self.title, self.title_en or self.title)


class Standard(Header):
    """A standard with nothing left to resolve.

    `peers` is the level whose region holds the villages that a village is compared with, for rules and
    weights relative to peers; left out, it is the county, or for counties and above the next level up.
    `decimals` is the rounding (四舍五入) of totals, before grades and ranks.
    """

    level: RegionLevel
    peers: PeerLevel | None = None
    missing: Missing = "fail"
    waived: Waived = "leave_out"
    min_completeness: float = Field(default=0.0, ge=0, le=1)
    decimals: int = Field(default=2, ge=0, le=6)
    max_score: float | None = Field(default=None, gt=0, le=LARGEST_SCORE)
    aggregation: Aggregation = Aggregation()
    scorer: Annotated[str, Field(max_length=128)] | None = Field(
        default=None, description="PLUGIN.NAME of a scorer that puts all criteria together"
    )
    groups: tuple[Group, ...] = Field(min_length=1)
    entry: tuple[Entry, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    blend: tuple[BlendPart, ...] = ()
    classes: Classes | None = None
    tiers: tuple[Tier, ...] = ()
    grades: tuple[Grade, ...] = ()
    passing: Passing = Passing()
    ties: Ties = "competition"
    _scorer: Scorer | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _find_scorer(self, info: ValidationInfo) -> Standard:
        if self.scorer is None:
            return self
        known = {} if info.context is None else info.context.scorers
        if self.scorer not in known:
            raise unknown_own(Text("评分程序", "scorer"), self.scorer, known, at="scorer")
        if self.aggregation != Aggregation():
            raise Problem(
                "写了 scorer 就不能再写整个标准的 aggregation：条目由评分程序合成",
                "with a scorer the standard takes no aggregation: the scorer puts the criteria together",
                at=("aggregation",),
            )
        self._scorer = known[self.scorer]
        return self

    @property
    def own_scorer(self) -> Scorer | None:
        """The plugin's scorer that `scorer` names."""
        return self._scorer

    @model_validator(mode="after")
    def _whole(self) -> Standard:
        if self.aggregation.method == "pass_count":
            raise Problem(
                "pass_count 只能用在组里：它数的是条目",
                "pass_count belongs to a group: it counts criteria",
                at=("aggregation",),
            )
        check_weights(self.aggregation, self.groups)
        if not any(criterion.max_score for criterion in self.criteria):
            raise Problem(
                "权重之和为零：没有任何条目能得分",
                "the weights sum to zero: no criterion earns any points",
                at=("groups",),
            )
        _check_unique(self)
        _check_grades(self)
        _check_tiers(self)
        return self

    @property
    def peer_level(self) -> RegionLevel:
        """The level whose region holds a village's peers."""
        if self.peers is not None:
            return self.peers
        return _NEXT_UP.get(self.level, RegionLevel.COUNTY)

    @property
    def worth(self) -> float:
        """The highest total before bonuses."""
        return sum(group.worth for group in self.groups) if self.max_score is None else self.max_score

    @cached_property
    def all_groups(self) -> tuple[Group, ...]:
        """Every group, top down."""
        return tuple(inner for group in self.groups for inner in group.walk())

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """Every criterion, in the order of the document."""
        return tuple(criterion for group in self.all_groups for criterion in group.criteria)

    @cached_property
    def group_of(self) -> dict[str, Group]:
        """The group that each criterion stands in, by the criterion's code."""
        return {criterion.code: group for group in self.all_groups for criterion in group.criteria}

    @cached_property
    def stakes(self) -> dict[str, float]:
        """How much of the total hangs on each criterion, by code: its weight all the way up the tree.

        For a sum or a weighted mean these are points; for other aggregations, by the same weights, the order
        of what matters most.
        """
        stakes: dict[str, float] = {}

        def share_out(
            aggregation: Aggregation, children: tuple[Group | Criterion, ...], points: float
        ) -> None:
            weights = child_weights(aggregation, children)
            total = sum(weights) or 1.0
            for child, weight in zip(children, weights, strict=True):
                if isinstance(child, Group):
                    share_out(child.aggregation, child.children, points * weight / total)
                else:
                    stakes[child.code] = points * weight / total

        if self._scorer is None:
            share_out(self.aggregation, self.groups, self.worth)
        else:
            share_out(Aggregation.of(self._scorer), self.criteria, self.worth)
        return stakes

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """Every column that scoring reads."""
        return unique_inputs(
            *(criterion.inputs for criterion in self.criteria),
            *(entry.require.inputs() for entry in self.entry),
            [Input(adjustment.indicator) for adjustment in self.adjustments],
            [] if self.classes is None else [Input(self.classes.indicator)],
        )

    @cached_property
    def peer_relative(self) -> bool:
        """Whether a village's score depends on other villages."""
        groups = any(group.aggregation.peer_relative for group in self.all_groups)
        rules = any(criterion.rule.peer_relative for criterion in self.criteria)
        scorer = self._scorer is not None and self._scorer.peer_relative
        return groups or rules or scorer or self.aggregation.peer_relative

    @cached_property
    def kept(self) -> dict[object, object]:
        """What others have worked out from this standard, kept as long as it lives."""
        return {}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the resolved standard in canonical JSON."""
        values = self.model_dump(mode="json", by_alias=True)
        # Documents older than a key keep their digests.
        for key in ("indicators", "scorer"):
            if not values[key]:
                del values[key]
        text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def known(self, indicators: Mapping[str, Indicator]) -> Mapping[str, Indicator]:
        """What the standard may speak of: `indicators`, those of plugins, and its own definitions."""
        if not self.indicators:
            return indicators
        return {**indicators, **{one.code: one for one in self.indicators}}

    def check(self, indicators: Mapping[str, Indicator]) -> None:
        """Raise for the first indicator, choice or figure that doesn't fit; the error names the criterion.

        `indicators` are those of plugins.
        """
        indicators = self.known(indicators)
        for criterion in self.criteria:
            with _naming(criterion.code):
                criterion.rule.check(indicators, criterion.scale)
                if criterion.applies_when is not None:
                    criterion.applies_when.check(indicators)
        for entry in self.entry:
            with _naming(entry.code):
                entry.require.check(indicators)
        for adjustment in self.adjustments:
            with _naming(adjustment.code):
                known_indicator(indicators, adjustment.indicator)
        if self.classes is not None:
            with _naming("classes"):
                _known_choice(indicators, self.classes.indicator)


@contextmanager
def _naming(code: str) -> Iterator[None]:
    """Lead an error with the part of the standard that it is about."""
    try:
        yield
    except LiangcunError as error:
        where = code if error.where is None else f"{code}, {error.where}"
        raise InvalidPart(error.message, part=code, where=where) from None


def _known_choice(indicators: Mapping[str, Indicator], code: str) -> None:
    if known_indicator(indicators, code).kind is not IndicatorKind.CHOICE:
        raise InvalidDocument(
            Text(
                f"指标 {code} 不是选项类，不能用来分类",
                f"{code} is no choice indicator and can't class villages",
            )
        )


def _check_unique(standard: Standard) -> None:
    """Criteria, groups, entry conditions and adjustments share one set of codes: a change names one."""
    codes = list(_coded(standard.groups, ("groups",)))
    codes += [(one.code, ("entry", place)) for place, one in enumerate(standard.entry)]
    codes += [(one.code, ("adjustments", place)) for place, one in enumerate(standard.adjustments)]
    _no_twice("code", codes)
    _no_twice("grade", [(one.code, ("grades", place)) for place, one in enumerate(standard.grades)])
    _no_twice("tier", [(one.code, ("tiers", place)) for place, one in enumerate(standard.tiers)])


def _coded(groups: tuple[Group, ...], above: Path) -> Iterator[tuple[str, Path]]:
    """The code of every group and criterion, with its path in the document."""
    for place, group in enumerate(groups):
        path = (*above, place)
        yield group.code, path
        for number, criterion in enumerate(group.criteria):
            yield criterion.code, (*path, "criteria", number)
        yield from _coded(group.groups, (*path, "groups"))


def _no_twice(what: str, codes: list[tuple[str, Path]]) -> None:
    seen: set[str] = set()
    for code, path in codes:
        if code in seen:
            raise Problem(f"{what}“{code}”重复出现", f"the {what} '{code}' stands twice", at=(*path, "code"))
        seen.add(code)


def _check_grades(standard: Standard) -> None:
    grades, tiers = standard.grades, {tier.code for tier in standard.tiers}
    for place, (above, below) in enumerate(itertools.pairwise(grades), start=1):
        if above.min_score < below.min_score:
            raise Problem(
                "等次要按 min_score 从高到低排列",
                "grades must stand from the highest min_score to the lowest",
                at=("grades", place, "min_score"),
            )
    for place, grade in enumerate(grades):
        if grade.tier is not None and grade.tier not in tiers:
            raise Problem(
                f"等次“{grade.code}”指明的档“{grade.tier}”不存在",
                f"the grade '{grade.code}' names the tier '{grade.tier}', which isn't there",
                at=("grades", place, "tier"),
            )
    wanted = standard.passing.grade
    if wanted is not None and wanted not in {grade.code for grade in grades}:
        raise Problem(
            f"passing 指明的等次“{wanted}”不存在",
            f"passing names the grade '{wanted}', which isn't there",
            at=("passing", "grade"),
        )


def _check_tiers(standard: Standard) -> None:
    known = {group.code for group in standard.all_groups}
    known |= {criterion.code for criterion in standard.criteria}
    for place, tier in enumerate(standard.tiers):
        for number, code in enumerate(tier.requires):
            if code not in known:
                raise Problem(
                    f"档“{tier.code}”要求的“{code}”不存在",
                    f"the tier '{tier.code}' requires '{code}', which isn't there",
                    at=("tiers", place, "requires", number),
                )
