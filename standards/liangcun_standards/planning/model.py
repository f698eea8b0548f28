"""A standard as constraints on what a plan chooses: the tree, the cut-offs, vetoes, minima, tiers.

Sums, weighted means and pass counts are linear in the criteria's points. A minimum lies below every child; a
geometric mean is concave, so that it lies below each of its tangents (Kelley: The cutting-plane method for
solving convex programs, Journal of the SIAM 8, 1960). Both are then bounded from above, which is all that a
cut-off asks for; what the bounds let through is scored again, and cut off where it falls short.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from liangcun_standards.document.standard import Standard
from liangcun_standards.planning.choices import Choices
from liangcun_standards.planning.program import Linear, Program
from liangcun_standards.planning.readers import Reader
from liangcun_standards.scoring.plan import TOLERANCE, Node, Plan, plan_of
from liangcun_standards.table import Floats

# A share of nothing has a tangent of infinite slope, and steep ones upset the solver: drawn from here up.
_SMALLEST_SHARE = 0.02
# By how much a mean must lie below what the program took it for, for a tangent to be worth adding.
_GAP = 1e-7


class Target(NamedTuple):
    """What a plan is to reach: to pass, or a grade (its place in the document) or better."""

    grade: int | None


@dataclass(frozen=True)
class Branch:
    """What a node of the tree comes to; None for `points` where nothing in it counts."""

    points: Linear | None


@dataclass(frozen=True)
class Bent:
    """A geometric mean: its variable, and the shares of the children that count with their weights."""

    points: Linear
    full: float
    shares: tuple[Linear, ...]
    weights: tuple[float, ...]


@dataclass
class Model:
    """The program of one village under one standard.

    `presence`: for the criteria that may count or not by what is chosen, which of the two is looked at.
    """

    standard: Standard
    choices: Choices
    readers: Mapping[tuple[str, int], Reader]
    presence: Mapping[int, bool]
    groups: dict[str, Branch] = field(default_factory=dict)
    bent: list[Bent] = field(default_factory=list)

    @classmethod
    def of(
        cls, standard: Standard, choices: Choices, readers: Sequence[Reader], presence: Mapping[int, bool]
    ) -> Model:
        """The model, with what is present held to `presence`."""
        model = cls(standard, choices, {(one.kind, one.place): one for one in readers}, presence)
        for place, there in presence.items():
            reader = model.readers["criterion", place]
            shown = choices.told(reader, reader.cases.present)
            model.program.require(shown, float(there), float(there))
        return model

    @property
    def program(self) -> Program:
        """The program that it is put into."""
        return self.choices.program

    @property
    def plan(self) -> Plan:
        """What scoring knows of the standard."""
        return plan_of(self.standard)

    def present(self, place: int) -> bool:
        """Whether a criterion counts."""
        if place in self.presence:
            return self.presence[place]
        return bool(self.readers["criterion", place].cases.present[0])

    def told(self, kind: str, place: int, what: str) -> Linear:
        """One of the figures of a reader, by what is chosen."""
        reader = self.readers[kind, place]
        values = getattr(reader.cases, what)
        return self.choices.told(reader, np.nan_to_num(values) if what == "points" else values)

    def climb(self) -> Branch:
        """The whole, from the criteria up; `groups` are filled on the way."""
        return self._visit(self.plan.whole)

    def _visit(self, node: Node) -> Branch:
        children = [
            Branch(self.told("criterion", place, "points") if self.present(place) else None)
            for place in node.criteria
        ]
        for inner in node.inner:
            self.groups[inner.code] = branch = self._visit(inner)
            children.append(branch)
        there = [
            (place, worth, weight)
            for place, worth, weight in zip(node.counted, node.worths, node.weights, strict=True)
            if children[place].points is not None
        ]
        if not there:
            return Branch(None)
        points = {place: child.points for place, child in enumerate(children) if child.points is not None}
        return self._together(node, points, there)

    def _together(
        self, node: Node, points: Mapping[int, Linear], there: Sequence[tuple[int, float, float]]
    ) -> Branch:
        """`there`: place, worth and weight of the children that count."""
        method = node.aggregation.method
        if method == "sum":
            scale = node.full / sum(worth for _, worth, _ in there)
            return Branch(Linear.total(points[place] for place, _, _ in there).times(scale))
        if method == "pass_count":
            passed = [self.told("criterion", node.criteria[place], "passed") for place, _, _ in there]
            return Branch(Linear.total(passed).times(node.full / len(there)))
        if method == "minimum":
            least = self.program.variable(0.0, node.full)
            for place, worth, _ in there:
                self.program.require(points[place].times(node.full / worth).minus(least), low=0.0)
            return Branch(least)
        mass = sum(weight for _, _, weight in there)
        if mass <= 0:
            return Branch(None)
        mean = Linear.total(
            points[place].times(node.full * own / worth / mass) for place, worth, own in there
        )
        if method == "weighted_mean":
            return Branch(mean)
        bent = Bent(
            self.program.variable(0.0, node.full),
            node.full,
            tuple(points[place].times(1.0 / worth) for place, worth, own in there if own > 0),
            tuple(own / mass for _, _, own in there if own > 0),
        )
        # The arithmetic mean is the tangent where all shares are the same.
        self.program.require(mean.minus(bent.points), low=0.0)
        for place, _, own in there:
            if own > 0 and place < len(node.criteria):
                # One share of nothing makes it nothing.
                something = self.told("criterion", node.criteria[place], "earns")
                self.program.require(something.times(node.full).minus(bent.points), low=0.0)
        self.bent.append(bent)
        return Branch(bent.points)

    def total(self, whole: Branch) -> Linear | None:
        """The total before rounding: the whole with bonuses and penalties; None where nothing counts."""
        if whole.points is None:
            return None
        parts = [self.told("adjustment", place, "points") for place in range(len(self.standard.adjustments))]
        return Linear.total([whole.points, *parts])

    def demand(self, target: Target, whole: Branch, place: int | None) -> bool:
        """Require what the target takes; False where nothing counts, so that there is nothing to reach.

        `place`: which grade is aimed at, as good as the target's or better.
        """
        total, passing = self.total(whole), self.plan.passing_grade
        if total is None:
            return False
        if target.grade is None:
            self._demand_passing(total)
        if place is not None:
            wanted = self.standard.grades[place]
            self.at_least(total, wanted.min_score)
            if wanted.tier is not None:
                self._demand_tier([one.code for one in self.standard.tiers].index(wanted.tier))
        # Whoever is refused is given no grade that passes.
        if target.grade is None or (passing is not None and target.grade <= passing):
            self.demand_admission()
        return True

    def _demand_passing(self, total: Linear) -> None:
        passing, scored = self.standard.passing, self.plan.scored
        if passing.min_score is not None:
            self.at_least(total, passing.min_score)
        if passing.min_passed is not None:
            passed = [self.told("criterion", place, "passed") for place in scored if self.present(place)]
            self.program.require(Linear.total(passed), low=float(passing.min_passed))
        if passing.every_criterion:
            for place in scored:
                self.program.require(self.told("criterion", place, "met"), low=1.0)

    def at_least(self, total: Linear, least: float) -> None:
        """Require a total that is rounded half up to `least` or more."""
        factor = 10.0**self.standard.decimals
        units = math.ceil((least - TOLERANCE) * factor)
        # Totals don't go below nothing, whatever the penalties.
        if units > 0:
            self.program.require(total, low=(units - 0.5 - 1e-7) / factor)

    def _demand_tier(self, last: int) -> None:
        for required in self.plan.tiers[: last + 1]:
            for place in required:
                self.program.require(self.told("criterion", place, "met"), low=1.0)

    def demand_admission(self) -> None:
        """Require that nothing stands against the village: no veto, no entry condition, no group minimum."""
        for place in self.plan.vetoes:
            self.program.require(self.told("criterion", place, "refused"), high=0.0)
        for place in range(len(self.standard.entry)):
            self.program.require(self.told("entry", place, "passed"), low=1.0)
        for code, least in self.plan.minima:
            points = self.groups[code].points
            if points is not None:
                self.program.require(points, low=least - TOLERANCE)

    def bend(self, solution: Floats) -> bool:
        """Add the tangents of every geometric mean that a solution took for more than it is."""
        added = False
        for bent in self.bent:
            shares = np.array([one.value(solution) for one in bent.shares])
            weights = np.array(bent.weights)
            real = float(np.prod(np.clip(shares, 0.0, 1.0) ** weights))
            if bent.points.value(solution) / bent.full - real <= _GAP:
                continue
            at = np.clip(shares, _SMALLEST_SHARE, 1.0)
            mean = float(np.prod(at**weights))
            slopes = weights * mean / at
            line = Linear.total(one.times(float(own)) for one, own in zip(bent.shares, slopes, strict=True))
            line = line.plus(Linear(constant=mean - float(slopes @ at)))
            self.program.require(line.times(bent.full).minus(bent.points), low=0.0)
            added |= line.value(solution) < bent.points.value(solution) / bent.full - _GAP / 2
        return added
