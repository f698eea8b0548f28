"""What is recorded, what is worked out once, and what is left to NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from liangcun_standards.compiled import NotRecordable, StandIn, Tape, assembled
from liangcun_standards.compiled.operations import Operation
from liangcun_standards.table import Input


def column() -> StandIn:
    """A stand-in for a column."""
    return Tape().read(Input("x"))


UNRECORDABLE: dict[str, Callable[[Any], Any]] = {
    "a branch": lambda x: 1 if x > 0 else 2,
    "a loop": lambda x: [one + 1 for one in x],
    "some rows": lambda x: x[x > 0],
    "a logarithm": lambda x: np.log(x),
    "a sum over rows": lambda x: x.sum(),
    "an accumulation": lambda x: np.add.accumulate(x),
    "a sorting": lambda x: np.sort(x),
    "a real array": lambda x: np.asarray(x),
    "a real column beside it": lambda x: x + np.ones(len(x)),
    "a real column to write into": lambda x: np.add(x, 1.0, out=np.zeros(len(x))),
    "a real column to write some rows of": lambda x: np.putmask(np.zeros(len(x)), x > 0, 1.0),
    "a mask beside an operation": lambda x: np.add(x, 1.0, where=x > 0),
    "the sum of two truths, which is a truth": lambda x: (x > 0) + (x > 1),
    "a connective of numbers": lambda x: x & 1,
    "a figure cut to a whole number": lambda x: x.astype(np.int64),
    "a figure seen as bytes": lambda x: x.view(np.uint8),
    "figures written into small whole numbers": lambda x: np.multiply(
        x, 0.5, out=np.full_like(x, 1, dtype=np.int8)
    ),
    "a choice by numbers": lambda x: np.where(x, 1.0, 2.0),
    "a column of another recording": lambda x: x + column(),
}


@pytest.mark.parametrize("name", UNRECORDABLE)
def test_what_no_operation_stands_for_is_not_recorded(name: str) -> None:
    with pytest.raises(NotRecordable):
        UNRECORDABLE[name](column())


def test_who_holds_a_column_sees_what_is_written_into_it() -> None:
    x = column() + 0.5
    same, copy = x, x.copy()
    before = x.number
    x *= 2.0
    assert same.number == x.number != before
    assert copy.number == before


def test_the_same_is_worked_out_once() -> None:
    tape = Tape()
    x, y = tape.read(Input("x")), tape.read(Input("y"))
    tape.keep(0, np.maximum(x, 1.0) + y)
    tape.keep(1, np.maximum(tape.read(Input("x")), 1.0) - y)
    assert operations(tape) == [Operation.MAXIMUM_CONSTANT, Operation.ADD, Operation.SUBTRACT]


def test_zeros_of_different_signs_are_different_constants() -> None:
    tape = Tape()
    x = tape.read(Input("x"))
    assert (x + 0.0).number != (x + -0.0).number


def test_what_nothing_depends_on_is_left_out() -> None:
    tape = Tape()
    x, unused = tape.read(Input("x")), tape.read(Input("unused"))
    _ = unused / 3.0
    tape.keep(0, x * 2.0)
    program = assembled(tape, 1)
    assert program.columns == (Input("x"),)
    assert operations(tape) == [Operation.MULTIPLY_CONSTANT]


def test_registers_are_used_again() -> None:
    tape = Tape()
    value = tape.read(Input("x"))
    for number in range(50):
        value = value * 2.0 + float(number)
    tape.keep(0, value)
    assert assembled(tape, 1).registers == 2


def test_a_value_kept_twice_is_worked_out_once_and_copied() -> None:
    tape = Tape()
    value = tape.read(Input("x")) * 2.0
    tape.keep(0, value)
    tape.keep(1, value)
    assert operations(tape) == [Operation.MULTIPLY_CONSTANT, Operation.KEEP]


def operations(tape: Tape) -> list[Operation]:
    """The operations of the assembled program, in order."""
    return [Operation(line[0]) for line in assembled(tape, 2).code]
