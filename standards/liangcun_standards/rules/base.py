"""What every rule is: a piece of a document that maps indicator columns to points, vectorised."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Protocol, get_args

import numpy as np
from pydantic import BaseModel, ConfigDict, model_validator

from liangcun_standards.errors import InvalidDocument, Problem
from liangcun_standards.indicators import Indicator
from liangcun_standards.table import LARGEST_VALUE, Floats, Input, Integers, Span
from liangcun_standards.text import Text, format_number


class ExactView(Protocol):
    """Columns over some rows, NaN where a value is not exactly known."""

    @property
    def size(self) -> int:
        """The number of rows."""

    @property
    def peers(self) -> Integers:
        """(size,) the number of each row's peer group."""

    @property
    def indicators(self) -> Mapping[str, Indicator]:
        """What is measured, by code."""

    def read(self, source: Input) -> Floats:
        """(size,) float64."""


class SpanView(Protocol):
    """Columns over some rows, each value known to lie between two finite ends."""

    @property
    def size(self) -> int:
        """The number of rows."""

    @property
    def peers(self) -> Integers:
        """(size,) the number of each row's peer group."""

    @property
    def indicators(self) -> Mapping[str, Indicator]:
        """What is measured, by code."""

    def read(self, source: Input) -> Span:
        """Two (size,) float64 ends."""


class DocumentPart(BaseModel):
    """A piece of a standard's document: nothing unknown is let in, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _truth_is_no_number(cls, values: object) -> object:
        # Pydantic would take `max_score: true` for 1.
        for name, value in values.items() if isinstance(values, dict) else ():
            if isinstance(value, bool) and not cls._asks_for_truth(name):
                raise Problem("这里不能写 true 或 false", "true or false has no meaning here", at=(name,))
        return values

    @classmethod
    def _asks_for_truth(cls, name: str) -> bool:
        fields = cls.model_fields.items()
        kinds = [field.annotation for own, field in fields if name in (own, field.alias)]
        return any(kind is bool or bool in get_args(kind) for kind in kinds)


class Rule(DocumentPart):
    """A rule: from indicator columns to points between 0 and the criterion's maximum.

    `exact` may give anything for a row with a NaN among its inputs: the caller judges those rows by `span`.
    `span` must hold every value that `exact` could take when each input is completed within its ends.
    """

    @property
    def peer_relative(self) -> bool:
        """Whether a village's points depend on other villages."""
        return False

    @property
    def always_defined(self) -> bool:
        """Whether `exact` gives a number wherever every input is known; True spares a search for NaN."""
        return False

    @property
    def recordable(self) -> bool:
        """Whether `exact` may be run on stand-ins for columns, to be compiled from what it does to them.

        That asks for operations on whole columns alone (see `compiled.recording`); a rule that says no, or
        does what can't be recorded, is scored by NumPy and comes to the same.
        """
        return False

    @abstractmethod
    def inputs(self) -> tuple[Input, ...]:
        """The columns read, each once."""

    @abstractmethod
    def exact(self, view: ExactView, max_score: float) -> Floats:
        """(n,) points."""

    @abstractmethod
    def span(self, view: SpanView, max_score: float) -> Span:
        """(n,) lowest and highest points."""

    @abstractmethod
    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        """The rule in words."""

    def check(self, indicators: Mapping[str, Indicator], max_score: float) -> None:
        """Raise InvalidDocument where the rule does not fit the indicators it names."""
        for source in self.inputs():
            known_indicator(indicators, source.indicator)


class CurveRule(Rule):
    """A rule over one indicator whose points are a curve, monotone between the values in `turns`.

    The curve's extremes over [low, high] are then at low, at high or at a turn between them, which is what
    `span` tries.
    """

    indicator: str

    @cached_property
    def source(self) -> Input:
        """The column read."""
        return Input(self.indicator)

    @property
    def always_defined(self) -> bool:
        return True

    def inputs(self) -> tuple[Input, ...]:
        return (self.source,)

    @abstractmethod
    def curve(self, values: Floats, max_score: float) -> Floats:
        """Points for each value."""

    @abstractmethod
    def turns(self) -> Sequence[float]:
        """The values at which the curve may jump or turn; each is tried from both sides."""

    def exact(self, view: ExactView, max_score: float) -> Floats:
        return self.curve(view.read(self.source), max_score)

    def span(self, view: SpanView, max_score: float) -> Span:
        ends = view.read(self.source)
        return curve_span(lambda values: self.curve(values, max_score), self.turns(), ends)


class CurveFunction(Protocol):
    """A vectorised function of one column."""

    def __call__(self, values: Floats, /) -> Floats:
        """The function's value for each row."""


def curve_span(curve: CurveFunction, turns: Sequence[float], ends: Span) -> Span:
    """The least and the greatest value of `curve` over [low, high], row by row.

    Right when the curve is monotone between neighbouring turns.
    """
    at_low = curve(ends.low)
    if ends.exact:
        return Span(at_low, at_low)
    tried = [ends.high]
    for turn in turns:
        sides = (np.nextafter(turn, -np.inf), turn, np.nextafter(turn, np.inf))
        tried += [np.clip(side, ends.low, ends.high) for side in sides]
    points = curve(np.concatenate(tried)).reshape(len(tried), -1)
    return Span(np.minimum(at_low, points.min(axis=0)), np.maximum(at_low, points.max(axis=0)))


def known_indicator(indicators: Mapping[str, Indicator], code: str) -> Indicator:
    """The indicator, or InvalidDocument with the nearest known codes."""
    if code in indicators:
        for base in indicators[code].comes_of:
            if base not in indicators or indicators[base].formula is not None:
                raise InvalidDocument(
                    Text(
                        f"指标 {code} 由 {base} 算出，而 {base} 没有定义，或者本身也是算出来的",
                        f"{code} is worked out from {base}, which isn't there or is worked out itself",
                    )
                )
        return indicators[code]
    from difflib import get_close_matches  # only on the way to an error

    near = get_close_matches(code, list(indicators), n=3)
    hint_zh = f"；是否指 {'、'.join(near)}？" if near else "；已知指标见 liangcun indicators list"
    hint_en = f"; did you mean {', '.join(near)}?" if near else "; see liangcun indicators list"
    raise InvalidDocument(
        Text(f"没有指标“{code[:64]}”{hint_zh}", f"there is no indicator '{code[:64]}'{hint_en}")
    )


def points_text(points: float) -> Text:
    """Points for a reader, to the hundredth."""
    shown = format_number(round(points, 2))
    return Text(f"{shown} 分", f"{shown} point" if shown == "1" else f"{shown} points")


def floor_text(floor: float) -> Text:
    """How far a deduction goes."""
    if floor == 0:
        return Text("扣完为止", "down to none")
    return Text(f"扣至 {format_number(floor)} 分为止", f"down to {format_number(floor)}")


def difference_text(indicator: Indicator, amount: float) -> Text:
    """A difference between two values: rates differ by percentage points, not by percent."""
    if indicator.unit != "percent":
        return indicator.show(amount)
    number = format_number(amount)
    return Text(f"{number} 个百分点", f"{number} percentage point{'' if number == '1' else 's'}")


def join_texts(texts: Sequence[Text], zh: str = "；", en: str = "; ") -> Text:
    """Several texts in one line."""
    return Text(zh.join(text.zh for text in texts), en.join(text.en for text in texts))


def unique_inputs(*groups: Sequence[Input]) -> tuple[Input, ...]:
    """Each column once, in order of first mention."""
    return tuple(dict.fromkeys(source for group in groups for source in group))


FINITE = (-LARGEST_VALUE, LARGEST_VALUE)
