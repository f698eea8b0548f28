"""From the criteria's points up the tree of groups to the total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from liangcun_standards.aggregation import (
    entropy_weights,
    geometric_mean,
    minimum,
    pass_share,
    topsis,
    weighted_mean,
)
from liangcun_standards.document.standard import Standard
from liangcun_standards.document.tree import Aggregation, Criterion, Group, child_weights, worth
from liangcun_standards.table import Booleans, Floats, Integers


@dataclass
class Branch:
    """A child over some rows: points and, where it doesn't count, absent.

    `passed` is only there for criteria. `points` may be anything where absent.
    """

    points: Floats
    absent: Booleans | None = None
    passed: Booleans | None = None


@dataclass(frozen=True)
class Bound:
    """Which end of what is possible an evaluation is after; None for what counts now."""

    highest: bool


@dataclass
class Totals:
    """The points of every group, by code, and of the whole."""

    groups: dict[str, Branch]
    whole: Branch


def climb(
    standard: Standard, criteria: Mapping[str, Branch], peers: Integers, bound: Bound | None = None
) -> Totals:
    """Put the criteria together, group by group.

    `peers`: (n,) peer groups, each whole when the standard is relative to peers. With a `bound`, results
    that depend on peers are replaced by the end of what they can be.
    """
    groups: dict[str, Branch] = {}

    def visit(group: Group) -> Branch:
        children = [criteria[criterion.code] for criterion in group.criteria]
        children += [visit(inner) for inner in group.groups]
        branch = _together(group.aggregation, group.children, children, group.worth, peers, bound)
        groups[group.code] = branch
        return branch

    branches = [visit(group) for group in standard.groups]
    whole = _together(standard.aggregation, standard.groups, branches, standard.worth, peers, bound)
    return Totals(groups, whole)


def _together(
    aggregation: Aggregation,
    children: tuple[Group | Criterion, ...],
    branches: list[Branch],
    full: float,
    peers: Integers,
    bound: Bound | None,
) -> Branch:
    weights = child_weights(aggregation, children)
    counted = [
        (child, branch, weight)
        for child, branch, weight in zip(children, branches, weights, strict=True)
        if worth(child) > 0
    ]
    if not counted:
        return Branch(np.zeros(len(branches[0].points)), np.ones(len(branches[0].points), bool))
    if aggregation.method == "sum":
        return _sum([worth(child) for child, _, _ in counted], [branch for _, branch, _ in counted], full)
    branches = [branch for _, branch, _ in counted]
    shares = [_share(branch, worth(child)) for child, branch, _ in counted]
    share = _share_of_whole(aggregation, shares, branches, [w for _, _, w in counted], peers, bound)
    nothing = np.isnan(share)
    points = share * full
    if nothing.any():
        points[nothing] = 0.0
        return Branch(points, nothing)
    return Branch(points)


def _sum(worths: list[float], branches: list[Branch], full: float) -> Branch:
    """The sum; over the children present, scaled up to what all would be worth."""
    total = np.zeros(len(branches[0].points))
    everything = sum(worths)
    missing: Floats | None = None
    for value, branch in zip(worths, branches, strict=True):
        if branch.absent is None:
            total += branch.points
            continue
        total += np.where(branch.absent, 0.0, branch.points)
        missing = np.zeros(len(total)) if missing is None else missing
        missing += value * branch.absent
    if missing is None:
        if full != everything:
            total *= full / everything
        return Branch(total)
    present = everything - missing
    nothing = np.ones(len(total), bool)
    for branch in branches:
        nothing &= False if branch.absent is None else branch.absent
    present[nothing] = 1.0
    total *= np.where(missing == 0, full / everything, full / present)
    total[nothing] = 0.0
    return Branch(total, nothing if nothing.any() else None)


def _share(branch: Branch, full: float) -> Floats:
    return branch.points / full


def _share_of_whole(
    aggregation: Aggregation,
    shares: list[Floats],
    branches: list[Branch],
    weights: list[float],
    peers: Integers,
    bound: Bound | None,
) -> Floats:
    """The aggregate's share in [0, 1], NaN where no child is present."""
    size = len(shares[0])
    present = None
    if any(branch.absent is not None for branch in branches):
        everyone = np.ones(size, bool)
        present = [everyone if branch.absent is None else ~branch.absent for branch in branches]
    if aggregation.method == "minimum":
        return minimum(shares, present)
    if aggregation.method == "pass_count":
        return pass_share([_passed(branch) for branch in branches], present)
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
        return topsis(_neutral(_blanked(shares, present), peers), weights, peers)
    return mean(shares, weights, present)


def _passed(branch: Branch) -> Booleans:
    assert branch.passed is not None
    return branch.passed


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
