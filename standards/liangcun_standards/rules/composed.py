"""Rules made of others or of a formula: zeroing, by class of village, survey, formula."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field, model_validator

from liangcun_standards.errors import InvalidDocument, InvalidValue
from liangcun_standards.formula import Formula, parse_formula
from liangcun_standards.indicators import Indicator
from liangcun_standards.rules.base import (
    DocumentPart,
    ExactView,
    Rule,
    SpanView,
    join_texts,
    known_indicator,
    points_text,
    unique_inputs,
)
from liangcun_standards.rules.conditions import AnyOf, Condition, readable_formula
from liangcun_standards.table import Floats, Input, Span
from liangcun_standards.text import Text, format_number
from liangcun_standards.vocabulary import IndicatorKind

if TYPE_CHECKING:
    from liangcun_standards.rules import AnyRule


class Zeroing(Rule):
    """Nothing when one of the conditions holds, whatever the inner rule says: 露天焚烧 → 此项不得分."""

    kind: Literal["zeroing"] = "zeroing"
    when: tuple[Condition, ...] = Field(min_length=1)
    rule: AnyRule

    @property
    def peer_relative(self) -> bool:
        return self.rule.peer_relative

    @cached_property
    def _any(self) -> AnyOf:
        return AnyOf(any_=self.when)

    @property
    def always_defined(self) -> bool:
        return self.rule.always_defined

    @property
    def recordable(self) -> bool:
        return self.rule.recordable

    def inputs(self) -> tuple[Input, ...]:
        return unique_inputs(self._any.inputs(), self.rule.inputs())

    def check(self, indicators: Mapping[str, Indicator], max_score: float) -> None:
        self._any.check(indicators)
        self.rule.check(indicators, max_score)

    def exact(self, view: ExactView, max_score: float) -> Floats:
        return np.where(self._any.exact(view), 0.0, self.rule.exact(view, max_score))

    def span(self, view: SpanView, max_score: float) -> Span:
        truth, inner = self._any.truth(view), self.rule.span(view, max_score)
        return Span(np.where(truth.may, 0.0, inner.low), np.where(truth.must, 0.0, inner.high))

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        when, inner = self._any.describe(indicators), self.rule.describe(indicators, max_score)
        return Text(f"{when.zh} 则此项不得分；否则 {inner.zh}", f"nothing if {when.en}; otherwise {inner.en}")


class ByClass(Rule):
    """A rule for each class of village: 平原 and 山区 judged by their own. Other classes earn nothing."""

    kind: Literal["by_class"] = "by_class"
    class_: str = Field(alias="class", description="a choice indicator")
    cases: dict[str, AnyRule] = Field(min_length=1)
    otherwise: AnyRule | None = None

    @property
    def peer_relative(self) -> bool:
        return any(rule.peer_relative for rule in self._rules)

    @property
    def always_defined(self) -> bool:
        return all(rule.always_defined for rule in self._rules)

    @property
    def recordable(self) -> bool:
        return all(rule.recordable for rule in self._rules)

    @cached_property
    def _rules(self) -> tuple[Rule, ...]:
        return (*self.cases.values(), *(() if self.otherwise is None else (self.otherwise,)))

    def inputs(self) -> tuple[Input, ...]:
        return unique_inputs((Input(self.class_),), *(rule.inputs() for rule in self._rules))

    def check(self, indicators: Mapping[str, Indicator], max_score: float) -> None:
        classes = known_indicator(indicators, self.class_)
        try:
            for code in self.cases:
                classes.choice_value(code)
        except InvalidValue as error:
            raise InvalidDocument(error.message) from None
        for rule in self._rules:
            rule.check(indicators, max_score)

    def _places(self, indicators: Mapping[str, Indicator]) -> list[tuple[float, Rule | None]]:
        """Each class as it is stored, with its rule."""
        classes = indicators[self.class_]
        return [
            (float(place), self.cases.get(choice.code, self.otherwise))
            for place, choice in enumerate(classes.choices)
        ]

    def exact(self, view: ExactView, max_score: float) -> Floats:
        classes = view.read(Input(self.class_))
        points = np.zeros_like(classes)
        for place, rule in self._places(view.indicators):
            member = classes == place
            if rule is not None and member.any():
                np.putmask(points, member, rule.exact(view, max_score))
        return points

    def span(self, view: SpanView, max_score: float) -> Span:
        classes = view.read(Input(self.class_))
        low, high = np.full(view.size, np.inf), np.full(view.size, -np.inf)
        for place, rule in self._places(view.indicators):
            possible = (classes.low <= place) & (place <= classes.high)
            inner = Span(np.zeros(view.size), np.zeros(view.size))
            if rule is not None and possible.any():
                inner = rule.span(view, max_score)
            low = np.where(possible, np.minimum(low, inner.low), low)
            high = np.where(possible, np.maximum(high, inner.high), high)
        return Span(low, high)

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        classes = known_indicator(indicators, self.class_)
        parts = []
        for code, rule in self.cases.items():
            kind, inner = classes.show(classes.choice_value(code)), rule.describe(indicators, max_score)
            parts.append(Text(f"{kind.zh}：{inner.zh}", f"{kind.en}: {inner.en}"))
        if self.otherwise is not None:
            inner = self.otherwise.describe(indicators, max_score)
            parts.append(Text(f"其他：{inner.zh}", f"other: {inner.en}"))
        elif len(self.cases) < len(classes.choices):
            parts.append(Text("其他：不得分", "other: none"))
        return join_texts(parts)


class Answer(DocumentPart):
    """One answer of a question: the share who gave it (an indicator) and what it is worth."""

    indicator: str
    value: float = Field(ge=0)


class Question(DocumentPart):
    """A question and its weight."""

    weight: float = Field(gt=0)
    answers: tuple[Answer, ...] = Field(min_length=1)


class Questionnaire(DocumentPart):
    """The mean score of questionnaires (an indicator) and its weight."""

    indicator: str
    weight: float = Field(gt=0)


class Survey(Rule):
    """A satisfaction survey: Pj = ΣAi·qi, P = ΣPj·qj, N = P + M, M = mean questionnaire × weight.

    Ai is the share of people who gave answer i (a rate counts as percent ÷ 100), qi what the answer is worth,
    qj the question's weight; N is clamped to the criterion's maximum.
    """

    kind: Literal["survey"] = "survey"
    questions: tuple[Question, ...] = Field(min_length=1)
    questionnaire: Questionnaire | None = None

    @property
    def recordable(self) -> bool:
        return True

    def inputs(self) -> tuple[Input, ...]:
        answers = [Input(answer.indicator) for question in self.questions for answer in question.answers]
        mean = [] if self.questionnaire is None else [Input(self.questionnaire.indicator)]
        return unique_inputs(answers, mean)

    def _terms(self, indicators: Mapping[str, Indicator]) -> list[tuple[Input, float]]:
        """Each column with the factor, never negative, that it counts with."""
        terms = []
        for question in self.questions:
            for answer in question.answers:
                rate = indicators[answer.indicator].kind is IndicatorKind.RATE
                factor = answer.value * question.weight / (100.0 if rate else 1.0)
                terms.append((Input(answer.indicator), factor))
        if self.questionnaire is not None:
            terms.append((Input(self.questionnaire.indicator), self.questionnaire.weight))
        return terms

    def exact(self, view: ExactView, max_score: float) -> Floats:
        total: Floats | None = None
        for source, factor in self._terms(view.indicators):
            term = view.read(source) * factor
            total = term if total is None else np.add(total, term, out=total)
        assert total is not None
        total += 0.0
        total.clip(0.0, max_score, out=total)
        return total

    def span(self, view: SpanView, max_score: float) -> Span:
        low, high = np.zeros(view.size), np.zeros(view.size)
        for source, factor in self._terms(view.indicators):
            ends = view.read(source)
            low += factor * ends.low
            high += factor * ends.high
        return Span(np.clip(low, 0.0, max_score), np.clip(high, 0.0, max_score))

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        parts = []
        for question in self.questions:
            answers = []
            for answer in question.answers:
                indicator = known_indicator(indicators, answer.indicator)
                value = format_number(answer.value)
                answers.append(Text(f"{indicator.name}×{value}", f"{indicator.name_en} × {value}"))
            joined, weight = join_texts(answers, " + ", " + "), format_number(question.weight)
            parts.append(Text(f"（{joined.zh}）×{weight}", f"({joined.en}) × {weight}"))
        if self.questionnaire is not None:
            indicator = known_indicator(indicators, self.questionnaire.indicator)
            weight = format_number(self.questionnaire.weight)
            parts.append(Text(f"{indicator.name}×{weight}", f"{indicator.name_en} × {weight}"))
        joined, full = join_texts(parts, " + ", " + "), points_text(max_score)
        return Text(f"问卷得分 = {joined.zh}，最高 {full.zh}", f"survey score = {joined.en}, up to {full.en}")


class FormulaRule(Rule):
    """Points by a formula, clamped between none and the maximum; a comparison earns all or nothing."""

    kind: Literal["formula"] = "formula"
    formula: str

    @cached_property
    def parsed(self) -> Formula:
        """The formula, read once."""
        return readable_formula(self.formula)

    @model_validator(mode="after")
    def _readable(self) -> FormulaRule:
        assert self.parsed
        return self

    @property
    def recordable(self) -> bool:
        return True

    def inputs(self) -> tuple[Input, ...]:
        return self.parsed.inputs

    def check(self, indicators: Mapping[str, Indicator], max_score: float) -> None:
        parse_formula(self.formula, known=indicators.keys())

    def _factor(self, max_score: float) -> float:
        return max_score if self.parsed.is_condition else 1.0

    def exact(self, view: ExactView, max_score: float) -> Floats:
        points = self.parsed.exact(view.read)
        if self.parsed.is_condition:
            points *= max_score
        points.clip(0.0, max_score, out=points)
        # A formula without inputs has one row.
        return points if len(points) == view.size else np.full(view.size, points[0])

    def span(self, view: SpanView, max_score: float) -> Span:
        low, high = (
            (end * self._factor(max_score)).clip(0.0, max_score) for end in self.parsed.span(view.read)
        )
        if len(low) == view.size:
            return Span(low, high)
        return Span(np.full(view.size, low[0]), np.full(view.size, high[0]))

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        names = {code: indicator.label for code, indicator in indicators.items()}
        zh, en = self.parsed.describe(names, "zh"), self.parsed.describe(names, "en")
        full = points_text(max_score)
        if self.parsed.is_condition:
            return Text(f"{zh} 得 {full.zh}，否则不得分", f"{full.en} if {en}, otherwise none")
        return Text(f"得分 = {zh}，限于 0 至 {full.zh}", f"points = {en}, between 0 and {full.en}")
