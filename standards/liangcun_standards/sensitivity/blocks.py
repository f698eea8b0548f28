"""Scored completions as blocks of arrays: points, what decides on passing besides the total, adjustments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from liangcun_standards.scoring import ScoreResult
from liangcun_standards.scoring.criteria import PASS, Scores, Statuses
from liangcun_standards.scoring.outcome import judge
from liangcun_standards.scoring.plan import TOLERANCE, Plan, plan_of
from liangcun_standards.scoring.tree import Branch, Totals
from liangcun_standards.sensitivity.completing import Unknowns, completed
from liangcun_standards.table import Booleans, Floats, Integers

Laid = TypeVar("Laid", Floats, Booleans)

# More than any total can come to.
_ENOUGH = 1e12


def leaves_of(plan: Plan, points: Floats, status: Statuses) -> Scores:
    """Criteria over rows as scoring hands them up the tree, from their (m, n) points and statuses."""
    missing = np.isnan(points)
    absent = {place: one for place, one in enumerate(missing) if one.any()}
    return Scores(plan, points, status, absent)


@dataclass(frozen=True)
class Block:
    """b completions, numbered from `first`, over n rows.

    `points`: (b, m, n), NaN where a criterion doesn't count. `passed`: (b, m, n). `adjusted`: (b, n) bonuses
    less penalties. `needed`: (b, n) the total from which the village passes as far as points decide. `free`:
    (b, n) where nothing but points and group minima stands against it. `groups`: (b, n) points by code.
    `total`: (b, n) as scored.
    """

    first: int
    points: Floats
    passed: Booleans
    adjusted: Floats
    needed: Floats
    free: Booleans
    groups: Mapping[str, Floats]
    total: Floats

    def __len__(self) -> int:
        return len(self.total)


def blocks(unknowns: Unknowns, rows: Integers, count: int, random: np.random.Generator) -> Iterator[Block]:
    """The completions over `rows`; with a `count` of 0 the result as it stands, once."""
    as_it_stands = _block(0, 1, unknowns.result, rows, stands=True)
    if count == 0:
        yield as_it_stands
        return
    inner = np.searchsorted(rows, unknowns.rows)
    first = 0
    for scored in completed(unknowns, count, random):
        many = len(scored) // len(inner)
        part = _block(first, many, scored, np.arange(len(scored)), stands=False)
        yield part if len(inner) == len(rows) else _laid_over(as_it_stands, part, inner)
        first += many


def _block(first: int, many: int, result: ScoreResult, rows: Integers, *, stands: bool) -> Block:
    """A result whose rows hold `many` completions one after another."""
    plan = plan_of(result.standard)
    leaves = leaves_of(plan, result.points[:, rows], result.status[:, rows])
    needed, free = _needed(result, rows), _free(result, leaves, rows)
    if stands:
        # An entry condition that isn't surely met refuses the village as things stand.
        free &= result.passed[rows] | (np.nan_to_num(result.total[rows], nan=-1.0) < needed)
    passed = np.stack([leaves.passed(place) for place in range(len(leaves.points))])
    adjusted = np.zeros(len(rows))
    for one in result.adjustments.values():
        adjusted += one[rows]
    return Block(
        first,
        leaves.points.reshape(len(passed), many, -1).swapaxes(0, 1),
        passed.reshape(len(passed), many, -1).swapaxes(0, 1),
        adjusted.reshape(many, -1),
        needed.reshape(many, -1),
        free.reshape(many, -1),
        {code: one[rows].reshape(many, -1) for code, one in result.groups.items()},
        result.total[rows].reshape(many, -1),
    )


def _needed(result: ScoreResult, rows: Integers) -> Floats:
    """(n,) the total that passing asks for, infinite where no grade that passes can be reached."""
    standard, plan = result.standard, plan_of(result.standard)
    needed = np.full(len(rows), -np.inf)
    if standard.passing.min_score is not None:
        needed[:] = standard.passing.min_score - TOLERANCE
    if plan.passing_grade is None:
        return needed
    tiers = {one.code: place for place, one in enumerate(standard.tiers)}
    least = np.full(len(rows), np.inf)
    for grade in standard.grades[: plan.passing_grade + 1]:
        reachable = result.tier[rows] >= (-1 if grade.tier is None else tiers[grade.tier])
        least = np.where(reachable, np.minimum(least, grade.min_score - TOLERANCE), least)
    return np.asarray(np.maximum(needed, least), np.float64)


def _free(result: ScoreResult, leaves: Scores, rows: Integers) -> Booleans:
    """(n,) who passes if only the total, and every group, are high enough."""
    standard, plan = result.standard, plan_of(result.standard)
    enough = Branch(np.full(len(rows), _ENOUGH))
    totals = Totals(dict.fromkeys(result.groups, enough), enough)
    refusals: list[Booleans | None] = [leaves.status[place] < PASS for place in plan.vetoes]
    refusals.append(~result.admitted[rows])
    return judge(standard, plan, totals, leaves, None, refusals).passed


def _laid_over(base: Block, part: Block, rows: Integers) -> Block:
    """The block of all rows in which some differ from one completion to the next."""

    def over(below: Laid, above: Laid) -> Laid:
        laid = np.repeat(below, len(part), axis=0)
        laid[..., rows] = above
        return laid

    return Block(
        part.first,
        over(base.points, part.points),
        over(base.passed, part.passed),
        over(base.adjusted, part.adjusted),
        over(base.needed, part.needed),
        over(base.free, part.free),
        {code: over(base.groups[code], one) for code, one in part.groups.items()},
        over(base.total, part.total),
    )
