"""Exact values and spans of any expression, held against a plain evaluator that shares no code with them."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.properties import examples

from liangcun_standards.errors import InvalidFormula
from liangcun_standards.formula import Formula, parse_formula
from liangcun_standards.table import Input, Span

CODES = ("aa", "bb", "cc")
Row = Mapping[Input, float]


# --- The plain evaluator: a tree is a tuple, a value a float or a bool, the undefined is None. ---


def rounded(value: float, digits: int) -> float:
    exact = abs(Fraction(value)) * Fraction(10) ** digits
    if exact >= 2**52:
        return value
    slack = min(exact * Fraction(1e-15), Fraction(1e-3))
    whole = math.floor(exact + slack + Fraction(1, 2))
    return math.copysign(float(Fraction(whole) / Fraction(10) ** digits), value)


def divided(left: float, right: float) -> float | None:
    return left / right if right else None


CALCULATE: dict[str, Callable[..., float | bool | None]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": divided,
    "neg": lambda operand: -operand,
    "abs": abs,
    "min": min,
    "max": max,
    # numpy's own, since another library's may differ in the last place and so in a comparison.
    "ln": lambda operand: float(np.log(operand)) if operand > 0 else None,
    "exp": lambda operand: float(np.exp(operand)),
    "sqrt": lambda operand: math.sqrt(operand) if operand >= 0 else None,
    ">": lambda left, right: left > right + 1e-9,
    ">=": lambda left, right: left >= right - 1e-9,
    "<": lambda left, right: left < right - 1e-9,
    "<=": lambda left, right: left <= right + 1e-9,
    "==": lambda left, right: abs(left - right) <= 1e-9,
    "!=": lambda left, right: abs(left - right) > 1e-9,
    "not": lambda operand: not operand,
}


def evaluate(tree: tuple[Any, ...], row: Row) -> float | bool | None:
    kind, *operands = tree
    if kind == "number":
        return float(operands[0])
    if kind == "read":
        return row[Input(operands[0], 0)]
    if kind == "previous":
        return row[Input(operands[0], 1)]
    if kind == "change":
        return row[Input(operands[0], 0)] - row[Input(operands[0], 1)]
    if kind == "if":
        test = evaluate(operands[0], row)
        return None if test is None else evaluate(operands[1] if test else operands[2], row)
    if kind == "round":
        value = evaluate(operands[0], row)
        return None if value is None else finite(rounded(value, operands[1]))
    values = [evaluate(operand, row) for operand in operands]
    if kind == "and":
        return False if False in values else None if None in values else True
    if kind == "or":
        return True if True in values else None if None in values else False
    if None in values:
        return None
    with np.errstate(over="ignore"):
        return finite(CALCULATE[kind](*values))


def finite(value: float | bool | None) -> float | bool | None:
    return value if value is not None and math.isfinite(value) else None


def written(tree: tuple[Any, ...]) -> str:
    kind, *operands = tree
    if kind in ("number", "read"):
        return str(operands[0])
    if kind in ("previous", "change"):
        return f"{kind}({operands[0]})"
    if kind == "round":
        return f"round({written(operands[0])}, {operands[1]})"
    if kind in ("neg", "not"):
        return f"{'-' if kind == 'neg' else 'not '}({written(operands[0])})"
    if kind in ("if", "min", "max", "abs", "ln", "exp", "sqrt"):
        return f"{kind}({', '.join(map(written, operands))})"
    return f"({written(operands[0])}) {kind} ({written(operands[1])})"


# --- Any expression at all, and figures for its inputs. ---

LITERALS = ("0", "1", "2", "3", "0.5", "0.1", "1.005", "85", "1000000")
LEAVES = st.one_of(
    st.tuples(st.just("number"), st.sampled_from(LITERALS)),
    st.tuples(st.sampled_from(["read", "read", "previous", "change"]), st.sampled_from(CODES)),
)


def numbers(depth: int) -> st.SearchStrategy[tuple[Any, ...]]:
    if depth == 0:
        return LEAVES
    inner = numbers(depth - 1)
    return st.one_of(
        LEAVES,
        st.tuples(st.sampled_from(["+", "-", "*", "/"]), inner, inner),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner, inner),
        st.tuples(st.sampled_from(["neg", "abs", "ln", "exp", "sqrt"]), inner),
        st.tuples(st.just("round"), inner, st.integers(-3, 3)),
        st.tuples(st.just("if"), conditions(depth - 1), inner, inner),
    )


def conditions(depth: int) -> st.SearchStrategy[tuple[Any, ...]]:
    inner = numbers(max(depth - 1, 0))
    compared = st.tuples(st.sampled_from([">", ">=", "<", "<=", "==", "!="]), inner, inner)
    if depth == 0:
        return compared
    nested = conditions(depth - 1)
    return st.one_of(
        compared,
        st.tuples(st.sampled_from(["and", "or"]), nested, nested),
        st.tuples(st.just("not"), nested),
        st.tuples(st.just("if"), nested, nested, nested),
    )


EXPRESSIONS = st.one_of(numbers(3), conditions(3))
FIGURES = st.one_of(
    st.integers(-5, 5).map(float),
    st.decimals(-200, 200, places=2).map(float),
    st.sampled_from([0.0, 0.5, 2.5, 85.0, 1e15, -1e15]),
)


def parsed(tree: tuple[Any, ...]) -> Formula:
    """The formula of the tree; one with a constant part that has no value is no example."""
    try:
        return parse_formula(written(tree))
    except InvalidFormula as error:
        assume("no value" not in error.message.en and "division by zero" not in error.message.en)
        raise


def same(found: float, expected: float | bool | None) -> bool:
    return math.isnan(found) if expected is None else found == float(expected)


@examples(400)
@given(EXPRESSIONS, st.data())
def test_exact_values_are_those_of_the_plain_evaluator(tree: tuple[Any, ...], data: st.DataObject) -> None:
    formula = parsed(tree)
    figure = st.one_of(FIGURES, st.just(math.nan))
    rows = [{one: data.draw(figure) for one in formula.inputs} for _ in range(3)]

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = formula.exact(lambda one: np.array([row[one] for row in rows]))

    for place, row in enumerate(rows):
        missing = any(math.isnan(row[one]) for one in formula.inputs)
        expected = None if missing else evaluate(tree, row)
        assert same(found[place if formula.inputs else 0], expected), (written(tree), row)


@st.composite
def intervals(draw: st.DrawFn) -> tuple[float, float]:
    low, high = sorted((draw(FIGURES), draw(FIGURES)))
    kind = draw(st.sampled_from(["point", "bounded", "bounded", "at least", "at most", "unknown"]))
    if kind == "point":
        return low, low
    if kind in ("at most", "unknown"):
        low = -math.inf
    return low, math.inf if kind in ("at least", "unknown") else high


def completions(interval: tuple[float, float]) -> st.SearchStrategy[float]:
    low, high = interval
    bottom = max(low, -1e300) if math.isfinite(low) else min(-1e300, high)
    top = min(high, 1e300) if math.isfinite(high) else max(1e300, low)
    near = st.sampled_from([0.0, 1.0, -1.0, 0.5, 85.0, 1e3]).map(lambda value: min(max(value, low), high))
    return st.one_of(st.sampled_from([bottom, top]), near, st.floats(bottom, top))


def known(spans: list[dict[Input, tuple[float, float]]]) -> Callable[[Input], Span]:
    def read(one: Input) -> Span:
        low = np.array([row[one][0] for row in spans])
        high = np.array([row[one][1] for row in spans])
        return Span(low, low) if (low == high).all() else Span(low, high)

    return read


@examples(400)
@given(EXPRESSIONS, st.data())
def test_no_completion_leaves_the_span(tree: tuple[Any, ...], data: st.DataObject) -> None:
    formula = parsed(tree)
    row = {one: data.draw(intervals()) for one in formula.inputs}

    (low,), (high,) = formula.span(known([row]))

    assert low <= high
    for _ in range(4):
        completed = {one: data.draw(completions(row[one])) for one in formula.inputs}
        value = evaluate(tree, completed)
        if value is not None:
            assert low <= value <= high, (written(tree), completed)


@examples(200)
@given(EXPRESSIONS, st.data())
def test_a_span_is_the_same_alone_as_among_others_and_exact_where_the_inputs_are(
    tree: tuple[Any, ...], data: st.DataObject
) -> None:
    formula = parsed(tree)
    assume(formula.inputs)
    points = {one: (figure, figure) for one in formula.inputs for figure in [data.draw(FIGURES)]}
    others = {one: data.draw(intervals()) for one in formula.inputs}

    alone = formula.span(known([points]))
    among = formula.span(known([points, others]))
    value = formula.exact(lambda one: np.array([points[one][0]]))

    assert (alone.low[0], alone.high[0]) == (among.low[0], among.high[0])
    if np.isnan(value[0]):
        unknown = (0.0, 1.0) if formula.is_condition else (-math.inf, math.inf)
        assert (alone.low[0], alone.high[0]) == unknown
    else:
        assert alone.low[0] == alone.high[0] == value[0]
