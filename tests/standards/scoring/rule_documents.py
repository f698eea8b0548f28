"""Random rules and conditions of every kind, as a document writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from tests.standards.scoring.catalogue import (
    ANSWERS,
    COUNTS,
    FLAGS,
    KINDS,
    MARKS,
    RATES,
    SIGNED,
    SIZES,
    figures,
)

Document = dict[str, Any]
QUARTERS = (1.0, 0.0, 0.25, 0.5, 0.75)
NUMERIC = (*RATES, *COUNTS, *SIZES, *SIGNED)
# {a} to {c} stand for indicators that are numbers, {n} for a figure.
FORMULAS = (
    "{a} / 10",
    "min({a}, {b})",
    "max({a} - {n}, 0) / 2",
    "if({a} >= {n}, 5, {b} / 4)",
    "100 * {a} / {b}",
    "({a} + {b}) / ({c} + 1)",
    "abs({a} - {n})",
    "round({a} / 7, 1)",
    "sqrt({a})",
    "ln({a} + 1)",
    "exp(0 - {a} / 10)",
    "previous({a}) / 5",
    "change({a})",
    "{n} - {a} * {b} / 100",
)
FORMULA_CONDITIONS = (
    "{a} > {b}",
    "100 * {a} / {b} >= {n}",
    "change({a}) > 0",
    "{a} >= {n} and not {b} < {n}",
    "{a} == {n} or {b} != {n}",
    "{a} / {b} >= 0.5 or {c} >= {n}",
    "previous({a}) <= {n}",
)


class Drawn:
    """Draws for one criterion.

    With `apart`, no indicator is read twice, so that all values are free. With `peers`, a rule inside another
    may be relative.
    """

    def __init__(self, draw: st.DrawFn, *, apart: bool = True, peers: bool = False) -> None:
        self.draw = draw
        self.peers = peers
        self._apart = apart
        self._used: set[str] = set()

    def indicator(self, *codes: str) -> str:
        """One of the indicators."""
        free = [code for code in codes if code not in self._used] or list(codes)
        code = self.draw(st.sampled_from(free))
        if self._apart:
            self._used.add(code)
        return code

    def one_of(self, *values: Any) -> Any:
        """One of the values, the first being the plainest."""
        return self.draw(st.sampled_from(values))

    def figure(self, code: str) -> float:
        """A figure to hold against an indicator."""
        return self.one_of(*figures(code))  # type: ignore[no-any-return]

    def points(self, most: float) -> float:
        """Some points."""
        return most * self.one_of(*QUARTERS)  # type: ignore[no-any-return]

    def chance(self, of: int = 3) -> bool:
        """True once in about `of` times."""
        return self.draw(st.integers(0, of - 1)) == of - 1


def condition(drawn: Drawn, depth: int = 1) -> Document:
    """A yes-or-no question."""
    shape = drawn.one_of(
        "number", "flag", "choice", "class", "formula", *(["all", "any", "not"] * (depth > 0))
    )
    if shape == "flag":
        return {
            "indicator": drawn.indicator(*FLAGS, *COUNTS),
            "is": drawn.one_of("present", "absent"),
        }
    if shape == "choice":
        return {"indicator": drawn.indicator(*KINDS), "is": drawn.one_of(*ANSWERS)}
    if shape == "formula":
        return {"formula": _filled(drawn, drawn.one_of(*FORMULA_CONDITIONS))}
    if shape == "not":
        return {"not": condition(drawn, depth - 1)}
    if shape in ("all", "any"):
        return {shape: [condition(drawn, depth - 1) for _ in range(drawn.one_of(1, 2))]}
    code = drawn.indicator(*NUMERIC)
    if shape == "class":
        return {"indicator": code, drawn.one_of(*_OPERATORS): _class_values(drawn, code)}
    return {"indicator": code, drawn.one_of(*_OPERATORS, "equals"): drawn.figure(code)}


_OPERATORS = ("at_least", "more_than", "at_most", "less_than")


def _class_values(drawn: Drawn, code: str) -> Document:
    answers = drawn.one_of(("plain",), ("plain", "hill"), ANSWERS)
    values: Document = {
        "class": drawn.indicator(*KINDS),
        "cases": {answer: drawn.figure(code) for answer in answers},
    }
    return values | ({"otherwise": drawn.figure(code)} if drawn.chance() else {})


def _filled(drawn: Drawn, text: str) -> str:
    codes = {
        name: drawn.indicator(*RATES, *COUNTS, *SIZES, *SIGNED) for name in "abc" if f"{{{name}}}" in text
    }
    return text.format(**codes, n=drawn.one_of(5, 0, 1, 10, 50, 2.5))


def presence(drawn: Drawn, most: float) -> Document:
    return {
        "indicator": drawn.indicator(*FLAGS, *COUNTS),
        **({} if drawn.chance() else {"want": drawn.one_of("present", "absent")}),
    }


def threshold(drawn: Drawn, most: float) -> Document:
    return {"when": condition(drawn)}


def several(drawn: Drawn, most: float) -> Document:
    return {"conditions": [condition(drawn, 0) for _ in range(drawn.one_of(1, 2, 3))]}


def checklist(drawn: Drawn, most: float) -> Document:
    document: Document = {"items": [condition(drawn, 0) for _ in range(drawn.one_of(1, 2, 3))]}
    if drawn.chance(2):
        document |= {"deduct": drawn.one_of(3, 0.5, 1), "floor": drawn.points(most)}
    return document


def linear(drawn: Drawn, most: float) -> Document:
    code = drawn.indicator(*NUMERIC)
    start = drawn.figure(code)
    end = drawn.one_of(*(figure for figure in figures(code) if figure != start))
    return {"indicator": code, "from": start, "to": end, "least": drawn.points(most)}


def bands(drawn: Drawn, most: float) -> Document:
    code = drawn.indicator(*NUMERIC)
    ends = sorted(drawn.draw(st.sets(st.sampled_from(figures(code)), min_size=1, max_size=3)))
    closed = [{drawn.one_of("upto", "below"): end, "points": drawn.points(most)} for end in ends]
    return {"indicator": code, "bands": [*closed, {"points": drawn.points(most)}]}


def shortfall(drawn: Drawn, most: float) -> Document:
    code = drawn.indicator(*NUMERIC)
    return {
        "indicator": code,
        "target": drawn.figure(code),
        "step": drawn.one_of(1, 0.1, 2.5, 5),
        "deduct": drawn.one_of(1, 0.5, 2),
        "direction": drawn.one_of("short", "over"),
        "partial": drawn.one_of("full", "none", "share"),
        "floor": drawn.points(most),
    }


def per_unit(drawn: Drawn, most: float) -> Document:
    code = drawn.indicator(*COUNTS)
    if drawn.chance(2):
        return {"indicator": code, "first": drawn.one_of(10, 0, 1), "each": drawn.one_of(5, 0, 0.5)}
    return {
        "indicator": code,
        "per": {"indicator": drawn.indicator(*COUNTS, *SIZES), "amount": drawn.one_of(2, 0.5, 5)},
    }


def judged(drawn: Drawn, most: float) -> Document:
    shares = drawn.one_of((1.0,), (0.5, 0.5), (0.25, 0.75))
    parts = [{"indicator": drawn.indicator(*MARKS), "most": most * share} for share in shares]
    return {"parts": parts}


def deduction(drawn: Drawn, most: float) -> Document:
    found = [drawn.indicator(*COUNTS, *FLAGS) for _ in range(drawn.one_of(1, 2))]
    occurrences = [{"indicator": code, "deduct": drawn.one_of(1, 0.5, 2)} for code in found]
    return {"occurrences": occurrences, "floor": drawn.points(most) if drawn.chance() else 0}


def sampled_households(drawn: Drawn, most: float) -> Document:
    document: Document = {"failed": drawn.indicator(*COUNTS), "deduct": drawn.one_of(2, 0.5)}
    if drawn.chance(2):
        document["visited"] = drawn.indicator(*COUNTS)
    return document | ({"cap": drawn.one_of(10, 1, 3)} if drawn.chance(2) else {})


def states(drawn: Drawn, most: float) -> Document:
    found = [
        {"when": condition(drawn, 0), drawn.one_of("deduct", "points"): drawn.one_of(5, 4, 3, 0.5, 0)}
        for _ in range(drawn.one_of(1, 2, 3))
    ]
    return {"states": found} | ({"otherwise": drawn.points(most)} if drawn.chance() else {})


def relative(drawn: Drawn, most: float) -> Document:
    document: Document = {"at_mean": drawn.points(most), "least": drawn.points(most) if drawn.chance() else 0}
    if drawn.chance(2):
        return document | {"indicator": drawn.indicator(*RATES, *COUNTS)}
    return document | {
        "indicator": drawn.indicator(*RATES, *COUNTS, *SIGNED),
        "slope": drawn.one_of(0.5, 0.1, 2),
        "better": drawn.one_of("higher", "lower"),
    }


def rank(drawn: Drawn, most: float) -> Document:
    return {
        "indicator": drawn.indicator(*NUMERIC),
        "better": drawn.one_of("higher", "lower"),
        "best": drawn.one_of(100, 50),
        "worst": drawn.one_of(0, 20, 50),
        **({"step": drawn.one_of(10, 30)} if drawn.chance(2) else {}),
    }


def zeroing(drawn: Drawn, most: float) -> Document:
    when = [condition(drawn, 0) for _ in range(drawn.one_of(1, 2))]
    return {"when": when, "rule": rule(drawn, drawn.one_of(*SIMPLE, *(["relative"] * drawn.peers)), most)}


def by_class(drawn: Drawn, most: float) -> Document:
    answers = drawn.one_of(("plain", "hill"), ("plain",), ANSWERS)
    document: Document = {
        "class": drawn.indicator(*KINDS),
        "cases": {
            answer: rule(drawn, drawn.one_of(*SIMPLE, *(["rank"] * drawn.peers)), most) for answer in answers
        },
    }
    return document | ({"otherwise": rule(drawn, "linear", most)} if drawn.chance() else {})


def survey(drawn: Drawn, most: float) -> Document:
    questions = [
        {
            "weight": drawn.one_of(1, 0.5, 3),
            "answers": [
                {"indicator": drawn.indicator(*RATES), "value": drawn.one_of(1, 0.6, 0)}
                for _ in range(drawn.one_of(1, 2))
            ],
        }
        for _ in range(drawn.one_of(1, 2))
    ]
    document: Document = {"questions": questions}
    if drawn.chance(2):
        document["questionnaire"] = {"indicator": drawn.indicator(*MARKS), "weight": drawn.one_of(0.1, 1)}
    return document


def formula(drawn: Drawn, most: float) -> Document:
    return {"formula": _filled(drawn, drawn.one_of(*FORMULAS, *FORMULA_CONDITIONS))}


RULES: dict[str, Callable[[Drawn, float], Document]] = {
    "presence": presence,
    "threshold": threshold,
    "any_of": several,
    "all_of": several,
    "checklist": checklist,
    "linear": linear,
    "bands": bands,
    "shortfall": shortfall,
    "per_unit": per_unit,
    "judged": judged,
    "deduction": deduction,
    "sampled_households": sampled_households,
    "states": states,
    "relative": relative,
    "rank": rank,
    "zeroing": zeroing,
    "by_class": by_class,
    "survey": survey,
    "formula": formula,
}
SIMPLE = ("presence", "linear", "bands", "shortfall", "deduction", "threshold", "judged")
PEERLESS = tuple(kind for kind in RULES if kind not in ("relative", "rank"))


def rule(drawn: Drawn, kind: str, most: float) -> Document:
    """A rule of one kind, for a criterion worth `most`."""
    return {"kind": kind, **RULES[kind](drawn, most)}
