"""Rules that turn a figure into points along a scale: linear, bands, shortfall steps, per unit, judged."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from liangcun_standards.errors import InvalidDocument, Problem
from liangcun_standards.indicators import Indicator
from liangcun_standards.rules.base import (
    CurveRule,
    DocumentPart,
    ExactView,
    Rule,
    SpanView,
    difference_text,
    floor_text,
    join_texts,
    known_indicator,
    points_text,
    unique_inputs,
)
from liangcun_standards.table import Floats, Input, Span
from liangcun_standards.text import Text, format_number

# Steps are counted on figures such as 99.9 that no float holds exactly; a billionth keeps 0.1 one step.
_STEP_TOLERANCE = 1e-9


class Linear(CurveRule):
    """Points in proportion between two figures, clamped outside them.

    增长15% 得60分, 每1个百分点4分 is `from: 0, to: 15`. A `from` above `to` falls with the figure.
    """

    kind: Literal["linear"] = "linear"
    from_: float = Field(alias="from", description="the figure that earns `least`")
    to: float = Field(description="the figure that earns full points")
    least: float = Field(default=0.0, ge=0, description="points at `from` and beyond")

    @model_validator(mode="after")
    def _two_figures(self) -> Linear:
        if self.from_ == self.to:
            raise Problem(
                "from 和 to 不能相同；只有一个界限时请用 threshold",
                "from and to must differ; use threshold for a single figure",
            )
        return self

    @property
    def recordable(self) -> bool:
        return True

    def check(self, indicators: Mapping[str, Indicator], max_score: float) -> None:
        super().check(indicators, max_score)
        _no_more_than(self.least, max_score, "least")

    def curve(self, values: Floats, max_score: float) -> Floats:
        share = values - self.from_
        share *= 1.0 / (self.to - self.from_)
        share.clip(0.0, 1.0, out=share)
        share *= max_score - self.least
        if self.least:
            share += self.least
        return share

    def turns(self) -> Sequence[float]:
        return ()

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        indicator = known_indicator(indicators, self.indicator)
        start, end = indicator.show(self.from_), indicator.show(self.to)
        least, full = points_text(self.least), points_text(max_score)
        return Text(
            f"{indicator.name}从 {start.zh}（{least.zh}）到 {end.zh}（{full.zh}）按比例得分",
            f"{indicator.name_en}: in proportion from {start.en} ({least.en}) to {end.en} ({full.en})",
        )


class Band(DocumentPart):
    """One band: up to and including `upto`, or up to but excluding `below`; the last one has neither."""

    upto: float | None = None
    below: float | None = None
    points: float = Field(ge=0)

    @model_validator(mode="after")
    def _one_end(self) -> Band:
        if self.upto is not None and self.below is not None:
            raise Problem(
                "一档只能以 upto（含）或 below（不含）之一结束",
                "a band ends with upto (included) or below (excluded), not both",
            )
        return self

    @property
    def end(self) -> float | None:
        """Where the band ends."""
        return self.below if self.upto is None else self.upto


class Bands(CurveRule):
    """Points by the band that the figure falls in: 15分钟内0.5, 15–30分0.3, >30分0."""

    kind: Literal["bands"] = "bands"
    bands: tuple[Band, ...] = Field(min_length=2, max_length=100)

    @model_validator(mode="after")
    def _ascending(self) -> Bands:
        ends = [band.end for band in self.bands]
        if ends[-1] is not None or any(end is None for end in ends[:-1]):
            raise Problem(
                "除最后一档外每档都要有 upto 或 below，最后一档不写",
                "every band but the last needs upto or below, and the last has neither",
            )
        numbers = [end for end in ends if end is not None]
        if any(a >= b for a, b in itertools.pairwise(numbers)):
            raise Problem("各档界限要从小到大", "bands must ascend")
        return self

    @property
    def recordable(self) -> bool:
        return True

    def check(self, indicators: Mapping[str, Indicator], max_score: float) -> None:
        super().check(indicators, max_score)
        for band in self.bands:
            _no_more_than(band.points, max_score, "points")

    def curve(self, values: Floats, max_score: float) -> Floats:
        points = np.full_like(values, self.bands[-1].points)
        for band in reversed(self.bands[:-1]):
            within = values < band.below if band.below is not None else values <= band.upto  # type: ignore[operator]
            np.putmask(points, within, band.points)
        return points

    def turns(self) -> Sequence[float]:
        return [band.end for band in self.bands if band.end is not None]

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        indicator = known_indicator(indicators, self.indicator)
        parts = []
        for band in self.bands:
            if band.end is None:
                range_ = Text("其余", "beyond")
            else:
                sign, shown = "<" if band.below is not None else "≤", indicator.show(band.end)
                range_ = Text(f"{sign} {shown.zh}", f"{sign} {shown.en}")
            points = points_text(band.points)
            parts.append(Text(f"{range_.zh} 得 {points.zh}", f"{range_.en}: {points.en}"))
        joined = join_texts(parts, "，", ", ")
        return Text(f"{indicator.name}：{joined.zh}", f"{indicator.name_en}: {joined.en}")


class Shortfall(CurveRule):
    """Full points at the target; each step short of it costs points: 100% 满分; 每减0.1个百分点扣1.

    `direction: over` counts steps above the target instead. `partial` says what a part of a step costs: a
    whole step (`full`), nothing (`none`) or its share (`share`).
    """

    kind: Literal["shortfall"] = "shortfall"
    target: float
    step: float = Field(gt=0)
    deduct: float = Field(gt=0, description="points lost per step")
    direction: Literal["short", "over"] = "short"
    partial: Literal["full", "none", "share"] = "full"
    floor: float = Field(default=0.0, ge=0)

    @property
    def recordable(self) -> bool:
        return True

    def check(self, indicators: Mapping[str, Indicator], max_score: float) -> None:
        super().check(indicators, max_score)
        _no_more_than(self.floor, max_score, "floor")

    def curve(self, values: Floats, max_score: float) -> Floats:
        gap = self.target - values if self.direction == "short" else values - self.target
        steps = np.maximum(gap, 0.0, out=gap)
        steps /= self.step
        if self.partial == "full":
            steps -= _STEP_TOLERANCE
            np.ceil(steps, out=steps)
        elif self.partial == "none":
            steps += _STEP_TOLERANCE
            np.floor(steps, out=steps)
        steps *= self.deduct
        points = np.subtract(max_score, steps, out=steps)
        return np.maximum(points, self.floor, out=points)

    def turns(self) -> Sequence[float]:
        return ()

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        indicator = known_indicator(indicators, self.indicator)
        target, lost = indicator.show(self.target), format_number(self.deduct)
        step, floor = difference_text(indicator, self.step), floor_text(self.floor)
        verb = Text("每低", "below") if self.direction == "short" else Text("每超", "above")
        rest = Text("", "") if indicator.whole and self.step == 1 else _PARTIAL[self.partial]
        return Text(
            f"{indicator.name} {target.zh} 得满分，{verb.zh} {step.zh}扣 {lost} 分{rest.zh}，{floor.zh}",
            f"{indicator.name_en}: full points at {target.en}, each {step.en} {verb.en} costs {lost}"
            f"{rest.en}, {floor.en}",
        )


_PARTIAL = {
    "full": Text("（不足的按一档计）", " (a part of it as the whole)"),
    "none": Text("（不足的不扣）", " (a part of it nothing)"),
    "share": Text("（不足的按比例扣）", " (a part of it its share)"),
}


class PerNeed(DocumentPart):
    """How many are needed: one for every `amount` of the indicator (1座/2500人)."""

    indicator: str
    amount: float = Field(gt=0)


class PerUnit(Rule):
    """Points per unit, the first and the extra ones apart, capped: 首座10, 每增加一座加5.

    With `per`, points are for the share of the units needed instead: 1座/2500人, full when
    units ≥ ⌈population / 2500⌉.
    """

    kind: Literal["per_unit"] = "per_unit"
    indicator: str
    first: float | None = Field(default=None, ge=0)
    each: float | None = Field(default=None, ge=0, description="points for each unit after the first")
    per: PerNeed | None = None

    @model_validator(mode="after")
    def _one_way(self) -> PerUnit:
        if (self.per is None) == (self.first is None and self.each is None):
            raise Problem(
                "per_unit 要写 first 和 each，或者写 per", "per_unit needs either first and each, or per"
            )
        if self.per is None and (self.first is None or self.each is None):
            raise Problem("per_unit 的 first 和 each 要一起写", "per_unit needs both first and each")
        return self

    @property
    def always_defined(self) -> bool:
        return True

    @property
    def recordable(self) -> bool:
        return True

    @cached_property
    def _sources(self) -> tuple[Input, ...]:
        """The units and, with `per`, what they are needed for."""
        units = Input(self.indicator)
        return (units,) if self.per is None else (units, Input(self.per.indicator))

    def inputs(self) -> tuple[Input, ...]:
        return unique_inputs(self._sources)

    def _counted(self, units: Floats, max_score: float) -> Floats:
        points = np.floor(units)
        points -= 1
        points *= self.each or 0.0
        points += self.first or 0.0
        np.putmask(points, ~(units >= 1), 0.0)
        return np.minimum(points, max_score, out=points)

    def _needed(self, units: Floats, need: Floats, max_score: float) -> Floats:
        assert self.per is not None
        wanted = need / self.per.amount
        wanted -= _STEP_TOLERANCE
        np.ceil(wanted, out=wanted)
        share = np.maximum(units, 0.0)
        share /= np.maximum(wanted, 1.0)
        # Where none is needed, none is short.
        np.putmask(share, ~(wanted > 0), 1.0)
        np.minimum(share, 1.0, out=share)
        share *= max_score
        return share

    def exact(self, view: ExactView, max_score: float) -> Floats:
        units, *need = (view.read(source) for source in self._sources)
        return self._needed(units, need[0], max_score) if need else self._counted(units, max_score)

    def span(self, view: SpanView, max_score: float) -> Span:
        units = view.read(Input(self.indicator))
        if self.per is None:
            return Span(self._counted(units.low, max_score), self._counted(units.high, max_score))
        need = view.read(Input(self.per.indicator))
        low = self._needed(units.low, need.high, max_score)
        return Span(low, self._needed(units.high, need.low, max_score))

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        indicator, full = known_indicator(indicators, self.indicator), points_text(max_score)
        if self.per is None:
            first, each = format_number(self.first or 0), format_number(self.each or 0)
            return Text(
                f"{indicator.name}：首个得 {first} 分，每增加一个加 {each} 分，最高 {full.zh}",
                f"{indicator.name_en}: {first} for the first, {each} for each more, up to {full.en}",
            )
        need = known_indicator(indicators, self.per.indicator)
        amount, one = need.show(self.per.amount), indicator.show(1.0)
        return Text(
            f"{indicator.name}：{need.name}每 {amount.zh}应有 {one.zh}，按达到的比例得分，最高 {full.zh}",
            f"{indicator.name_en}: {one.en} for every {amount.en} ({need.name_en}); points for the share "
            f"reached, up to {full.en}",
        )


class JudgedPart(DocumentPart):
    """A part that an assessor judges, from 0 to `most` points."""

    indicator: str
    most: float = Field(gt=0)


class Judged(Rule):
    """The assessor gives the points within a range: 道路0–7, 供水0–7, 酌情给分.

    Each part's indicator holds the points given; the sum of the parts' `most` is the criterion's maximum.
    """

    kind: Literal["judged"] = "judged"
    parts: tuple[JudgedPart, ...] = Field(min_length=1)

    @property
    def always_defined(self) -> bool:
        return True

    @property
    def recordable(self) -> bool:
        return True

    @cached_property
    def _sources(self) -> tuple[Input, ...]:
        return tuple(Input(part.indicator) for part in self.parts)

    def inputs(self) -> tuple[Input, ...]:
        return unique_inputs(self._sources)

    def check(self, indicators: Mapping[str, Indicator], max_score: float) -> None:
        super().check(indicators, max_score)
        most = sum(part.most for part in self.parts)
        if abs(most - max_score) > 1e-9:
            raise InvalidDocument(
                Text(
                    f"各部分最高分之和为 {format_number(most)}，与条目满分 {format_number(max_score)} 不符",
                    f"the parts add up to {format_number(most)}, not to max_score {format_number(max_score)}",
                )
            )

    def exact(self, view: ExactView, max_score: float) -> Floats:
        points: Floats | None = None
        for source, part in zip(self._sources, self.parts, strict=True):
            given = view.read(source).clip(0.0, part.most)
            points = given if points is None else np.add(points, given, out=points)
        assert points is not None
        return points

    def span(self, view: SpanView, max_score: float) -> Span:
        low, high = np.zeros(view.size), np.zeros(view.size)
        for part in self.parts:
            ends = view.read(Input(part.indicator))
            low += np.clip(ends.low, 0.0, part.most)
            high += np.clip(ends.high, 0.0, part.most)
        return Span(low, high)

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        parts = []
        for part in self.parts:
            indicator = known_indicator(indicators, part.indicator)
            most = format_number(part.most)
            parts.append(Text(f"{indicator.name} 0–{most} 分", f"{indicator.name_en} 0–{most}"))
        joined = join_texts(parts, "，", ", ")
        return Text(f"酌情给分：{joined.zh}", f"judged by the assessor: {joined.en}")


def _no_more_than(points: float, max_score: float, field: str) -> None:
    if points > max_score + 1e-9:
        shown, most = format_number(points), format_number(max_score)
        raise InvalidDocument(
            Text(f"{field} {shown} 高于条目满分 {most}", f"{field} {shown} is above max_score {most}")
        )
