"""One criterion for one village: what it counts today, and how low and how high it could still come out.

Lowest and highest are found by trying: every combination of the values that could make a difference.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.standards.scoring.reference_rules import EPSILON, Village, case_of, holds, rule_points
from tests.standards.scoring.scene import Readings, possible_range

from liangcun_standards import Criterion, Indicator, Input, Standard
from liangcun_standards.formula import parse_formula
from liangcun_standards.rules import Condition, Rule, composed, conditions, peers


@dataclass(frozen=True)
class Cell:
    """One criterion of one village. `points` is None where it doesn't count today."""

    points: float | None
    status: str
    low: float
    high: float
    exempt: bool = False


@dataclass(frozen=True)
class Place:
    """One village of one period: its readings, and those of its peers, its own among them."""

    readings: Readings
    among: Sequence[Readings]
    indicators: Mapping[str, Indicator]

    def range(self, source: Input) -> tuple[float, float]:
        """Between which values the village's own lies."""
        return possible_range(self.readings.get(source), self.indicators[source.indicator])

    def missing(self, source: Input) -> bool:
        """Whether nothing is on record."""
        return source not in self.readings

    def exact(self, sources: Sequence[Input]) -> bool:
        """Whether all these values are known."""
        return all(source in self.readings and self.readings[source].kind == "exact" for source in sources)

    def known(self, values: Mapping[Input, float]) -> Village:
        """The village with these values, and the rest as they are on record."""

        def read(source: Input) -> float:
            return values[source] if source in values else self.readings[source].value

        def known_peers(source: Input) -> list[float]:
            found = [one.get(source) for one in self.among]
            return [one.value for one in found if one is not None and one.kind == "exact"]

        return Village(read, self.indicators, known_peers)

    def settled_at(self, own: float, source: Input, *, peers_high: bool) -> Village:
        """The village with a value of its own, all its peers being at one end of what they can be."""
        others = [
            possible_range(one.get(source), self.indicators[source.indicator])[peers_high]
            for one in self.among
            if one is not self.readings
        ]
        return Village(lambda _: own, self.indicators, lambda _: [own, *others])


def completions(place: Place, part: Rule | Condition) -> Iterator[Village]:
    """The village with every combination of the values that could make a difference to `part`.

    A formula in a condition says no where it has no value. One that may have none can turn out either way.
    """
    open_ = [source for source in part.inputs() if not place.exact([source])]
    document = part.model_dump(mode="json", by_alias=True)
    tried = [_values(place, source, open_, document) for source in open_]
    doubtful = [text for text in _formulas(document) if not place.exact(parse_formula(text).inputs)]
    for values in itertools.product(*tried):
        village = place.known(dict(zip(open_, values, strict=True)))
        for number in range(len(doubtful) + 1):
            for granted in itertools.combinations(doubtful, number):
                yield replace(village, granted=frozenset(granted))


def _formulas(document: Any) -> list[str]:
    """The formulas of the conditions in a document."""
    if isinstance(document, list):
        return [text for one in document for text in _formulas(one)]
    if not isinstance(document, dict):
        return []
    own = [document["formula"]] if document.get("formula") and "kind" not in document else []
    return own + [text for one in document.values() for text in _formulas(one)]


def _values(place: Place, source: Input, open_: Sequence[Input], document: Any) -> list[float]:
    low, high = place.range(source)
    indicator = place.indicators[source.indicator]
    if indicator.kind in ("boolean", "choice"):
        return [float(value) for value in range(int(low), int(high) + 1)]
    figures = {0.0, *_figures(document, source.indicator)}
    if "formula" in str(document):
        figures |= {end for other in open_ for end in place.range(other)}
    near = {low, high}
    for figure in figures:
        # A count is tried between whole numbers as well: the engine doesn't tell them apart.
        near |= {figure - 1e-6, figure, figure + 1e-6}
    return sorted(value for value in near if low <= value <= high)


def _figures(document: Any, code: str, *, here: bool = False) -> set[float]:
    """The figures that a document sets beside an indicator; all of a formula's."""
    if isinstance(document, bool) or document is None:
        return set()
    if isinstance(document, int | float):
        return {float(document)} if here else set()
    if isinstance(document, str):
        return set()
    if isinstance(document, list):
        return {figure for one in document for figure in _figures(one, code, here=here)}
    formula = document.get("formula")
    if formula is not None:
        return {float(number) for number in re.findall(r"(?<![a-z_0-9.])\d+(?:\.\d+)?", formula)}
    named = document.get("indicator")
    inside = here if named is None else named == code
    return {figure for one in document.values() for figure in _figures(one, code, here=inside)}


