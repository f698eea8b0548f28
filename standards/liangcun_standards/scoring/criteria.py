"""Scoring the criteria over a run of rows: points, status, and how far they could still move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from liangcun_standards.document.standard import Standard
from liangcun_standards.document.tree import Criterion
from liangcun_standards.rules import SpanView
from liangcun_standards.scoring.plan import TOLERANCE, Blank, Plan
from liangcun_standards.scoring.views import BlankRow, ExactRows, SpanRows, possible_range
from liangcun_standards.table import Booleans, Floats, Input, Integers, Span
from liangcun_standards.vocabulary import ResultStatus

Statuses = npt.NDArray[np.uint8]

STATUSES: tuple[ResultStatus, ...] = (
    ResultStatus.FAIL,
    ResultStatus.PARTIAL,
    ResultStatus.PASS,
    ResultStatus.UNKNOWN,
    ResultStatus.NOT_APPLICABLE,
    ResultStatus.WAIVED,
    ResultStatus.UNSCORED,
)
FAIL, PARTIAL, PASS, UNKNOWN, NOT_APPLICABLE, WAIVED, UNSCORED = range(len(STATUSES))


@dataclass(frozen=True)
class Open:
    """The rows whose points are not settled: `rows` ascend, and the points end within [low, high]."""

    rows: Integers
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Exempt:
    """Rows of a table that a criterion doesn't bind: by a waiver, or because it doesn't apply."""

    waived: Integers
    not_applicable: Integers


NOBODY = Exempt(np.empty(0, np.int64), np.empty(0, np.int64))


@dataclass
class Scores:
    """The m criteria over the n rows of a run, by their places in the document.

    `points`: (m, n) NaN where the criterion doesn't count now. `status`: (m, n) places in STATUSES. For the
    criteria that have any: `absent`, (n,) where it doesn't count now; `exempt`, (n,) where it will not count
    whatever is observed; `open`, the unsettled rows.
    """

    plan: Plan
    points: Floats
    status: Statuses
    absent: dict[int, Booleans] = field(default_factory=dict)
    exempt: dict[int, Booleans] = field(default_factory=dict)
    open: dict[int, Open] = field(default_factory=dict)

    def passed(self, place: int) -> Booleans:
        """(n,) where the criterion passes as things stand, by its points or by a waiver."""
        if place in self.plan.checks:
            # A tier may require a check that has no status of its own.
            passed: Booleans = self.points[place] >= self.plan.marks[place]
        else:
            passed = (self.status[place] == PASS) | (self.status[place] == WAIVED)
        return passed


@dataclass(frozen=True)
class _Doubt:
    """The unsettled rows of one criterion; `unresolved` are those whose status may be unknown."""

    open: Open
    unresolved: Integers


def score_criteria(
    standard: Standard,
    plan: Plan,
    view: ExactRows,
    exempt: Mapping[str, Exempt],
    points: Floats,
    status: Statuses,
) -> Scores:
    """Score every criterion for the rows of `view`, which for a rule relative to peers is the whole table.

    The scores are kept in `points` and `status`, both (m, n).
    """
    unknown = plan.inputs - view.table.known
    doubts: dict[int, _Doubt] = {}
    for place, step in enumerate(plan.steps):
        row = points[place]
        row[:] = step.exact(view, step.scale)
        if not step.always_defined or (unknown and not unknown.isdisjoint(step.inputs)):
            doubt = _settled(place, standard, plan, view, row)
            if doubt is not None:
                doubts[place] = doubt
    # All criteria at once: for one county, the number of NumPy calls is what scoring costs.
    np.greater_equal(points, plan.marks, out=status.view(bool))
    status += (points > TOLERANCE).view(np.uint8)
    scores = Scores(plan, points, status)
    for place, doubt in doubts.items():
        _note(scores, place, doubt)
    for place in plan.checks:
        status[place] = UNSCORED
    for place in plan.conditional if not exempt else range(len(points)):
        criterion = standard.criteria[place]
        off = _not_applicable(criterion, view)
        _exempt(scores, place, standard, _local(exempt.get(criterion.code), view), off)
    return scores


def _settled(place: int, standard: Standard, plan: Plan, view: ExactRows, points: Floats) -> _Doubt | None:
    """Write what the unsettled rows count for now; returns what stays open."""
    criterion, single = standard.criteria[place], plan.steps[place].single
    unsettled = _unsettled(criterion, view, points)
    if unsettled is None:
        return None
    rows = unsettled.nonzero()[0]
    policy = criterion.missing or standard.missing
    if single is not None and not view.bounded(single):
        return _settle_blank(points, rows, _blank(place, criterion, single, plan, view), policy)
    missing = _missing(criterion, view)[rows]
    span = _bounds(criterion, SpanRows(view.table, rows + view.first, view.indicators))
    if plan.steps[place].always_defined and not criterion.rule.peer_relative:
        return _settle(points, rows, span, policy, missing, None)
    unknown = view.unknown(criterion.inputs)
    known = np.ones(len(rows), bool) if unknown is None else ~unknown[rows]
    # A formula without a value though every input is known is treated as if it were not reported.
    missing |= np.isnan(points[rows]) & known
    known &= ~missing
    return _settle(points, rows, span, policy, missing, known if known.any() else None)


def _unsettled(criterion: Criterion, view: ExactRows, points: Floats) -> Booleans | None:
    """The rows that the exact values don't decide; for a peer rule, all peers of such a row."""
    unknown = view.unknown(criterion.inputs)
    if criterion.rule.always_defined and not criterion.rule.peer_relative:
        return unknown
    undefined = np.isnan(points)
    if undefined.any():
        unknown = undefined if unknown is None else unknown | undefined
    if criterion.rule.peer_relative and unknown is not None:
        touched = np.zeros(int(view.peers.max()) + 1, bool)
        touched[view.peers[unknown]] = True
        return touched[view.peers]
    return unknown


