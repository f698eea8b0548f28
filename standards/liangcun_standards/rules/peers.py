"""Rules relative to peers: against their mean, or by rank among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from liangcun_standards.errors import InvalidDocument, Problem
from liangcun_standards.indicators import Indicator
from liangcun_standards.rules.base import ExactView, Rule, SpanView, difference_text, known_indicator
from liangcun_standards.table import LARGEST_VALUE, Floats, Input, Integers, Span
from liangcun_standards.text import Text, format_number


class PeerRule(Rule):
    """A rule whose points depend on the village's peers; its views always hold whole peer groups."""

    indicator: str
    better: Literal["higher", "lower"] = "higher"

    @property
    def peer_relative(self) -> bool:
        return True

    def inputs(self) -> tuple[Input, ...]:
        return (Input(self.indicator),)

    def _oriented(self, values: Floats) -> Floats:
        """Values so that more is better."""
        return values if self.better == "higher" else -values


class Relative(PeerRule):
    """Against the peers' mean, clamped: 平均=2.4分, 高加(≤4)低减(≥1.5).

    With `slope`, each unit above the mean adds that many points. Without it, points follow the ratio to the
    mean: twice the mean, twice the points; where the mean is zero, everyone stands at it. The mean includes
    the village itself.
    """

    kind: Literal["relative"] = "relative"
    at_mean: float = Field(ge=0)
    slope: float | None = Field(default=None, gt=0)
    least: float = Field(default=0.0, ge=0)

    @model_validator(mode="after")
    def _ratio_needs_higher(self) -> Relative:
        if self.slope is None and self.better == "lower":
            raise Problem(
                "better: lower 需要 slope；与平均值之比只会随数值增大",
                "better: lower needs a slope; a ratio to the mean only grows",
            )
        return self

    def check(self, indicators: Mapping[str, Indicator], max_score: float) -> None:
        super().check(indicators, max_score)
        if self.slope is None and known_indicator(indicators, self.indicator).range[0] < 0:
            raise InvalidDocument(
                Text(
                    f"指标 {self.indicator} 可以为负，与平均值之比没有意义；请写 slope",
                    f"{self.indicator} can be negative, so a ratio to the mean says nothing; use slope",
                )
            )

    def _points(self, values: Floats, means: Floats, max_score: float) -> Floats:
        if self.slope is None:
            ratio = np.divide(values, means, out=np.ones_like(values), where=means > 0)
            points = self.at_mean * ratio
        else:
            points = self.at_mean + self.slope * (self._oriented(values) - self._oriented(means))
        return np.clip(points, self.least, max_score)

    def exact(self, view: ExactView, max_score: float) -> Floats:
        values = view.read(Input(self.indicator))
        known = ~np.isnan(values)
        totals = np.bincount(view.peers, weights=np.where(known, values, 0.0))
        counts = np.bincount(view.peers, weights=known)
        means = totals / np.maximum(counts, 1)
        return self._points(values, means[view.peers], max_score)

    def span(self, view: SpanView, max_score: float) -> Span:
        """The own value at one end, every peer's at the other.

        The gap to a mean that includes oneself grows with the own value, and so does the ratio, as long as
        no value is negative.
        """
        ends = view.read(Input(self.indicator))
        counts = np.bincount(view.peers)[view.peers]
        mean_high = (ends.low + _sum_of_others(ends.high, view.peers)) / counts
        mean_low = (ends.high + _sum_of_others(ends.low, view.peers)) / counts
        one = self._points(ends.low, mean_high, max_score)
        other = self._points(ends.high, mean_low, max_score)
        return Span(np.minimum(one, other), np.maximum(one, other))

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        indicator = known_indicator(indicators, self.indicator)
        mean, least, most = (format_number(x) for x in (self.at_mean, self.least, max_score))
        if self.slope is None:
            how = Text("按与平均值之比得分", "in proportion to the mean")
        else:
            slope, unit = format_number(self.slope), difference_text(indicator, 1.0)
            side = Text("高", "above") if self.better == "higher" else Text("低", "below")
            how = Text(
                f"每{side.zh} {unit.zh} 加 {slope} 分，反之减分",
                f"{slope} more for each {unit.en} {side.en} it",
            )
        return Text(
            f"{indicator.name}等于同组平均值得 {mean} 分，{how.zh}，最低 {least} 分，最高 {most} 分",
            f"{indicator.name_en}: {mean} at the peers' mean, {how.en}, between {least} and {most}",
        )


