"""Regions close to a mark (a grade, passing, a group's minimum), and what tips them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from liangcun_standards.scoring import ScoreResult
from liangcun_standards.scoring.criteria import FAIL, PASS, Scores
from liangcun_standards.scoring.outcome import round_half_up
from liangcun_standards.scoring.plan import TOLERANCE, plan_of
from liangcun_standards.scoring.tree import Totals, climb
from liangcun_standards.sensitivity.asking import InvalidSensitivity
from liangcun_standards.sensitivity.blocks import leaves_of
from liangcun_standards.table import Booleans, Floats, Integers
from liangcun_standards.text import Text

MARGIN = 2.0
LARGEST_MARGIN = 1e6
_TIPS = 5

Kind = Literal["grade", "passing", "group", "criteria"]


@dataclass(frozen=True)
class Mark:
    """What is asked for: `at` points of the total or of a group or, for `criteria`, so many passed."""

    kind: Kind
    code: str
    label: Text
    at: float


class Tip(NamedTuple):
    """A criterion that by itself takes a region across a mark: to full points, or down to none.

    `becomes`: what the total, or the group, would come to. `unknown`: whether its points aren't settled.
    """

    criterion: str
    points: float
    becomes: float
    unknown: bool


@dataclass(frozen=True)
class Near:
    """A region within the margin of a mark; `gap` is what it has less what is asked for, negative below."""

    region: str
    mark: Mark
    has: float
    gap: float
    tips: tuple[Tip, ...]


def near_marks(
    result: ScoreResult, margin: float = MARGIN, within: str | None = None, first: int = 1_000
) -> list[Near]:
    """The regions within a place that stand at most `margin` points from a mark, the nearest first.

    For a mark that counts criteria they are those that pass with none to spare, or lack one. What tips a
    region is worked out by putting its criteria together again; where that depends on other regions (TOPSIS,
    entropy weights) no tips are told. Raises InvalidSensitivity for a margin that is negative or too large.
    """
    if not 0 <= margin <= LARGEST_MARGIN or math.isnan(margin):
        raise InvalidSensitivity(
            Text(
                f"界线两侧的范围应为 0 到 {LARGEST_MARGIN:,.0f} 分",
                f"the margin is 0 to {LARGEST_MARGIN:,.0f} points",
            )
        )
    rows = slice(0, len(result)) if within is None else result.rows_within(within)
    found: list[tuple[float, int, Mark, float]] = []
    for mark, has in _marks(result, rows):
        gap = has - mark.at
        wide = 1.0 if mark.kind == "criteria" else margin
        close = (gap >= -wide - TOLERANCE) & (gap <= (0.0 if mark.kind == "criteria" else wide) + TOLERANCE)
        found += [
            (float(gap[place]), int(place) + rows.start, mark, float(has[place]))
            for place in np.flatnonzero(close)
        ]
    found.sort(key=lambda one: (abs(one[0]), one[1], one[2].code))
    chosen = found[:first]
    tips = _tips(result, [(row, mark, gap) for gap, row, mark, _ in chosen])
    regions = result.table.regions
    return [
        Near(regions[row], mark, has, gap, own)
        for (gap, row, mark, has), own in zip(chosen, tips, strict=True)
    ]


def _marks(result: ScoreResult, rows: slice) -> Iterator[tuple[Mark, Floats]]:
    """Every mark, and what each region has of what it asks for, NaN where it has nothing."""
    standard, plan = result.standard, plan_of(result.standard)
    total = result.total[rows]
    for grade in standard.grades:
        # What everyone reaches is no mark.
        if grade.min_score > 0:
            yield Mark("grade", grade.code, grade.label, grade.min_score), total
    least = standard.passing.min_score
    if least is not None:
        yield Mark("passing", standard.code, Text("达标分", "points to pass"), least), total
    groups = {group.code: group for group in standard.all_groups}
    for code, least in plan.minima:
        label = groups[code].label
        yield (
            Mark("group", code, Text(f"{label.zh}最低分", f"the least in {label.en}"), least),
            result.groups[code][rows],
        )
    yield from _counted(result, rows)


def _counted(result: ScoreResult, rows: slice) -> Iterator[tuple[Mark, Floats]]:
    standard, plan = result.standard, plan_of(result.standard)
    leaves = leaves_of(plan, result.points[:, rows], result.status[:, rows])
    passed = np.stack([leaves.passed(place) for place in plan.scored])
    absent = np.isnan(leaves.points[list(plan.scored)])
    if standard.passing.min_passed is not None:
        label = Text("达标条目数", "criteria to pass")
        mark = Mark("criteria", standard.code, label, float(standard.passing.min_passed))
        yield mark, (passed & ~absent).sum(axis=0).astype(np.float64)
    elif standard.passing.every_criterion:
        mark = Mark("criteria", standard.code, Text("全部条目", "every criterion"), float(len(plan.scored)))
        # Who passes them all has nothing to spare, but isn't in doubt: only who lacks one is told.
        has = (passed | absent).sum(axis=0).astype(np.float64)
        yield mark, np.where(has == mark.at, np.nan, has)


def _tips(result: ScoreResult, asked: list[tuple[int, Mark, float]]) -> list[tuple[Tip, ...]]:
    plan = plan_of(result.standard)
    if not asked or plan.tree_relative:
        return [()] * len(asked)
    rows = np.array([row for row, _, _ in asked], np.int64)
    below = np.array([gap < -TOLERANCE for _, _, gap in asked])
    tried, changes = _tried(result, rows, below)
    each = len(result.standard.criteria)
    found = []
    for number, (row, mark, _) in enumerate(asked):
        columns = slice(number * each, (number + 1) * each)
        becomes = _has(result, mark, tried, columns, rows[number])
        found.append(_crossing(result, row, mark, becomes, changes[columns], below=bool(below[number])))
    return found


class _Tried(NamedTuple):
    leaves: Scores
    totals: Totals


def _tried(result: ScoreResult, rows: Integers, below: Booleans) -> tuple[_Tried, Booleans]:
    """Each row once for each criterion, which gets full points below its mark and none above; and whether
    that changes anything."""
    plan, standard = plan_of(result.standard), result.standard
    each = len(standard.criteria)
    points = np.repeat(result.points[:, rows], each, axis=1)
    status = np.repeat(result.status[:, rows], each, axis=1)
    place, column = np.tile(np.arange(each), len(rows)), np.arange(each * len(rows))
    full = np.array([criterion.scale for criterion in standard.criteria])
    up = np.repeat(below, each)
    after = np.where(up, full[place], 0.0)
    counts = ~np.isnan(points[place, column])
    changes: Booleans = counts & (np.abs(after - points[place, column]) > TOLERANCE)
    points[place[counts], column[counts]] = after[counts]
    status[place[counts], column[counts]] = np.where(up, PASS, FAIL)[counts]
    leaves = leaves_of(plan, points, status)
    return _Tried(leaves, climb(plan, leaves, np.zeros(len(column), np.int64))), changes


def _has(result: ScoreResult, mark: Mark, tried: _Tried, columns: slice, row: np.int64) -> Floats:
    plan = plan_of(result.standard)
    if mark.kind == "group":
        return tried.totals.groups[mark.code].points[columns]
    if mark.kind == "criteria":
        counted = [tried.leaves.passed(place)[columns] for place in plan.scored]
        return np.asarray(np.sum(counted, axis=0), np.float64)
    total = tried.totals.whole.points[columns]
    adjusted = sum(float(one[row]) for one in result.adjustments.values())
    return round_half_up(np.maximum(total + adjusted, 0.0), result.standard.decimals)


def _crossing(
    result: ScoreResult, row: int, mark: Mark, becomes: Floats, changes: Booleans, *, below: bool
) -> tuple[Tip, ...]:
    """The criteria that take the row across, unsettled ones first, then those that just suffice."""
    across = changes & ((becomes >= mark.at - TOLERANCE) if below else (becomes < mark.at - TOLERANCE))
    tips = []
    for place in np.flatnonzero(across):
        one = result.criterion(row, int(place))
        unknown = one.lowest < one.highest
        points = one.score if one.score is not None else 0.0
        tips.append(Tip(result.standard.criteria[place].code, points, float(becomes[place]), unknown))
    tips.sort(key=lambda one: (not one.unknown, abs(one.becomes - mark.at)))
    return tuple(tips[:_TIPS])
