"""Conditions: yes-or-no questions about a village, asked of its indicators."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, reduce
from typing import Annotated, Union

import numpy as np
from pydantic import Discriminator, Field, Tag, model_validator

from liangcun_standards.errors import InvalidDocument, InvalidFormula, InvalidValue, Problem
from liangcun_standards.formula import Formula, parse_formula
from liangcun_standards.indicators import Indicator
from liangcun_standards.rules.base import (
    DocumentPart,
    ExactView,
    SpanView,
    join_texts,
    known_indicator,
    unique_inputs,
)
from liangcun_standards.table import Booleans, Floats, Input, Span
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import IndicatorKind

_OPERATORS = ("at_least", "more_than", "at_most", "less_than", "equals")
_UFUNCS = {
    "at_least": np.greater_equal,
    "more_than": np.greater,
    "at_most": np.less_equal,
    "less_than": np.less,
    "equals": np.equal,
}
_SIGNS = {"at_least": "≥", "more_than": ">", "at_most": "≤", "less_than": "<", "equals": "="}


class Truth:
    """What is known of a yes-or-no question, row by row: surely yes, possibly yes."""

    __slots__ = ("may", "must")

    def __init__(self, must: Booleans, may: Booleans) -> None:
        self.must = must
        self.may = may

    def both(self, other: Truth) -> Truth:
        """Yes to this and to `other`."""
        return Truth(self.must & other.must, self.may & other.may)

    def either(self, other: Truth) -> Truth:
        """Yes to this or to `other`."""
        return Truth(self.must | other.must, self.may | other.may)

    def inverse(self) -> Truth:
        """No to this."""
        return Truth(~self.may, ~self.must)


class ClassValues(DocumentPart):
    """A threshold that depends on the class of village: 平原 300, 山区 150."""

    class_: str = Field(alias="class")
    cases: dict[str, float] = Field(min_length=1)
    otherwise: float | None = None

    def resolve(self, indicators: Mapping[str, Indicator]) -> tuple[list[tuple[float, float]], float]:
        """Pairs of (class value, threshold), and the threshold of every other class (NaN: never met)."""
        classes = known_indicator(indicators, self.class_)
        pairs = [(classes.choice_value(code), value) for code, value in self.cases.items()]
        return pairs, float("nan") if self.otherwise is None else self.otherwise


class Comparison(DocumentPart):
    """An indicator compared with a figure, or asked for what it is.

    `is` takes present (有, above zero), absent (无, zero) or the code of a choice. A `title` names the
    indicator otherwise; beside `is` it stands for the whole question.
    """

    indicator: str
    at_least: float | ClassValues | None = None
    more_than: float | ClassValues | None = None
    at_most: float | ClassValues | None = None
    less_than: float | ClassValues | None = None
    equals: float | None = None
    is_: str | None = Field(default=None, alias="is")
    title: str | None = None
    title_en: str | None = None

    @model_validator(mode="after")
    def _one_question(self) -> Comparison:
        asked = [name for name in (*_OPERATORS, "is_") if getattr(self, name) is not None]
        if len(asked) != 1:
            raise Problem(
                "比较要且只要写一项：at_least、more_than、at_most、less_than、equals 或 is",
                "a comparison needs exactly one of at_least, more_than, at_most, less_than, equals, is",
            )
        return self

    @cached_property
    def _question(self) -> tuple[str, float | ClassValues]:
        return next((name, getattr(self, name)) for name in _OPERATORS if getattr(self, name) is not None)

    @cached_property
    def _source(self) -> Input:
        return Input(self.indicator)

    @cached_property
    def _inputs(self) -> tuple[Input, ...]:
        if self.is_ is None and isinstance(self._question[1], ClassValues):
            return unique_inputs((self._source, Input(self._question[1].class_)))
        return (self._source,)

    def inputs(self) -> tuple[Input, ...]:
        """The columns read."""
        return self._inputs

    def check(self, indicators: Mapping[str, Indicator]) -> None:
        """Raise InvalidDocument for an unknown indicator, choice or class."""
        indicator = known_indicator(indicators, self.indicator)
        try:
            if self.is_ is not None:
                self._wanted(indicator)
            elif isinstance(self._question[1], ClassValues):
                self._question[1].resolve(indicators)
        except InvalidValue as error:
            raise InvalidDocument(error.message) from None

    def _wanted(self, indicator: Indicator) -> float:
        """The choice asked for, as its stored value."""
        if self.is_ in ("present", "absent") and indicator.kind is not IndicatorKind.CHOICE:
            return float(self.is_ == "present")
        if indicator.kind is not IndicatorKind.CHOICE:
            raise InvalidDocument(
                Text(
                    f"指标 {indicator.code} 不是选项类，只能问 is: present 或 is: absent",
                    f"{indicator.code} is no choice indicator: ask it 'is: present' or 'is: absent'",
                )
            )
        return indicator.choice_value(self.is_ or "")

    def _ask(self, values: Floats, against: float | Floats) -> Booleans:
        answers: Booleans = _UFUNCS[self._question[0]](values, against)
        return answers

    def exact(self, view: ExactView) -> Booleans:
        """(n,) yes or no; rows with NaN come out arbitrary."""
        values = view.read(self._source)
        if self.is_ is not None:
            indicator = view.indicators[self.indicator]
            if indicator.kind is IndicatorKind.CHOICE:
                chosen: Booleans = values == indicator.choice_value(self.is_)
                return chosen
            return values > 0 if self.is_ == "present" else values <= 0
        against = self._question[1]
        if isinstance(against, ClassValues):
            pairs, otherwise = against.resolve(view.indicators)
            classes = view.read(Input(against.class_))
            thresholds = np.full_like(values, otherwise)
            for code, threshold in pairs:
                np.putmask(thresholds, classes == code, threshold)
            return self._ask(values, thresholds)
        return self._ask(values, against)

    def truth(self, view: SpanView) -> Truth:
        """What is known row by row."""
        ends = view.read(self._source)
        if self.is_ is not None:
            indicator = view.indicators[self.indicator]
            if indicator.kind is IndicatorKind.CHOICE:
                return _equality(ends, indicator.choice_value(self.is_))
            present = Truth(ends.low > 0, ends.high > 0)
            return present if self.is_ == "present" else present.inverse()
        against = self._question[1]
        if not isinstance(against, ClassValues):
            return self._compare(ends, against)
        return self._by_class(view, ends, against)

    def _compare(self, ends: Span, against: float) -> Truth:
        if self._question[0] == "equals":
            return _equality(ends, against)
        if self._question[0] in ("at_least", "more_than"):
            return Truth(self._ask(ends.low, against), self._ask(ends.high, against))
        return Truth(self._ask(ends.high, against), self._ask(ends.low, against))

    def _by_class(self, view: SpanView, ends: Span, against: ClassValues) -> Truth:
        """Yes for sure when yes for every class that the village may be of."""
        pairs, otherwise = against.resolve(view.indicators)
        classes = view.read(Input(against.class_))
        must, may = np.ones(view.size, bool), np.zeros(view.size, bool)
        last = int(view.indicators[against.class_].range[1])
        thresholds = dict(pairs)
        for place in range(last + 1):
            member = _equality(classes, float(place))
            inner = self._compare(ends, thresholds.get(float(place), otherwise))
            must &= ~member.may | inner.must
            may |= member.may & inner.may
        return Truth(must, may)

    def describe(self, indicators: Mapping[str, Indicator]) -> Text:
        """The question in words."""
        indicator = known_indicator(indicators, self.indicator)
        name = Text(self.title or indicator.name, self.title_en or indicator.name_en)
        if self.is_ is not None:
            words = self._describe_is(indicator)
            return Text(self.title or words.zh, self.title_en or words.en)
        operator, against = self._question
        sign = _SIGNS[operator]
        if not isinstance(against, ClassValues):
            shown = indicator.show(against)
            return Text(f"{name.zh} {sign} {shown.zh}", f"{name.en} {sign} {shown.en}")
        classes = known_indicator(indicators, against.class_)
        cases = []
        for code, value in against.cases.items():
            kind, shown = classes.show(classes.choice_value(code)), indicator.show(value)
            cases.append(Text(f"{kind.zh} {sign} {shown.zh}", f"{kind.en} {sign} {shown.en}"))
        if against.otherwise is not None:
            shown = indicator.show(against.otherwise)
            cases.append(Text(f"其他 {sign} {shown.zh}", f"other {sign} {shown.en}"))
        elif len(against.cases) < len(classes.choices):
            cases.append(Text("其他不达标", "other: not met"))
        joined = join_texts(cases, "，", ", ")
        return Text(f"{name.zh}：{joined.zh}", f"{name.en}: {joined.en}")

    def _describe_is(self, indicator: Indicator) -> Text:
        name = indicator.label
        if indicator.kind is IndicatorKind.CHOICE:
            shown = indicator.show(self._wanted(indicator))
            return Text(f"{name.zh}为“{shown.zh}”", f"{name.en} is '{shown.en}'")
        # Indicators are often named 有…; saying 有有 or 无有 would read oddly.
        bare = name.zh.removeprefix("有")
        if self.is_ == "present":
            return Text(f"有{bare}", f"{name.en}: yes")
        return Text(f"无{bare}", f"{name.en}: none")


def readable_formula(text: str) -> Formula:
    """The formula, or a Problem that tells what is wrong in which column."""
    try:
        return parse_formula(text)
    except InvalidFormula as error:
        raise Problem(error.text("zh"), error.text("en")) from error


def _equality(ends: Span, value: float) -> Truth:
    inside = (ends.low <= value) & (value <= ends.high)
    return Truth(inside & (ends.low == ends.high), inside)


class FormulaCondition(DocumentPart):
    """A comparison written as a formula."""

    formula: str
    title: str | None = None
    title_en: str | None = None

    @cached_property
    def parsed(self) -> Formula:
        """The formula, read once."""
        return readable_formula(self.formula)

    @model_validator(mode="after")
    def _compares(self) -> FormulaCondition:
        if not self.parsed.is_condition:
            raise Problem(
                "条件里的公式必须是比较，例如 a / b >= 0.5",
                "a condition's formula must compare something, for instance 'a / b >= 0.5'",
            )
        return self

    def inputs(self) -> tuple[Input, ...]:
        """The columns read."""
        return self.parsed.inputs

    def check(self, indicators: Mapping[str, Indicator]) -> None:
        """Raise InvalidFormula for an unknown indicator, with its column."""
        parse_formula(self.formula, known=indicators.keys())

    def exact(self, view: ExactView) -> Booleans:
        """(n,) yes or no; no where undefined."""
        answers: Booleans = self.parsed.exact(view.read) > 0
        # A formula without inputs has one row.
        return answers if len(answers) == view.size else np.broadcast_to(answers, (view.size,))

    def truth(self, view: SpanView) -> Truth:
        """What is known row by row."""
        span = self.parsed.span(view.read)
        must, may = span.low > 0, span.high > 0
        if len(must) != view.size:
            # A formula without inputs has one row.
            must, may = np.broadcast_to(must, (view.size,)), np.broadcast_to(may, (view.size,))
        doubtful = may & ~must
        if doubtful.any():
            # Undefined though every input is known: no, as in `exact`.
            ends = [view.read(source) for source in self.inputs()]
            may = may & ~(doubtful & np.logical_and.reduce([end.low == end.high for end in ends]))
        return Truth(must, may)

    def describe(self, indicators: Mapping[str, Indicator]) -> Text:
        """The formula in words."""
        names = {code: indicator.label for code, indicator in indicators.items()}
        zh = self.title or self.parsed.describe(names, "zh")
        return Text(zh, self.title_en or self.parsed.describe(names, "en"))


class _Compound(DocumentPart):
    """Several conditions put together."""

    title: str | None = None
    title_en: str | None = None

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The conditions put together, at least one."""
        raise NotImplementedError

    def inputs(self) -> tuple[Input, ...]:
        """The columns read."""
        return unique_inputs(*(part.inputs() for part in self.parts))

    def check(self, indicators: Mapping[str, Indicator]) -> None:
        """Check every part."""
        for part in self.parts:
            part.check(indicators)

    def _describe(self, indicators: Mapping[str, Indicator], zh: str, en: str) -> Text:
        joined = join_texts([part.describe(indicators) for part in self.parts], zh, en)
        if len(self.parts) > 1:
            joined = Text(f"（{joined.zh}）", f"({joined.en})")
        return Text(self.title or joined.zh, self.title_en or joined.en)


