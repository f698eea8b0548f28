"""The runs of an analysis: for each its weights, its completion, its normalisation, its aggregation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from liangcun_standards.scoring.plan import Node, Plan
from liangcun_standards.sensitivity.asking import Asked, Choice
from liangcun_standards.table import Floats, Integers

_WEIGHTED = ("sum", "weighted_mean", "geometric_mean", "topsis")


@dataclass(frozen=True)
class Runs:
    """d runs. `weights`: for each node whose weights matter, (d, c) rows that sum to 1; the others are (d,).

    `normalisation` and `combination` are places in what was asked, `completion` is a number.
    """

    weights: Mapping[Node, Floats]
    completion: Integers
    normalisation: Integers
    combination: Integers

    def __len__(self) -> int:
        return len(self.completion)

    def take(self, places: Integers) -> Runs:
        """The runs at these places."""
        return Runs(
            {node: one[places] for node, one in self.weights.items()},
            self.completion[places],
            self.normalisation[places],
            self.combination[places],
        )

    def followed_by(self, other: Runs) -> Runs:
        """These runs and then others."""
        return Runs(
            {node: np.concatenate([one, other.weights[node]]) for node, one in self.weights.items()},
            np.concatenate([self.completion, other.completion]),
            np.concatenate([self.normalisation, other.normalisation]),
            np.concatenate([self.combination, other.combination]),
        )


@dataclass(frozen=True)
class Choices:
    """What there is to choose for each run of a question about one standard.

    `completions`: how many there are; 1 where nothing is unknown, or isn't varied.
    """

    asked: Asked
    plan: Plan
    completions: int

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The parts of the tree with weights that matter."""
        tree = tuple(_walk(self.plan.whole))
        return tree if self.plan.over_all is None else (self.plan.over_all, *tree)

    def given(self, node: Node) -> Floats:
        """(c,) the weights around which a node's are drawn; for computed ones (熵权法), what scales them."""
        if node.aggregation.weights == "entropy":
            return np.full(len(node.counted), 1.0 / len(node.counted))
        weights = np.array(node.worths if node.aggregation.method == "sum" else node.weights, np.float64)
        return np.asarray(weights / weights.sum(), np.float64)

    @property
    def varied(self) -> tuple[Choice, ...]:
        """The choices with more than one way."""
        asked = self.asked
        ways = {
            Choice.WEIGHTS: asked.concentration is not None and any(map(self._varies, self.nodes)),
            Choice.UNKNOWN: self.completions > 1,
            Choice.NORMALISATION: len(asked.normalisations) > 1,
            Choice.COMBINATION: len(asked.combinations) > 1,
        }
        return tuple(choice for choice, more in ways.items() if more)

    def _varies(self, node: Node) -> bool:
        return is_weighted(node) and int(np.count_nonzero(self.given(node))) > 1

    @property
    def width(self) -> int:
        """How many numbers in [0, 1) say everything about one run."""
        return 3 + sum(len(node.counted) for node in self.nodes)

    def at_random(self, count: int, random: np.random.Generator) -> Runs:
        """Independent runs."""
        weights = {node: self._weights(node, count, random) for node in self.nodes}
        return self._runs(weights, random.random((count, 3)))

    def at(self, shares: Floats) -> Runs:
        """The runs at points of the unit cube, (d, width): the last three say what isn't weights.

        A Dirichlet variate is a row of gamma variates over their sum.
        Source: Devroye, Non-Uniform Random Variate Generation, Springer, 1986, chapter XI.
        """
        from scipy.special import gammaincinv

        weights, first = {}, 0
        for node in self.nodes:
            stop = first + len(node.counted)
            given = self.given(node)
            if self.asked.concentration is None:
                weights[node] = np.broadcast_to(given, (len(shares), len(given)))
            else:
                shapes = np.maximum(self.asked.concentration * given, np.finfo(float).tiny)
                weights[node] = _whole(gammaincinv(shapes, shares[:, first:stop]) * (given > 0), given)
            first = stop
        return self._runs(weights, shares[:, first:])

    def _weights(self, node: Node, count: int, random: np.random.Generator) -> Floats:
        given = self.given(node)
        if self.asked.concentration is None:
            return np.broadcast_to(given, (count, len(given)))
        drawn = random.standard_gamma(self.asked.concentration * given, (count, len(given)))
        return _whole(drawn, given)

    def _runs(self, weights: Mapping[Node, Floats], shares: Floats) -> Runs:
        counts = (self.completions, len(self.asked.normalisations), len(self.asked.combinations))
        places = [
            np.minimum((share * count).astype(np.int64), count - 1)
            for share, count in zip(shares.T, counts, strict=True)
        ]
        return Runs(weights, places[0], places[1], places[2])


def is_weighted(node: Node) -> bool:
    """Whether what a node comes to depends on weights that can be drawn."""
    return node.aggregation.own is None and node.aggregation.method in _WEIGHTED


def _whole(drawn: Floats, given: Floats) -> Floats:
    """Each row over its sum; where all of it is too small to tell, the given weights."""
    total = drawn.sum(axis=1, keepdims=True)
    return np.where(total > 0, drawn / np.where(total > 0, total, 1.0), given)


def _walk(node: Node) -> Iterator[Node]:
    if node.counted:
        yield node
    for inner in node.inner:
        yield from _walk(inner)
