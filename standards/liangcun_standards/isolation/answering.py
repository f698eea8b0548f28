"""The questions that the program asks a worker about its plugin, each answered by the plugin's own code."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from pydantic import ValidationError

from liangcun_standards.after_assessment import AfterAssessment, Assessed
from liangcun_standards.aggregation.own import AggregationMethod
from liangcun_standards.aggregation.scorer import Scorer
from liangcun_standards.indicators import Indicator
from liangcun_standards.isolation.messages import Array, Message
from liangcun_standards.plugins.contributing import Contributed
from liangcun_standards.query_fields import QueryField, ScoredRegions
from liangcun_standards.rules import Rule
from liangcun_standards.table import Floats, Input, Integers, Span
from liangcun_standards.text import Text


def description(contributed: Contributed) -> dict[str, Any]:
    """What a plugin contributes, in words alone; the functions stay in the worker."""
    return {
        "standards": [list(one) for one in contributed.texts],
        "rules": list(contributed.rules),
        "aggregations": [_method(name, one) for name, one in contributed.aggregations.items()],
        "scorers": [
            _method(name, one) | {"tells": [[each.code, *each.title, each.unit] for each in one.tells]}
            for name, one in contributed.scorers.items()
        ],
        "queries": [
            {
                "name": name,
                "description": list(one.description),
                "standard": one.standard,
                "columns": [[each.name, each.type, *each.description] for each in one.columns],
            }
            for name, one in contributed.queries.items()
        ],
        "actions": [
            {"name": name, "title": list(one.title), "standard": one.standard}
            for name, one in contributed.actions.items()
        ],
    }


def _method(name: str, method: AggregationMethod) -> dict[str, Any]:
    return {
        "name": name,
        "title": list(method.title),
        "peer_relative": bool(method.peer_relative),
        "monotone": bool(method.monotone),
    }


def answer(contributed: Contributed, message: Message) -> Message:
    """The answer to one question. Raises what the plugin's code raises."""
    said = message.said
    if said["ask"] in ("aggregate", "score"):
        methods = contributed.aggregations if said["ask"] == "aggregate" else contributed.scorers
        shares, weights, present, peers = message.arrays
        return Message({}, (methods[said["name"]].watched(shares, weights, present, peers),))
    if said["ask"] == "figures":
        return _figures(contributed.scorers[said["name"]], message)
    if said["ask"] == "query":
        return _rows(contributed.queries[said["name"]], message)
    if said["ask"] == "after":
        return _after(contributed.actions[said["name"]], message)
    if said["ask"] == "read":
        return _read(contributed, said)
    rule = _rule(contributed, said)
    indicators = {one["code"]: _indicator(json.dumps(one)) for one in said["indicators"]}
    if said["ask"] == "check":
        rule.check(indicators, said["max_score"])
        return Message({"words": list(rule.describe(indicators, said["max_score"]))})
    peers, *columns = message.arrays
    if said["ask"] == "exact":
        view = _Exact(peers, dict(zip(rule.inputs(), columns, strict=True)), indicators)
        return Message({}, (np.asarray(rule.exact(view, said["max_score"])),))
    lows, highs = columns[::2], columns[1::2]
    spans = {
        source: Span(low, low if exact else high)
        for source, low, high, exact in zip(rule.inputs(), lows, highs, said["exact"], strict=True)
    }
    return Message({}, tuple(rule.span(_Spans(peers, spans, indicators), said["max_score"])))


def _figures(scorer: Scorer, message: Message) -> Message:
    shares, weights, present, peers = message.arrays
    told = scorer.told(list(shares), list(weights), list(present), peers)
    return Message({"told": list(told)}, tuple(told.values()))


def _rows(query: QueryField, message: Message) -> Message:
    return Message({"rows": query.rows(_scored(message.said, message.arrays))})


def _after(action: AfterAssessment, message: Message) -> Message:
    said = message.said
    passed, *arrays = message.arrays
    assessed = Assessed(
        assessment=said["assessment"],
        standard=said["standard"],
        scope=said["scope"],
        period=said["period"],
        level=said["level"],
        scored=_scored(said, arrays),
        passed=passed,
        grades=tuple(said["grades"]),
    )
    return Message({"notices": [[*one.text, one.region] for one in action.notices(assessed)]})


def _scored(said: Mapping[str, Any], arrays: Sequence[Array]) -> ScoredRegions:
    max_scores, points, total, *figures = arrays
    return ScoredRegions(
        regions=tuple(said["regions"]),
        criteria=tuple(said["criteria"]),
        titles=tuple(Text(zh, en) for zh, en in said["titles"]),
        max_scores=max_scores,
        points=points,
        total=total,
        figures=dict(zip(said["figures"], figures, strict=True)),
    )


def _read(contributed: Contributed, said: Mapping[str, Any]) -> Message:
    from liangcun_standards.isolation.serving import details_of

    try:
        rule = _rule(contributed, said)
    except ValidationError as error:
        return Message({"wrong": list(details_of(error))})
    return Message(
        {
            "whole": rule.model_dump(mode="json", by_alias=True),
            "given": rule.model_dump(mode="json", by_alias=True, exclude_unset=True),
            "inputs": [list(one) for one in rule.inputs()],
            "peer_relative": bool(rule.peer_relative),
            "always_defined": bool(rule.always_defined),
        }
    )


_read_rules: dict[str, Rule] = {}


def _rule(contributed: Contributed, said: Mapping[str, Any]) -> Rule:
    text = json.dumps(said["values"], sort_keys=True)
    if text not in _read_rules:
        if len(_read_rules) > 10_000:
            _read_rules.clear()
        _read_rules[text] = contributed.rules[said["values"]["kind"]].read(said["values"])
    return _read_rules[text]


@lru_cache(10_000)
def _indicator(text: str) -> Indicator:
    return Indicator.model_validate_json(text)


class _Columns:
    """What both views have."""

    def __init__(self, peers: Array, indicators: Mapping[str, Indicator]) -> None:
        self.peers: Integers = peers
        self.size = len(peers)
        self.indicators = indicators


class _Exact(_Columns):
    """The exact values that came with a question."""

    def __init__(self, peers: Array, columns: Mapping[Input, Floats], indicators: Any) -> None:
        super().__init__(peers, indicators)
        self._columns = columns

    def read(self, source: Input) -> Floats:
        """(size,) of a column that the rule names in `inputs`."""
        return self._columns[source]


class _Spans(_Columns):
    """The ends that came with a question."""

    def __init__(self, peers: Array, spans: Mapping[Input, Span], indicators: Any) -> None:
        super().__init__(peers, indicators)
        self._spans = spans

    def read(self, source: Input) -> Span:
        """Two (size,) ends of a column that the rule names in `inputs`."""
        return self._spans[source]
