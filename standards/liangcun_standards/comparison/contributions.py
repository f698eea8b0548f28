"""What each criterion gives to the total, so that the parts add up to it.

A criterion's part is its points times what a point of it is worth in the total: the weight of its group, all
the way up, as far as groups are put together by sums and weighted means with given weights. What another
aggregation (a geometric mean, TOPSIS, entropy weights, a plugin's scorer) makes of the same shares beyond
their weighted mean is told as a part of its own; so are bonuses and penalties, and rounding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from liangcun_standards.scoring import ScoreResult
from liangcun_standards.scoring.plan import Node, plan_of
from liangcun_standards.table import Booleans, Floats, Integers

Kind = Literal["criterion", "aggregation", "adjustment", "rounding"]


class Part(NamedTuple):
    """What a part of the total comes of: the code of a criterion, a group or an adjustment.

    An aggregation of the whole and the rounding go by the standard's own code.
    """

    kind: Kind
    code: str


@dataclass(frozen=True)
class Contributions:
    """`values`: (p, n) of p parts to n totals; each column adds up to its total."""

    parts: tuple[Part, ...]
    values: Floats


def contributions(result: ScoreResult, rows: Integers, chosen: Integers | None = None) -> Contributions:
    """The parts of the totals of `rows`, each of which has one.

    With `chosen`, places among the rows, each part's mean over all rows is taken from it, and `values` are
    those of the chosen alone: over a nation all of them would take more memory than the results.
    """
    work = _Work(result, rows, chosen)
    plan = plan_of(result.standard)
    everyone = np.ones(len(rows))
    total = result.total[rows]
    adjusted = [result.adjustments[one.code][rows] for one in result.standard.adjustments]
    points = total - np.sum(adjusted, axis=0) if adjusted else total
    work.visit(plan.whole if plan.over_all is None else plan.over_all, points, everyone)
    for one in result.standard.adjustments:
        work.add(Part("adjustment", one.code), result.adjustments[one.code][rows])
    work.add(Part("rounding", result.standard.code), total - work.told)
    return Contributions(tuple(work.parts), np.stack(work.values))


@dataclass
class _Work:
    result: ScoreResult
    rows: Integers
    chosen: Integers | None
    parts: list[Part] = field(default_factory=list)
    values: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.told = np.zeros(len(self.rows))

    def add(self, part: Part, values: Floats) -> None:
        self.parts.append(part)
        self.told += values
        self.values.append(values if self.chosen is None else values[self.chosen] - values.mean())

    def visit(self, node: Node, points: Floats, worth: Floats) -> None:
        """Add the parts of a node that came to `points`, (n,), each of `worth` in the total, (n,)."""
        codes = [self.result.standard.criteria[place].code for place in node.criteria]
        children = [self.result.points[place, self.rows] for place in node.criteria]
        children += [self.result.groups[inner.code][self.rows] for inner in node.inner]
        counted = [children[place] for place in node.counted]
        present = [~np.isnan(child) for child in counted]
        coefficients = _coefficients(node, present, len(self.rows))
        linear = np.zeros(len(self.rows))
        for child, here, coefficient in zip(counted, present, coefficients, strict=True):
            linear += np.where(here, coefficient * np.nan_to_num(child), 0.0)
        by_place = dict(zip(node.counted, coefficients, strict=True))
        for place, code in enumerate(codes):
            coefficient = by_place.get(place, np.zeros(len(self.rows)))
            self.add(Part("criterion", code), worth * coefficient * np.nan_to_num(children[place]))
        if not _is_linear(node):
            self.add(Part("aggregation", node.code), worth * (np.nan_to_num(points) - linear))
        for number, inner in enumerate(node.inner):
            at = len(codes) + number
            coefficient = by_place.get(at, np.zeros(len(self.rows)))
            self.visit(inner, children[at], worth * coefficient)


def _is_linear(node: Node) -> bool:
    aggregation = node.aggregation
    return aggregation.method == "sum" or (
        aggregation.method == "weighted_mean" and aggregation.weights != "entropy"
    )


def _coefficients(node: Node, present: list[Booleans], size: int) -> list[Floats]:
    """(n,) for each child that counts: what a point of it is worth in the node, by weights."""
    if node.aggregation.method == "sum":
        mass = np.zeros(size)
        for worth, here in zip(node.worths, present, strict=True):
            mass += worth * here
        scale = np.divide(node.full, mass, out=np.zeros(size), where=mass > 0)
        return [scale] * len(node.worths)
    mass = np.zeros(size)
    for weight, here in zip(node.weights, present, strict=True):
        mass += weight * here
    scale = np.divide(node.full, mass, out=np.zeros(size), where=mass > 0)
    return [scale * (weight / full) for weight, full in zip(node.weights, node.worths, strict=True)]
