"""What the rows that are not settled can still come to, at the worst and at the best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from liangcun_standards.document.standard import Standard
from liangcun_standards.scoring.criteria import Scores
from liangcun_standards.scoring.outcome import AdjustmentColumns, Outcome, added, judge, met
from liangcun_standards.scoring.plan import TOLERANCE, Plan
from liangcun_standards.scoring.tree import Bound, climb
from liangcun_standards.table import Booleans, Floats, Integers

LOWEST, HIGHEST = Bound(highest=False), Bound(highest=True)


@dataclass(frozen=True)
class Admission:
    """The entry conditions over the rows of a run: surely met, possibly met."""

    must: Booleans
    may: Booleans


@dataclass(frozen=True)
class Possible:
    """What the rows that are not settled can still come to; `rows` count from the start of the run."""

    rows: Integers
    worst: Outcome
    best: Outcome


@dataclass(frozen=True)
class _End:
    """The criteria over the unsettled rows, with every one of their values at one end."""

    plan: Plan
    points: Floats
    absent: Mapping[int, Booleans]

    def passed(self, place: int) -> Booleans:
        """(n,) where the criterion passes, by its points alone."""
        passed: Booleans = self.points[place] >= self.plan.marks[place]
        return passed


@dataclass(frozen=True)
class Doubts:
    """A scored run, looked at for what is not settled. `peers`: (n,) the peer groups of its rows."""

    standard: Standard
    plan: Plan
    peers: Integers
    scores: Scores
    adjustments: Mapping[str, AdjustmentColumns]
    admission: Admission | None

    def possible(self) -> Possible | None:
        """What the unsettled rows can still come to; None where there is none."""
        found = self._unsettled()
        if found is None:
            return None
        rows = np.flatnonzero(found)
        # Where in `rows` each row of the run stands.
        places: Integers = np.cumsum(found, dtype=np.int64)
        places -= 1
        points = self.scores.points.take(rows, axis=1)
        end = _End(self.plan, points, {place: one[rows] for place, one in self.scores.exempt.items()})
        self._move(points, places, LOWEST)
        worst = self._outcome(end, rows, LOWEST)
        if worst.passed.any():
            worst = replace(worst, passed=worst.passed & self._counts(end, rows, places))
        self._move(points, places, HIGHEST)
        return Possible(rows, worst, self._outcome(end, rows, HIGHEST))

    def _move(self, points: Floats, places: Integers, bound: Bound) -> None:
        """Put every unsettled value at one end, in place."""
        for place, open_ in self.scores.open.items():
            points[place, places[open_.rows]] = open_.high if bound.highest else open_.low

    def _outcome(self, end: _End, rows: Integers, bound: Bound) -> Outcome:
        """The outcome when everything unsettled turns out for the worst, or for the best."""
        totals = climb(self.plan, end, self.peers[rows], bound)
        refusals: list[Booleans | None] = [~met(end, place) for place in self.plan.vetoes]
        if self.admission is not None:
            refusals.append(~(self.admission.may if bound.highest else self.admission.must)[rows])
        adjusted = [(one.high if bound.highest else one.low)[rows] for one in self.adjustments.values()]
        return judge(self.standard, self.plan, totals, end, added(adjusted), refusals)

    def _counts(self, end: _End, rows: Integers, places: Integers) -> Booleans:
        """Where something surely counts for the village: without a total nobody passes."""
        absent, doubtful = dict(end.absent), False
        for place, open_ in self.scores.open.items():
            criterion = self.standard.criteria[place]
            policy = criterion.missing or self.standard.missing
            if criterion.applies_when is None and policy != "leave_out":
                continue
            # Only what may come to nothing and to everything may turn out not to count.
            free = (open_.low <= TOLERANCE) & (open_.high >= criterion.scale - TOLERANCE)
            gone = absent[place].copy() if place in absent else np.zeros(len(rows), bool)
            gone[places[open_.rows[free]]] = True
            absent[place], doubtful = gone, True
        nothing: Booleans | None = None
        if doubtful:
            nothing = climb(self.plan, replace(end, absent=absent), self.peers[rows], LOWEST).whole.absent
        return np.ones(len(rows), bool) if nothing is None else ~nothing

    def _unsettled(self) -> Booleans | None:
        """The rows that could still come to something else; None for no row."""
        found = np.zeros(len(self.peers), bool)
        for open_ in self.scores.open.values():
            found[open_.rows] = True
        if self.plan.tree_relative:
            # One unsettled village moves the weights, or the ideal, of all its peers.
            touched = np.zeros(int(self.peers.max(initial=0)) + 1, bool)
            touched[self.peers[found]] = True
            found |= touched[self.peers]
        for adjustment in self.adjustments.values():
            if adjustment.high is not adjustment.low:
                found |= adjustment.high > adjustment.low
        if self.admission is not None:
            found |= self.admission.may & ~self.admission.must
        return found if found.any() else None