def rule_range(rule: Rule, place: Place, most: float) -> tuple[float, float]:
    """The least and the most points over all that the values may be."""
    if isinstance(rule, composed.Zeroing):
        any_of = conditions.AnyOf.model_validate({"any": rule.when})
        answers = {holds(any_of, village) for village in completions(place, any_of)}
        ranges = [(0.0, 0.0)] if True in answers else []
        return _around([*ranges, *([rule_range(rule.rule, place, most)] if False in answers else [])])
    if isinstance(rule, composed.ByClass):
        low, high = place.range(Input(rule.class_))
        choices = place.indicators[rule.class_].choices[int(low) : int(high) + 1]
        cases = [case_of(rule, choice.code) for choice in choices]
        return _around([(0.0, 0.0) if case is None else rule_range(case, place, most) for case in cases])
    if isinstance(rule, peers.PeerRule):
        source = Input(rule.indicator)
        ends = itertools.product(place.range(source), (False, True))
        tried = [place.settled_at(own, source, peers_high=high) for own, high in ends]
    else:
        tried = list(completions(place, rule))
    found = [rule_points(rule, village, most) for village in tried]
    return _around([(0.0, most) if points is None else (points, points) for points in found])


def _around(ranges: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def scale_of(criterion: Criterion) -> float:
    """What the rule works with."""
    return criterion.max_score if criterion.max_score > 0 else 1.0


def passes(criterion: Criterion, points: float) -> bool:
    """Whether so many points reach the pass mark."""
    return points >= scale_of(criterion) * criterion.pass_share - EPSILON


def cell_of(
    criterion: Criterion, standard: Standard, place: Place, *, waived: bool, not_applicable: bool
) -> Cell:
    """What one criterion comes to for one village in one period."""
    most = scale_of(criterion)
    condition = criterion.applies_when
    applies = {True}
    if condition is not None:
        applies = {holds(condition, village) for village in completions(place, condition)}
    unscored = criterion.max_score == 0 and not criterion.veto
    if waived and standard.waived == "full":
        return Cell(most, "waived", most, most)
    if waived or not_applicable or applies == {False}:
        return Cell(None, "waived" if waived else "not_applicable", 0.0, 0.0, exempt=True)
    low, high = (0.0, most) if len(applies) == 2 else rule_range(criterion.rule, place, most)
    cell = _today(criterion, standard, place, low, high)
    return Cell(cell.points, "unscored", low, high) if unscored else cell


def _today(criterion: Criterion, standard: Standard, place: Place, low: float, high: float) -> Cell:
    policy = criterion.missing or standard.missing
    if high - low <= EPSILON:
        return Cell(low, status_of(criterion, low), low, high)
    known = place.exact(criterion.inputs)
    split = not passes(criterion, low) and passes(criterion, high)
    if criterion.rule.peer_relative and known:
        today = rule_points(criterion.rule, place.known({}), scale_of(criterion))
        if today is not None:
            today = min(max(today, low), high)
            return Cell(today, status_of(criterion, today), low, high)
    # A formula without a value, though all is known, is treated as missing.
    missing = known or any(place.missing(source) for source in criterion.inputs)
    if missing and policy == "leave_out":
        return Cell(None, "unknown", low, high)
    doubtful = split and (not missing or policy == "bound")
    return Cell(low, "unknown" if doubtful else status_of(criterion, low), low, high)


def status_of(criterion: Criterion, points: float) -> str:
    """The status that follows from the points."""
    return "pass" if passes(criterion, points) else "partial" if points > EPSILON else "fail"


def blended(criterion: Criterion, cells: Sequence[tuple[float, Cell]]) -> Cell:
    """One criterion over sub-periods, each with its weight."""
    if len(cells) == 1:
        return cells[0][1]
    counted = [(weight, cell.points) for weight, cell in cells if cell.points is not None]
    binding = [(weight, cell) for weight, cell in cells if not cell.exempt]
    last = cells[-1][1]
    if not binding:
        return last
    low = _mean([(weight, cell.low) for weight, cell in binding])
    high = _mean([(weight, cell.high) for weight, cell in binding])
    points = _mean(counted) if counted else None
    if last.status == "waived" or (criterion.max_score == 0 and not criterion.veto):
        return Cell(points, "waived" if last.status == "waived" else "unscored", low, high)
    unknown = any(cell.status == "unknown" for _, cell in cells)
    split = not passes(criterion, low) and passes(criterion, high)
    if points is None or (unknown and split):
        return Cell(points, "unknown", low, high)
    return Cell(points, status_of(criterion, points), low, high)


def _mean(weighted: Sequence[tuple[float, float]]) -> float:
    mass = math.fsum(weight for weight, _ in weighted)
    return math.fsum(weight * value for weight, value in weighted) / mass
