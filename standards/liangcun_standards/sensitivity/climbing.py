"""Totals of many runs over one block of completions: up the standard's own tree, or all criteria at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from liangcun_standards.scoring.plan import Node, Plan
from liangcun_standards.sensitivity.asking import Combination, Normalisation
from liangcun_standards.sensitivity.blocks import Block
from liangcun_standards.sensitivity.combining import (
    Method,
    entropy_within,
    geometric,
    mean,
    minimum,
    positive,
    topsis_within,
)
from liangcun_standards.sensitivity.drawing import Runs
from liangcun_standards.sensitivity.normalising import normalised
from liangcun_standards.table import Booleans, Floats, Integers


@dataclass(frozen=True)
class Climbed:
    """(d, n) the share of the whole, NaN where nothing counts, and of each group, by code."""

    whole: Floats
    groups: Mapping[str, Floats]


@dataclass
class Climber:
    """Puts the criteria of one block together, run by run; runs go by completion, the first one first.

    `given`: the weights around which those of each node are drawn. `peers`: (n,) peer groups. `among`: (n,)
    the regions that are compared.
    """

    plan: Plan
    given: Mapping[Node, Floats]
    block: Block
    scales: Floats
    peers: Integers
    among: Booleans
    _shares: dict[Normalisation, Floats] = field(default_factory=dict)

    def shares(self, normalisation: Normalisation) -> Floats:
        """(b, m, n) of every criterion."""
        if normalisation not in self._shares:
            plain = self.block.points / self.scales[:, None]
            self._shares[normalisation] = normalised(plain, normalisation, self.among)
        return self._shares[normalisation]

    def climb(self, runs: Runs, normalisation: Normalisation, combination: Combination) -> Climbed:
        """The shares that the runs come to, all of them under one normalisation and one combination."""
        way = _Way(self, runs, self.shares(normalisation))
        if combination is Combination.OWN:
            return way.own()
        return Climbed(way.at_once(combination), {})

    def spans(self, runs: Runs) -> list[tuple[slice, int]]:
        """The runs of each completion, with its place in the block."""
        numbers = runs.completion - self.block.first
        ends = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
        return [(slice(a, b), int(numbers[a])) for a, b in pairwise(ends) if a < b]


@dataclass
class _Way:
    """One way of putting together, over some runs."""

    climber: Climber
    runs: Runs
    shares: Floats
    groups: dict[str, Floats] = field(default_factory=dict)

    @cached_property
    def _spans(self) -> list[tuple[slice, int]]:
        return self.climber.spans(self.runs)

    def own(self) -> Climbed:
        plan = self.climber.plan
        whole = self._node(plan.whole)
        if plan.over_all is not None:
            # A plugin's scorer is not run again under other weights: its totals stand.
            block = self.climber.block
            total = (block.total - block.adjusted) / plan.over_all.full
            whole = total[self.runs.completion - block.first]
        return Climbed(whole, self.groups)

    def at_once(self, combination: Combination) -> Floats:
        """(d, n) every criterion that earns points, by its weight in the whole."""
        weights = self._stakes(self.runs.weights)
        if combination is Combination.ENTROPY:
            # Weights are computed anew; what is drawn scales them.
            given = self._stakes({node: one[None, :] for node, one in self.climber.given.items()})
            weights = np.divide(weights, given, out=np.zeros_like(weights), where=given > 0)
        places = np.flatnonzero(weights.any(axis=0))
        method = {
            Combination.ARITHMETIC: mean,
            Combination.GEOMETRIC: lambda w, shares: geometric(w, positive(shares)),
            Combination.MINIMUM: minimum,
            Combination.TOPSIS: topsis_within(None),
            Combination.ENTROPY: entropy_within(None, mean),
        }[combination]
        found = np.empty((len(self.runs), self.shares.shape[2]))
        for rows, number in self._spans:
            found[rows] = method(weights[rows][:, places], self.shares[number, places])
        return found

    def _stakes(self, weights: Mapping[Node, Floats]) -> Floats:
        """(d, m) each criterion's weight all the way up."""
        plan = self.climber.plan
        top = plan.whole if plan.over_all is None else plan.over_all
        found = np.zeros((len(weights[top]), self.shares.shape[1]))

        def share_out(node: Node, whole: Floats) -> None:
            if not node.counted:
                return
            for number, place in enumerate(node.counted):
                part = whole * weights[node][:, number]
                if place < len(node.criteria):
                    found[:, node.criteria[place]] = part
                else:
                    share_out(node.inner[place - len(node.criteria)], part)

        share_out(top, np.ones(len(found)))
        return found

    def _node(self, node: Node) -> Floats:
        """(d, n) the share of a group."""
        inner = [self._inner(one) for one in node.inner]
        if not node.counted:
            return np.full((len(self.runs), self.shares.shape[2]), np.nan)
        if node.aggregation.own is not None:
            block = self.climber.block
            return (block.groups[node.code] / node.full)[self.runs.completion - block.first]
        weights, method = self.runs.weights[node], self._method(node)
        found = np.empty((len(self.runs), self.shares.shape[2]))
        for rows, matrix in self._matrices(node, inner):
            found[rows] = method(weights[rows], matrix)
        return found

    def _inner(self, node: Node) -> Floats:
        self.groups[node.code] = share = self._node(node)
        return share

    def _method(self, node: Node) -> Method:
        peers, aggregation = self.climber.peers, node.aggregation
        ways: dict[str, Method] = {
            "geometric_mean": geometric,
            "minimum": minimum,
            "topsis": topsis_within(peers),
            "pass_count": lambda w, passed: mean(np.ones_like(w), passed),
        }
        method = ways.get(aggregation.method, mean)
        return entropy_within(peers, method) if aggregation.weights == "entropy" else method

    def _matrices(self, node: Node, inner: list[Floats]) -> Iterator[tuple[slice, Floats]]:
        """The children's (c, n) shares: once a completion or, where groups are among them, once a run."""
        leaves = [node.criteria[place] for place in node.counted if place < len(node.criteria)]
        groups = [inner[place - len(node.criteria)] for place in node.counted if place >= len(node.criteria)]
        for rows, number in self._spans:
            own = self.shares[number, leaves]
            if node.aggregation.method == "pass_count":
                own = np.where(np.isnan(own), np.nan, self.climber.block.passed[number, leaves])
            if not groups:
                yield rows, own
                continue
            for run in range(rows.start, rows.stop):
                yield slice(run, run + 1), np.concatenate([own, [group[run] for group in groups]])
