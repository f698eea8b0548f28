"""Indicators (指标): what is measured, in which unit and range, and where the definition is from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from liangcun_standards.errors import ContributionClash, InvalidFormula, InvalidValue, LiangcunError, Problem
from liangcun_standards.formula import Formula, parse_formula
from liangcun_standards.regions import contains, full_code
from liangcun_standards.table import LARGEST_VALUE
from liangcun_standards.text import Text, format_number
from liangcun_standards.units import with_unit
from liangcun_standards.vocabulary import Direction, IndicatorKind, RegionLevel, SourceStatus

IndicatorCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,63}$")]


class Choice(BaseModel):
    """One answer of a choice indicator; answers are stored as their place in the list, from 0."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: IndicatorCode
    title: str
    title_en: str


class Simulation(BaseModel):
    """How demonstration data imitates an indicator; nothing that scores ever reads this.

    Each simulated village has four latent traits with mean 0 and variance 1. `follows` names the trait that
    the indicator goes with and `strength` its correlation with it. `typical` and `spread` are the median and
    the standard deviation in the indicator's unit; for a boolean, `typical` is the share of villages with it.
    `within` is the place whose villages it imitates, for an indicator of one place's standards alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    follows: Literal["infrastructure", "tidiness", "organisation", "size"]
    typical: float
    spread: float = Field(default=0.0, ge=0)
    strength: float = Field(default=0.6, ge=-1, le=1)
    within: str | None = None

    @field_validator("within", mode="before")
    @classmethod
    def _region_code(cls, value: object) -> object:
        # An unquoted 140000 is a number in YAML.
        if isinstance(value, bool) or not isinstance(value, int | str):
            return value
        try:
            return full_code(str(value))
        except LiangcunError as error:
            raise Problem(error.text("zh"), error.text("en")) from error

    def imitates(self, region: str) -> bool:
        """Whether the villages of a region (a twelve-digit code) are to be imitated."""
        return self.within is None or contains(self.within, region)


class Indicator(BaseModel):
    """What is measured.

    Values are floats throughout: a boolean is 0 or 1, a rate is in percent (0 to 100 unless its range says
    otherwise), a choice is the place of the answer in `choices`, from 0. One with a `formula` is derived:
    nobody observes it, it is worked out from others.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: IndicatorCode
    name: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    kind: IndicatorKind
    unit: str | None = None
    direction: Direction = Direction.NEUTRAL
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Choice, ...] = ()
    definition: str = Field(min_length=1)
    definition_en: str = Field(min_length=1)
    source: str = Field(min_length=1)
    source_status: SourceStatus = SourceStatus.INTERPRETATION
    level: RegionLevel = RegionLevel.VILLAGE
    simulation: Simulation | None = None
    formula: str | None = Field(default=None, min_length=1, max_length=2_000)

    @model_validator(mode="after")
    def _consistent(self) -> Indicator:
        if (self.kind is IndicatorKind.CHOICE) != bool(self.choices):
            raise Problem(
                "选项类指标（kind: choice）要写 choices，其他类不能写",
                "choices are for an indicator of kind choice, and it needs them",
            )
        if len({choice.code for choice in self.choices}) < len(self.choices):
            raise Problem("两个选项的 code 相同", "two choices share a code", at=("choices",))
        low, high = self.range
        if low > high:
            raise Problem("minimum 大于 maximum", "minimum is above maximum")
        self._check_formula()
        return self

    def _check_formula(self) -> None:
        try:
            formula = self.parsed
        except InvalidFormula as error:
            raise Problem(error.text("zh"), error.text("en"), at=("formula",)) from error
        if formula is None:
            return
        if self.kind is IndicatorKind.CHOICE or self.simulation is not None:
            raise Problem(
                "由公式算出的指标不能是选项类，也不能写 simulation",
                "a derived indicator is no choice and takes no simulation",
                at=("formula",),
            )
        if any(one.lag for one in formula.inputs) or not formula.inputs or self.code in self.comes_of:
            raise Problem(
                "公式要由同一时期的其他指标算出，不能用上期值、change，也不能用它自己",
                "a formula takes other indicators of the same period: no previous, no change, not itself",
                at=("formula",),
            )

    @cached_property
    def parsed(self) -> Formula | None:
        """The formula of a derived indicator, None for one that is measured. Raises InvalidFormula."""
        return None if self.formula is None else parse_formula(self.formula)

    @cached_property
    def comes_of(self) -> tuple[str, ...]:
        """The indicators that a derived one is worked out from, none for one that is measured."""
        return () if self.parsed is None else tuple(one.indicator for one in self.parsed.inputs)

    @property
    def label(self) -> Text:
        """The name for a reader."""
        return Text(self.name, self.name_en)

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and highest value that the indicator can take, both included; infinite where open."""
        if self.kind is IndicatorKind.BOOLEAN:
            return 0.0, 1.0
        if self.kind is IndicatorKind.CHOICE:
            return 0.0, float(max(len(self.choices) - 1, 0))
        low = self.minimum
        if low is None:
            low = -math.inf if self.kind is IndicatorKind.QUANTITY else 0.0
        high = self.maximum
        if high is None:
            high = 100.0 if self.kind is IndicatorKind.RATE else math.inf
        return low, high

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are possible."""
        return self.kind in (IndicatorKind.BOOLEAN, IndicatorKind.COUNT, IndicatorKind.CHOICE)

    def choice_value(self, code: str) -> float:
        """The stored value of an answer. Raises InvalidValue for an answer that isn't in the list."""
        for place, choice in enumerate(self.choices):
            if choice.code == code:
                return float(place)
        known = "、".join(choice.code for choice in self.choices)
        raise InvalidValue(
            Text(
                f"指标 {self.code} 没有选项“{code[:40]}”，可选：{known}",
                f"{self.code} has no answer '{code[:40]}'; it has {known}",
            )
        )

    def check(self, value: float) -> float:
        """`value` as a float when the indicator can take it.

        Raises InvalidValue for NaN, infinity, a number too large for a float, a fraction where whole
        numbers are counted, or a value outside the range.
        """
        try:
            number = float(value)
        except (OverflowError, TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number) or abs(number) > LARGEST_VALUE:
            raise InvalidValue(
                Text(
                    f"指标 {self.code} 的值不是可用的数字（绝对值最大 1e15）",
                    f"the value of {self.code} is no usable number (1e15 at the most)",
                )
            )
        low, high = self.range
        if not low <= number <= high:
            shown = f"{format_number(low)} – {format_number(high)}"
            raise InvalidValue(
                Text(
                    f"指标 {self.code} 的值 {format_number(number)} 超出范围 {shown}",
                    f"{format_number(number)} is outside the range of {self.code}, {shown}",
                )
            )
        if self.whole and number != int(number):
            raise InvalidValue(
                Text(
                    f"指标 {self.code} 只能取整数，而不是 {format_number(number)}",
                    f"{self.code} takes whole numbers, not {format_number(number)}",
                )
            )
        return number

    def show(self, value: float) -> Text:
        """A value with its unit, as a reader expects it: 有/无 for a boolean, the answer for a choice."""
        if self.kind is IndicatorKind.BOOLEAN:
            return Text("有", "yes") if value else Text("无", "no")
        if self.kind is IndicatorKind.CHOICE:
            place = int(value)
            if 0 <= place < len(self.choices):
                return Text(self.choices[place].title, self.choices[place].title_en)
        return with_unit(value, self.unit)


