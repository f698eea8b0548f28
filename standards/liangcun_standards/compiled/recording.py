"""Recording what code does to columns: it is run once on stand-ins, which note down each operation.

Code that uses NumPy's functions on whole columns needs nothing for it. What the tape doesn't know, and what
depends on the values themselves (a loop over them, a branch), raises NotRecordable, and is left to NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from liangcun_standards.compiled.operations import Operation
from liangcun_standards.table import Input

# NumPy treats truths and small whole numbers in ways of their own: the sum of two truths is a truth.
Kind = Literal["truth", "small", "figure"]
# Each holds what those before it hold.
_ORDER: tuple[Kind, ...] = ("truth", "small", "figure")

# The number of rows that stand-ins have, for whoever asks. No real column may be mixed with them.
SIZE = 7


class NotRecordable(Exception):
    """The code does something to a column that no operation of the machine stands for."""


class Line(NamedTuple):
    """One operation on values, by their numbers on the tape; `row` is of the results, where it keeps any."""

    operation: Operation
    operands: tuple[int, ...]
    constants: tuple[float, ...] = ()
    row: int = 0


class Source(NamedTuple):
    """A value that is there before the program runs: a column, or without one a row of results."""

    column: Input | None
    row: int = 0


class Tape:
    """What was recorded: the values in order, each worked out once however often it is asked for."""

    def __init__(self) -> None:
        self.values: list[Line | Source] = []
        self._numbers: dict[str, int] = {}

    def read(self, column: Input) -> StandIn:
        """A column of the table."""
        return StandIn(self, self.note(Source(column)), "figure")

    def given(self, row: int) -> StandIn:
        """A row of results that was worked out before."""
        return StandIn(self, self.note(Source(None, row)), "figure")

    def keep(self, row: int, value: Any) -> None:
        """Let a value be a row of the figures that come out."""
        self._do(Operation.KEEP, value, row=row)

    def keep_small(self, row: int, value: Any) -> None:
        """Let a truth or a small whole number be a row of the bytes that come out."""
        self._do(Operation.KEEP_SMALL, value, row=row)

    def keep_status(self, row: int, value: Any, at_least: float, above: float) -> None:
        """Let a row of bytes say how many of two marks are reached: `at_least`, and more than `above`."""
        self._do(Operation.KEEP_STATUS, value, (at_least, above), row)

    def refuse_nan(self, value: Any) -> None:
        """Refuse the rows if any value of theirs is NaN."""
        self._do(Operation.REFUSE_NAN, value)

    def _do(self, operation: Operation, value: Any, constants: tuple[float, ...] = (), row: int = 0) -> None:
        if not isinstance(value, StandIn) or value.tape is not self:
            raise NotRecordable("a result that wasn't recorded")
        self.note(Line(operation, (value.number,), constants, row))

    def note(self, value: Line | Source) -> int:
        """The number of a value, new or the same as before."""
        # By its text: 0.0 and -0.0 are equal, and not the same constant.
        name = repr(value)
        if name not in self._numbers:
            self._numbers[name] = len(self.values)
            self.values.append(value)
        return self._numbers[name]


class StandIn(NDArrayOperatorsMixin):
    """A column that isn't there: whatever is done to it is noted on the tape.

    Writing into it changes which value it stands for, as writing into an array does for everybody who holds
    the array. Asked whether any of it is true, it says yes: the code must come to the same rows that way.
    """

    def __init__(self, tape: Tape, number: int, kind: Kind) -> None:
        self.tape = tape
        self.number = number
        self.kind = kind

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> StandIn:
        out = keywords.pop("out", None)
        record = _UFUNCS.get(ufunc)
        if record is None or method != "__call__" or keywords:
            raise NotRecordable(f"{ufunc.__name__} {method} {sorted(keywords)}")
        result = record(self, *inputs)
        return result if out is None else _written(out[0], result)

    def __array_function__(
        self, function: Callable[..., Any], _types: Any, arguments: Any, keywords: Any
    ) -> Any:
        record = _FUNCTIONS.get(function)
        if record is None:
            raise NotRecordable(function.__name__)
        return record(*arguments, **keywords)

    def __array__(self, *_arguments: Any, **_keywords: Any) -> NoReturn:
        raise NotRecordable("a column as a real array")

    def __bool__(self) -> NoReturn:
        raise NotRecordable("a branch that depends on values")

    def __iter__(self) -> NoReturn:
        raise NotRecordable("a loop over values")

    def __len__(self) -> int:
        return SIZE

    def any(self) -> bool:
        """Yes, for all that is known before there are values."""
        return True

    def copy(self) -> StandIn:
        """Another column with the same values."""
        return StandIn(self.tape, self.number, self.kind)

    def clip(self, low: float, high: float, out: StandIn | None = None) -> StandIn:
        """As NumPy's."""
        result = _line(self, Operation.CLIP, (self,), (_constant(low), _constant(high)), "figure")
        return result if out is None else _written(out, result)

    def astype(self, dtype: Any) -> StandIn:
        """As NumPy's, where nothing is lost."""
        kind = _kind_of(dtype)
        if _ORDER.index(kind) < _ORDER.index(self.kind):
            raise NotRecordable(f"{self.kind} as {np.dtype(dtype)}")
        return StandIn(self.tape, self.number, kind)

    def view(self, dtype: Any) -> StandIn:
        """As NumPy's, of bytes as bytes."""
        if self.kind == "figure" or np.dtype(dtype) not in (np.int8, np.uint8):
            raise NotRecordable(f"{self.kind} seen as {np.dtype(dtype)}")
        if self.kind == "small" and np.dtype(dtype) == np.uint8:
            return _where(self < 0, self + 256, self)
        return StandIn(self.tape, self.number, "small")

    def __setitem__(self, where: Any, value: Any) -> None:
        _put(self, where, value)

    def __getitem__(self, rows: Any) -> NoReturn:
        raise NotRecordable("some rows alone")

    def __getattr__(self, name: str) -> NoReturn:
        # NumPy asks for names with underscores to find out what this is.
        raise AttributeError(name) if name.startswith("_") else NotRecordable(name)


