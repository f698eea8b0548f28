"""Scoring one run of rows: criteria, tree, outcome, completeness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from liangcun_standards.document.outcome import Entry
from liangcun_standards.document.standard import Standard
from liangcun_standards.indicators import Indicator
from liangcun_standards.rules.conditions import Truth
from liangcun_standards.scoring.blend import WeightedTable, blend
from liangcun_standards.scoring.criteria import PASS, Exempt, Scores, Statuses, score_criteria
from liangcun_standards.scoring.outcome import AdjustmentColumns, Outcome, added, adjust, judge
from liangcun_standards.scoring.plan import Plan
from liangcun_standards.scoring.possible import Admission, Doubts, Possible
from liangcun_standards.scoring.tree import Totals, climb
from liangcun_standards.scoring.views import ExactRows, SpanRows
from liangcun_standards.table import Booleans, Floats, IndicatorTable


@dataclass(frozen=True)
class RunScores:
    """One run, scored; its points and statuses are where the caller wanted them."""

    rows: slice
    scores: Scores
    totals: Totals
    adjustments: dict[str, AdjustmentColumns]
    admission: Admission | None
    now: Outcome
    possible: Possible | None
    completeness: Floats | None


@dataclass(frozen=True)
class Run:
    """Some rows of the tables, to be scored together."""

    standard: Standard
    plan: Plan
    tables: tuple[WeightedTable, ...]
    table: IndicatorTable
    rows: slice
    indicators: Mapping[str, Indicator]
    exempt: Mapping[str, Exempt]

    def score(self, points: Floats, status: Statuses) -> RunScores:
        """Everything that the rows come to; `points` and `status`, both (m, n), are written."""
        view = ExactRows(self.table, self.rows, self.indicators)
        views = [
            view if one.table is self.table else ExactRows(one.table, self.rows, self.indicators)
            for one in self.tables
        ]
        scores = self._scores(views, points, status)
        totals = climb(self.plan, scores, view.peers)
        adjustments = {one.code: adjust(one, view) for one in self.standard.adjustments}
        admission = self._admission(view)
        refusals: list[Booleans | None] = [status[place] < PASS for place in self.plan.vetoes]
        refusals.append(None if admission is None else ~admission.must)
        adjusted = added([one.now for one in adjustments.values()])
        now = judge(self.standard, self.plan, totals, scores, adjusted, refusals)
        doubts = Doubts(self.standard, self.plan, view.peers, scores, adjustments, admission)
        completeness = self._completeness(scores, views)
        return RunScores(
            self.rows, scores, totals, adjustments, admission, now, doubts.possible(), completeness
        )

    def _scores(self, views: Sequence[ExactRows], points: Floats, status: Statuses) -> Scores:
        standard, plan, exempt = self.standard, self.plan, self.exempt
        if len(views) == 1:
            return score_criteria(standard, plan, views[0], exempt, points, status)
        parts = []
        for view, one in zip(views, self.tables, strict=True):
            own = np.empty_like(points), np.empty_like(status)
            parts.append((one.weight, score_criteria(standard, plan, view, exempt, *own)))
        return blend(parts, points, status)

    def _admission(self, view: ExactRows) -> Admission | None:
        if not self.standard.entry:
            return None
        must, may = np.ones(view.size, bool), np.ones(view.size, bool)
        for entry in self.standard.entry:
            truth = entry_truth(entry, view)
            must &= truth.must
            may &= truth.may
        return Admission(must, may)

    def _completeness(self, scores: Scores, views: Sequence[ExactRows]) -> Floats | None:
        """(n,) the share of the inputs that bind the row which were observed, bounds included.

        None where everything was observed.
        """
        shares = [_observed_share(self.plan, scores, view) for view in views]
        if all(share is None for share in shares):
            return None
        result = np.zeros(views[0].size)
        for one, share in zip(self.tables, shares, strict=True):
            result += one.weight if share is None else one.weight * share
        return result


def entry_truth(entry: Entry, view: ExactRows) -> Truth:
    """What is known of an entry condition, row by row."""
    surely = np.array(entry.require.exact(view))
    possibly = surely.copy()
    unknown = view.unknown(entry.require.inputs())
    if unknown is not None:
        rows = np.flatnonzero(unknown)
        truth = entry.require.truth(SpanRows(view.table, rows + view.first, view.indicators))
        surely[rows], possibly[rows] = truth.must, truth.may
    return Truth(surely, possibly)


def _observed_share(plan: Plan, scores: Scores, view: ExactRows) -> Floats | None:
    """(n,) None where everything was observed."""
    if plan.inputs <= view.table.known:
        return None
    needed: npt.NDArray[np.floating] | float = float(len(plan.readers))
    # Counted in small whole numbers, of which a register holds more than of floats.
    missed = np.zeros(view.size, np.uint16)
    for source, readers in plan.readers.items():
        missing = view.missing(source)
        free = _free(scores, readers) if scores.exempt else None
        if free is not None:
            needed = needed - free
            missing = None if missing is None else missing & ~free
        if missing is not None:
            missed += missing
    return np.where(np.greater(needed, 0), 1.0 - missed / np.maximum(needed, 1.0), 1.0)


def _free(scores: Scores, readers: Sequence[int]) -> Booleans | None:
    """The rows that none of the criteria which read a column binds; None for no row."""
    free: Booleans | None = None
    for place in readers:
        exempt = scores.exempt.get(place)
        if exempt is None:
            return None
        free = exempt if free is None else free & exempt
    return free
