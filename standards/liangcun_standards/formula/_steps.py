"""The checked formula as a flat list of steps, operands before their operator, so that nothing recurses."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from liangcun_standards.errors import InvalidFormula
from liangcun_standards.formula._source import Source, quoted, suggestion
from liangcun_standards.formula._syntax import Node
from liangcun_standards.table import LARGEST_VALUE, Input
from liangcun_standards.text import Text

MOST_DIGITS = 9

# How many arguments a function takes, least and most; None for any number.
_ARGUMENTS: dict[str, tuple[int, int | None]] = {
    "if": (3, 3),
    "min": (2, None),
    "max": (2, None),
    "abs": (1, 1),
    "round": (1, 2),
    "ln": (1, 1),
    "exp": (1, 1),
    "sqrt": (1, 1),
    "previous": (1, 1),
    "change": (1, 1),
}
FUNCTION_NAMES = frozenset(_ARGUMENTS)
RESERVED_NAMES = FUNCTION_NAMES | {"and", "or", "not"}
COMPARISONS = frozenset({">", ">=", "<", "<=", "==", "!="})
_CONNECTIVES = frozenset({"and", "or", "not"})

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_EXPONENT = re.compile(r"[0-9.]+[eE][-+]?[0-9]*")
_INDICATOR = re.compile(r"[a-z][a-z0-9_]{1,63}")


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on the `arity` values before it.

    `kind` is `number` (a literal, in `value`), `read` (an `input`), `change` (of the indicator in `input`),
    or an operator's or a function's name; `condition` says that the result is a truth, not a number; `value`
    also holds the digits of `round`. `position` is where the part begins in the text, from 0.
    """

    kind: str
    arity: int
    position: int
    condition: bool = False
    value: float = 0.0
    input: Input | None = None


@dataclass(frozen=True, slots=True)
class _Operand:
    condition: bool
    position: int


