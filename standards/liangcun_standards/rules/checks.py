"""Rules that ask whether something is so: presence, threshold, any of, all of, checklist."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from liangcun_standards.errors import Problem
from liangcun_standards.indicators import Indicator
from liangcun_standards.rules.base import (
    ExactView,
    Rule,
    SpanView,
    floor_text,
    join_texts,
    points_text,
    unique_inputs,
)
from liangcun_standards.rules.conditions import AllOf, AnyOf, Comparison, Condition
from liangcun_standards.table import Booleans, Floats, Input, Span
from liangcun_standards.text import Text, format_number


class ConditionRule(Rule):
    """A rule that gives full points when a condition holds, and none otherwise."""

    @property
    def condition(self) -> Condition:
        """The question asked."""
        raise NotImplementedError

    @property
    def always_defined(self) -> bool:
        return True

    @property
    def recordable(self) -> bool:
        return True

    def inputs(self) -> tuple[Input, ...]:
        return self.condition.inputs()

    def check(self, indicators: Mapping[str, Indicator], max_score: float) -> None:
        self.condition.check(indicators)

    def exact(self, view: ExactView, max_score: float) -> Floats:
        return np.multiply(self.condition.exact(view), max_score)

    def span(self, view: SpanView, max_score: float) -> Span:
        truth = self.condition.truth(view)
        return Span(np.multiply(truth.must, max_score), np.multiply(truth.may, max_score))

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        asked, full = self.condition.describe(indicators), points_text(max_score)
        return Text(f"{asked.zh} 得 {full.zh}，否则不得分", f"{full.en} if {asked.en}, otherwise none")


class Presence(ConditionRule):
    """有 / 无: full points when the thing is there (or, for the 无 items, when it isn't)."""

    kind: Literal["presence"] = "presence"
    indicator: str
    want: Literal["present", "absent"] = "present"

    @cached_property
    def condition(self) -> Comparison:
        """The question asked."""
        return Comparison(indicator=self.indicator, is_=self.want)


class Threshold(ConditionRule):
    """Full points when one condition holds: 贫困发生率 <3%."""

    kind: Literal["threshold"] = "threshold"
    when: Condition

    @property
    def condition(self) -> Condition:
        """The question asked."""
        return self.when


class AnyOfRule(ConditionRule):
    """Full points when at least one condition holds: 达70% 或 较上年增长10%."""

    kind: Literal["any_of"] = "any_of"
    conditions: tuple[Condition, ...] = Field(min_length=1)

    @cached_property
    def condition(self) -> AnyOf:
        """The question asked."""
        return AnyOf(any_=self.conditions)


class AllOfRule(ConditionRule):
    """Full points when every condition holds."""

    kind: Literal["all_of"] = "all_of"
    conditions: tuple[Condition, ...] = Field(min_length=1)

    @cached_property
    def condition(self) -> AllOf:
        """The question asked."""
        return AllOf(all_=self.conditions)


class Checklist(Rule):
    """Several items: points for the share met, or a deduction for each one that isn't (一项不达标扣3)."""

    kind: Literal["checklist"] = "checklist"
    items: tuple[Condition, ...] = Field(min_length=1)
    deduct: float | None = Field(default=None, gt=0, description="points lost per item not met")
    floor: float = Field(default=0.0, ge=0)

    @model_validator(mode="after")
    def _floor_belongs_to_deduction(self) -> Checklist:
        if self.deduct is None and self.floor:
            raise Problem("floor 只有与 deduct 一起才有意义", "floor only has a meaning beside deduct")
        return self

    @property
    def always_defined(self) -> bool:
        return True

    @property
    def recordable(self) -> bool:
        return True

    def inputs(self) -> tuple[Input, ...]:
        return unique_inputs(*(item.inputs() for item in self.items))

    def check(self, indicators: Mapping[str, Indicator], max_score: float) -> None:
        for item in self.items:
            item.check(indicators)

    def _points(self, met: list[Booleans], max_score: float) -> Floats:
        # Small whole numbers: a register of the processor holds more of them than of floats.
        count = met[0].astype(np.uint16)
        for answer in met[1:]:
            count += answer
        if self.deduct is None:
            points: Floats = np.multiply(count, max_score / len(self.items))
            return points
        points = np.multiply(len(self.items) - count, self.deduct)
        np.subtract(max_score, points, out=points)
        return np.maximum(points, self.floor, out=points)

    def exact(self, view: ExactView, max_score: float) -> Floats:
        return self._points([item.exact(view) for item in self.items], max_score)

    def span(self, view: SpanView, max_score: float) -> Span:
        truths = [item.truth(view) for item in self.items]
        low = self._points([truth.must for truth in truths], max_score)
        return Span(low, self._points([truth.may for truth in truths], max_score))

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        listed = join_texts([item.describe(indicators) for item in self.items], "、", ", ")
        number = len(self.items)
        if self.deduct is None:
            return Text(
                f"{number} 项（{listed.zh}）按达标比例得分，满分 {points_text(max_score).zh}",
                f"points for the share met of {number} items ({listed.en}), "
                f"up to {points_text(max_score).en}",
            )
        lost, floor = format_number(self.deduct), floor_text(self.floor)
        return Text(
            f"{number} 项（{listed.zh}）每一项不达标扣 {lost} 分，{floor.zh}",
            f"of {number} items ({listed.en}) each one not met costs {lost}, {floor.en}",
        )