class RankScore(PeerRule):
    """The rank among peers earns a score, which is converted to points: 名次重新赋分 → 折算.

    The first earns `best`; each further place costs `step` down to `worst` or, without `step`, places are
    spread evenly from `best` to `worst`. The score is converted by max_score / `best`. Ties share a place.
    """

    kind: Literal["rank"] = "rank"
    best: float = Field(default=100.0, gt=0)
    worst: float = Field(default=0.0, ge=0)
    step: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _falls(self) -> RankScore:
        if self.worst > self.best:
            raise Problem("worst 高于 best", "worst is above best")
        return self

    def _points(self, places: Floats, counts: Floats, max_score: float) -> Floats:
        if self.step is not None:
            score = np.maximum(self.best - self.step * (places - 1), self.worst)
        else:
            share = (places - 1) / np.maximum(counts - 1, 1)
            score = self.best - share * (self.best - self.worst)
        return score * (max_score / self.best)

    def exact(self, view: ExactView, max_score: float) -> Floats:
        values = self._oriented(view.read(Input(self.indicator)))
        places, counts = np.full(view.size, np.nan), np.ones(view.size)
        for rows in _groups(view.peers):
            known = rows[~np.isnan(values[rows])]
            ordered = np.sort(values[known])
            places[known] = 1 + len(known) - np.searchsorted(ordered, values[known], side="right")
            counts[known] = len(known)
        return self._points(places, counts, max_score)

    def span(self, view: SpanView, max_score: float) -> Span:
        """Between the place if every doubt helps the village and the place if none does."""
        ends = view.read(Input(self.indicator))
        low, high = (ends.low, ends.high) if self.better == "higher" else (-ends.high, -ends.low)
        first, last, counts = np.ones(view.size), np.ones(view.size), np.ones(view.size)
        for rows in _groups(view.peers):
            lows, highs = np.sort(low[rows]), np.sort(high[rows])
            first[rows] = 1 + len(rows) - np.searchsorted(lows, high[rows], side="right")
            above = len(rows) - np.searchsorted(highs, low[rows], side="right")
            # A village whose own high end tops its own low end has counted itself.
            last[rows] = 1 + above - (high[rows] > low[rows])
            counts[rows] = len(rows)
        return Span(self._points(last, counts, max_score), self._points(first, counts, max_score))

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        indicator = known_indicator(indicators, self.indicator)
        best, worst, full = (format_number(x) for x in (self.best, self.worst, max_score))
        order = (
            Text("从高到低", "highest first") if self.better == "higher" else Text("从低到高", "lowest first")
        )
        how = Text("按名次均匀递减", "spread evenly")
        if self.step is not None:
            step = format_number(self.step)
            how = Text(f"每降 1 名减 {step} 分", f"{step} less for each place")
        return Text(
            f"{indicator.name}{order.zh}排名，第 1 名 {best} 分，{how.zh}，最低 {worst} 分，"
            f"再折算为满分 {full} 分",
            f"{indicator.name_en} ranked {order.en}: {best} for the first, {how.en}, {worst} at the least, "
            f"converted to {full} points",
        )


def _sum_of_others(values: Floats, peers: Integers) -> Floats:
    """(n,) the sum over each village's peers without itself.

    Ends of open ranges are counted rather than added: beside 1e15 the other figures would be lost.
    """
    open_ = np.abs(values) >= LARGEST_VALUE
    closed = np.where(open_, 0.0, values)
    others = np.bincount(peers, weights=closed).astype(np.float64)[peers] - closed
    if open_.any():
        signs = np.where(open_, np.sign(values), 0.0)
        others = others + (np.bincount(peers, weights=signs)[peers] - signs) * LARGEST_VALUE
    return others


def _groups(peers: Integers) -> Iterator[Integers]:
    """The rows of each peer group."""
    order = np.argsort(peers, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(peers[order])) + 1)