def _line(
    at: StandIn,
    operation: Operation,
    operands: tuple[StandIn, ...],
    constants: tuple[float, ...],
    kind: Kind,
) -> StandIn:
    if any(one.tape is not at.tape for one in operands):
        raise NotRecordable("a value of another recording")
    line = Line(operation, tuple(one.number for one in operands), constants)
    return StandIn(at.tape, at.tape.note(line), kind)


def _constant(value: Any) -> float:
    """A number, or an array of one."""
    if isinstance(value, StandIn) or np.size(value) != 1:
        raise NotRecordable("a real column among stand-ins")
    return float(np.asarray(value).reshape(()))


def _kind(value: Any) -> Kind:
    return value.kind if isinstance(value, StandIn) else _kind_of(np.asarray(value).dtype)


def _kind_of(dtype: Any) -> Kind:
    found: dict[str, Kind] = {"b": "truth", "i": "small", "u": "small", "f": "figure"}
    kind = found.get(np.dtype(dtype).kind)
    if kind is None:
        raise NotRecordable(str(np.dtype(dtype)))
    return kind


def _column(at: StandIn, value: Any) -> StandIn:
    """A stand-in, also for a constant."""
    if isinstance(value, StandIn):
        return value
    return _line(at, Operation.FILL, (), (_constant(value),), _kind(value))


def _written(target: Any, result: StandIn) -> StandIn:
    """Write a result into a column, as `out=` does."""
    if not isinstance(target, StandIn):
        raise NotRecordable("a real array to write into")
    if _ORDER.index(result.kind) > _ORDER.index(target.kind):
        raise NotRecordable(f"{result.kind} written into {target.kind}")
    target.number = result.number
    return target


Recorder = Callable[..., StandIn]


def _binary(operation: Operation, with_constant: Operation | None, *, swaps: bool) -> Recorder:
    """Arithmetic on two columns, or on one and a constant where there is an operation for that."""

    def record(at: StandIn, left: Any, right: Any) -> StandIn:
        kinds = {_kind(left), _kind(right)}
        if kinds == {"truth"}:
            raise NotRecordable(f"{operation.name} of truths")
        kind: Kind = "figure" if "figure" in kinds or operation is Operation.DIVIDE else "small"
        if with_constant is not None and not isinstance(right, StandIn):
            return _line(at, with_constant, (left,), (_constant(right),), kind)
        if with_constant is not None and swaps and not isinstance(left, StandIn):
            return _line(at, with_constant, (right,), (_constant(left),), kind)
        return _line(at, operation, (_column(at, left), _column(at, right)), (), kind)

    return record


def _subtract(at: StandIn, left: Any, right: Any) -> StandIn:
    kinds = {_kind(left), _kind(right)}
    if kinds == {"truth"}:
        raise NotRecordable("a difference of truths")
    kind: Kind = "figure" if "figure" in kinds else "small"
    if not isinstance(right, StandIn):
        return _line(at, Operation.ADD_CONSTANT, (left,), (-_constant(right),), kind)
    if not isinstance(left, StandIn):
        return _line(at, Operation.SUBTRACT_FROM_CONSTANT, (right,), (_constant(left),), kind)
    return _line(at, Operation.SUBTRACT, (left, right), (), kind)


