"""What is known of a formula's value when only intervals are known of its inputs.

Interval arithmetic on the hulls of the operations (R. E. Moore, Interval Analysis, 1966). Sums, products and
quotients are rounded monotonically by the processor, so the ends computed bound every value computed between
them; an infinite end says that there is no bound and is never a value itself, so that zero times it is zero.
A row in which the value may be undefined has no bounds, and is remembered as lost so that a later step
doesn't seem to know more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from liangcun_standards.formula._exact import COMPARE, TOLERANCE
from liangcun_standards.formula._rounding import round_half_away
from liangcun_standards.formula._steps import Step
from liangcun_standards.table import Booleans, Floats, Input, Span

# exp and ln are not rounded correctly: a few units in the last place at most, and not always monotonically.
_MARGIN = 2.0**-50


class _Range(NamedTuple):
    low: Floats
    high: Floats
    lost: Booleans


class _Kleene(NamedTuple):
    sure: Booleans
    possible: Booleans
    lost: Booleans


def evaluate_span(steps: Sequence[Step], spans: dict[Input, Span]) -> Span:
    """The interval of each row, of a condition within [0, 1].

    `spans`: of every input, columns of one shape (n,). Without inputs the shape is (1,).
    """
    numbers: list[_Range] = []
    truths: list[_Kleene] = []
    with np.errstate(all="ignore"):
        for step in steps:
            if step.kind == "number":
                value = np.array([step.value])
                numbers.append(_settled(value, value, np.array([False])))
            elif step.kind == "truth":
                truth = np.array([step.value != 0.0])
                truths.append(_Kleene(truth, truth, np.array([False])))
            elif step.kind == "read":
                assert step.input is not None
                numbers.append(_known(spans[step.input]))
            elif step.kind == "if":
                _choose(step, numbers, truths)
            elif step.kind in _COMPARISONS:
                right, left = numbers.pop(), numbers.pop()
                truths.append(_COMPARISONS[step.kind](left, right))
            elif step.kind in _CONNECTIVES:
                operands = [truths.pop() for _ in range(step.arity)]
                truths.append(_CONNECTIVES[step.kind](*operands))
            else:
                numbers.append(_calculate(step, [numbers.pop() for _ in range(step.arity)][::-1]))
    if truths:
        return Span(truths[0].sure.astype(np.float64), truths[0].possible.astype(np.float64))
    # Adding zero turns -0.0 into 0.0, as in the exact values.
    return Span(numbers[0].low + 0.0, numbers[0].high + 0.0)


def _known(span: Span) -> _Range:
    low = np.where(np.isnan(span.low), -np.inf, span.low)
    high = np.where(np.isnan(span.high), np.inf, span.high)
    return _settled(low, high, np.zeros(low.shape, np.bool_))


def _settled(low: Floats, high: Floats, lost: Booleans) -> _Range:
    """The range, without bounds where it is lost; a lower end of +inf is an overflow, which has no value."""
    lost = lost | (low == np.inf) | (high == -np.inf)
    return _Range(np.where(lost, -np.inf, low), np.where(lost, np.inf, high), lost)


def _calculate(step: Step, operands: list[_Range]) -> _Range:
    if step.kind == "round":
        (operand,) = operands
        digits = int(step.value)
        low, high = round_half_away(operand.low, digits), round_half_away(operand.high, digits)
        return _settled(low, high, operand.lost)
    if step.kind in _UNARY:
        return _UNARY[step.kind](operands[0])
    return reduce(_BINARY[step.kind], operands)


def _add(left: _Range, right: _Range) -> _Range:
    return _settled(left.low + right.low, left.high + right.high, left.lost | right.lost)


def _subtract(left: _Range, right: _Range) -> _Range:
    return _settled(left.low - right.high, left.high - right.low, left.lost | right.lost)


def _corners(ufunc: Callable[..., Any], left: _Range, right: _Range) -> tuple[Floats, Floats]:
    """The least and the greatest of the results at the four corners.

    NaN comes of 0 × inf, which is 0 for every value on the way there, and of inf ÷ inf, which falls between
    other corners that include 0.
    """
    results = [ufunc(one, other) for one in (left.low, left.high) for other in (right.low, right.high)]
    results = [np.where(np.isnan(result), 0.0, result) for result in results]
    return reduce(np.minimum, results), reduce(np.maximum, results)


def _multiply(left: _Range, right: _Range) -> _Range:
    return _settled(*_corners(np.multiply, left, right), left.lost | right.lost)


def _divide(left: _Range, right: _Range) -> _Range:
    zero = (right.low <= 0.0) & (right.high >= 0.0)
    return _settled(*_corners(np.divide, left, right), left.lost | right.lost | zero)


def _minimum(left: _Range, right: _Range) -> _Range:
    low, high = np.minimum(left.low, right.low), np.minimum(left.high, right.high)
    return _settled(low, high, left.lost | right.lost)


def _maximum(left: _Range, right: _Range) -> _Range:
    low, high = np.maximum(left.low, right.low), np.maximum(left.high, right.high)
    return _settled(low, high, left.lost | right.lost)


def _negative(operand: _Range) -> _Range:
    return _Range(-operand.high, -operand.low, operand.lost)


def _absolute(operand: _Range) -> _Range:
    low = np.maximum(np.maximum(operand.low, -operand.high), 0.0)
    return _settled(low, np.maximum(-operand.low, operand.high), operand.lost)


def _square_root(operand: _Range) -> _Range:
    return _settled(np.sqrt(operand.low), np.sqrt(operand.high), operand.lost | (operand.low < 0.0))


def _logarithm(operand: _Range) -> _Range:
    low, high = _outward(operand, np.log(operand.low), np.log(operand.high))
    return _settled(low, high, operand.lost | (operand.low <= 0.0))


def _exponential(operand: _Range) -> _Range:
    low, high = _outward(operand, np.exp(operand.low), np.exp(operand.high))
    # From about 710 on it overflows: a completion beyond has no value.
    beyond = np.isinf(high) & np.isfinite(operand.high)
    return _settled(low, high, operand.lost | beyond)


def _outward(operand: _Range, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The ends moved apart by the margin; of a single value nothing needs to move."""
    margin = np.where(operand.low < operand.high, _MARGIN, 0.0)
    low = low * np.where(low > 0.0, 1.0 - margin, 1.0 + margin)
    return low, high * np.where(high > 0.0, 1.0 + margin, 1.0 - margin)