class AllOf(_Compound):
    """Yes when every part says yes."""

    all_: tuple[Condition, ...] = Field(alias="all", min_length=1)

    @property
    def parts(self) -> tuple[Condition, ...]:
        return self.all_

    def exact(self, view: ExactView) -> Booleans:
        """(n,) yes or no."""
        return reduce(np.logical_and, (part.exact(view) for part in self.parts))

    def truth(self, view: SpanView) -> Truth:
        """What is known row by row."""
        return reduce(Truth.both, (part.truth(view) for part in self.parts))

    def describe(self, indicators: Mapping[str, Indicator]) -> Text:
        """The parts joined by 且."""
        return self._describe(indicators, " 且 ", " and ")


class AnyOf(_Compound):
    """Yes when at least one part says yes."""

    any_: tuple[Condition, ...] = Field(alias="any", min_length=1)

    @property
    def parts(self) -> tuple[Condition, ...]:
        return self.any_

    def exact(self, view: ExactView) -> Booleans:
        """(n,) yes or no."""
        return reduce(np.logical_or, (part.exact(view) for part in self.parts))

    def truth(self, view: SpanView) -> Truth:
        """What is known row by row."""
        return reduce(Truth.either, (part.truth(view) for part in self.parts))

    def describe(self, indicators: Mapping[str, Indicator]) -> Text:
        """The parts joined by 或."""
        return self._describe(indicators, " 或 ", " or ")


