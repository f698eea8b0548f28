"""Rules that start from full points and take away: per occurrence, sampled households, states, zeroing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from liangcun_standards.errors import Problem
from liangcun_standards.indicators import Indicator
from liangcun_standards.rules.base import (
    DocumentPart,
    ExactView,
    Rule,
    SpanView,
    floor_text,
    join_texts,
    known_indicator,
    points_text,
    unique_inputs,
)
from liangcun_standards.rules.conditions import Condition
from liangcun_standards.table import Booleans, Floats, Input, Span
from liangcun_standards.text import Text, format_number
from liangcun_standards.vocabulary import IndicatorKind


class Occurrence(DocumentPart):
    """What is counted and what each one costs."""

    indicator: str
    deduct: float = Field(gt=0)


class Deduction(Rule):
    """Each occurrence found costs points, down to a floor: 每发现一处扣1分, 扣完为止."""

    kind: Literal["deduction"] = "deduction"
    occurrences: tuple[Occurrence, ...] = Field(min_length=1)
    floor: float = Field(default=0.0, ge=0)

    @property
    def always_defined(self) -> bool:
        return True

    @property
    def recordable(self) -> bool:
        return True

    @cached_property
    def _sources(self) -> tuple[Input, ...]:
        return tuple(Input(item.indicator) for item in self.occurrences)

    def inputs(self) -> tuple[Input, ...]:
        return unique_inputs(self._sources)

    def _points(self, counts: list[Floats], max_score: float) -> Floats:
        lost: Floats | None = None
        for item, count in zip(self.occurrences, counts, strict=True):
            one = np.maximum(count, 0.0)
            one *= item.deduct
            lost = one if lost is None else np.add(lost, one, out=lost)
        assert lost is not None
        points = np.subtract(max_score, lost, out=lost)
        return np.maximum(points, self.floor, out=points)

    def exact(self, view: ExactView, max_score: float) -> Floats:
        return self._points([view.read(source) for source in self._sources], max_score)

    def span(self, view: SpanView, max_score: float) -> Span:
        ends = [view.read(source) for source in self._sources]
        low = self._points([end.high for end in ends], max_score)
        return Span(low, self._points([end.low for end in ends], max_score))

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        parts = []
        for item in self.occurrences:
            indicator, lost = known_indicator(indicators, item.indicator), format_number(item.deduct)
            one = Text("1", "one") if indicator.kind is IndicatorKind.BOOLEAN else indicator.show(1.0)
            parts.append(
                Text(f"{indicator.name}每 {one.zh}扣 {lost} 分", f"{lost} off for each: {indicator.name_en}")
            )
        joined, end = join_texts(parts, "，", ", "), floor_text(self.floor)
        full = points_text(max_score)
        return Text(f"满分 {full.zh}，{joined.zh}，{end.zh}", f"{full.en}, {joined.en}, {end.en}")


class SampledHouseholds(Rule):
    """Households are visited at random and each failing one costs points, up to a cap.

    每组随机走访5户, 每户不合格扣2, 上限10 is `deduct: 2, cap: 10`. With `visited`, a village where nobody was
    visited earns nothing rather than full points.
    """

    kind: Literal["sampled_households"] = "sampled_households"
    failed: str = Field(description="indicator: households visited that failed")
    visited: str | None = Field(default=None, description="indicator: households visited")
    deduct: float = Field(gt=0)
    cap: float | None = Field(default=None, gt=0, description="the most that can be lost")

    @property
    def always_defined(self) -> bool:
        return True

    @property
    def recordable(self) -> bool:
        return True

    def inputs(self) -> tuple[Input, ...]:
        failed = (Input(self.failed),)
        return failed if self.visited is None else unique_inputs(failed, (Input(self.visited),))

    def _points(self, failed: Floats, visited: Floats | None, max_score: float) -> Floats:
        lost = np.maximum(failed, 0.0)
        lost *= self.deduct
        if self.cap is not None:
            np.minimum(lost, self.cap, out=lost)
        points = np.subtract(max_score, lost, out=lost)
        np.maximum(points, 0.0, out=points)
        if visited is not None:
            np.putmask(points, ~(visited > 0), 0.0)
        return points

    def exact(self, view: ExactView, max_score: float) -> Floats:
        visited = None if self.visited is None else view.read(Input(self.visited))
        return self._points(view.read(Input(self.failed)), visited, max_score)

    def span(self, view: SpanView, max_score: float) -> Span:
        failed = view.read(Input(self.failed))
        visited = None if self.visited is None else view.read(Input(self.visited))
        low = self._points(failed.high, None if visited is None else visited.low, max_score)
        return Span(low, self._points(failed.low, None if visited is None else visited.high, max_score))

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        failed = known_indicator(indicators, self.failed)
        lost, full = format_number(self.deduct), points_text(max_score)
        cap = Text("", "")
        if self.cap is not None:
            most = format_number(self.cap)
            cap = Text(f"，最多扣 {most} 分", f", at the most {most}")
        none = Text("", "")
        if self.visited is not None:
            none = Text("，未走访不得分", "; none where nobody was visited")
        return Text(
            f"满分 {full.zh}，{failed.name}每户扣 {lost} 分{cap.zh}{none.zh}",
            f"{full.en}, {lost} off for each household ({failed.name_en}){cap.en}{none.en}",
        )


class State(DocumentPart):
    """One state of affairs and what it earns or costs."""

    when: Condition
    points: float | None = Field(default=None, ge=0)
    deduct: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _one_outcome(self) -> State:
        if (self.points is None) == (self.deduct is None):
            raise Problem("每种状态要写 points 或 deduct 之一", "a state needs either points or deduct")
        return self

    def score(self, max_score: float) -> float:
        """What the state earns, between 0 and the maximum."""
        points = self.points if self.points is not None else max_score - (self.deduct or 0.0)
        return min(max(points, 0.0), max_score)


class States(Rule):
    """Alternative states, the first that holds counts: 无制度扣5; 有但未按时评比扣4; 评了未公示扣3.

    Where none holds, full points, or `otherwise`.
    """

    kind: Literal["states"] = "states"
    states: tuple[State, ...] = Field(min_length=1)
    otherwise: float | None = Field(default=None, ge=0)

    @property
    def always_defined(self) -> bool:
        return True

    @property
    def recordable(self) -> bool:
        return True

    def inputs(self) -> tuple[Input, ...]:
        return unique_inputs(*(state.when.inputs() for state in self.states))

    def check(self, indicators: Mapping[str, Indicator], max_score: float) -> None:
        for state in self.states:
            state.when.check(indicators)

    def _rest(self, max_score: float) -> float:
        return max_score if self.otherwise is None else min(self.otherwise, max_score)

    def exact(self, view: ExactView, max_score: float) -> Floats:
        points: Floats | None = None
        for state in reversed(self.states):
            holds = state.when.exact(view)
            if points is None:
                points = np.full_like(holds, self._rest(max_score), dtype=np.float64)
            np.putmask(points, holds, state.score(max_score))
        assert points is not None
        return points

    def span(self, view: SpanView, max_score: float) -> Span:
        """The least and most over every state that is possible while no earlier one is sure."""
        low, high = np.full(view.size, np.inf), np.full(view.size, -np.inf)
        open_ = np.ones(view.size, bool)
        for state in self.states:
            truth = state.when.truth(view)
            _reach(open_ & truth.may, state.score(max_score), low, high)
            open_ &= ~truth.must
        _reach(open_, self._rest(max_score), low, high)
        return Span(low, high)

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        parts = []
        for state in self.states:
            when = state.when.describe(indicators)
            if state.deduct is not None:
                outcome = Text(f"扣 {format_number(state.deduct)} 分", f"{format_number(state.deduct)} off")
            else:
                shown = points_text(state.points or 0.0)
                outcome = Text(f"得 {shown.zh}", shown.en)
            parts.append(Text(f"{when.zh}{outcome.zh}", f"{when.en}: {outcome.en}"))
        rest = points_text(self._rest(max_score))
        joined = join_texts(parts)
        return Text(f"{joined.zh}；其余得 {rest.zh}", f"{joined.en}; otherwise {rest.en}")


def _reach(rows: Booleans, points: float, low: Floats, high: Floats) -> None:
    """Widen both ends to take in `points` where it can be reached."""
    low[rows] = np.minimum(low[rows], points)
    high[rows] = np.maximum(high[rows], points)