def _ordered(operator: str) -> Callable[[_Range, _Range], _Kleene]:
    """An order between two ranges, by the very comparison that exact values are put to."""
    compare = COMPARE[operator]

    def rising(left: _Range, right: _Range) -> _Kleene:
        return _Kleene(compare(left.low, right.high), compare(left.high, right.low), left.lost | right.lost)

    def falling(left: _Range, right: _Range) -> _Kleene:
        return _Kleene(compare(left.high, right.low), compare(left.low, right.high), left.lost | right.lost)

    return rising if operator in (">", ">=") else falling


def _equal(left: _Range, right: _Range) -> _Kleene:
    above, below = left.high - right.low, right.high - left.low
    sure = (above <= TOLERANCE) & (below <= TOLERANCE)
    possible = (left.low - right.high <= TOLERANCE) & (right.low - left.high <= TOLERANCE)
    return _Kleene(sure, possible, left.lost | right.lost)


def _not(operand: _Kleene) -> _Kleene:
    return _Kleene(~operand.possible, ~operand.sure, operand.lost)


def _and(right: _Kleene, left: _Kleene) -> _Kleene:
    possible = left.possible & right.possible
    return _Kleene(left.sure & right.sure, possible, (left.lost | right.lost) & possible)


def _or(right: _Kleene, left: _Kleene) -> _Kleene:
    sure = left.sure | right.sure
    return _Kleene(sure, left.possible | right.possible, (left.lost | right.lost) & ~sure)


def _choose(step: Step, numbers: list[_Range], truths: list[_Kleene]) -> None:
    if step.condition:
        other_truth, chosen_truth, test = truths.pop(), truths.pop(), truths.pop()
        lost = _lost_choice(test, chosen_truth.lost, other_truth.lost)
        sure = np.where(test.sure, chosen_truth.sure, other_truth.sure)
        sure = np.where(_open(test), chosen_truth.sure & other_truth.sure, sure) & ~lost
        possible = np.where(test.sure, chosen_truth.possible, other_truth.possible)
        possible = np.where(_open(test), chosen_truth.possible | other_truth.possible, possible) | lost
        truths.append(_Kleene(sure, possible, lost))
        return
    other, chosen, test = numbers.pop(), numbers.pop(), truths.pop()
    low = np.where(test.sure, chosen.low, other.low)
    low = np.where(_open(test), np.minimum(chosen.low, other.low), low)
    high = np.where(test.sure, chosen.high, other.high)
    high = np.where(_open(test), np.maximum(chosen.high, other.high), high)
    numbers.append(_settled(low, high, _lost_choice(test, chosen.lost, other.lost)))


def _open(test: _Kleene) -> Booleans:
    return test.possible & ~test.sure


def _lost_choice(test: _Kleene, chosen: Booleans, other: Booleans) -> Booleans:
    """Where the test is lost, or a branch that may be taken."""
    return test.lost | (test.possible & chosen) | (~test.sure & other)


_UNARY: dict[str, Callable[[_Range], _Range]] = {
    "neg": _negative,
    "abs": _absolute,
    "sqrt": _square_root,
    "ln": _logarithm,
    "exp": _exponential,
}
_BINARY: dict[str, Callable[[_Range, _Range], _Range]] = {
    "+": _add,
    "-": _subtract,
    "change": _subtract,
    "*": _multiply,
    "/": _divide,
    "min": _minimum,
    "max": _maximum,
}
_COMPARISONS: dict[str, Callable[[_Range, _Range], _Kleene]] = {
    **{operator: _ordered(operator) for operator in (">", ">=", "<", "<=")},
    "==": _equal,
    "!=": lambda left, right: _not(_equal(left, right)),
}
_CONNECTIVES: dict[str, Callable[..., _Kleene]] = {"not": _not, "and": _and, "or": _or}
