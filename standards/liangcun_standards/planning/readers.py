"""What every criterion, entry condition and adjustment comes to at each value that a plan may choose."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from liangcun_standards.document.outcome import Entry
from liangcun_standards.document.tree import Criterion
from liangcun_standards.errors import LiangcunError
from liangcun_standards.planning.atoms import atoms_of, classes_along
from liangcun_standards.planning.levels import Levels
from liangcun_standards.planning.village import Responses, Village
from liangcun_standards.scoring import ScoreResult
from liangcun_standards.scoring.criteria import PASS, WAIVED
from liangcun_standards.scoring.derivation import unfolded
from liangcun_standards.scoring.plan import plan_of
from liangcun_standards.table import Booleans, Floats, Input, Integers
from liangcun_standards.text import Text

# Rows of one response table: more are too many to choose among.
MOST_CASES = 20_000

Kind = Literal["criterion", "entry", "adjustment"]


class CannotPlan(LiangcunError):
    """A standard, or a question about it, for which no plan can be worked out."""

    code = "CANNOT_PLAN"


@dataclass(frozen=True)
class Cases:
    """What one reader comes to in each of k cases; all (k,).

    `points`: NaN where a criterion doesn't count. `passed`: a criterion passes, an entry condition is met.
    `refused`: a veto would stand.
    """

    points: Floats
    passed: Booleans
    refused: Booleans

    @cached_property
    def present(self) -> Booleans:
        """Where it counts."""
        return ~np.isnan(self.points)

    @property
    def earns(self) -> Booleans:
        """Where it earns anything."""
        earns: Booleans = self.present & (self.points != 0)
        return earns

    @property
    def met(self) -> Booleans:
        """Where it passes or doesn't count."""
        return self.passed | ~self.present


@dataclass(frozen=True)
class Reader:
    """What reads values: the criterion, entry condition or adjustment at `place` of the document.

    `moved_by`: the indicators that it reads and a plan may change. With one of them, a case for each of its
    levels; with several, a case for every combination of their classes, the last varying fastest, and
    `classes` tells which class each level belongs to; with none, one case.
    """

    kind: Kind
    place: int
    moved_by: tuple[str, ...]
    cases: Cases
    classes: Mapping[str, Integers]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many classes of each indicator there are."""
        return tuple(int(self.classes[code].max()) + 1 for code in self.moved_by)


def readers_of(village: Village, levels: Mapping[str, Levels]) -> list[Reader]:
    """Every reader over everything that may be chosen.

    Raises CannotPlan where a criterion puts together too many values for all combinations to be tried.
    """
    return _Reading(village, levels).all()


@dataclass(frozen=True)
class _Reading:
    village: Village
    levels: Mapping[str, Levels]

    def all(self) -> list[Reader]:
        standard = self.village.standard
        found = [
            self._reader("criterion", place, one, one.inputs) for place, one in enumerate(standard.criteria)
        ]
        found += [
            self._reader("entry", place, one, one.require.inputs())
            for place, one in enumerate(standard.entry)
        ]
        return found + [
            self._reader("adjustment", place, None, (Input(one.indicator),))
            for place, one in enumerate(standard.adjustments)
        ]

    @cached_property
    def _moving(self) -> frozenset[str]:
        return frozenset(self.levels)

    @cached_property
    def _along(self) -> tuple[Responses, dict[str, slice]]:
        """The responses along each indicator, all else as it is, and where each indicator's are."""
        size = 1 + sum(len(one) for one in self.levels.values())
        changed, places, first = {}, {}, 1
        for code, one in self.levels.items():
            places[code] = slice(first, first + len(one))
            changed[code] = np.full(size, np.nan)
            changed[code][places[code]] = one.values
            first += len(one)
        return self.village.respond(self.village.with_values(changed, size)), places

    def _reader(
        self, kind: Kind, place: int, part: Criterion | Entry | None, sources: Sequence[Input]
    ) -> Reader:
        if kind == "criterion" and self.village.standard.criteria[place].rule.peer_relative:
            # All that it rests on is held, and the other villages are as they are.
            row = slice(self.village.row, self.village.row + 1)
            return Reader(kind, place, (), self._cases(kind, place, self.village.result, row), {})
        read = [one.indicator for one in unfolded(sources, self.village.indicators) if one.lag == 0]
        moved = tuple(code for code in dict.fromkeys(read) if code in self.levels)
        responses, places = self._along
        if len(moved) < 2:
            rows = places[moved[0]] if moved else slice(0, 1)
            return Reader(kind, place, moved, self._told(kind, place, responses, rows), {})
        classes = self._classes(part, place, moved)
        first = [np.unique(classes[code], return_index=True)[1] for code in moved]
        grid = np.meshgrid(
            *(self.levels[code].values[at] for code, at in zip(moved, first, strict=True)), indexing="ij"
        )
        size = grid[0].size
        changed = {code: axis.reshape(-1) for code, axis in zip(moved, grid, strict=True)}
        combined = self.village.respond(self.village.with_values(changed, size))
        return Reader(kind, place, moved, self._told(kind, place, combined, slice(0, size)), classes)

    def _classes(
        self, part: Criterion | Entry | None, place: int, moved: Sequence[str]
    ) -> dict[str, Integers]:
        """For each indicator, which of its levels are the same to the reader."""
        if part is None:
            # An adjustment by a derived count: nothing is known of how it is put together.
            classes = {code: np.arange(len(self.levels[code])) for code in moved}
        else:
            classes = {code: self._classes_of(part, code) for code in moved}
        size = math.prod(int(one.max()) + 1 for one in classes.values())
        if size > MOST_CASES:
            names = [self.levels[code].indicator for code in moved]
            title = self.village.standard.adjustments[place].label if part is None else part.label
            raise CannotPlan(
                Text(
                    f"“{title.zh}”同时取决于 {'、'.join(one.name for one in names)}，组合有 {size:,} 种，"
                    "太多；请在成本表里把其中的 step 写大、范围写小，或去掉几个",
                    f"'{title.en}' hangs on {', '.join(one.name_en for one in names)} together, {size:,} "
                    "combinations, too many: widen their step or narrow their range in the cost table, or "
                    "leave some of them out",
                )
            )
        return classes

    def _classes_of(self, part: Criterion | Entry, code: str) -> Integers:
        one = self.levels[code]
        table = self.village.with_values({code: one.values}, len(one))
        classes = classes_along(atoms_of(part), code, self._moving, table, self.village.indicators)
        if np.isnan(one.values[0]):
            # What isn't on record is a state of its own.
            classes = np.concatenate([[0], np.unique(classes[1:], return_inverse=True)[1].reshape(-1) + 1])
        return classes

    def _told(self, kind: Kind, place: int, responses: Responses, rows: slice) -> Cases:
        if kind != "entry":
            return self._cases(kind, place, responses.result, rows)
        nowhere = np.zeros(rows.stop - rows.start)
        return Cases(nowhere, responses.admitted[place, rows], nowhere.astype(bool))

    def _cases(self, kind: Kind, place: int, result: ScoreResult, rows: slice) -> Cases:
        nowhere = np.zeros(rows.stop - rows.start, bool)
        if kind == "adjustment":
            code = result.standard.adjustments[place].code
            return Cases(result.adjustments[code][rows], ~nowhere, nowhere)
        plan = plan_of(result.standard)
        points, status = result.points[place, rows], result.status[place, rows]
        passed = (status == PASS) | (status == WAIVED)
        if place in plan.checks:
            passed = points >= plan.marks[place]
        refused = (status < PASS) if place in plan.vetoes else nowhere
        return Cases(points, passed, refused)