def _missing(criterion: Criterion, view: ExactRows) -> Booleans:
    """The rows in which an input was not observed at all."""
    found = np.zeros(view.size, bool)
    for source in criterion.inputs:
        mask = view.missing(source)
        if mask is not None:
            found |= mask
    return found


def _bounds(criterion: Criterion, view: SpanView) -> Span:
    """The least and most points, with what is not known of whether the criterion applies."""
    low, high = criterion.rule.span(view, criterion.scale)
    if criterion.applies_when is not None:
        truth = criterion.applies_when.truth(view)
        # Where the criterion may turn out not to apply, what is left of the total lies between what it is
        # with no points here and with all of them.
        doubtful = truth.may & ~truth.must
        low, high = np.where(doubtful, 0.0, low), np.where(doubtful, criterion.scale, high)
    if low.shape == high.shape == (view.size,):
        return Span(low, high)
    return Span(np.broadcast_to(low, view.size), np.broadcast_to(high, view.size))


def _blank(place: int, criterion: Criterion, single: Input, plan: Plan, view: ExactRows) -> Blank:
    """What the criterion may earn when its one input is missing, worked out once."""
    indicator = view.indicators[single.indicator]
    range_ = possible_range(view.table.columns.get(single), indicator)
    blank = plan.blanks.get(place)
    if blank is None or blank.indicator is not indicator or blank.range != range_:
        low, high = _bounds(criterion, BlankRow(view.table, view.indicators))
        blank = plan.blanks[place] = Blank(indicator, range_, float(low[0]), float(high[0]))
    return blank


def _settle_blank(points: Floats, rows: Integers, blank: Blank, policy: str) -> _Doubt | None:
    """`_settle` for rows of which nothing is known."""
    points[rows] = blank.low
    if blank.high - blank.low <= TOLERANCE:
        return None
    if policy == "leave_out":
        points[rows] = np.nan
    size = len(rows)
    open_ = Open(rows, np.full(size, blank.low), np.full(size, blank.high))
    return _Doubt(open_, rows if policy != "fail" else rows[:0])


