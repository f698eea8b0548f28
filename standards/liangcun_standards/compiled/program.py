"""A recorded program as the machine reads it: only what is used, in as few registers as will do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from liangcun_standards.compiled.loading import Machine
from liangcun_standards.compiled.operations import Operation
from liangcun_standards.compiled.recording import Line, Source, Tape
from liangcun_standards.table import Floats, Input

# The operations that are there for what they do, not for a value.
KEEPING = (Operation.KEEP, Operation.KEEP_SMALL, Operation.KEEP_STATUS, Operation.REFUSE_NAN)


@dataclass(frozen=True)
class Program:
    """What `numba_machine.run` takes: (k, 6) `code`, `constants`, the columns read, the rows kept."""

    code: npt.NDArray[np.int64]
    constants: Floats
    registers: int
    columns: tuple[Input, ...]
    kept: int

    def run(
        self,
        machine: Machine,
        addresses: Mapping[Input, int],
        figures: Floats,
        small: npt.NDArray[np.uint8],
        rows: slice,
    ) -> bool:
        """Fill in the rows of both results; False if any was refused, and what is there then means nothing.

        `addresses`: where each column lies, float64 and contiguous, as long as the results. `figures`:
        (kept, n), `small`: as many rows of bytes as were recorded, (…, n), both contiguous.
        """
        columns = np.array([addresses[column] for column in self.columns], np.int64)
        return machine(
            self.code,
            self.constants,
            self.registers,
            self.kept,
            columns,
            figures.ctypes.data,
            small.ctypes.data,
            figures.shape[1],
            rows.start,
            rows.stop,
        )


def assembled(tape: Tape, kept: int) -> Program:
    """The program of what was recorded, with so many rows of figures to keep."""
    return _Assembly(tape.values, kept).program()


class _Place(NamedTuple):
    """Where a value is: in a register, a column or a row of results."""

    area: Literal["register", "column", "row"]
    number: int


class _Assembly:
    """Lines as they are given places for their values."""

    def __init__(self, values: Sequence[Line | Source], kept: int) -> None:
        self._values = values
        self._kept = kept
        self._last = _last_uses(values)
        self._homes = _homes(values)
        self._columns: list[Input] = []
        self._places: dict[int, _Place] = {}
        self._registers = 0
        self._free: list[int] = []
        # Two zeros, for the operations without constants.
        self._constants: list[float] = [0.0, 0.0]
        self._code: list[tuple[int, list[_Place], int, int]] = []

    def program(self) -> Program:
        for number, value in enumerate(self._values):
            if isinstance(value, Source):
                self._place_source(number, value)
            elif number in self._last or value.operation in KEEPING:
                self._write(number, value)
        registers = max(self._registers, 1)
        first = {"register": 0, "column": registers, "row": registers + len(self._columns)}
        code = np.zeros((len(self._code), 6), np.int64)
        for at, (operation, places, row, constants) in enumerate(self._code):
            code[at, 0], code[at, 5] = operation, constants
            code[at, 1 : 1 + len(places)] = [first[place.area] + place.number for place in places]
            if operation in (Operation.KEEP_SMALL, Operation.KEEP_STATUS):
                code[at, 4] = row
        return Program(code, np.array(self._constants), registers, tuple(self._columns), self._kept)

    def _place_source(self, number: int, source: Source) -> None:
        if source.column is None:
            self._places[number] = _Place("row", source.row)
        elif number in self._last:
            self._places[number] = _Place("column", len(self._columns))
            self._columns.append(source.column)

    def _write(self, number: int, line: Line) -> None:
        operands = [self._places[operand] for operand in line.operands]
        if line.operation is Operation.KEEP and operands[0] == _Place("row", line.row):
            return
        target = self._target(number, line)
        # An operand's register is free after the line, not for it: the loop of the machine runs fastest where
        # what it writes is nothing that it reads.
        for operand in set(line.operands):
            if self._last[operand] == number and self._places[operand].area == "register":
                self._free.append(self._places[operand].number)
        constants = len(self._constants) if line.constants else 0
        self._constants += line.constants
        self._code.append((line.operation, [target, *operands], line.row, constants))

    def _target(self, number: int, line: Line) -> _Place:
        if line.operation is Operation.KEEP:
            return _Place("row", line.row)
        if line.operation in KEEPING:
            return _Place("register", 0)
        if number in self._homes:
            self._places[number] = _Place("row", self._homes[number])
        else:
            if not self._free:
                self._free.append(self._registers)
                self._registers += 1
            self._places[number] = _Place("register", self._free.pop())
        return self._places[number]


def _last_uses(values: Sequence[Line | Source]) -> dict[int, int]:
    """For each value that anything kept depends on, the number of the last line that uses it."""
    last: dict[int, int] = {}
    for number in reversed(range(len(values))):
        value = values[number]
        if isinstance(value, Line) and (number in last or value.operation in KEEPING):
            for operand in value.operands:
                last.setdefault(operand, number)
    return last


def _homes(values: Sequence[Line | Source]) -> dict[int, int]:
    """The row of results that a value is worked out in at once, for those that are kept in one."""
    homes: dict[int, int] = {}
    for value in values:
        if isinstance(value, Line) and value.operation is Operation.KEEP:
            homes.setdefault(value.operands[0], value.row)
    return homes