class Negation(DocumentPart):
    """Yes when its part says no."""

    not_: Condition = Field(alias="not")
    title: str | None = None
    title_en: str | None = None

    def inputs(self) -> tuple[Input, ...]:
        """The columns read."""
        return self.not_.inputs()

    def check(self, indicators: Mapping[str, Indicator]) -> None:
        """Check the part."""
        self.not_.check(indicators)

    def exact(self, view: ExactView) -> Booleans:
        """(n,) yes or no."""
        return ~self.not_.exact(view)

    def truth(self, view: SpanView) -> Truth:
        """What is known row by row."""
        return self.not_.truth(view).inverse()

    def describe(self, indicators: Mapping[str, Indicator]) -> Text:
        """非 before the part."""
        part = self.not_.describe(indicators)
        enclosed = isinstance(self.not_, _Compound) and len(self.not_.parts) > 1 and self.not_.title is None
        if not enclosed:
            part = Text(f"（{part.zh}）", f"({part.en})")
        return Text(self.title or f"非{part.zh}", self.title_en or f"not {part.en}")


_TAGS: dict[type, str] = {FormulaCondition: "formula", AllOf: "all", AnyOf: "any", Negation: "not"}


def _condition_tag(value: object) -> str:
    """Which kind of condition a document means, by the key that only that kind has."""
    if isinstance(value, dict):
        return next((tag for tag in ("formula", "all", "any", "not") if tag in value), "comparison")
    return _TAGS.get(type(value), "comparison")


Condition = Annotated[
    Union[  # noqa: UP007 - a string-free union of models that name one another
        Annotated[Comparison, Tag("comparison")],
        Annotated[FormulaCondition, Tag("formula")],
        Annotated[AllOf, Tag("all")],
        Annotated[AnyOf, Tag("any")],
        Annotated[Negation, Tag("not")],
    ],
    Discriminator(_condition_tag),
]
AllOf.model_rebuild()
AnyOf.model_rebuild()
Negation.model_rebuild()