def _compare(operation: Operation, constant_right: Operation, constant_left: Operation) -> Recorder:
    def record(at: StandIn, left: Any, right: Any) -> StandIn:
        if not isinstance(right, StandIn):
            return _line(at, constant_right, (left,), (_constant(right),), "truth")
        if not isinstance(left, StandIn):
            return _line(at, constant_left, (right,), (_constant(left),), "truth")
        return _line(at, operation, (left, right), (), "truth")

    return record


def _swapped(record: Recorder) -> Recorder:
    return lambda at, left, right: record(at, right, left)


def _connective(operation: Operation) -> Recorder:
    def record(at: StandIn, left: Any, right: Any) -> StandIn:
        if _kind(left) != "truth" or _kind(right) != "truth":
            raise NotRecordable(f"{operation.name} of numbers")
        return _line(at, operation, (_column(at, left), _column(at, right)), (), "truth")

    return record


def _unary(operation: Operation, kind: Kind, *, of_truths: bool = False) -> Recorder:
    def record(at: StandIn, operand: StandIn) -> StandIn:
        if (operand.kind == "truth") != of_truths:
            raise NotRecordable(f"{operation.name} of {operand.kind}")
        return _line(at, operation, (operand,), (), kind)

    return record


_greater = _compare(Operation.GREATER, Operation.GREATER_CONSTANT, Operation.LESS_CONSTANT)
_greater_equal = _compare(
    Operation.GREATER_EQUAL, Operation.GREATER_EQUAL_CONSTANT, Operation.LESS_EQUAL_CONSTANT
)
_equal = _compare(Operation.EQUAL, Operation.EQUAL_CONSTANT, Operation.EQUAL_CONSTANT)
_and, _or = _connective(Operation.AND), _connective(Operation.OR)
_not = _unary(Operation.NOT, "truth", of_truths=True)

_UFUNCS: dict[np.ufunc, Recorder] = {
    np.add: _binary(Operation.ADD, Operation.ADD_CONSTANT, swaps=True),
    np.subtract: _subtract,
    np.multiply: _binary(Operation.MULTIPLY, Operation.MULTIPLY_CONSTANT, swaps=True),
    np.divide: _binary(Operation.DIVIDE, Operation.DIVIDE_CONSTANT, swaps=False),
    # Not swapped: of zeros with different signs the second counts.
    np.maximum: _binary(Operation.MAXIMUM, Operation.MAXIMUM_CONSTANT, swaps=False),
    np.minimum: _binary(Operation.MINIMUM, Operation.MINIMUM_CONSTANT, swaps=False),
    np.copysign: _binary(Operation.COPYSIGN, None, swaps=False),
    np.greater: _greater,
    np.greater_equal: _greater_equal,
    np.less: _swapped(_greater),
    np.less_equal: _swapped(_greater_equal),
    np.equal: _equal,
    np.bitwise_and: _and,
    np.logical_and: _and,
    np.bitwise_or: _or,
    np.logical_or: _or,
    np.invert: _not,
    np.logical_not: _not,
    np.negative: _unary(Operation.NEGATIVE, "figure"),
    np.absolute: _unary(Operation.ABSOLUTE, "figure"),
    np.sqrt: _unary(Operation.SQUARE_ROOT, "figure"),
    np.floor: _unary(Operation.FLOOR, "figure"),
    np.ceil: _unary(Operation.CEILING, "figure"),
    np.isnan: _unary(Operation.IS_NAN, "truth"),
    np.isinf: _unary(Operation.IS_INFINITE, "truth"),
}


def _where(test: Any, chosen: Any, other: Any) -> StandIn:
    if not isinstance(test, StandIn) or test.kind != "truth":
        raise NotRecordable("a choice by anything but a recorded truth")
    kinds = {_kind(chosen), _kind(other)}
    kind: Kind = "figure" if "figure" in kinds else "truth" if kinds == {"truth"} else "small"
    if not isinstance(chosen, StandIn):
        operands = (test, _column(test, other))
        return _line(test, Operation.WHERE_CONSTANT, operands, (_constant(chosen),), kind)
    return _line(test, Operation.WHERE, (test, chosen, _column(test, other)), (), kind)


def _put(target: Any, where: Any, value: Any) -> None:
    """Write values where a truth holds: `target[where] = value` with one value, or `np.putmask`."""
    if not isinstance(target, StandIn):
        raise NotRecordable("a real array to write into")
    _written(target, _where(where, value, target))


def _full_like(column: Any, value: Any, dtype: Any = None) -> StandIn:
    if not isinstance(column, StandIn):
        raise NotRecordable("a real column to be like")
    kind = column.kind if dtype is None else _kind_of(dtype)
    return _line(column, Operation.FILL, (), (_constant(value),), kind)


_FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.where: _where,
    np.putmask: _put,
    np.full_like: _full_like,
    np.zeros_like: lambda column, dtype=None: _full_like(column, 0.0, dtype),
    np.ones_like: lambda column, dtype=None: _full_like(column, 1.0, dtype),
}