class Checker:
    """Turns a tree into steps, with every static rule checked on the way.

    Raises InvalidFormula for a wrong type, name, number or number of arguments.
    """

    def __init__(self, source: Source, known: Collection[str] | None) -> None:
        self._source = source
        self._known = known
        self._steps: list[Step] = []
        self._operands: list[_Operand] = []
        self._calls: dict[str, Callable[[Node], None]] = {
            "if": self._choice,
            "round": self._rounding,
            "previous": self._previous,
            "change": self._change,
        }

    def steps(self, root: Node) -> tuple[Step, ...]:
        """The steps of the tree, in the order of evaluation."""
        order: list[Node] = []
        waiting = [root]
        while waiting:
            node = waiting.pop()
            order.append(node)
            waiting.extend(_evaluated(node))
        for node in reversed(order):
            self._visit(node)
        return tuple(self._steps)

    def _visit(self, node: Node) -> None:
        if node.kind == "number":
            self._emit(Step("number", 0, node.position, value=self._number(node)))
        elif node.kind == "name":
            self._read(node, 0)
        elif node.kind == "call":
            self._call(node)
        else:
            condition = node.kind in COMPARISONS or node.kind in _CONNECTIVES
            self._want(len(node.operands), condition=node.kind in _CONNECTIVES)
            self._emit(Step(node.kind, len(node.operands), node.position, condition=condition))

    def _emit(self, step: Step) -> None:
        self._steps.append(step)
        if step.arity:
            del self._operands[-step.arity :]
        self._operands.append(_Operand(step.condition, step.position))

    def _number(self, node: Node) -> float:
        if _NUMBER.fullmatch(node.text) is None:
            if _EXPONENT.fullmatch(node.text):
                message = Text(
                    "数字要写全，不用指数：1e5 写成 100000",
                    "write numbers in full, with no exponent: 100000, not 1e5",
                )
            else:
                shown = quoted(node.text)
                message = Text(f"“{shown}”不是数字", f"'{shown}' is no number")
            raise self._source.fault(node.position, message)
        value = float(node.text)
        if value > LARGEST_VALUE:
            raise self._source.fault(
                node.position, Text("数字太大，最大 1000000000000000", "the number is above 1000000000000000")
            )
        return value

    def _read(self, node: Node, lag: int) -> None:
        self._check_name(node)
        self._emit(Step("read", 0, node.position, input=Input(node.text, lag)))

    def _check_name(self, node: Node) -> None:
        name, shown = node.text, quoted(node.text)
        if name in FUNCTION_NAMES:
            message = Text(
                f"{name} 是函数，要写成 {name}(…)，不能作指标", f"{name} is a function: write {name}(…)"
            )
            raise self._source.fault(node.position, message)
        if self._known is None:
            if _INDICATOR.fullmatch(name):
                return
            near = suggestion(name, RESERVED_NAMES)
            message = Text(
                f"“{shown}”不是指标代码：小写字母开头，只含小写字母、数字和下划线，2 至 64 个字符{near.zh}",
                f"'{shown}' is no indicator code: 2 to 64 small letters, digits or underscores, "
                f"a letter first{near.en}",
            )
        elif name in self._known:
            return
        else:
            near = suggestion(name, {*self._known, *RESERVED_NAMES})
            message = Text(f"没有指标“{shown}”{near.zh}", f"there is no indicator '{shown}'{near.en}")
        raise self._source.fault(node.position, message)

    def _call(self, node: Node) -> None:
        name = node.text
        if name not in _ARGUMENTS:
            shown, near = quoted(name), suggestion(name, RESERVED_NAMES)
            end = near if near.zh else Text(f"，可用：{_LIST}", f"; there are {_LIST}")
            message = Text(f"没有函数“{shown}”{end.zh}", f"there is no function '{shown}'{end.en}")
            raise self._source.fault(node.position, message)
        least, most = _ARGUMENTS[name]
        count = len(node.operands)
        if count < least or (most is not None and count > most):
            raise self._source.fault(node.position, _wrong_count(name, count, least, most))
        special = self._calls.get(name)
        if special is not None:
            special(node)
            return
        self._want(count, condition=False)
        self._emit(Step(name, count, node.position))

    def _choice(self, node: Node) -> None:
        test, chosen, other = self._operands[-3:]
        if not test.condition:
            raise self._not_a_condition(test)
        if chosen.condition != other.condition:
            message = Text(
                "if 的两个结果要同类：都是数值，或者都是条件",
                "both results of if must be of one type: two numbers or two conditions",
            )
            raise self._source.fault(other.position, message)
        self._emit(Step("if", 3, node.position, condition=chosen.condition))

    def _rounding(self, node: Node) -> None:
        self._want(1, condition=False)
        digits = 0.0
        if len(node.operands) == 2:
            given = node.operands[1]
            sign = -1.0 if given.kind == "neg" else 1.0
            literal = given.operands[0] if given.kind == "neg" else given
            digits = sign * self._number(literal) if literal.kind == "number" else float("nan")
            if not (digits.is_integer() and abs(digits) <= MOST_DIGITS):
                message = Text(
                    f"round 的小数位数要写成 -{MOST_DIGITS} 至 {MOST_DIGITS} 的整数",
                    f"the digits of round are written as a whole number from -{MOST_DIGITS} to {MOST_DIGITS}",
                )
                raise self._source.fault(given.position, message)
        self._emit(Step("round", 1, node.position, value=digits))

    def _previous(self, node: Node) -> None:
        self._read(self._indicator_of(node), 1)

    def _change(self, node: Node) -> None:
        named = self._indicator_of(node)
        self._read(named, 0)
        self._read(named, 1)
        self._emit(Step("change", 2, node.position, input=Input(named.text)))

    def _indicator_of(self, call: Node) -> Node:
        argument = call.operands[0]
        if argument.kind != "name":
            message = Text(
                f"{call.text} 的括号里只能写一个指标代码",
                f"{call.text} takes the code of one indicator, not an expression",
            )
            raise self._source.fault(argument.position, message)
        return argument

    def _want(self, count: int, *, condition: bool) -> None:
        for operand in self._operands[-count:]:
            if operand.condition != condition:
                raise self._not_a_condition(operand) if condition else self._not_a_number(operand)

    def _not_a_number(self, operand: _Operand) -> InvalidFormula:
        message = Text(
            "这里要数值，写的却是条件；可用 if(条件, 1, 0) 把条件变成数值",
            "a number is needed here, and this is a condition; if(condition, 1, 0) makes it a number",
        )
        return self._source.fault(operand.position, message)

    def _not_a_condition(self, operand: _Operand) -> InvalidFormula:
        message = Text(
            "这里要条件，写的却是数值；请写成比较，例如 指标 == 1",
            "a condition is needed here, and this is a number; write a comparison, such as indicator == 1",
        )
        return self._source.fault(operand.position, message)


_LIST = ", ".join(_ARGUMENTS)


def _evaluated(node: Node) -> tuple[Node, ...]:
    """The operands that are computed: not the name after `previous`, nor the digits of `round`."""
    if node.kind == "call" and node.text in ("previous", "change"):
        return ()
    if node.kind == "call" and node.text == "round":
        return node.operands[:1]
    return node.operands


def _wrong_count(name: str, count: int, least: int, most: int | None) -> Text:
    if most is None:
        return Text(
            f"{name} 至少要 {least} 个参数，写了 {count} 个",
            f"{name} takes at least {least} arguments, not {count}",
        )
    wanted = str(least) if least == most else f"{least}–{most}"
    plural = "argument" if most == 1 else "arguments"
    return Text(f"{name} 要 {wanted} 个参数，写了 {count} 个", f"{name} takes {wanted} {plural}, not {count}")
