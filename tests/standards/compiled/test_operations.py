"""What code does to columns, the machine does from the recording, to the last bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties import examples
from tests.standards.compiled.by_machine import the_machine

from liangcun_standards.compiled import StandIn, Tape, assembled
from liangcun_standards.formula._rounding import round_half_away
from liangcun_standards.table import Floats, Input

Work = Callable[[Any, Any], Any]

SPECIAL = (0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 3.0, 1e-300, 5e-324, 1e308, -1e308, np.inf, -np.inf, np.nan)
VALUES = st.one_of(st.sampled_from(SPECIAL), st.floats(), st.integers(-5, 105).map(float))


def _in_place(x: Any, y: Any) -> Any:
    points = x - 3.0
    points *= 0.25
    points += y
    points -= y / 7.0
    points /= 3.0
    return points


def _counted(x: Any, y: Any) -> Any:
    met = (x >= 0.5).astype(np.uint16)
    met += y > 1.0
    met += (x == y).view(np.uint8)
    return 3 - met


def _chosen(x: Any, y: Any) -> Any:
    points = np.full_like(x, 4.0)
    np.putmask(points, x < 60.0, 3.0)
    np.putmask(points, y <= 40.0, x)
    points[~(y >= x)] = 1.5
    return np.where(x > y, points, np.where(y > 0.0, 7.0, y))


def _clipped(x: Any, y: Any) -> Any:
    points = x * 2.0
    points.clip(0.0, 1.0, out=points)
    return points + y.clip(-0.5, 1e9)


def _graded(x: Any, y: Any) -> Any:
    grade = np.full_like(x, 2, dtype=np.int8)
    grade -= (x >= 1.0).view(np.int8)
    grade[y > 0.0] = -1
    return grade.view(np.uint8) * 1.0


WORKS: dict[str, Work] = {
    "add": lambda x, y: x + y,
    "add a constant": lambda x, y: 0.1 + x,
    "add a zero": lambda x, y: x + 0.0,
    "add the other zero": lambda x, y: x + -0.0,
    "subtract": lambda x, y: x - y,
    "subtract a constant": lambda x, y: x - 0.1,
    "subtract from a constant": lambda x, y: 0.1 - x,
    "multiply": lambda x, y: x * y,
    "multiply by a constant": lambda x, y: 0.3 * x,
    "multiply by one": lambda x, y: x * 1.0,
    "divide": lambda x, y: x / y,
    "divide by a constant": lambda x, y: x / 0.3,
    "divide a constant": lambda x, y: 0.3 / x,
    "maximum": lambda x, y: np.maximum(x, y),
    "maximum of a constant": lambda x, y: np.maximum(x, 0.0),
    "maximum of a constant first": lambda x, y: np.maximum(2.5, x),
    "minimum": lambda x, y: np.minimum(x, y),
    "minimum of a constant": lambda x, y: np.minimum(x, 4.0),
    "sign of another": lambda x, y: np.copysign(x, y),
    "greater": lambda x, y: x > y,
    "greater than a constant": lambda x, y: x > 0.5,
    "less": lambda x, y: x < y,
    "less than a constant": lambda x, y: x < 0.5,
    "at least": lambda x, y: x >= y,
    "a constant at least": lambda x, y: np.greater_equal(0.5, x),
    "at most": lambda x, y: x <= y,
    "equal": lambda x, y: x == y,
    "equal to a constant": lambda x, y: x == 3.0,
    "and": lambda x, y: (x > 0.5) & (y > 0.5),
    "or": lambda x, y: np.logical_or(x > 0.5, y > 0.5),
    "not": lambda x, y: ~(x > 0.5),
    "negative": lambda x, y: -x,
    "absolute": lambda x, y: abs(x),
    "square root": lambda x, y: np.sqrt(x),
    "floor": lambda x, y: np.floor(x),
    "ceiling": lambda x, y: np.ceil(x),
    "not a number": lambda x, y: np.isnan(x),
    "infinite": lambda x, y: np.isinf(x),
    "truth times points": lambda x, y: np.multiply(x >= y, 2.5),
    "in place": _in_place,
    "counted": _counted,
    "chosen": _chosen,
    "clipped": _clipped,
    "graded": _graded,
    "rounded": lambda x, y: round_half_away(x, 2),
    "rounded to tens": lambda x, y: round_half_away(x, -1),
}


def run(work: Work, x: Floats, y: Floats) -> Floats:
    """What the machine makes of a piece of work on two columns."""
    tape = Tape()
    columns = {Input("x"): x, Input("y"): y}
    result = work(*(tape.read(name) for name in columns))
    assert isinstance(result, StandIn)
    tape.keep(0, result)
    program = assembled(tape, 1)
    figures = np.full((1, len(x)), 99.0)
    addresses = {name: column.ctypes.data for name, column in columns.items()}
    small = np.empty((0, len(x)), np.uint8)
    assert program.run(the_machine(), addresses, figures, small, slice(0, len(x)))
    return figures[0]


@pytest.mark.parametrize("name", WORKS)
@examples(40)
@given(pairs=st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=9))
def test_the_machine_works_as_numpy_does(name: str, pairs: list[tuple[float, float]]) -> None:
    # Often enough for what a processor does many at a time, and for what it does with the rest.
    x, y = (np.array(column) for column in zip(*(pairs * 5), strict=True))
    with np.errstate(all="ignore"):
        expected: npt.NDArray[Any] = WORKS[name](x, y)
    # Which of two zeros is the greater, processors don't agree upon.
    np.testing.assert_array_equal(run(WORKS[name], x, y), expected.astype(np.float64))


@pytest.mark.parametrize("rows", [1, 1023, 1024, 1025, 2048, 5000])
def test_rows_are_taken_block_by_block(rows: int) -> None:
    x = np.arange(rows, dtype=np.float64)
    np.testing.assert_array_equal(run(lambda x, y: x * 2.0 + y, x, x[::-1].copy()), 2 * x + x[::-1])


def test_some_rows_alone_are_written() -> None:
    tape, x = Tape(), np.arange(10.0)
    tape.keep(1, tape.read(Input("x")) + 1.0)
    tape.keep_small(0, tape.read(Input("x")) >= 5.0)
    figures, small = np.full((2, 10), -1.0), np.full((1, 10), 9, np.uint8)
    addresses = {Input("x"): x.ctypes.data}
    assert assembled(tape, 2).run(the_machine(), addresses, figures, small, slice(3, 7))
    assert figures.tolist() == [[-1.0] * 10, [-1.0] * 3 + [4.0, 5.0, 6.0, 7.0] + [-1.0] * 3]
    assert small.tolist() == [[9, 9, 9, 0, 0, 1, 1, 9, 9, 9]]


def test_rows_with_a_value_that_is_not_a_number_are_refused() -> None:
    tape, x = Tape(), np.array([1.0, 2.0, np.nan])
    tape.refuse_nan(tape.read(Input("x")) + 1.0)
    figures, small = np.empty((0, 3)), np.empty((0, 3), np.uint8)
    addresses, program = {Input("x"): x.ctypes.data}, assembled(tape, 0)
    assert program.run(the_machine(), addresses, figures, small, slice(0, 2))
    assert not program.run(the_machine(), addresses, figures, small, slice(0, 3))


def test_a_status_says_how_many_marks_are_reached() -> None:
    tape, x = Tape(), np.array([0.0, 1.0, 2.0, 3.0])
    tape.keep_status(0, tape.read(Input("x")), at_least=2.0, above=0.0)
    figures, small = np.empty((0, 4)), np.empty((1, 4), np.uint8)
    assert assembled(tape, 0).run(the_machine(), {Input("x"): x.ctypes.data}, figures, small, slice(0, 4))
    assert small.tolist() == [[0, 1, 2, 2]]
