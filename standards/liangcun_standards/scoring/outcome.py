"""From the total to what follows: entry, vetoes, group minima, tiers, grades, passing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

from liangcun_standards.document.outcome import Adjustment
from liangcun_standards.document.standard import Standard
from liangcun_standards.scoring.plan import TOLERANCE, Plan
from liangcun_standards.scoring.tree import Leaves, Totals
from liangcun_standards.scoring.views import ExactRows, SpanRows
from liangcun_standards.table import Booleans, Floats, Input

Places = npt.NDArray[np.int8]

# No grade, no tier, no class.
NONE = -1


@dataclass(frozen=True)
class AdjustmentColumns:
    """One bonus or penalty over some rows: what counts now, and its ends; all (n,), penalties negative."""

    now: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Outcome:
    """What a set of points comes to, over some rows.

    `total`: (n,) rounded, NaN where nothing counts. `grade`, `tier`: (n,) places in the document, NONE where
    none. `passed`: (n,).
    """

    total: Floats
    grade: Places
    tier: Places
    passed: Booleans


def adjust(adjustment: Adjustment, view: ExactRows) -> AdjustmentColumns:
    """Points for the events counted, up to the cap."""
    source = Input(adjustment.indicator)
    sign = 1.0 if adjustment.kind == "bonus" else -1.0

    def earned(events: Floats) -> Floats:
        points = np.maximum(events, 0.0)
        points *= adjustment.per
        np.minimum(points, adjustment.cap, out=points)
        points *= sign
        return points

    if view.unknown_of(source) is None:
        points = earned(view.read(source))
        return AdjustmentColumns(points, points, points)
    positions = np.arange(view.rows.start, view.rows.stop)
    span = SpanRows(view.table, positions, view.indicators).read(source)
    fewest, most = earned(span.low), earned(span.high)
    missing = view.missing(source)
    if missing is not None:
        fewest[missing] = 0.0
        if adjustment.missing == "none":
            most[missing] = 0.0
    low, high = (fewest, most) if adjustment.kind == "bonus" else (most, fewest)
    return AdjustmentColumns(fewest, low, high)


def added(parts: Sequence[Floats]) -> Floats | None:
    """The sum of the parts, in a new array; None where there is none."""
    if not parts:
        return None
    total = parts[0].copy()
    for part in parts[1:]:
        total += part
    return total


def round_half_up(values: Floats, decimals: int) -> Floats:
    """四舍五入: halves away from zero for the totals, which are never negative; a new array.

    What falls short of a half by less than a float's noise counts as the half.
    """
    factor = 10.0**decimals
    rounded = values * factor
    rounded += 0.5 + 1e-7
    np.floor(rounded, out=rounded)
    rounded /= factor
    return rounded


def judge(
    standard: Standard,
    plan: Plan,
    totals: Totals,
    criteria: Leaves,
    adjusted: Floats | None,
    refusals: Sequence[Booleans | None],
) -> Outcome:
    """Grade, tier and passing for one set of points.

    `adjusted`: (n,) bonuses less penalties. `refusals`: (n,) where a veto or an entry condition stands
    against the village; None for nowhere.
    """
    total = totals.whole.points
    if adjusted is not None:
        total = total + adjusted
        np.maximum(total, 0.0, out=total)
    total = round_half_up(total, standard.decimals)
    scored: Booleans | None = None
    if totals.whole.absent is not None:
        total[totals.whole.absent] = np.nan
        scored = ~totals.whole.absent
    tier = _tiers(plan, criteria, total)
    refused = _refused(plan, totals, refusals)
    grade = _grades(standard, total, tier)
    if refused is not None and plan.passing_grade is not None:
        _lower(grade, refused, plan.passing_grade, len(standard.grades))
    passed = _passes(standard, plan, total, grade, criteria)
    if scored is not None:
        passed &= scored
    if refused is not None:
        passed &= ~refused
    return Outcome(total, grade, tier, passed)


def _refused(plan: Plan, totals: Totals, refusals: Sequence[Booleans | None]) -> Booleans | None:
    """The rows refused by a veto, an entry condition or a group's minimum; None for no row."""
    reasons = [reason for reason in refusals if reason is not None]
    for code, least in plan.minima:
        branch = totals.groups[code]
        below = branch.points < least - TOLERANCE
        reasons.append(below if branch.absent is None else below & ~branch.absent)
    if not reasons:
        return None
    return reduce(np.logical_or, reasons)


def _tiers(plan: Plan, criteria: Leaves, total: Floats) -> Places:
    tier = np.full_like(total, NONE, dtype=np.int8)
    if not plan.tiers:
        return tier
    reached = np.ones_like(total, dtype=bool)
    for place, required in enumerate(plan.tiers):
        for criterion in required:
            reached &= met(criteria, criterion)
        tier[reached] = place
    return tier


def met(criteria: Leaves, place: int) -> Booleans:
    """Where the criterion passes or doesn't count."""
    passed, absent = criteria.passed(place), criteria.absent.get(place)
    return passed if absent is None else passed | absent


def _grades(standard: Standard, total: Floats, tier: Places) -> Places:
    """The first grade whose minimum, and whose tier, is reached."""
    if not any(grade.tier for grade in standard.grades):
        return _grades_by_total(standard, total)
    grade = np.full_like(total, NONE, dtype=np.int8)
    tiers = {one.code: place for place, one in enumerate(standard.tiers)}
    for place in reversed(range(len(standard.grades))):
        wanted = standard.grades[place]
        reached = total >= wanted.min_score - TOLERANCE
        if wanted.tier is not None:
            reached &= tier >= tiers[wanted.tier]
        grade[reached] = place
    return grade


def _grades_by_total(standard: Standard, total: Floats) -> Places:
    """Grades stand from the highest minimum down: a total's place is the number of minima above it."""
    grade = np.full_like(total, len(standard.grades), dtype=np.int8)
    for wanted in standard.grades:
        grade -= (total >= wanted.min_score - TOLERANCE).view(np.int8)
    grade[grade == len(standard.grades)] = NONE
    return grade


def _lower(grade: Places, refused: Booleans, passing: int, count: int) -> None:
    """Put whoever is refused in the best grade that doesn't pass, in place."""
    if passing + 1 == count:
        grade[refused] = NONE
        return
    better = refused & (grade >= 0)
    better &= grade <= passing
    grade[better] = passing + 1


def _passes(standard: Standard, plan: Plan, total: Floats, grade: Places, criteria: Leaves) -> Booleans:
    """Where everything that `passing` names holds, for whoever has a total."""
    passing, passed = standard.passing, np.ones_like(total, dtype=bool)
    if plan.passing_grade is not None:
        passed &= grade >= 0
        passed &= grade <= plan.passing_grade
    if passing.min_score is not None:
        passed &= total >= passing.min_score - TOLERANCE
    if passing.min_passed is not None:
        count = np.zeros_like(total, dtype=np.int32)
        for place in plan.scored:
            absent = criteria.absent.get(place)
            count += criteria.passed(place) if absent is None else criteria.passed(place) & ~absent
        passed &= count >= passing.min_passed
    if passing.every_criterion:
        for place in plan.scored:
            passed &= met(criteria, place)
    return passed
