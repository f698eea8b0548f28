"""What a criterion's points depend on, taken apart: the questions and figures that its rule puts together.

A rule whose kind is known here is a function of its parts' answers alone. Two values of an indicator that
give every part the same answer are then the same to the criterion, whatever the other values are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from liangcun_standards.document.outcome import Entry
from liangcun_standards.document.tree import Criterion
from liangcun_standards.indicators import Indicator
from liangcun_standards.rules import Rule
from liangcun_standards.rules.checks import Checklist, ConditionRule
from liangcun_standards.rules.composed import ByClass, Zeroing
from liangcun_standards.rules.conditions import AllOf, AnyOf, Comparison, FormulaCondition, Negation
from liangcun_standards.rules.deductions import States
from liangcun_standards.scoring.derivation import unfolded
from liangcun_standards.scoring.views import ExactRows, SpanRows
from liangcun_standards.table import Floats, IndicatorTable, Input, Integers

Question = Comparison | FormulaCondition | AllOf | AnyOf | Negation


@dataclass(frozen=True)
class Atom:
    """A part that is asked as a whole: a question, a rule that isn't put together, or a bare column."""

    part: Question | Rule | Input
    scale: float

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The columns read."""
        return (self.part,) if isinstance(self.part, Input) else self.part.inputs()

    def answers(self, table: IndicatorTable, indicators: Mapping[str, Indicator]) -> list[Floats]:
        """Rows of answers over the table: what it is, and what is known of it where values aren't exact."""
        size = len(table)
        exact = ExactRows(table, slice(0, size), indicators)
        spans = SpanRows(table, np.arange(size), indicators)
        if isinstance(self.part, Input):
            span = spans.read(self.part)
            return [exact.read(self.part), span.low, span.high]
        if isinstance(self.part, Rule):
            ends = self.part.span(spans, self.scale)
            return [self.part.exact(exact, self.scale), *(np.broadcast_to(end, size) for end in ends)]
        truth = self.part.truth(spans)
        return [np.asarray(one, np.float64) for one in (self.part.exact(exact), truth.must, truth.may)]


def atoms_of(reader: Criterion | Entry) -> tuple[Atom, ...]:
    """The parts that a criterion, or an entry condition, puts together."""
    if isinstance(reader, Entry):
        return tuple(Atom(one, 1.0) for one in _questions(reader.require))
    found = [Atom(one, reader.scale) for one in _parts(reader.rule)]
    if reader.applies_when is not None:
        found += [Atom(one, 1.0) for one in _questions(reader.applies_when)]
    return tuple(found)


def _questions(question: Question) -> Iterator[Question]:
    if isinstance(question, AllOf | AnyOf):
        for part in question.parts:
            yield from _questions(part)
    elif isinstance(question, Negation):
        yield from _questions(question.not_)
    else:
        yield question


def _parts(rule: Rule) -> Iterator[Question | Rule | Input]:
    if isinstance(rule, ConditionRule):
        yield from _questions(rule.condition)
    elif isinstance(rule, Checklist):
        for item in rule.items:
            yield from _questions(item)
    elif isinstance(rule, States):
        for state in rule.states:
            yield from _questions(state.when)
    elif isinstance(rule, Zeroing):
        for when in rule.when:
            yield from _questions(when)
        yield from _parts(rule.rule)
    elif isinstance(rule, ByClass):
        yield Input(rule.class_)
        for case in (*rule.cases.values(), *(() if rule.otherwise is None else (rule.otherwise,))):
            yield from _parts(case)
    else:
        yield rule


def classes_along(
    atoms: Sequence[Atom],
    code: str,
    moving: frozenset[str],
    table: IndicatorTable,
    indicators: Mapping[str, Indicator],
) -> Integers:
    """(k,) which values of an indicator are the same to what is put together of `atoms`, numbered from 0.

    `table`: a row for each value, all else being as it is. `moving`: all indicators that may be changed.
    """
    rows = []
    for atom in atoms:
        read = {source.indicator for source in unfolded(atom.inputs, indicators) if source.lag == 0}
        if code not in read:
            continue
        # What depends on a second value that changes too has no answer along this one alone.
        alone = len(read & moving) == 1
        rows += (
            atom.answers(table, indicators) if alone else Atom(Input(code), 1.0).answers(table, indicators)
        )
    stacked = np.nan_to_num(np.stack(rows), nan=np.inf)
    _, found = np.unique(stacked, axis=1, return_inverse=True)
    classes: Integers = found.reshape(-1).astype(np.int64)
    return classes
