"""The points of one village by one rule, every value being known; from the words of docs/scoring.md."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.standards.scoring.reference_formula import evaluate

from liangcun_standards import Indicator, Input
from liangcun_standards.rules import Condition, Rule, checks, composed, conditions, deductions, peers, scales

Read = Callable[[Input], float]
EPSILON = 1e-9


@dataclass(frozen=True)
class Village:
    """One village whose values are all known; `peers` tells a column over its peer group, its own included.

    `granted`: formulas that say yes where they have no value.
    """

    read: Read
    indicators: Mapping[str, Indicator]
    peers: Callable[[Input], list[float]]
    granted: frozenset[str] = frozenset()

    def of(self, code: str) -> float:
        """The value of an indicator in the period scored."""
        return self.read(Input(code))

    def choice(self, code: str) -> str:
        """The answer of a choice indicator."""
        return self.indicators[code].choices[int(self.of(code))].code


def holds(condition: Condition, village: Village) -> bool:
    """The answer to a yes-or-no question; a formula without a value says no."""
    match condition:
        case conditions.AllOf():
            return all(holds(part, village) for part in condition.parts)
        case conditions.AnyOf():
            return any(holds(part, village) for part in condition.parts)
        case conditions.Negation():
            return not holds(condition.not_, village)
        case conditions.FormulaCondition():
            answer = evaluate(condition.formula, village.read)
            return condition.formula in village.granted if answer is None else bool(answer)
        case conditions.Comparison():
            return _compared(condition, village)
    raise AssertionError(condition)


def _compared(question: conditions.Comparison, village: Village) -> bool:
    value = village.of(question.indicator)
    if question.is_ == "present":
        return value > 0
    if question.is_ == "absent":
        return value == 0
    if question.is_ is not None:
        return village.choice(question.indicator) == question.is_
    if question.equals is not None:
        return value == question.equals
    tests: list[tuple[float | conditions.ClassValues | None, Callable[[float], bool]]] = [
        (question.at_least, lambda against: value >= against),
        (question.more_than, lambda against: value > against),
        (question.at_most, lambda against: value <= against),
        (question.less_than, lambda against: value < against),
    ]
    against, test = next((against, test) for against, test in tests if against is not None)
    if isinstance(against, conditions.ClassValues):
        figure = against.cases.get(village.choice(against.class_), against.otherwise)
        return figure is not None and test(figure)
    return test(against)


def rule_points(rule: Rule, village: Village, most: float) -> float | None:
    """Points between 0 and `most`; None for a formula that has no value."""
    points = _POINTS[type(rule)](rule, village, most)
    return None if points is None else min(max(points, 0.0), most)


def _asked(rule: checks.ConditionRule, village: Village, most: float) -> float:
    return most if holds(rule.condition, village) else 0.0


def _presence(rule: checks.Presence, village: Village, most: float) -> float:
    there = village.of(rule.indicator) > 0
    return most if there == (rule.want == "present") else 0.0


def _any_of(rule: checks.AnyOfRule, village: Village, most: float) -> float:
    return most if any(holds(one, village) for one in rule.conditions) else 0.0


def _all_of(rule: checks.AllOfRule, village: Village, most: float) -> float:
    return most if all(holds(one, village) for one in rule.conditions) else 0.0


def _checklist(rule: checks.Checklist, village: Village, most: float) -> float:
    met = sum(holds(item, village) for item in rule.items)
    if rule.deduct is None:
        return most * met / len(rule.items)
    return max(most - rule.deduct * (len(rule.items) - met), rule.floor)


def _linear(rule: scales.Linear, village: Village, most: float) -> float:
    way = (village.of(rule.indicator) - rule.from_) / (rule.to - rule.from_)
    return rule.least + (most - rule.least) * min(max(way, 0.0), 1.0)


def _bands(rule: scales.Bands, village: Village, most: float) -> float:
    value = village.of(rule.indicator)
    for band in rule.bands:
        if band.upto is not None and value <= band.upto:
            return band.points
        if band.below is not None and value < band.below:
            return band.points
    return rule.bands[-1].points


def _shortfall(rule: scales.Shortfall, village: Village, most: float) -> float:
    value = village.of(rule.indicator)
    short = rule.target - value if rule.direction == "short" else value - rule.target
    steps = max(short, 0.0) / rule.step
    if rule.partial == "full":
        steps = math.ceil(steps - EPSILON)
    elif rule.partial == "none":
        steps = math.floor(steps + EPSILON)
    return max(most - rule.deduct * steps, rule.floor)


def _per_unit(rule: scales.PerUnit, village: Village, most: float) -> float:
    units = village.of(rule.indicator)
    if rule.per is None:
        first, each = rule.first or 0.0, rule.each or 0.0
        return 0.0 if units < 1 else min(first + each * (units - 1), most)
    needed = math.ceil(village.of(rule.per.indicator) / rule.per.amount - EPSILON)
    return most if units >= needed else most * units / needed


def _judged(rule: scales.Judged, village: Village, most: float) -> float:
    return sum(min(max(village.of(part.indicator), 0.0), part.most) for part in rule.parts)


def _deduction(rule: deductions.Deduction, village: Village, most: float) -> float:
    lost = sum(item.deduct * village.of(item.indicator) for item in rule.occurrences)
    return max(most - lost, rule.floor)


def _sampled(rule: deductions.SampledHouseholds, village: Village, most: float) -> float:
    if rule.visited is not None and village.of(rule.visited) == 0:
        return 0.0
    lost = rule.deduct * village.of(rule.failed)
    return most - (lost if rule.cap is None else min(lost, rule.cap))


def _states(rule: deductions.States, village: Village, most: float) -> float:
    for state in rule.states:
        if holds(state.when, village):
            return most - state.deduct if state.deduct is not None else state.points or 0.0
    return most if rule.otherwise is None else rule.otherwise


def _relative(rule: peers.Relative, village: Village, most: float) -> float:
    among = village.peers(Input(rule.indicator))
    value, mean = village.of(rule.indicator), math.fsum(among) / len(among)
    if rule.slope is not None:
        above = value - mean if rule.better == "higher" else mean - value
        points = rule.at_mean + rule.slope * above
    else:
        points = rule.at_mean * (value / mean if mean > 0 else 1.0)
    return min(max(points, rule.least), most)


def _rank(rule: peers.RankScore, village: Village, most: float) -> float:
    among, value = village.peers(Input(rule.indicator)), village.of(rule.indicator)
    ahead = sum(other > value if rule.better == "higher" else other < value for other in among)
    if rule.step is not None:
        earned = max(rule.best - rule.step * ahead, rule.worst)
    else:
        earned = rule.best - (rule.best - rule.worst) * ahead / max(len(among) - 1, 1)
    return earned * most / rule.best


def _zeroing(rule: composed.Zeroing, village: Village, most: float) -> float | None:
    if any(holds(one, village) for one in rule.when):
        return 0.0
    return rule_points(rule.rule, village, most)


def case_of(rule: composed.ByClass, answer: str) -> Rule | None:
    """The rule for a class of village."""
    return rule.cases.get(answer, rule.otherwise)


def _by_class(rule: composed.ByClass, village: Village, most: float) -> float | None:
    case = case_of(rule, village.choice(rule.class_))
    return 0.0 if case is None else rule_points(case, village, most)


def _survey(rule: composed.Survey, village: Village, most: float) -> float:
    def share(code: str) -> float:
        is_rate = village.indicators[code].kind == "rate"
        return village.of(code) / 100 if is_rate else village.of(code)

    total = 0.0
    for question in rule.questions:
        answers = sum(share(answer.indicator) * answer.value for answer in question.answers)
        total += answers * question.weight
    if rule.questionnaire is not None:
        total += village.of(rule.questionnaire.indicator) * rule.questionnaire.weight
    return total


def _formula(rule: composed.FormulaRule, village: Village, most: float) -> float | None:
    value = evaluate(rule.formula, village.read)
    if isinstance(value, bool):
        return most if value else 0.0
    return value


_POINTS: dict[type[Rule], Callable[..., float | None]] = {
    checks.Presence: _presence,
    checks.Threshold: _asked,
    checks.AnyOfRule: _any_of,
    checks.AllOfRule: _all_of,
    checks.Checklist: _checklist,
    scales.Linear: _linear,
    scales.Bands: _bands,
    scales.Shortfall: _shortfall,
    scales.PerUnit: _per_unit,
    scales.Judged: _judged,
    deductions.Deduction: _deduction,
    deductions.SampledHouseholds: _sampled,
    deductions.States: _states,
    peers.Relative: _relative,
    peers.RankScore: _rank,
    composed.Zeroing: _zeroing,
    composed.ByClass: _by_class,
    composed.Survey: _survey,
    composed.FormulaRule: _formula,
}
