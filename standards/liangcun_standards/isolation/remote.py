"""What a plugin in a worker contributes, as the program uses it: the questions are asked over there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import PrivateAttr, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from liangcun_standards.after_assessment import AfterAssessment, Assessed, Notice
from liangcun_standards.aggregation.own import AggregationMethod
from liangcun_standards.aggregation.scorer import Figure, Scorer
from liangcun_standards.errors import InvalidDocument, LiangcunError, PluginFailed, Problem
from liangcun_standards.indicators import Indicator
from liangcun_standards.isolation.messages import Message
from liangcun_standards.isolation.worker import Worker
from liangcun_standards.plugins.contributing import Contributed
from liangcun_standards.plugins.hookspecs import StandardText
from liangcun_standards.query_fields import QueryColumn, QueryField, ScoredRegions
from liangcun_standards.rules.base import ExactView, Rule, SpanView, known_indicator
from liangcun_standards.rules.own import checked_points, checked_span
from liangcun_standards.table import Booleans, Floats, Input, Integers, Span
from liangcun_standards.text import Text


def described(plugin: str, said: Mapping[str, Any], worker: Worker | None) -> Contributed:
    """What a worker says its plugin contributes; without the worker, all but its Python.

    Raises PluginFailed for what makes no sense.
    """
    try:
        return Contributed(
            hooks=tuple(str(one) for one in said["hooks"]),
            indicators=tuple(Indicator.model_validate(one) for one in said["indicators"]),
            texts=tuple(StandardText(str(file), str(text)) for file, text in said.get("standards", ())),
            **({} if worker is None else _python(said, worker)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PluginFailed.at(plugin, "load", error) from error


def _python(said: Mapping[str, Any], worker: Worker) -> dict[str, Any]:
    return {
        "rules": {name: RemoteKind(name, worker) for name in said.get("rules", ())},
        "aggregations": {one["name"]: _aggregation(one, worker) for one in said.get("aggregations", ())},
        "scorers": {one["name"]: _scorer(one, worker) for one in said.get("scorers", ())},
        "queries": {one["name"]: _query(one, worker) for one in said.get("queries", ())},
        "actions": {one["name"]: _action(one, worker) for one in said.get("actions", ())},
    }


@dataclass(frozen=True)
class RemoteKind:
    """A kind of rule whose Python runs in a worker."""

    name: str
    worker: Worker

    def read(self, values: Mapping[str, Any]) -> Rule:
        """The rule. Raises ValidationError or PluginFailed."""
        try:
            # Only what JSON knows can be written in a document.
            plain = json.loads(json.dumps(values, default=str))
        except (TypeError, ValueError) as error:
            raise PluginFailed.at(self.name, "read", error) from error
        said = self.worker.ask({"ask": "read", "values": plain}).said
        if "wrong" in said:
            raise _validation_error(self.name, said["wrong"], values)
        rule = RemoteRule(kind=self.name)
        rule.attach(self.worker, said)
        return rule


class RemoteRule(Rule):
    """A rule of a plugin in a worker. What it reads and how it behaves were told when it was read."""

    kind: str
    _worker: Worker = PrivateAttr()
    _whole: dict[str, Any] = PrivateAttr()
    _given: dict[str, Any] = PrivateAttr()
    _inputs: tuple[Input, ...] = PrivateAttr()
    _peer_relative: bool = PrivateAttr()
    _always_defined: bool = PrivateAttr()
    _words: dict[float, tuple[dict[str, Indicator], Text]] = PrivateAttr(default_factory=dict)

    def attach(self, worker: Worker, said: Mapping[str, Any]) -> None:
        """Take in what the worker told of the rule."""
        self._worker = worker
        self._whole, self._given = dict(said["whole"]), dict(said["given"])
        self._inputs = tuple(Input(str(code), int(lag)) for code, lag in said["inputs"])
        self._peer_relative, self._always_defined = bool(said["peer_relative"]), bool(said["always_defined"])

    def plain(self, *, given: bool) -> dict[str, Any]:
        """The rule as a document has it: every field, or those given alone."""
        return dict(self._given if given else self._whole)

    @property
    def peer_relative(self) -> bool:
        return self._peer_relative

    @property
    def always_defined(self) -> bool:
        return self._always_defined

    def inputs(self) -> tuple[Input, ...]:
        return self._inputs

    def check(self, indicators: Mapping[str, Indicator], max_score: float) -> None:
        super().check(indicators, max_score)
        try:
            self._ask_for_words(indicators, max_score)
        except PluginFailed as error:
            raise InvalidDocument(error.message) from error

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        kept = self._words.get(max_score)
        if kept is not None and all(indicators.get(code) == one for code, one in kept[0].items()):
            return kept[1]
        return self._ask_for_words(indicators, max_score)

    def exact(self, view: ExactView, max_score: float) -> Floats:
        columns = [view.read(source) for source in self._inputs]
        answer = self._ask("exact", view, max_score, [view.peers, *columns])
        if len(answer.arrays) != 1:
            raise self._odd("exact")
        return checked_points(self, answer.arrays[0], view, max_score)

    def span(self, view: SpanView, max_score: float) -> Span:
        ends = [view.read(source) for source in self._inputs]
        columns = [end for one in ends for end in (one.low, one.high)]
        told = {"exact": [one.exact for one in ends]}
        answer = self._ask("span", view, max_score, [view.peers, *columns], told)
        return checked_span(self, tuple(answer.arrays), view.size, max_score)

    def _ask(
        self,
        what: str,
        view: ExactView | SpanView,
        max_score: float,
        arrays: list[Any],
        told: Mapping[str, Any] | None = None,
    ) -> Message:
        said = {"ask": what, **self._about(view.indicators, max_score), **(told or {})}
        return self._worker.ask(said, arrays)

    def _about(self, indicators: Mapping[str, Indicator], max_score: float) -> dict[str, Any]:
        named = [known_indicator(indicators, one.indicator) for one in self._inputs]
        shown = [one.model_dump(mode="json") for one in dict.fromkeys(named)]
        return {"values": self._whole, "max_score": max_score, "indicators": shown}

    def _ask_for_words(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        said = self._worker.ask({"ask": "check", **self._about(indicators, max_score)}).said
        words = Text(*(str(one) for one in said["words"]))
        named = {one.indicator: indicators[one.indicator] for one in self._inputs}
        self._words[max_score] = (named, words)
        return words

    def _odd(self, method: str) -> PluginFailed:
        return PluginFailed.at(self.kind, method, ValueError("one array is wanted"))


def _validation_error(name: str, wrong: Any, values: Mapping[str, Any]) -> ValidationError:
    """The worker's complaints, raised again where the document is read."""
    details: list[InitErrorDetails] = []
    for one in wrong:
        place = tuple(step if isinstance(step, int) else str(step) for step in one["place"])
        if one["missing"]:
            details.append(InitErrorDetails(type="missing", loc=place, input=dict(values)))
            continue
        told = Problem(str(one["told"][0]), str(one["told"][1]))
        kind = PydanticCustomError("value_error", "{error}", {"error": told})
        details.append(InitErrorDetails(type=kind, loc=place, input=None))
    return ValidationError.from_exception_data(name, details)


