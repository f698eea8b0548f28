"""From the criteria's points up the tree of groups to the total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from liangcun_standards.aggregation import (
    entropy_weights,
    geometric_mean,
    minimum,
    pass_share,
    topsis,
    weighted_mean,
)
from liangcun_standards.document.tree import Aggregation
from liangcun_standards.scoring.plan import Node, Plan
from liangcun_standards.table import Booleans, Floats, Integers


class Leaves(Protocol):
    """The criteria over some rows, by their places in the document."""

    @property
    def points(self) -> Floats:
        """(m, n) points; anything where absent."""

    @property
    def absent(self) -> Mapping[int, Booleans]:
        """For the criteria that have any, (n,) where it doesn't count."""

    def passed(self, place: int) -> Booleans:
        """(n,) where the criterion passes."""


class Branch(NamedTuple):
    """A child over some rows: points and, where it doesn't count, absent.

    `points` may be anything where absent; None for `absent` is nowhere.
    """

    points: Floats
    absent: Booleans | None = None


@dataclass(frozen=True)
class Bound:
    """Which end of what is possible an evaluation is after; None for what counts now."""

    highest: bool


@dataclass(frozen=True)
class Totals:
    """The points of every group, by code, and of the whole."""

    groups: dict[str, Branch]
    whole: Branch


def climb(plan: Plan, criteria: Leaves, peers: Integers, bound: Bound | None = None) -> Totals:
    """Put the criteria together, group by group.

    `peers`: (n,) peer groups, each whole when the standard is relative to peers. With a `bound`, results
    that depend on peers are replaced by the end of what they can be.
    """
    groups: dict[str, Branch] = {}
    points, absent = criteria.points, criteria.absent

    def visit(node: Node) -> Branch:
        if node.plain and not absent:
            return Branch(_plain_sum([points[place] for place in node.criteria]))
        children = [Branch(points[place], absent.get(place)) for place in node.criteria]
        for inner in node.inner:
            groups[inner.code] = branch = visit(inner)
            children.append(branch)
        return _together(node, criteria, children, peers, bound)

    whole = visit(plan.whole)
    if plan.over_all is not None:
        children = [Branch(points[place], absent.get(place)) for place in plan.over_all.criteria]
        whole = _together(plan.over_all, criteria, children, peers, bound)
    return Totals(groups, whole)


def _together(
    node: Node, criteria: Leaves, children: Sequence[Branch], peers: Integers, bound: Bound | None
) -> Branch:
    if not node.counted:
        size = len(children[0].points)
        return Branch(np.zeros(size), np.ones(size, bool))
    counted = children if node.counts_all else [children[place] for place in node.counted]
    if node.aggregation.method == "sum":
        return _sum(node, counted)
    if node.aggregation.method == "pass_count":
        passed = [criteria.passed(node.criteria[place]) for place in node.counted]
        share = pass_share(passed, _present(counted))
    else:
        share = _share_of_whole(node, counted, peers, bound)
    nothing = np.isnan(share)
    points = share * node.full
    if nothing.any():
        points[nothing] = 0.0
        return Branch(points, nothing)
    return Branch(points)


def _plain_sum(points: Sequence[Floats]) -> Floats:
    """What `_sum` comes to where everything counts in full."""
    # Never the criterion's own array, and never -0.0.
    total = points[0] + 0.0
    for one in points[1:]:
        total += one
    return total


def _sum(node: Node, children: Sequence[Branch]) -> Branch:
    """The sum; over the children present, scaled up to what all would be worth."""
    # Never the child's own array, and never -0.0.
    total = np.zeros_like(children[0].points)
    missing: Floats | None = None
    for value, (points, absent) in zip(node.worths, children, strict=True):
        if absent is None:
            total += points
            continue
        total += np.where(absent, 0.0, points)
        missing = np.zeros(len(points)) if missing is None else missing
        missing += value * absent
    if missing is None:
        if node.full != node.everything:
            total *= node.full / node.everything
        return Branch(total)
    nothing = _nowhere(children)
    present = node.everything - missing
    if nothing is not None:
        present[nothing] = 1.0
    total *= np.where(missing == 0, node.full / node.everything, node.full / present)
    if nothing is not None:
        total[nothing] = 0.0
    return Branch(total, nothing)