def _settle(
    points: Floats, rows: Integers, span: Span, policy: str, missing: Booleans, known: Booleans | None
) -> _Doubt | None:
    """Write into `points` what the unsettled rows count for now; returns those that stay open.

    `known`: where all of the village's own values are known, so that only its peers' are open: it counts
    with the peers known so far. None for nowhere.
    """
    now = span.low
    if known is not None:
        now = np.where(known, np.clip(points[rows], span.low, span.high), span.low)
    points[rows] = now
    moving = span.high - span.low > TOLERANCE
    if not moving.any():
        return None
    if policy == "leave_out":
        points[rows[moving & missing]] = np.nan
    doubted = moving if policy != "fail" else moving & ~missing
    unresolved = rows[doubted if known is None else doubted & ~known]
    return _Doubt(Open(rows[moving], span.low[moving], span.high[moving]), unresolved)


def _note(scores: Scores, place: int, doubt: _Doubt) -> None:
    """Mark the rows whose status isn't known, in place."""
    scores.open[place] = doubt.open
    if len(doubt.unresolved) == 0:
        return
    # Bounded on both sides of the mark is unknown; bounded on one side of it is decided.
    ends = np.searchsorted(doubt.open.rows, doubt.unresolved)
    mark = scores.plan.marks[place]
    undecided = (doubt.open.low[ends] < mark) & (doubt.open.high[ends] >= mark)
    scores.status[place, doubt.unresolved[undecided]] = UNKNOWN
    absent = np.isnan(scores.points[place])
    if absent.any():
        scores.status[place, absent] = UNKNOWN
        scores.absent[place] = absent


def _not_applicable(criterion: Criterion, view: ExactRows) -> Booleans | None:
    """The rows to which the criterion surely doesn't apply."""
    if criterion.applies_when is None:
        return None
    off = ~criterion.applies_when.exact(view)
    unknown = view.unknown(criterion.applies_when.inputs())
    if unknown is not None:
        rows = np.flatnonzero(unknown)
        spans = SpanRows(view.table, rows + view.first, view.indicators)
        off[rows] = ~criterion.applies_when.truth(spans).may
    return off if off.any() else None


def _local(exempt: Exempt | None, view: ExactRows) -> Exempt:
    """The exempt rows that are in the view, counted from its start."""

    def within(rows: Integers) -> Integers:
        return rows[(rows >= view.first) & (rows < view.first + view.size)] - view.first

    if exempt is None:
        return NOBODY
    return Exempt(within(exempt.waived), within(exempt.not_applicable))


def _exempt(scores: Scores, place: int, standard: Standard, exempt: Exempt, off: Booleans | None) -> None:
    """Take the exempt rows out of the criterion, in place."""
    if off is None and not len(exempt.waived) and not len(exempt.not_applicable):
        return
    points, status = scores.points[place], scores.status[place]
    gone = np.zeros(len(points), bool) if off is None else off.copy()
    gone[exempt.not_applicable] = True
    status[gone] = NOT_APPLICABLE
    status[exempt.waived] = WAIVED
    settled = gone.copy()
    settled[exempt.waived] = True
    if standard.waived == "full":
        points[exempt.waived] = standard.criteria[place].scale
        gone[exempt.waived] = False
    else:
        gone[exempt.waived] = True
    points[gone] = np.nan
    absent = np.isnan(points)
    scores.absent.pop(place, None)
    if absent.any():
        scores.absent[place] = absent
    if gone.any():
        scores.exempt[place] = gone
    open_ = scores.open.pop(place, None)
    if open_ is not None:
        keep = ~settled[open_.rows]
        if keep.any():
            scores.open[place] = Open(open_.rows[keep], open_.low[keep], open_.high[keep])
