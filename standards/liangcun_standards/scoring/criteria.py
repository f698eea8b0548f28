"""Scoring one criterion over a run of rows: points, status, and how far they could still move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from liangcun_standards.document.standard import Standard
from liangcun_standards.document.tree import Criterion
from liangcun_standards.indicators import Indicator
from liangcun_standards.scoring.views import ExactRows, SpanRows
from liangcun_standards.table import Booleans, Floats, IndicatorTable, Integers, Span
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

# Points are sums of products of decimals: what falls short by less than this has reached the mark.
TOLERANCE = 1e-9


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
class CriterionColumns:
    """One criterion over the rows of a run.

    `points`: (n,) NaN where the criterion doesn't count now. `status`: (n,) places in STATUSES.
    `absent`: (n,) where it doesn't count now, None for nowhere. `exempt`: (n,) where it will not count
    whatever is observed, None for nowhere. `open`: the unsettled rows.
    """

    points: Floats
    status: Statuses
    absent: Booleans | None
    exempt: Booleans | None
    open: Open | None


def score_criterion(
    criterion: Criterion,
    standard: Standard,
    table: IndicatorTable,
    rows: slice,
    indicators: Mapping[str, Indicator],
    exempt: Exempt,
) -> CriterionColumns:
    """Score `criterion` for a run of rows, which for a rule relative to peers is the whole table."""
    view = ExactRows(table, rows, indicators)
    points = _exact(criterion, view)
    unsettled = _unsettled(criterion, view, points)
    first = rows.start or 0
    open_: Open | None = None
    unresolved: Integers | None = None
    if unsettled is not None:
        local = np.flatnonzero(unsettled)
        span = _span(criterion, table, local + first, indicators)
        missing = _missing(criterion, view)[local]
        unknown = view.unknown(criterion.inputs)
        known = np.ones(len(local), bool) if unknown is None else ~unknown[local]
        # A formula without a value though every input is known is treated as if it were not reported.
        missing |= np.isnan(points[local]) & known
        open_, unresolved = _settle(criterion, standard, points, local, span, missing, known & ~missing)
    columns = _with_status(criterion, points, open_, unresolved, standard)
    applies = _not_applicable(criterion, table, view, first, indicators)
    _exempt(columns, criterion, standard, _local(exempt, first, view.size), applies)
    return columns


def _exact(criterion: Criterion, view: ExactRows) -> Floats:
    points = criterion.rule.exact(view, criterion.scale)
    # A rule may hand back a column of the table or a broadcast; what follows writes into the points.
    return points if points.flags.owndata and points.flags.writeable else np.array(points)


def _unsettled(criterion: Criterion, view: ExactRows, points: Floats) -> Booleans | None:
    """The rows that the exact values don't decide; for a peer rule, all peers of such a row."""
    unknown = view.unknown(criterion.inputs)
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


def _span(
    criterion: Criterion, table: IndicatorTable, rows: Integers, indicators: Mapping[str, Indicator]
) -> Span:
    """The least and most points at `rows`, with what is not known of whether the criterion applies."""
    view = SpanRows(table, rows, indicators)
    low, high = criterion.rule.span(view, criterion.scale)
    if criterion.applies_when is not None:
        truth = criterion.applies_when.truth(view)
        # Where the criterion may turn out not to apply, what is left of the total lies between what it is
        # with no points here and with all of them.
        doubtful = truth.may & ~truth.must
        low, high = np.where(doubtful, 0.0, low), np.where(doubtful, criterion.scale, high)
    return Span(np.broadcast_to(low, rows.shape), np.broadcast_to(high, rows.shape))


def _settle(
    criterion: Criterion,
    standard: Standard,
    points: Floats,
    rows: Integers,
    span: Span,
    missing: Booleans,
    known: Booleans,
) -> tuple[Open | None, Integers | None]:
    """Write into `points` what the unsettled rows count for now; return those that stay open.

    `known`: where all of the village's own values are known, so that only its peers' are open: it counts
    with the peers known so far. The second result are the rows whose status may be unknown.
    """
    policy = criterion.missing or standard.missing
    moving = span.high - span.low > TOLERANCE
    points[rows] = np.where(known, np.clip(points[rows], span.low, span.high), span.low)
    if policy == "leave_out":
        points[rows[moving & missing]] = np.nan
    if not moving.any():
        return None, None
    unresolved = rows[moving & ~known & (~missing | (policy != "fail"))]
    return Open(rows[moving], span.low[moving], span.high[moving]), unresolved


def _with_status(
    criterion: Criterion,
    points: Floats,
    open_: Open | None,
    unresolved: Integers | None,
    standard: Standard,
) -> CriterionColumns:
    mark = pass_mark(criterion)
    status = (points >= mark).view(np.uint8) + (points > TOLERANCE).view(np.uint8)
    absent: Booleans | None = None
    if open_ is not None and unresolved is not None and len(unresolved):
        # Bounded on both sides of the mark is unknown; bounded on one side of it is decided.
        ends = np.searchsorted(open_.rows, unresolved)
        undecided = (open_.low[ends] < mark) & (open_.high[ends] >= mark)
        status[unresolved[undecided]] = UNKNOWN
        absent = np.isnan(points)
        status[absent] = UNKNOWN
        absent = absent if absent.any() else None
    if criterion.max_score == 0 and not criterion.veto:
        status[:] = UNSCORED
    return CriterionColumns(points, status, absent, None, open_)


def pass_mark(criterion: Criterion) -> float:
    """The points from which the criterion counts as passed, less the tolerance."""
    return criterion.scale * criterion.pass_share - TOLERANCE


def _not_applicable(
    criterion: Criterion,
    table: IndicatorTable,
    view: ExactRows,
    first: int,
    indicators: Mapping[str, Indicator],
) -> Booleans | None:
    """The rows to which the criterion surely doesn't apply."""
    if criterion.applies_when is None:
        return None
    off = ~criterion.applies_when.exact(view)
    unknown = view.unknown(criterion.applies_when.inputs())
    if unknown is not None:
        rows = np.flatnonzero(unknown)
        off[rows] = ~criterion.applies_when.truth(SpanRows(table, rows + first, indicators)).may
    return off if off.any() else None


def _local(exempt: Exempt, first: int, size: int) -> Exempt:
    def within(rows: Integers) -> Integers:
        return rows[(rows >= first) & (rows < first + size)] - first

    if exempt is NOBODY:
        return exempt
    return Exempt(within(exempt.waived), within(exempt.not_applicable))


def _exempt(
    columns: CriterionColumns,
    criterion: Criterion,
    standard: Standard,
    exempt: Exempt,
    off: Booleans | None,
) -> None:
    """Take the exempt rows out of the criterion, in place."""
    if off is None and not len(exempt.waived) and not len(exempt.not_applicable):
        return
    gone = np.zeros(len(columns.points), bool) if off is None else off.copy()
    gone[exempt.not_applicable] = True
    columns.status[gone] = NOT_APPLICABLE
    columns.status[exempt.waived] = WAIVED
    settled = gone.copy()
    settled[exempt.waived] = True
    if standard.waived == "full":
        columns.points[exempt.waived] = criterion.scale
        gone[exempt.waived] = False
    else:
        gone[exempt.waived] = True
    columns.points[gone] = np.nan
    absent = np.isnan(columns.points)
    columns.absent = absent if absent.any() else None
    columns.exempt = gone if gone.any() else None
    if columns.open is not None:
        keep = ~settled[columns.open.rows]
        rows = columns.open.rows[keep]
        columns.open = Open(rows, columns.open.low[keep], columns.open.high[keep]) if len(rows) else None