def _nowhere(children: Sequence[Branch]) -> Booleans | None:
    """The rows in which no child counts; None for no row."""
    found: Booleans | None = None
    for child in children:
        if child.absent is None:
            return None
        found = child.absent if found is None else found & child.absent
    return found if found is not None and found.any() else None


def _present(children: Sequence[Branch]) -> list[Booleans] | None:
    if all(child.absent is None for child in children):
        return None
    everyone = np.ones(len(children[0].points), bool)
    return [everyone if child.absent is None else ~child.absent for child in children]


def _share_of_whole(node: Node, children: Sequence[Branch], peers: Integers, bound: Bound | None) -> Floats:
    """The aggregate's share in [0, 1], NaN where no child is present."""
    aggregation, present = node.aggregation, _present(children)
    shares = [child.points / full for child, full in zip(children, node.worths, strict=True)]
    if aggregation.method == "minimum":
        return minimum(shares, present)
    if aggregation.own is not None:
        end = None if bound is None else float(bound.highest)
        return aggregation.own.put_together(shares, node.weights, present, peers, end)
    if bound is not None and aggregation.peer_relative:
        return _end(aggregation, shares, present, bound)
    mean = geometric_mean if aggregation.method == "geometric_mean" else weighted_mean
    if aggregation.weights == "entropy":
        blanked = _blanked(shares, present)
        by_group = entropy_weights(blanked, peers)
        if aggregation.method == "topsis":
            return topsis(_neutral(blanked, peers), by_group, peers)
        share = mean(shares, by_group, present, peers)
        # Where only children count that are the same for all peers, they weigh the same.
        equal = np.isnan(share)
        return np.where(equal, mean(shares, np.ones(len(shares)), present), share) if equal.any() else share
    if aggregation.method == "topsis":
        return topsis(_neutral(_blanked(shares, present), peers), node.weights, peers)
    return mean(shares, node.weights, present)


def _end(
    aggregation: Aggregation, shares: list[Floats], present: list[Booleans] | None, bound: Bound
) -> Floats:
    """The end that a result relative to peers can't pass.

    A mean under whatever weights lies between the smallest and the largest share; a closeness (TOPSIS)
    anywhere between 0 and 1.
    """
    blanked = _blanked(shares, present)
    if aggregation.method == "topsis":
        nothing = np.logical_and.reduce([np.isnan(share) for share in blanked])
        return np.where(nothing, np.nan, float(bound.highest))
    out = blanked[0]
    for share in blanked[1:]:
        out = np.fmax(out, share) if bound.highest else np.fmin(out, share)
    return out


def _blanked(shares: list[Floats], present: list[Booleans] | None) -> list[Floats]:
    if present is None:
        return shares
    return [np.where(here, share, np.nan) for share, here in zip(shares, present, strict=True)]


def _neutral(shares: list[Floats], peers: Integers) -> list[Floats]:
    """For TOPSIS, a child that doesn't count for a village stands at its peers' mean.

    A village for which no child counts stays out of it: all NaN.
    """
    nothing = np.logical_and.reduce([np.isnan(share) for share in shares])
    filled = []
    for share in shares:
        unknown = np.isnan(share)
        if not unknown.any():
            filled.append(share)
            continue
        totals = np.bincount(peers, weights=np.where(unknown, 0.0, share))
        counts = np.bincount(peers, weights=~unknown)
        means = np.divide(totals, counts, out=np.zeros(len(totals)), where=counts > 0)
        filled.append(np.where(unknown & ~nothing, means[peers], share))
    return filled