def _aggregation(said: Mapping[str, Any], worker: Worker) -> AggregationMethod:
    return AggregationMethod(**_method(said, "aggregate", worker))


def _scorer(said: Mapping[str, Any], worker: Worker) -> Scorer:
    name = str(said["name"])
    tells = tuple(
        Figure(str(code), Text(str(zh), str(en)), None if unit is None else str(unit))
        for code, zh, en, unit in said["tells"]
    )

    def figures(
        shares: Floats, weights: Floats, present: Booleans, peers: Integers, /
    ) -> Mapping[str, Floats]:
        answer = worker.ask({"ask": "figures", "name": name}, (shares, weights, present, peers))
        return dict(zip((str(one) for one in answer.said["told"]), answer.arrays, strict=True))

    method = _method(said, "score", worker)
    return Scorer(**method, tells=tells, figures=figures if tells else None)


def _method(said: Mapping[str, Any], ask: str, worker: Worker) -> dict[str, Any]:
    """What an aggregation and a scorer have in common."""
    name = str(said["name"])

    def function(shares: Floats, weights: Floats, present: Booleans, peers: Integers, /) -> Floats:
        answer = worker.ask({"ask": ask, "name": name}, (shares, weights, present, peers))
        if len(answer.arrays) != 1:
            raise LiangcunError(Text("应给出一个数组", "one array is wanted"))
        return np.array(answer.arrays[0])

    return {
        "name": name,
        "title": Text(*(str(one) for one in said["title"])),
        "function": function,
        "peer_relative": bool(said["peer_relative"]),
        "monotone": bool(said["monotone"]),
    }


def _query(said: Mapping[str, Any], worker: Worker) -> QueryField:
    name = str(said["name"])

    def function(scored: ScoredRegions, /) -> Sequence[Mapping[str, Any]]:
        words, arrays = _scored_in_words(scored)
        answer = worker.ask({"ask": "query", "name": name, **words}, arrays)
        rows: Sequence[Mapping[str, Any]] = answer.said["rows"]
        return rows

    return QueryField(
        name=name,
        description=Text(*(str(one) for one in said["description"])),
        standard=str(said["standard"]),
        columns=tuple(
            QueryColumn(str(column), kind, Text(str(zh), str(en))) for column, kind, zh, en in said["columns"]
        ),
        function=function,
    )


def _scored_in_words(scored: ScoredRegions) -> tuple[dict[str, Any], tuple[Floats, ...]]:
    words = {
        "regions": scored.regions,
        "criteria": scored.criteria,
        "titles": scored.titles,
        "figures": list(scored.figures),
    }
    return words, (scored.max_scores, scored.points, scored.total, *scored.figures.values())


def _action(said: Mapping[str, Any], worker: Worker) -> AfterAssessment:
    name = str(said["name"])

    def function(assessed: Assessed, /) -> Sequence[Notice]:
        words, arrays = _scored_in_words(assessed.scored)
        words |= {
            "assessment": assessed.assessment,
            "standard": assessed.standard,
            "scope": assessed.scope,
            "period": assessed.period,
            "level": assessed.level,
            "grades": assessed.grades,
        }
        answer = worker.ask({"ask": "after", "name": name, **words}, (assessed.passed, *arrays))
        return [
            Notice(Text(str(zh), str(en)), None if region is None else str(region))
            for zh, en, region in answer.said["notices"]
        ]

    standard = said["standard"]
    return AfterAssessment(
        name=name,
        title=Text(*(str(one) for one in said["title"])),
        function=function,
        standard=None if standard is None else str(standard),
    )
