"""Scoring one run of rows: criteria, tree, outcome, and what is possible where values are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from liangcun_standards.document.standard import Standard
from liangcun_standards.document.tree import Criterion
from liangcun_standards.indicators import Indicator
from liangcun_standards.scoring.blend import WeightedTable, blend
from liangcun_standards.scoring.criteria import (
    FAIL,
    NOBODY,
    PARTIAL,
    PASS,
    TOLERANCE,
    WAIVED,
    CriterionColumns,
    Exempt,
    Open,
    pass_mark,
    score_criterion,
)
from liangcun_standards.scoring.outcome import AdjustmentColumns, Outcome, adjust, judge, met
from liangcun_standards.scoring.tree import Bound, Branch, Totals, climb
from liangcun_standards.scoring.views import ExactRows, SpanRows
from liangcun_standards.table import Booleans, Floats, IndicatorTable, Input, Integers

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
class RunScores:
    """One run, scored."""

    rows: slice
    columns: list[CriterionColumns]
    totals: Totals
    adjustments: dict[str, AdjustmentColumns]
    admission: Admission | None
    now: Outcome
    possible: Possible | None
    completeness: Floats


@dataclass(frozen=True)
class Run:
    """Some rows of the tables, to be scored together."""

    standard: Standard
    tables: tuple[WeightedTable, ...]
    table: IndicatorTable
    rows: slice
    indicators: Mapping[str, Indicator]
    exempt: Mapping[str, Exempt]

    def score(self) -> RunScores:
        """Everything that the rows come to."""
        columns = [self._criterion(criterion) for criterion in self.standard.criteria]
        branches = {
            criterion.code: _branch(criterion, one)
            for criterion, one in zip(self.standard.criteria, columns, strict=True)
        }
        totals = climb(self.standard, branches, self.table.peers[self.rows])
        positions = np.arange(self.rows.start, self.rows.stop)
        adjustments = {
            one.code: adjust(one, self.table, self.rows, self.indicators) for one in self.standard.adjustments
        }
        admission = self._admission(positions)
        now = judge(
            self.standard,
            totals,
            branches,
            _sum([one.now for one in adjustments.values()]),
            self._vetoed(columns),
            None if admission is None else ~admission.must,
        )
        possible = self._possible(columns, adjustments, admission)
        return RunScores(
            self.rows, columns, totals, adjustments, admission, now, possible, self._completeness(columns)
        )

    def _criterion(self, criterion: Criterion) -> CriterionColumns:
        exempt = self.exempt.get(criterion.code, NOBODY)

        def one(table: IndicatorTable) -> CriterionColumns:
            return score_criterion(criterion, self.standard, table, self.rows, self.indicators, exempt)

        if len(self.tables) == 1:
            return one(self.tables[0].table)
        return blend(criterion, self.tables, one)

    def _vetoed(self, columns: list[CriterionColumns]) -> Booleans | None:
        """Where a veto criterion is known to fail."""
        found: Booleans | None = None
        for criterion, one in zip(self.standard.criteria, columns, strict=True):
            if criterion.veto:
                fails = (one.status == FAIL) | (one.status == PARTIAL)
                found = fails if found is None else found | fails
        return found

    def _admission(self, positions: Integers) -> Admission | None:
        if not self.standard.entry:
            return None
        view = ExactRows(self.table, self.rows, self.indicators)
        must, may = np.ones(view.size, bool), np.ones(view.size, bool)
        for entry in self.standard.entry:
            surely = np.array(entry.require.exact(view))
            possibly = surely.copy()
            unknown = view.unknown(entry.require.inputs())
            if unknown is not None:
                rows = np.flatnonzero(unknown)
                truth = entry.require.truth(SpanRows(self.table, positions[rows], self.indicators))
                surely[rows], possibly[rows] = truth.must, truth.may
            must &= surely
            may &= possibly
        return Admission(must, may)

    def _possible(
        self,
        columns: list[CriterionColumns],
        adjustments: dict[str, AdjustmentColumns],
        admission: Admission | None,
    ) -> Possible | None:
        rows = np.flatnonzero(self._unsettled(columns, adjustments, admission))
        if len(rows) == 0:
            return None
        peers = self.table.peers[self.rows][rows]
        worst = self._end(
            columns,
            rows,
            peers,
            LOWEST,
            _sum([one.low[rows] for one in adjustments.values()]),
            None if admission is None else ~admission.must[rows],
        )
        best = self._end(
            columns,
            rows,
            peers,
            HIGHEST,
            _sum([one.high[rows] for one in adjustments.values()]),
            None if admission is None else ~admission.may[rows],
        )
        if worst.passed.any():
            worst = replace(worst, passed=worst.passed & self._counts(columns, rows, peers))
        return Possible(rows, worst, best)

    def _counts(self, columns: list[CriterionColumns], rows: Integers, peers: Integers) -> Booleans:
        """Where something surely counts for the village: without a total nobody passes."""
        branches, doubtful = {}, False
        for criterion, one in zip(self.standard.criteria, columns, strict=True):
            branch = _branch_at(criterion, one, rows, LOWEST)
            branches[criterion.code] = branch
            policy = criterion.missing or self.standard.missing
            if one.open is not None and (criterion.applies_when is not None or policy == "leave_out"):
                # Only what may come to nothing and to everything may turn out not to count.
                free = (one.open.low <= TOLERANCE) & (one.open.high >= criterion.scale - TOLERANCE)
                gone = np.zeros(len(rows), bool) if branch.absent is None else branch.absent.copy()
                gone[np.searchsorted(rows, one.open.rows[free])] = True
                branch.absent, doubtful = gone, True
        whole = climb(self.standard, branches, peers, LOWEST).whole if doubtful else None
        return np.ones(len(rows), bool) if whole is None or whole.absent is None else ~whole.absent

    def _unsettled(
        self,
        columns: list[CriterionColumns],
        adjustments: dict[str, AdjustmentColumns],
        admission: Admission | None,
    ) -> Booleans:
        found = np.zeros(self.rows.stop - self.rows.start, bool)
        for one in columns:
            if one.open is not None:
                found[one.open.rows] = True
        groups = self.standard.all_groups
        if self.standard.aggregation.peer_relative or any(g.aggregation.peer_relative for g in groups):
            # One unsettled village moves the weights, or the ideal, of all its peers.
            peers = self.table.peers[self.rows]
            touched = np.zeros(int(peers.max(initial=0)) + 1, bool)
            touched[peers[found]] = True
            found |= touched[peers]
        for adjustment in adjustments.values():
            found |= adjustment.high > adjustment.low
        if admission is not None:
            found |= admission.may & ~admission.must
        return found

    def _end(
        self,
        columns: list[CriterionColumns],
        rows: Integers,
        peers: Integers,
        bound: Bound,
        adjusted: Floats | None,
        barred: Booleans | None,
    ) -> Outcome:
        """The outcome when everything unsettled turns out for the worst, or for the best."""
        branches = {}
        vetoed: Booleans | None = None
        for criterion, one in zip(self.standard.criteria, columns, strict=True):
            branch = _branch_at(criterion, one, rows, bound)
            branches[criterion.code] = branch
            if criterion.veto:
                vetoed = ~met(branch) if vetoed is None else vetoed | ~met(branch)
        totals = climb(self.standard, branches, peers, bound)
        return judge(self.standard, totals, branches, adjusted, vetoed, barred)

    def _completeness(self, columns: list[CriterionColumns]) -> Floats:
        """(n,) the share of the inputs that bind the row which were observed, bounds included."""
        size = self.rows.stop - self.rows.start
        result = np.zeros(size)
        for one in self.tables:
            view = ExactRows(one.table, self.rows, self.indicators)
            result += one.weight * _observed_share(self.standard, columns, view)
        return result


def _observed_share(standard: Standard, columns: list[CriterionColumns], view: ExactRows) -> Floats:
    users: dict[Input, list[CriterionColumns]] = {}
    for criterion, one in zip(standard.criteria, columns, strict=True):
        for source in criterion.inputs:
            users.setdefault(source, []).append(one)
    needed, missed = np.full(view.size, float(len(users))), np.zeros(view.size)
    for source, using in users.items():
        free: Booleans | None = None
        exempt = [one.exempt for one in using if one.exempt is not None]
        if len(exempt) == len(using):
            free = np.logical_and.reduce(exempt)
            needed -= free
        missing = view.missing(source)
        if missing is not None:
            missed += missing if free is None else missing & ~free
    return np.where(needed > 0, 1.0 - missed / np.maximum(needed, 1.0), 1.0)


def _branch(criterion: Criterion, one: CriterionColumns) -> Branch:
    if criterion.max_score == 0 and not criterion.veto:
        # A tier may require a check that has no status of its own.
        return Branch(one.points, one.absent, one.points >= pass_mark(criterion))
    passed = one.status == PASS
    if (one.status == WAIVED).any():
        passed |= one.status == WAIVED
    return Branch(one.points, one.absent, passed)


def _branch_at(criterion: Criterion, one: CriterionColumns, rows: Integers, bound: Bound) -> Branch:
    """The criterion at `rows`, with every unsettled value at one end."""
    points = one.points[rows]
    if one.open is not None:
        places = np.searchsorted(rows, one.open.rows)
        points[places] = _ends(one.open, bound)
    exempt = None if one.exempt is None else one.exempt[rows]
    return Branch(points, exempt, points >= pass_mark(criterion))


def _ends(open_: Open, bound: Bound) -> Floats:
    return open_.high if bound.highest else open_.low


def _sum(parts: list[Floats]) -> Floats | None:
    if not parts:
        return None
    total = parts[0].copy()
    for part in parts[1:]:
        total += part
    return total