class Definition(NamedTuple):
    """An indicator that a standard's document defines, and the standard's full name and plugin."""

    indicator: Indicator
    standard: str
    plugin: str | None


class IndicatorCatalogue(Mapping[str, Indicator]):
    """Every indicator known, by code, with the plugin or the standard that it comes from.

    Raises ContributionClash when two plugins give one code different meanings.
    """

    def __init__(self, contributions: Iterable[tuple[str, Indicator]] = ()) -> None:
        self._indicators: dict[str, Indicator] = {}
        self._plugins: dict[str, str] = {}
        self._standards: dict[str, str] = {}
        for plugin, indicator in contributions:
            self._add(plugin, indicator)

    def with_definitions(self, definitions: Iterable[Definition]) -> IndicatorCatalogue:
        """A catalogue with what documents define besides; what is known already stays as it is."""
        more = IndicatorCatalogue()
        more._indicators, more._plugins = dict(self._indicators), dict(self._plugins)
        more._standards = dict(self._standards)
        for one in definitions:
            code = one.indicator.code
            if code not in more._indicators:
                more._indicators[code], more._standards[code] = one.indicator, one.standard
                if one.plugin is not None:
                    more._plugins[code] = one.plugin
        return more

    def _add(self, plugin: str, indicator: Indicator) -> None:
        known = self._indicators.get(indicator.code)
        if known is not None and known != indicator:
            other = self._plugins[indicator.code]
            raise ContributionClash(
                Text(
                    f"插件 {other} 与 {plugin} 对指标 {indicator.code} 的定义不同",
                    f"the plugins {other} and {plugin} define the indicator {indicator.code} differently",
                )
            )
        self._indicators.setdefault(indicator.code, indicator)
        self._plugins.setdefault(indicator.code, plugin)

    def plugin(self, code: str) -> str | None:
        """The plugin that contributes the indicator; None for one of a county's own document."""
        return self._plugins.get(code)

    def standard(self, code: str) -> str | None:
        """The standard (JURISDICTION/CODE@VERSION) whose document defines the indicator; None for others."""
        return self._standards.get(code)

    def __getitem__(self, code: str) -> Indicator:
        return self._indicators[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._indicators)

    def __len__(self) -> int:
        return len(self._indicators)
