"""A formula in words: indicators by their names, operators as a reader writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from liangcun_standards.formula._steps import Step
from liangcun_standards.text import Locale, Text


class _Phrase(NamedTuple):
    """Words and how tightly they hold together: 1 for `or` up to 7 for what needs no parentheses ever."""

    words: str
    binding: int


_ATOM = 7
_SIGNED = 6
_COMPARISON = 3
_SYMBOLS: dict[str, tuple[Text, int]] = {
    "or": (Text(" 或 ", " or "), 1),
    "and": (Text(" 且 ", " and "), 2),
    ">": (Text(" > ", " > "), _COMPARISON),
    ">=": (Text(" ≥ ", " ≥ "), _COMPARISON),
    "<": (Text(" < ", " < "), _COMPARISON),
    "<=": (Text(" ≤ ", " ≤ "), _COMPARISON),
    "==": (Text(" = ", " = "), _COMPARISON),
    "!=": (Text(" ≠ ", " ≠ "), _COMPARISON),
    "+": (Text(" + ", " + "), 4),
    "-": (Text(" − ", " − "), 4),
    "*": (Text(" × ", " × "), 5),
    "/": (Text(" ÷ ", " ÷ "), 5),
}
_ARITHMETIC = ("+", "-", "*", "/")
_FUNCTIONS = {
    "not": Text("非", "not "),
    "min": Text("最小值", "the smallest of "),
    "max": Text("最大值", "the largest of "),
    "abs": Text("绝对值", "the absolute value of "),
    "ln": Text("自然对数", "the natural logarithm of "),
    "exp": Text("自然指数", "e to the power of "),
    "sqrt": Text("平方根", "the square root of "),
}
_PREVIOUS = Text("上期", "the previous period's ")
_CHANGE = Text("较上期变化", "the change since the previous period in ")


def describe(steps: Sequence[Step], names: Mapping[str, Text], locale: Locale) -> str:
    """The formula in words; an indicator that `names` lacks is shown by its code."""
    phrases: list[_Phrase] = []
    for step in steps:
        operands = phrases[len(phrases) - step.arity :]
        del phrases[len(phrases) - step.arity :]
        phrases.append(_phrase(step, operands, names, locale))
    return phrases[0].words


def _phrase(step: Step, operands: list[_Phrase], names: Mapping[str, Text], locale: Locale) -> _Phrase:
    if step.kind == "number":
        # Every digit as typed, never an exponent.
        return _Phrase(np.format_float_positional(step.value, trim="-"), _ATOM)
    if step.input is not None:
        code = step.input.indicator
        name = names[code].pick(locale) if code in names else code
        if step.kind == "change":
            return _Phrase(f"{_CHANGE.pick(locale)}({name})", _ATOM)
        return _Phrase(f"{_PREVIOUS.pick(locale)}({name})" if step.input.lag else name, _ATOM)
    if step.kind in _SYMBOLS:
        left, right = operands
        return _joined(step.kind, left, right, locale)
    if step.kind == "neg":
        return _Phrase(f"−{_enclosed(operands[0], operands[0].binding < _ATOM)}", _SIGNED)
    special = _SPECIAL.get(step.kind)
    if special is not None:
        return _Phrase(special(step, operands).pick(locale), _ATOM)
    listed = ("，" if locale == "zh" else ", ").join(operand.words for operand in operands)
    return _Phrase(f"{_FUNCTIONS[step.kind].pick(locale)}({listed})", _ATOM)


def _joined(operator: str, left: _Phrase, right: _Phrase, locale: Locale) -> _Phrase:
    symbol, binding = _SYMBOLS[operator]
    # In words nothing says that `and` goes before `or`: a reader needs those parentheses.
    mixed = operator == "or"
    before = left.binding < binding or (mixed and left.binding == binding + 1)
    after = right.binding < binding or (mixed and right.binding == binding + 1)
    if operator in ("-", "/"):
        after = after or right.binding == binding
    if operator in _ARITHMETIC:
        after = after or right.binding == _SIGNED
    words = f"{_enclosed(left, before)}{symbol.pick(locale)}{_enclosed(right, after)}"
    return _Phrase(words, binding)


def _enclosed(phrase: _Phrase, needed: bool) -> str:
    return f"({phrase.words})" if needed else phrase.words


def _choice(step: Step, operands: list[_Phrase]) -> Text:
    test, chosen, other = (operand.words for operand in operands)
    return Text(f"如果({test}，则 {chosen}，否则 {other})", f"if({test}, then {chosen}, else {other})")


def _rounding(step: Step, operands: list[_Phrase]) -> Text:
    unit = np.format_float_positional(10.0 ** -int(step.value), trim="-")
    words = operands[0].words
    return Text(f"四舍五入({words}，精确到 {unit})", f"round({words}, to the nearest {unit})")


_SPECIAL: dict[str, Callable[[Step, list[_Phrase]], Text]] = {"if": _choice, "round": _rounding}
