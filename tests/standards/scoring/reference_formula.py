"""A formula of one village, plainly: Python's own parser, one value after another, None for no value."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from liangcun_standards import Input

Read = Callable[[Input], float]
Value = float | bool | None


def evaluate(text: str, read: Read) -> Value:
    """What the formula comes to, every input being known."""
    # `if` is a word of Python's own.
    tree = ast.parse(re.sub(r"\bif\s*\(", "choose(", text.strip()), mode="eval")
    return _value(tree.body, read)


def _value(node: ast.expr, read: Read) -> Value:
    match node:
        case ast.Constant(value=number):
            assert isinstance(number, int | float)
            return float(number)
        case ast.Name(id=code):
            return read(Input(code))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            truth = _value(operand, read)
            return None if truth is None else not truth
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            number = _value(operand, read)
            return None if number is None else -number
        case ast.BoolOp(op=operator, values=parts):
            deciding = isinstance(operator, ast.Or)
            found = [_value(part, read) for part in parts]
            if deciding in found:
                return deciding
            return None if None in found else not deciding
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            a, b = _value(left, read), _value(right, read)
            return None if a is None or b is None else _COMPARE[type(operator)](a, b)
        case ast.BinOp(left=left, op=operator, right=right):
            a, b = _value(left, read), _value(right, read)
            if a is None or b is None or (isinstance(operator, ast.Div) and b == 0):
                return None
            return _finite(_ARITHMETIC[type(operator)](a, b))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, arguments, read)
    raise AssertionError(ast.dump(node))


def _call(name: str, arguments: list[ast.expr], read: Read) -> Value:
    if name in ("previous", "change"):
        code = arguments[0]
        assert isinstance(code, ast.Name)
        before = read(Input(code.id, 1))
        return before if name == "previous" else read(Input(code.id)) - before
    values = [_value(one, read) for one in arguments]
    if name == "choose":
        return None if values[0] is None else values[1] if values[0] else values[2]
    numbers = [number for number in values if number is not None]
    if len(numbers) < len(values):
        return None
    try:
        return _finite(_FUNCTIONS[name](*numbers))
    except (ValueError, OverflowError):
        return None


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def rounded(value: float, digits: float = 0) -> float:
    """四舍五入 of the decimal figure that a person sees."""
    seen = Decimal(f"{value:.15g}")
    return float(seen.quantize(Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP))


_COMPARE: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "round": rounded,
    "ln": math.log,
    "exp": math.exp,
    "sqrt": math.sqrt,
}
