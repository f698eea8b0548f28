"""The plain case of a standard recorded: every input known, nobody exempt, nothing relative to others.

It is recorded from the very rules, tree and outcome that NumPy runs. A rule that can't be recorded is worked
out by NumPy beforehand; a standard that can't be put together from recorded points is left to NumPy whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from typing import Any, NamedTuple, cast

import numpy as np

from liangcun_standards.compiled import Machine, NotRecordable, Program, StandIn, Tape, assembled
from liangcun_standards.compiled.recording import SIZE
from liangcun_standards.document.standard import Standard
from liangcun_standards.indicators import Indicator
from liangcun_standards.scoring.arrays import PASSED, Arrays, Layout
from liangcun_standards.scoring.criteria import UNSCORED
from liangcun_standards.scoring.outcome import added, adjust, judge
from liangcun_standards.scoring.plan import TOLERANCE, Node, Plan
from liangcun_standards.scoring.run import Run
from liangcun_standards.scoring.tree import climb
from liangcun_standards.scoring.views import ExactRows
from liangcun_standards.table import IndicatorTable, Input


@dataclass(frozen=True)
class Recorded:
    """A standard as a program. `given`: the places of the criteria that NumPy works out beforehand."""

    program: Program
    given: tuple[int, ...]
    inputs: frozenset[Input]

    def fits(self, table: IndicatorTable) -> bool:
        """Whether the table has each value that the standard reads."""
        return self.inputs <= table.addresses.keys()

    def score(self, machine: Machine, run: Run, arrays: Arrays) -> bool:
        """Score a run of rows; False where one of them comes to something undefined, which is for NumPy."""
        if self.given:
            view = ExactRows(run.table, run.rows, run.indicators)
            for place in self.given:
                step = run.plan.steps[place]
                arrays.points[place, run.rows] = step.exact(view, step.scale)
        return self.program.run(machine, run.table.addresses, arrays.figures, arrays.small, run.rows)


class _Known(NamedTuple):
    """What a recording came to, None where it can't be done, and the indicators that it looked at."""

    recorded: Recorded | None
    seen: tuple[tuple[str, Indicator], ...]


def recorded(standard: Standard, plan: Plan, indicators: Mapping[str, Indicator]) -> Recorded | None:
    """The program of a standard, the same one each time; None where it has none."""
    known = standard.kept.get(Recorded)
    if not isinstance(known, _Known) or any(indicators.get(code) is not one for code, one in known.seen):
        looked_at = _LookedAt(indicators)
        known = _Known(_record(standard, plan, looked_at), tuple(looked_at.seen.items()))
        standard.kept[Recorded] = known
    return known.recorded


def _record(standard: Standard, plan: Plan, indicators: Mapping[str, Indicator]) -> Recorded | None:
    if plan.peer_relative or plan.conditional or plan.over_all is not None or not _sums_alone(plan.whole):
        return None
    tape, layout = Tape(), Layout(standard)
    view = _StandInRows(tape, indicators)
    found = [_record_criterion(standard, plan, place, view) for place in range(layout.criteria)]
    given = tuple(place for place, one in enumerate(found) if one.given)
    try:
        leaves = _Leaves(plan, [one.points for one in found])
        _record_outcome(standard, plan, leaves, view, layout)
    except NotRecordable:
        return None
    return Recorded(assembled(tape, layout.figures), given, frozenset(standard.inputs))


class _Criterion(NamedTuple):
    """The points of a criterion; `given` where NumPy has to work them out."""

    points: Any
    given: bool


def _record_criterion(standard: Standard, plan: Plan, place: int, view: _StandInRows) -> _Criterion:
    """Record what a criterion's rule does to stand-ins, and its status."""
    tape, step = view.tape, plan.steps[place]
    points: Any = None
    if standard.criteria[place].rule.recordable:
        with suppress(NotRecordable):
            points = step.exact(view, step.scale)
    given = not isinstance(points, StandIn)
    if given:
        points = tape.given(place)
    else:
        tape.keep(place, points)
    if not step.always_defined:
        tape.refuse_nan(points)
    if place in plan.checks:
        tape.keep_small(place, np.full_like(points, UNSCORED, dtype=np.uint8))
    else:
        tape.keep_status(place, points, float(plan.marks[place, 0]), TOLERANCE)
    return _Criterion(points, given)


def _record_outcome(
    standard: Standard, plan: Plan, leaves: _Leaves, view: _StandInRows, layout: Layout
) -> None:
    tape, rows = view.tape, view.as_rows()
    totals = climb(plan, leaves, rows.peers)
    adjustments = {one.code: adjust(one, rows).now for one in standard.adjustments}
    admitted: list[Any] = [entry.require.exact(rows) for entry in standard.entry]
    refusals: list[Any] = [~leaves.passed(place) for place in plan.vetoes] + [~one for one in admitted]
    now: Any = judge(standard, plan, totals, leaves, added(list(adjustments.values())), refusals)
    for code, branch in totals.groups.items():
        tape.keep(layout.groups[code], branch.points)
    for code, points in adjustments.items():
        tape.keep(layout.adjustments[code], points)
    tape.keep(layout.total, now.total)
    tape.keep_small(layout.grade, now.grade)
    tape.keep_small(layout.tier, now.tier)
    tape.keep_small(layout.passed, now.passed)
    tape.keep_small(layout.verdict, now.passed.view(np.uint8) * PASSED)
    tape.keep_small(layout.admitted, reduce(np.logical_and, admitted, np.ones_like(now.passed)))


def _sums_alone(node: Node) -> bool:
    """Whether every group is the sum of what it holds, and holds something that counts."""
    is_sum = node.aggregation.method == "sum" and bool(node.counted)
    return is_sum and all(_sums_alone(inner) for inner in node.inner)


class _Leaves:
    """The criteria as stand-ins, every one of which counts."""

    absent: Mapping[int, Any] = {}

    def __init__(self, plan: Plan, points: list[Any]) -> None:
        self.points: Any = points
        self._plan = plan

    def passed(self, place: int) -> Any:
        """Where the criterion passes: as its status says or, for a check, its points alone."""
        points = self.points[place]
        passed = points >= self._plan.marks[place]
        return passed if place in self._plan.checks else passed & (points > TOLERANCE)


class _StandInRows:
    """Rows that aren't there, each of their values known."""

    size = SIZE

    def __init__(self, tape: Tape, indicators: Mapping[str, Indicator]) -> None:
        self.tape = tape
        self.indicators = indicators

    @property
    def peers(self) -> Any:
        """Nothing to be recorded: who is compared with peers isn't scored row by row."""
        return None

    def read(self, source: Input) -> Any:
        """The column as a stand-in, a new one each time."""
        return self.tape.read(source)

    def unknown_of(self, source: Input) -> None:
        """No row is unknown."""

    def as_rows(self) -> ExactRows:
        """Itself, for code that asks for real rows."""
        return cast(ExactRows, self)


class _LookedAt(Mapping[str, Indicator]):
    """Indicators that remember which of them were looked at."""

    def __init__(self, indicators: Mapping[str, Indicator]) -> None:
        self._indicators = indicators
        self.seen: dict[str, Indicator] = {}

    def __getitem__(self, code: str) -> Indicator:
        return self.seen.setdefault(code, self._indicators[code])

    def __iter__(self) -> Iterator[str]:
        return iter(self._indicators)

    def __len__(self) -> int:
        return len(self._indicators)
