"""What a plan chooses, as variables of a program: a piece of each indicator's levels, and how far into it.

Levels over which everything that reads the indicator stays the same are one piece, of which the cheapest
counts. Levels over which points and costs grow evenly are one piece as well, with a whole number for how far
into it: a linear scale takes three pieces, not a thousand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from liangcun_standards.planning.levels import Levels
from liangcun_standards.planning.program import Linear, Program
from liangcun_standards.planning.readers import Reader
from liangcun_standards.table import Booleans, Floats, Integers

# Differences between points that are products of decimals: below this they are the same.
_SAME = 1e-9


@dataclass(frozen=True)
class Piece:
    """Levels `first` to `last` of an indicator; `chosen` is 0 or 1, `steps` how many beyond the first."""

    first: int
    last: int
    chosen: Linear
    steps: Linear | None


@dataclass
class Choices:
    """The variables of every indicator and of every combination that a reader looks up."""

    program: Program
    levels: Mapping[str, Levels]
    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    cases: dict[tuple[str, int], list[Linear]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, program: Program, levels: Mapping[str, Levels], readers: Sequence[Reader], *, slopes: bool
    ) -> Choices:
        """The variables in the program; without `slopes` each level that differs is a piece of its own."""
        choices = cls(program, levels)
        for code, one in levels.items():
            choices._add(code, one, [reader for reader in readers if code in reader.moved_by], slopes=slopes)
        for reader in readers:
            if len(reader.moved_by) > 1:
                choices._look_up(reader)
        return choices

    def _add(self, code: str, levels: Levels, readers: Sequence[Reader], *, slopes: bool) -> None:
        cut = _Cut.of(levels, readers)
        pieces = []
        for first, last in cut.pieces(slopes=slopes):
            chosen = self.program.variable(0.0, 1.0, whole=True)
            steps = None
            if last > first:
                steps = self.program.variable(0.0, float(last - first), whole=True)
                self.program.require(steps.minus(chosen.times(float(last - first))), high=0.0)
            pieces.append(Piece(first, last, chosen, steps))
        self.program.require(Linear.total(piece.chosen for piece in pieces), 1.0, 1.0)
        self.pieces[code] = pieces

    def _look_up(self, reader: Reader) -> None:
        """A variable for every combination: with one piece of each indicator chosen, exactly one of them."""
        shape = reader.shape
        cases = [self.program.variable(0.0, 1.0) for _ in range(int(np.prod(shape)))]
        numbers = np.arange(len(cases)).reshape(shape)
        for axis, code in enumerate(reader.moved_by):
            for one in range(shape[axis]):
                inside = [cases[case] for case in numbers.take(one, axis=axis).reshape(-1)]
                chosen = [
                    piece.chosen for piece in self.pieces[code] if reader.classes[code][piece.first] == one
                ]
                self.program.require(Linear.total(inside).minus(Linear.total(chosen)), 0.0, 0.0)
        self.cases[reader.kind, reader.place] = cases

    def told(self, reader: Reader, values: Floats | Booleans) -> Linear:
        """What `values`, one for each case of the reader, come to by what is chosen."""
        given = np.asarray(values, np.float64)
        if not reader.moved_by:
            return Linear(constant=float(given[0]))
        if len(reader.moved_by) == 1:
            return self._along(reader.moved_by[0], given)
        cases = self.cases[reader.kind, reader.place]
        return Linear.total(
            case.times(float(value)) for case, value in zip(cases, given, strict=True) if value
        )

    def cost(self) -> Linear:
        """What all changes cost."""
        return Linear.total(self._along(code, one.costs) for code, one in self.levels.items())

    def change(self, code: str) -> Linear:
        """By how much an indicator is changed, whichever way."""
        one = self.levels[code]
        moved = np.abs(np.nan_to_num(one.values, nan=one.start) - one.start)
        return self._along(code, np.nan_to_num(moved))

    def _along(self, code: str, given: Floats) -> Linear:
        parts = []
        for piece in self.pieces[code]:
            parts.append(piece.chosen.times(float(given[piece.first])))
            if piece.steps is not None:
                parts.append(piece.steps.times(float(given[piece.first + 1] - given[piece.first])))
        return Linear.total(parts)

    def levels_chosen(self, solution: Floats) -> dict[str, int]:
        """Which level of each indicator a solution chooses."""
        found = {}
        for code, pieces in self.pieces.items():
            piece = max(pieces, key=lambda one: one.chosen.value(solution))
            steps = 0 if piece.steps is None else round(piece.steps.value(solution))
            found[code] = piece.first + min(max(steps, 0), piece.last - piece.first)
        return found

    def forbid(self, chosen: Mapping[str, int]) -> None:
        """Never again this combination of pieces, none of which is one of several levels."""
        taken = [
            piece.chosen
            for code, level in chosen.items()
            for piece in self.pieces[code]
            if piece.first <= level <= piece.last
        ]
        self.program.require(Linear.total(taken), high=len(taken) - 1.0)


@dataclass(frozen=True)
class _Cut:
    """Levels as their readers tell them apart: `kinds` (d, k) whole numbers, `figures` (f, k)."""

    levels: Levels
    kinds: Integers
    figures: Floats

    @classmethod
    def of(cls, levels: Levels, readers: Sequence[Reader]) -> _Cut:
        (code,) = {levels.indicator.code}
        size = len(levels)
        kinds, figures = [np.zeros(size, np.int64)], [np.zeros(size)]
        for reader in readers:
            if len(reader.moved_by) > 1:
                kinds.append(reader.classes[code])
                continue
            cases = reader.cases
            kinds.append(cases.present * 4 + cases.passed * 2 + cases.refused)
            figures.append(np.nan_to_num(cases.points))
        return cls(levels, np.stack(kinds), np.stack(figures))

    def pieces(self, *, slopes: bool) -> list[tuple[int, int]]:
        """First and last level of each piece; the one on record is a piece of its own."""
        found = [(0, 0)]
        ends = [*self.levels.sides[1:], len(self.levels)]
        for first, end in zip(self.levels.sides, ends, strict=True):
            at = first
            while at < end:
                last, alike = self._reach(at, end, slopes=slopes)
                # Of what comes to the same the cheapest, which is the nearest.
                found.append((at, at) if alike else (at, last))
                at = last + 1
        return found

    def _reach(self, at: int, end: int, *, slopes: bool) -> tuple[int, bool]:
        """The last level of the piece that begins at `at`, and whether all of it comes to the same."""
        last = self._same_until(at, end)
        if last > at or not slopes or at + 2 >= end:
            return last, True
        kinds, rows = self.kinds[:, at:end], np.vstack([self.figures, self.levels.costs])[:, at:end]
        alike = (kinds == kinds[:, :1]).all(axis=0)
        steps = np.diff(rows, axis=1)
        even = (np.abs(steps - steps[:, :1]) <= _SAME * np.maximum(1.0, np.abs(steps[:, :1]))).all(axis=0)
        length = int(np.argmin(np.append(alike[1:] & even, False)))
        return (at + length, False) if length > 1 else (at, True)

    def _same_until(self, at: int, end: int) -> int:
        kinds, figures = self.kinds[:, at:end], self.figures[:, at:end]
        same = (kinds == kinds[:, :1]).all(axis=0)
        same &= (np.abs(figures - figures[:, :1]) <= _SAME).all(axis=0)
        return at + int(np.argmin(np.append(same, False))) - 1
