"""A plain, slow scorer, written from docs/scoring.md and sharing no code with the engine.

One village after another, dictionaries and recursion; the engine is held equal to it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal

from tests.standards.scoring.reference_criteria import (
    Cell,
    Place,
    blended,
    cell_of,
    completions,
    passes,
    scale_of,
)
from tests.standards.scoring.reference_rules import EPSILON, holds
from tests.standards.scoring.reference_tree import Leaf, climb, worth_of
from tests.standards.scoring.scene import Readings, Scene

from liangcun_standards import Criterion, Indicator, Input, Period, Standard
from liangcun_standards.document.outcome import Entry

KINDS = {"months": "month", "quarters": "quarter", "halves": "half"}


@dataclass(frozen=True)
class Judged:
    """What one set of points comes to."""

    total: float | None
    grade: str | None
    tier: str | None
    passed: bool


@dataclass(frozen=True)
class Card:
    """A scorecard. `worst` and `best`: the outcome at the lowest and at the highest points."""

    cells: Mapping[str, Cell]
    groups: Mapping[str, float | None]
    now: Judged
    worst: Judged
    best: Judged
    verdict: str
    completeness: float
    admitted: bool
    village_class: str | None
    ranked: bool
    rank: int = 0


def reference(standard: Standard, indicators: Mapping[str, Indicator], scene: Scene) -> list[Card]:
    """Every village's scorecard, in the scene's order."""
    found: dict[int, Card] = {}
    for group in sorted(set(scene.peers)):
        places = [place for place, peer in enumerate(scene.peers) if peer == group]
        cards = _peer_group(standard, indicators, scene, places)
        found |= dict(zip(places, cards, strict=True))
    cards = [found[place] for place in range(len(scene.codes))]
    ranks = ranks_of(standard, cards)
    return [replace(card, rank=rank) for card, rank in zip(cards, ranks, strict=True)]


def _peer_group(
    standard: Standard, indicators: Mapping[str, Indicator], scene: Scene, places: Sequence[int]
) -> list[Card]:
    cells = [_cells(standard, indicators, scene, places, place) for place in places]
    ends = {end: [_leaves(standard, one, end) for one in cells] for end in ("now", "low", "high")}
    wholes = {end: climb(standard, rows) for end, rows in ends.items()}
    cards = []
    for at, place in enumerate(places):
        counts = climb(standard, [_sure(standard, cells[at])])[0] is not None
        judged = {
            end: _judge(
                standard, indicators, scene.main[place], cells[at], ends[end][at], wholes[end][at], end
            )
            for end in ("now", "low", "high")
        }
        # Without a total nobody passes, so something has to count for sure.
        judged["low"] = replace(judged["low"], passed=judged["low"].passed and counts)
        cards.append(_card(standard, indicators, scene, place, cells[at], ends["now"][at], judged))
    return cards


def _card(
    standard: Standard,
    indicators: Mapping[str, Indicator],
    scene: Scene,
    place: int,
    cells: Mapping[str, Cell],
    leaves: Mapping[str, Leaf],
    judged: Mapping[str, Judged],
) -> Card:
    here = Place(scene.main[place], [scene.main[place]], indicators)
    admitted = all(True in _answers(entry, here) for entry in standard.entry)
    of_class = _class_of(standard, here)
    completeness = _completeness(standard, scene, place, cells)
    now = judged["now"]
    verdict = "pass" if judged["low"].passed else "undecided" if judged["high"].passed else "fail"
    ranked = (
        admitted
        and now.total is not None
        and completeness >= standard.min_completeness - 1e-12
        and (standard.classes is None or of_class is not None)
    )
    groups = {group.code: leaves[group.code].points for group in standard.all_groups}
    return Card(
        cells, groups, now, judged["low"], judged["high"], verdict, completeness, admitted, of_class, ranked
    )


def _answers(entry: Entry, here: Place) -> set[bool]:
    """Whether the entry condition is met, as far as that is known."""
    return {holds(entry.require, village) for village in completions(here, entry.require)}


def assessed(
    standard: Standard, scene: Scene, places: Sequence[int]
) -> list[tuple[float, Sequence[Readings]]]:
    """The sub-periods that were assessed among some villages, each with its weight."""
    found: list[tuple[float, Sequence[Readings]]] = []
    inputs = [source for source in standard.inputs if source.lag == 0]
    for part in standard.blend:
        periods = [scene.period] if part.over == "period" else _within(part.over, scene.period)
        tables = [scene.main if one == scene.period else scene.parts.get(str(one)) for one in periods]
        seen = [
            table
            for table in tables
            if table is not None and any(source in table[place] for place in places for source in inputs)
        ]
        found += [(part.weight / len(seen), table) for table in seen]
    return found or [(1.0, scene.main)]


def _within(over: str, period: Period) -> tuple[Period, ...]:
    return period.parts(KINDS[over])  # type: ignore[arg-type]


def _cells(
    standard: Standard,
    indicators: Mapping[str, Indicator],
    scene: Scene,
    places: Sequence[int],
    place: int,
) -> dict[str, Cell]:
    tables = assessed(standard, scene, places)
    found: dict[str, Cell] = {}
    for criterion in standard.criteria:
        waived = place in scene.waived.get(criterion.code, ())
        not_applicable = place in scene.not_applicable.get(criterion.code, ())
        parts = []
        for weight, table in tables:
            here = Place(table[place], [table[other] for other in places], indicators)
            cell = cell_of(criterion, standard, here, waived=waived, not_applicable=not_applicable)
            parts.append((weight, cell))
        found[criterion.code] = blended(criterion, parts)
    return found


def _leaves(standard: Standard, cells: Mapping[str, Cell], end: str) -> dict[str, Leaf]:
    return {criterion.code: _leaf(criterion, cells[criterion.code], end) for criterion in standard.criteria}


def _leaf(criterion: Criterion, cell: Cell, end: str) -> Leaf:
    if cell.exempt:
        return Leaf(None)
    if end == "now":
        return Leaf(cell.points, cell.points is not None and passes_now(criterion, cell))
    points = cell.low if end == "low" else cell.high
    return Leaf(points, cell.status == "waived" or passes(criterion, points))


def _sure(standard: Standard, cells: Mapping[str, Cell]) -> dict[str, Leaf]:
    """The criteria that surely count; what may come to nothing and to everything may turn out not to."""
    found = {}
    for criterion in standard.criteria:
        cell, policy = cells[criterion.code], criterion.missing or standard.missing
        may_leave = criterion.applies_when is not None or policy == "leave_out"
        free = cell.low <= EPSILON and cell.high >= scale_of(criterion) - EPSILON
        found[criterion.code] = Leaf(None if cell.exempt or (may_leave and free) else cell.low)
    return found


def passes_now(criterion: Criterion, cell: Cell) -> bool:
    """Whether the criterion passes today: by its status, or for a waived or unscored one by its points."""
    if cell.status in ("waived", "unscored"):
        return cell.points is not None and passes(criterion, cell.points)
    return cell.status == "pass"


def _judge(
    standard: Standard,
    indicators: Mapping[str, Indicator],
    readings: Readings,
    cells: Mapping[str, Cell],
    leaves: Mapping[str, Leaf],
    whole: float | None,
    end: str,
) -> Judged:
    total = (
        None if whole is None else _rounded(whole + _adjusted(standard, readings, indicators, end), standard)
    )
    tier = _tier(standard, leaves)
    grade = _grade(standard, total, tier)
    if _refused(standard, indicators, readings, cells, leaves, end):
        return Judged(total, _below_passing(standard, grade), tier, passed=False)
    return Judged(total, grade, tier, _passed(standard, total, grade, cells, leaves, end))


def _rounded(total: float, standard: Standard) -> float:
    units = Decimal(max(total, 0.0)).scaleb(standard.decimals) + Decimal("0.5") + Decimal("1e-7")
    return float(units.to_integral_value(ROUND_FLOOR).scaleb(-standard.decimals))


def _adjusted(standard: Standard, readings: Readings, indicators: Mapping[str, Indicator], end: str) -> float:
    total = 0.0
    for one in standard.adjustments:
        source = Input(one.indicator)
        low, high = Place(readings, [], indicators).range(source)
        bonus = one.kind == "bonus"
        if source not in readings:
            sure = one.missing == "none" or end == "now"
            events = 0.0 if sure else low if bonus == (end == "low") else high
        elif end == "now":
            events = low
        else:
            events = low if bonus == (end == "low") else high
        points = min(one.per * max(events, 0.0), one.cap)
        total += points if bonus else -points
    return total


def _tier(standard: Standard, leaves: Mapping[str, Leaf]) -> str | None:
    reached = None
    for tier in standard.tiers:
        required = [criterion for code in tier.requires for criterion in _named(standard, code)]
        if not all(_met(leaves[criterion.code]) for criterion in required):
            break
        reached = tier.code
    return reached


def _named(standard: Standard, code: str) -> list[Criterion]:
    for group in standard.all_groups:
        if group.code == code:
            return [criterion for inner in group.walk() for criterion in inner.criteria]
    return [criterion for criterion in standard.criteria if criterion.code == code]


def _met(leaf: Leaf) -> bool:
    return leaf.points is None or leaf.passed


def _grade(standard: Standard, total: float | None, tier: str | None) -> str | None:
    if total is None:
        return None
    tiers = [one.code for one in standard.tiers]
    reached = tiers.index(tier) if tier is not None else -1
    for grade in standard.grades:
        needed = -1 if grade.tier is None else tiers.index(grade.tier)
        if total >= grade.min_score and reached >= needed:
            return grade.code
    return None


def _refused(
    standard: Standard,
    indicators: Mapping[str, Indicator],
    readings: Readings,
    cells: Mapping[str, Cell],
    leaves: Mapping[str, Leaf],
    end: str,
) -> bool:
    here = Place(readings, [readings], indicators)
    for entry in standard.entry:
        answers = _answers(entry, here)
        if answers == {False} or (False in answers and end != "high"):
            return True
    for criterion in standard.criteria:
        if not criterion.veto or cells[criterion.code].exempt:
            continue
        if end == "now" and cells[criterion.code].status in ("fail", "partial"):
            return True
        if end != "now" and not leaves[criterion.code].passed:
            return True
    for group in standard.all_groups:
        points = leaves[group.code].points
        if group.min_score is not None and points is not None and points < group.min_score - EPSILON:
            return True
    return False


def _below_passing(standard: Standard, grade: str | None) -> str | None:
    """The grade of a refused village: right below the passing one, if its own is better."""
    grades = [one.code for one in standard.grades]
    if grade is None or standard.passing.grade is None:
        return grade
    passing = grades.index(standard.passing.grade)
    if grades.index(grade) > passing:
        return grade
    return grades[passing + 1] if passing + 1 < len(grades) else None


def _passed(
    standard: Standard,
    total: float | None,
    grade: str | None,
    cells: Mapping[str, Cell],
    leaves: Mapping[str, Leaf],
    end: str,
) -> bool:
    wanted, grades = standard.passing, [one.code for one in standard.grades]
    scored = [criterion for criterion in standard.criteria if criterion.max_score > 0 or criterion.veto]
    if total is None:
        return False
    if wanted.grade is not None and (grade is None or grades.index(grade) > grades.index(wanted.grade)):
        return False
    if wanted.min_score is not None and total < wanted.min_score:
        return False
    if wanted.min_passed is not None:
        passed = sum(leaves[criterion.code].passed for criterion in scored)
        if passed < wanted.min_passed:
            return False
    return not wanted.every_criterion or all(_met(leaves[criterion.code]) for criterion in scored)


def _completeness(standard: Standard, scene: Scene, place: int, cells: Mapping[str, Cell]) -> float:
    """The share of the inputs that bind the village which are on record."""
    shares = []
    peers = [other for other in range(len(scene.codes)) if scene.peers[other] == scene.peers[place]]
    for weight, table in assessed(standard, scene, peers):
        binding = {
            source
            for criterion in standard.criteria
            if not cells[criterion.code].exempt
            for source in criterion.inputs
        }
        seen = sum(source in table[place] for source in binding)
        shares.append((weight, seen / len(binding) if binding else 1.0))
    return math.fsum(w * s for w, s in shares) / math.fsum(w for w, _ in shares)


def _class_of(standard: Standard, here: Place) -> str | None:
    if standard.classes is None:
        return None
    source = Input(standard.classes.indicator)
    if not here.exact([source]):
        return None
    return here.indicators[source.indicator].choices[int(here.readings[source].value)].code


def ranks_of(standard: Standard, cards: Sequence[Card], within: Sequence[int] | None = None) -> list[int]:
    """Each village's place among the ranked ones of its class, 0 for who isn't ranked."""
    chosen = [at for at in range(len(cards)) if cards[at].ranked and (within is None or at in within)]
    ranks = [0] * len(cards)
    for at in chosen:
        card = cards[at]
        totals = [
            cards[other].now.total or 0.0
            for other in chosen
            if cards[other].village_class == card.village_class
        ]
        ahead = [total for total in totals if total > (card.now.total or 0.0)]
        ranks[at] = 1 + len(set(ahead) if standard.ties == "dense" else ahead)
    return ranks


__all__ = ["Card", "Judged", "assessed", "ranks_of", "reference", "worth_of"]
