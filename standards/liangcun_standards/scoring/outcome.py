"""From the total to what follows: entry, vetoes, group minima, tiers, grades, passing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from liangcun_standards.document.outcome import Adjustment
from liangcun_standards.document.standard import Standard
from liangcun_standards.indicators import Indicator
from liangcun_standards.scoring.criteria import TOLERANCE
from liangcun_standards.scoring.tree import Branch, Totals
from liangcun_standards.scoring.views import ExactRows, SpanRows
from liangcun_standards.table import Booleans, Floats, IndicatorTable, Input

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


def adjust(
    adjustment: Adjustment, table: IndicatorTable, rows: slice, indicators: Mapping[str, Indicator]
) -> AdjustmentColumns:
    """Points for the events counted, up to the cap."""
    source = Input(adjustment.indicator)
    span = SpanRows(table, np.arange(rows.start, rows.stop), indicators).read(source)
    fewest = np.minimum(adjustment.per * np.maximum(span.low, 0.0), adjustment.cap)
    most = np.minimum(adjustment.per * np.maximum(span.high, 0.0), adjustment.cap)
    missing = ExactRows(table, rows, indicators).missing(source)
    if missing is not None:
        fewest[missing] = 0.0
        if adjustment.missing == "none":
            most[missing] = 0.0
    if adjustment.kind == "bonus":
        return AdjustmentColumns(fewest, fewest, most)
    return AdjustmentColumns(-fewest, -most, -fewest)


def round_half_up(values: Floats, decimals: int) -> Floats:
    """四舍五入: halves away from zero for the totals, which are never negative.

    What falls short of a half by less than a float's noise counts as the half.
    """
    factor = 10.0**decimals
    return np.floor(values * factor + (0.5 + 1e-7)) / factor


def judge(
    standard: Standard,
    totals: Totals,
    criteria: Mapping[str, Branch],
    adjusted: Floats | None,
    vetoed: Booleans | None,
    barred: Booleans | None,
) -> Outcome:
    """Grade, tier and passing for one set of points.

    `adjusted`: (n,) bonuses less penalties. `vetoed`, `barred`: (n,) where a veto or an entry condition
    stands against the village; None for nowhere.
    """
    total = totals.whole.points
    if adjusted is not None:
        total = np.maximum(total + adjusted, 0.0)
    total = round_half_up(total, standard.decimals)
    if totals.whole.absent is not None:
        total[totals.whole.absent] = np.nan
    tier = _tiers(standard, criteria, len(total))
    refused = _refused(standard, totals, vetoed, barred, len(total))
    grade = _grades(standard, total, tier)
    passing = _passing_grade(standard)
    if passing is not None and passing + 1 < len(standard.grades):
        # Whoever is refused stands in the best grade that doesn't pass.
        grade[refused & (grade >= 0)] = np.maximum(grade[refused & (grade >= 0)], passing + 1)
    elif passing is not None:
        grade[refused] = NONE
    passed = _passes(standard, total, grade, criteria) & ~refused
    return Outcome(total, grade, tier, passed)


def _refused(
    standard: Standard, totals: Totals, vetoed: Booleans | None, barred: Booleans | None, size: int
) -> Booleans:
    refused = np.zeros(size, bool)
    for reason in (vetoed, barred):
        if reason is not None:
            refused |= reason
    for group in standard.all_groups:
        if group.min_score is not None:
            branch = totals.groups[group.code]
            below = branch.points < group.min_score - TOLERANCE
            refused |= below if branch.absent is None else below & ~branch.absent
    return refused


def _tiers(standard: Standard, criteria: Mapping[str, Branch], size: int) -> Places:
    tier = np.full(size, NONE, np.int8)
    reached = np.ones(size, bool)
    members = {
        group.code: [c.code for g in group.walk() for c in g.criteria] for group in standard.all_groups
    }
    for place, wanted in enumerate(standard.tiers):
        for code in wanted.requires:
            for criterion in members.get(code, [code]):
                reached = reached & met(criteria[criterion])
        tier[reached] = place
    return tier


def met(branch: Branch) -> Booleans:
    """Where the criterion passes or doesn't count."""
    assert branch.passed is not None
    return branch.passed if branch.absent is None else branch.passed | branch.absent


def _grades(standard: Standard, total: Floats, tier: Places) -> Places:
    grade = np.full(len(total), NONE, np.int8)
    tiers = {one.code: place for place, one in enumerate(standard.tiers)}
    for place in reversed(range(len(standard.grades))):
        wanted = standard.grades[place]
        reached = total >= wanted.min_score - TOLERANCE
        if wanted.tier is not None:
            reached &= tier >= tiers[wanted.tier]
        grade[reached] = place
    return grade


def _passing_grade(standard: Standard) -> int | None:
    """The place of the lowest grade that passes."""
    if standard.passing.grade is None:
        return None
    return next(i for i, grade in enumerate(standard.grades) if grade.code == standard.passing.grade)


def _passes(standard: Standard, total: Floats, grade: Places, criteria: Mapping[str, Branch]) -> Booleans:
    passing, passed = standard.passing, ~np.isnan(total)
    lowest = _passing_grade(standard)
    if lowest is not None:
        passed &= (grade >= 0) & (grade <= lowest)
    if passing.min_score is not None:
        passed &= total >= passing.min_score - TOLERANCE
    if passing.min_passed is not None:
        count = np.zeros(len(total), np.int32)
        for criterion in standard.criteria:
            branch = criteria[criterion.code]
            if criterion.max_score == 0 and not criterion.veto:
                continue
            assert branch.passed is not None
            count += branch.passed if branch.absent is None else branch.passed & ~branch.absent
        passed &= count >= passing.min_passed
    if passing.every_criterion:
        for criterion in standard.criteria:
            if criterion.max_score > 0 or criterion.veto:
                passed &= met(criteria[criterion.code])
    return passed
