"""A formula compiled to a flat program over columns of known values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from liangcun_standards.formula._rounding import round_half_away
from liangcun_standards.formula._steps import COMPARISONS, Step
from liangcun_standards.table import Booleans, Floats, Input

# A typed ufunc doesn't exist; this is what is used of one.
Ufunc = Callable[..., Any]

_BINARY: dict[str, Ufunc] = {
    "+": np.add,
    "-": np.subtract,
    "change": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "min": np.minimum,
    "max": np.maximum,
}
_UNARY: dict[str, Ufunc] = {
    "neg": np.negative,
    "abs": np.absolute,
    "ln": np.log,
    "exp": np.exp,
    "sqrt": np.sqrt,
}
# Figures such as 800 × 1.1 come out a hair off 880; officers write the comparison that they would do by hand.
TOLERANCE = 1e-9

COMPARE: dict[str, Ufunc] = {
    ">": lambda left, right: np.greater(left, right + TOLERANCE),
    ">=": lambda left, right: np.greater_equal(left, right - TOLERANCE),
    "<": lambda left, right: np.less(left, right - TOLERANCE),
    "<=": lambda left, right: np.less_equal(left, right + TOLERANCE),
    "==": lambda left, right: np.abs(left - right) <= TOLERANCE,
    "!=": lambda left, right: np.abs(left - right) > TOLERANCE,
}


class Truth(NamedTuple):
    """A condition over rows: where it is surely true, and where it isn't surely false.

    Both are one array where every row is decided; a row that is possible but not sure is undefined.
    """

    sure: Booleans
    possible: Booleans


class _Alarmed(list[int]):
    """Alarms that nothing silences."""

    def clear(self) -> None:
        pass


class _Machine:
    """What one evaluation holds: the columns, a stack of numbers and one of truths."""

    __slots__ = ("alarms", "columns", "numbers", "truths")

    def __init__(self, columns: Sequence[Floats], alarms: list[int]) -> None:
        self.columns = columns
        self.alarms = alarms
        self.numbers: list[Floats] = []
        self.truths: list[Truth] = []

    def push(self, result: Floats) -> None:
        """Keep a result; an infinity, which the processor has raised an alarm for, becomes undefined."""
        if self.alarms:
            self.alarms.clear()
            result[np.isinf(result)] = np.nan
        self.numbers.append(result)


_Instruction = Callable[[_Machine], None]
# Where a number on the stack comes from. Only a fresh array may be written over.
_Origin = Literal["constant", "column", "fresh"]


class Program:
    """A formula as instructions: compiled once, run over any number of rows without recursion.

    Constant parts must have been folded: every operation is over at least one column.
    """

    def __init__(self, steps: Sequence[Step], inputs: Sequence[Input]) -> None:
        self._inputs = inputs
        self._instructions: list[_Instruction] = []
        self._origins: list[_Origin] = []
        self._condition = steps[-1].condition
        for step in steps:
            self._compile(step)

    def run(self, columns: Sequence[Floats]) -> Floats:
        """The value of each row, (n,), a new array; NaN where undefined; 1.0 or 0.0 for a condition.

        An undefined part that doesn't matter does no harm: the branch of `if` not taken, `and` with a part
        that is false, `or` with one that is true. Without columns the shape is (1,).
        """
        # A stand-in for a column may come to anything.
        alarms: list[int] = [] if all(isinstance(column, np.ndarray) for column in columns) else _Alarmed([0])
        machine = _Machine(columns, alarms)
        # An alarm by call costs nothing while there is none, unlike a search for infinities after each step.
        with np.errstate(
            call=lambda _, flag: alarms.append(flag),
            over="call",
            divide="call",
            invalid="ignore",
            under="ignore",
        ):
            for instruction in self._instructions:
                instruction(machine)
            if self._condition:
                return _as_floats(machine.truths.pop())
            result = machine.numbers.pop()
            # Adding zero turns -0.0 into 0.0: equal values must have equal bytes.
            return np.add(result, 0.0, out=result if self._origins[-1] == "fresh" else None)

    def _compile(self, step: Step) -> None:
        kind = step.kind
        if kind == "number":
            self._add(_constant(np.array([step.value])), 0, "constant")
        elif kind == "truth":
            decided = np.array([step.value != 0.0])
            self._instructions.append(lambda machine: machine.truths.append(Truth(decided, decided)))
        elif kind == "read":
            assert step.input is not None
            self._add(_column(self._inputs.index(step.input)), 0, "column")
        elif kind in _BINARY:
            for _ in range(step.arity - 1):
                self._compile_binary(_BINARY[kind])
        elif kind in _UNARY:
            self._add(_unary(_UNARY[kind], self._origins[-1] == "fresh"), 1, "fresh")
        elif kind == "round":
            self._add(_round(int(step.value)), 1, "fresh")
        elif kind in COMPARISONS:
            del self._origins[-2:]
            self._instructions.append(_compare(COMPARE[kind]))
        elif kind == "if" and not step.condition:
            self._add(_choose_number, 2, "fresh")
        else:
            self._instructions.append({"and": _and, "or": _or, "not": _not, "if": _choose_truth}[kind])

    def _compile_binary(self, ufunc: Ufunc) -> None:
        left, right = self._origins[-2:]
        reused: Literal["left", "right"] | None = None
        if "fresh" in (left, right):
            reused = "left" if left == "fresh" else "right"
        # min(1, 2, column) leaves a result of constants alone, which has one row and can't be written over.
        origin: _Origin = "constant" if left == right == "constant" else "fresh"
        self._add(_binary(ufunc, reused), 2, origin)

    def _add(self, instruction: _Instruction, taken: int, origin: _Origin) -> None:
        self._instructions.append(instruction)
        if taken:
            del self._origins[-taken:]
        self._origins.append(origin)


def _as_floats(truth: Truth) -> Floats:
    result = truth.sure.astype(np.float64)
    if truth.possible is not truth.sure:
        result[truth.possible & ~truth.sure] = np.nan
    return result


def _constant(value: Floats) -> _Instruction:
    return lambda machine: machine.numbers.append(value)


def _column(place: int) -> _Instruction:
    return lambda machine: machine.numbers.append(machine.columns[place])


def _unary(ufunc: Ufunc, reuse: bool) -> _Instruction:
    def run(machine: _Machine) -> None:
        operand = machine.numbers.pop()
        machine.push(ufunc(operand, out=operand if reuse else None))

    return run


def _binary(ufunc: Ufunc, reused: Literal["left", "right"] | None) -> _Instruction:
    def run(machine: _Machine) -> None:
        right = machine.numbers.pop()
        left = machine.numbers.pop()
        out = None if reused is None else left if reused == "left" else right
        machine.push(ufunc(left, right, out=out))

    return run


def _round(digits: int) -> _Instruction:
    return lambda machine: machine.push(round_half_away(machine.numbers.pop(), digits))


def _compare(ufunc: Ufunc) -> _Instruction:
    def run(machine: _Machine) -> None:
        right = machine.numbers.pop()
        left = machine.numbers.pop()
        sure: Booleans = ufunc(left, right)
        undefined = np.isnan(left) | np.isnan(right)
        if undefined.any():
            sure &= ~undefined
            machine.truths.append(Truth(sure, sure | undefined))
        else:
            machine.truths.append(Truth(sure, sure))

    return run


def _not(machine: _Machine) -> None:
    operand = machine.truths.pop()
    sure = ~operand.possible
    machine.truths.append(Truth(sure, sure if operand.possible is operand.sure else ~operand.sure))


def _and(machine: _Machine) -> None:
    right = machine.truths.pop()
    left = machine.truths.pop()
    sure = left.sure & right.sure
    machine.truths.append(Truth(sure, sure if _decided(left, right) else left.possible & right.possible))


def _or(machine: _Machine) -> None:
    right = machine.truths.pop()
    left = machine.truths.pop()
    sure = left.sure | right.sure
    machine.truths.append(Truth(sure, sure if _decided(left, right) else left.possible | right.possible))


def _decided(*truths: Truth) -> bool:
    return all(truth.possible is truth.sure for truth in truths)


def _choose_number(machine: _Machine) -> None:
    other = machine.numbers.pop()
    chosen = machine.numbers.pop()
    test = machine.truths.pop()
    result = np.where(test.sure, chosen, other)
    if not _decided(test):
        result[test.possible & ~test.sure] = np.nan
    machine.numbers.append(result)


def _choose_truth(machine: _Machine) -> None:
    other = machine.truths.pop()
    chosen = machine.truths.pop()
    test = machine.truths.pop()
    sure = (test.sure & chosen.sure) | (~test.possible & other.sure)
    if _decided(test, chosen, other):
        machine.truths.append(Truth(sure, sure))
        return
    undefined = test.possible & ~test.sure
    possible = (test.sure & chosen.possible) | (~test.possible & other.possible) | undefined
    machine.truths.append(Truth(sure, possible))
