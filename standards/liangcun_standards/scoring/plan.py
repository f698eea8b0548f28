"""What scoring needs to know of a standard, worked out once and kept with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from liangcun_standards.document.standard import Standard
from liangcun_standards.document.tree import Aggregation, Criterion, Group, child_weights, worth
from liangcun_standards.indicators import Indicator
from liangcun_standards.rules.base import ExactView
from liangcun_standards.table import Floats, Input

# Points are sums of products of decimals: what falls short by less than this has reached the mark.
TOLERANCE = 1e-9


def pass_mark(criterion: Criterion) -> float:
    """The points from which the criterion counts as passed, less the tolerance."""
    return criterion.scale * criterion.pass_share - TOLERANCE


def is_check(criterion: Criterion) -> bool:
    """Whether the criterion neither earns anything nor forbids anything: it has no status of its own."""
    return criterion.max_score == 0 and not criterion.veto


@dataclass(frozen=True, eq=False)
class Node:
    """A group, or the whole standard, as it is put together.

    `criteria`: the places of its criteria in the document. `inner`: its groups. `counted`: the places among
    its children, criteria first, of those worth anything, with their `worths` and `weights`. `full`: what it
    is worth.
    """

    code: str
    aggregation: Aggregation
    criteria: tuple[int, ...]
    inner: tuple[Node, ...]
    counted: tuple[int, ...]
    worths: tuple[float, ...]
    weights: tuple[float, ...]
    full: float

    @cached_property
    def everything(self) -> float:
        """What the children that count are worth together."""
        return sum(self.worths)

    @cached_property
    def plain(self) -> bool:
        """Whether it is the mere sum of its criteria, as most groups are."""
        mere_sum = self.aggregation.method == "sum" and self.full == self.everything
        return mere_sum and self.counts_all and not self.inner

    @cached_property
    def counts_all(self) -> bool:
        """Whether no child is worth nothing."""
        return len(self.counted) == len(self.criteria) + len(self.inner)


class Step(NamedTuple):
    """A criterion as it is scored: its rule at work, the points it works with, what it reads."""

    exact: Callable[[ExactView, float], Floats]
    scale: float
    always_defined: bool
    inputs: frozenset[Input]
    # Of a rule with one input, all that is left when it is missing is a constant span.
    single: Input | None


class Blank(NamedTuple):
    """The least and most points of a criterion whose one input is missing, and what they come of."""

    indicator: Indicator
    range: tuple[float, float]
    low: float
    high: float


class Plan:
    """What is derived from a standard; criteria are known by their place in the document."""

    def __init__(self, standard: Standard) -> None:
        criteria = standard.criteria
        self.steps = tuple(_step(one) for one in criteria)
        self.blanks: dict[int, Blank] = {}
        self.inputs = frozenset(standard.inputs)
        self.conditional = tuple(place for place, one in enumerate(criteria) if one.applies_when is not None)
        self.marks: Floats = np.array([[pass_mark(criterion)] for criterion in criteria])
        self.vetoes = tuple(place for place, one in enumerate(criteria) if one.veto)
        self.checks = frozenset(place for place, one in enumerate(criteria) if is_check(one))
        self.scored = tuple(place for place in range(len(criteria)) if place not in self.checks)
        self.readers = _readers(standard)
        self.tiers = tuple(_required(standard))
        self.whole = _whole(standard)
        self.peer_relative = standard.peer_relative
        self.over_all = _over_all(standard)
        self.tree_relative = _tree_relative(self.whole if self.over_all is None else self.over_all)
        grades = [grade.code for grade in standard.grades]
        wanted = standard.passing.grade
        self.passing_grade = None if wanted is None else grades.index(wanted)
        self.minima = tuple(
            (group.code, group.min_score) for group in standard.all_groups if group.min_score is not None
        )


def plan_of(standard: Standard) -> Plan:
    """The plan of a standard, the same one each time."""
    plan = standard.kept.get(Plan)
    if not isinstance(plan, Plan):
        plan = standard.kept[Plan] = Plan(standard)
    return plan


def _step(criterion: Criterion) -> Step:
    rule, inputs = criterion.rule, criterion.inputs
    single = inputs[0] if len(inputs) == 1 and rule.always_defined and not rule.peer_relative else None
    return Step(rule.exact, criterion.scale, rule.always_defined, frozenset(inputs), single)


def _readers(standard: Standard) -> dict[Input, tuple[int, ...]]:
    """The criteria that read each column."""
    found: dict[Input, list[int]] = {}
    for place, criterion in enumerate(standard.criteria):
        for source in criterion.inputs:
            found.setdefault(source, []).append(place)
    return {source: tuple(places) for source, places in found.items()}


def _required(standard: Standard) -> Iterator[tuple[int, ...]]:
    """For each tier, the criteria that it asks for beyond the tier before."""
    places = {criterion.code: (place,) for place, criterion in enumerate(standard.criteria)}
    groups = {
        group.code: tuple(
            place for inner in group.walk() for one in inner.criteria for place in places[one.code]
        )
        for group in standard.all_groups
    }
    for tier in standard.tiers:
        yield tuple(place for code in tier.requires for place in (groups.get(code) or places[code]))


def _whole(standard: Standard) -> Node:
    places = {criterion.code: place for place, criterion in enumerate(standard.criteria)}
    inner = tuple(_node(group, places) for group in standard.groups)
    return _joined(standard.code, standard.aggregation, standard.groups, (), inner, standard.worth)


def _over_all(standard: Standard) -> Node | None:
    """Every criterion under the standard's scorer; None for a standard without."""
    if standard.own_scorer is None:
        return None
    places = tuple(range(len(standard.criteria)))
    aggregation = Aggregation.of(standard.own_scorer)
    return _joined(standard.code, aggregation, standard.criteria, places, (), standard.worth)


def _node(group: Group, places: Mapping[str, int]) -> Node:
    own = tuple(places[criterion.code] for criterion in group.criteria)
    inner = tuple(_node(one, places) for one in group.groups)
    return _joined(group.code, group.aggregation, group.children, own, inner, group.worth)


def _joined(
    code: str,
    aggregation: Aggregation,
    children: tuple[Group | Criterion, ...],
    criteria: tuple[int, ...],
    inner: tuple[Node, ...],
    full: float,
) -> Node:
    weights = child_weights(aggregation, children)
    counted = tuple(place for place, child in enumerate(children) if worth(child) > 0)
    return Node(
        code=code,
        aggregation=aggregation,
        criteria=criteria,
        inner=inner,
        counted=counted,
        worths=tuple(worth(children[place]) for place in counted),
        weights=tuple(weights[place] for place in counted),
        full=full,
    )


def _tree_relative(node: Node) -> bool:
    """Whether a mean or a closeness anywhere in the tree depends on other villages."""
    return node.aggregation.peer_relative or any(_tree_relative(inner) for inner in node.inner)
