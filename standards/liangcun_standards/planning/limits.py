"""Why a target can't be reached, and how far a village can get: each demand looked at by itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from liangcun_standards.document.outcome import Entry
from liangcun_standards.document.tree import Criterion
from liangcun_standards.planning.model import Model, Target
from liangcun_standards.planning.program import Linear
from liangcun_standards.planning.readers import Reader
from liangcun_standards.planning.search import Search
from liangcun_standards.rules.base import join_texts
from liangcun_standards.scoring.derivation import unfolded
from liangcun_standards.scoring.outcome import round_half_up
from liangcun_standards.scoring.plan import TOLERANCE, plan_of
from liangcun_standards.text import Text, format_number


@dataclass(frozen=True)
class Limits:
    """What stands in the way of a target, looked for among everything that may be chosen."""

    search: Search
    target: Target

    def reasons(self) -> list[Text]:
        """What can't be had by itself; where everything can, that it can't be had together."""
        found = [*self._single(), *self._sums()]
        if found:
            return found
        return [
            Text(
                "各项要求单独都做得到，但不能同时做到（同一个指标要求相反，或受改动上限所限）",
                "each demand can be met by itself but not all of them together: they pull an indicator both "
                "ways, or the limits of change are in the way",
            )
        ]

    def highest_total(self) -> float | None:
        """The highest total that can be reached, None where nothing counts."""
        most = self._most(lambda model: model.total(model.climb()))
        if math.isinf(most):
            return None
        return float(round_half_up(np.array([max(most, 0.0)]), self.search.village.standard.decimals)[0])

    def _single(self) -> Iterator[Text]:
        """Vetoes, entry conditions and criteria that must pass, of which no value that may be chosen does."""
        standard = self.search.village.standard
        plan, passing = plan_of(standard), standard.passing
        places = set()
        if self.target.grade is None and passing.every_criterion:
            places |= set(plan.scored)
        for place in self.search.grades(self.target):
            tier = None if place is None else standard.grades[place].tier
            if tier is not None:
                last = [one.code for one in standard.tiers].index(tier)
                places |= {one for required in plan.tiers[: last + 1] for one in required}
        refused = self._refuses()
        for reader in self.search.readers:
            part = self._part(reader)
            if part is None:
                continue
            if reader.kind == "criterion" and refused and bool(reader.cases.refused.all()):
                yield self._never(part, Text("是一票否决的条目，达不到要求", "is a veto and can't be met"))
            elif reader.kind == "criterion" and reader.place in places and not reader.cases.met.any():
                yield self._never(part, Text("必须达标，而达不到", "must pass and can't"))
            elif reader.kind == "entry" and refused and not reader.cases.passed.any():
                yield self._never(part, Text("是参评条件，达不到", "is an entry condition and can't be met"))

    def _refuses(self) -> bool:
        """Whether who is refused can't have the target."""
        passing = plan_of(self.search.village.standard).passing_grade
        return self.target.grade is None or (passing is not None and self.target.grade <= passing)

    def _part(self, reader: Reader) -> Criterion | Entry | None:
        standard = self.search.village.standard
        if reader.kind == "criterion":
            return standard.criteria[reader.place]
        return standard.entry[reader.place] if reader.kind == "entry" else None

    def _never(self, part: Criterion | Entry, why: Text) -> Text:
        hint = self._held(part)
        return Text(f"“{part.label.zh}”{why.zh}{hint.zh}", f"'{part.label.en}' {why.en}{hint.en}")

    def _held(self, part: Criterion | Entry) -> Text:
        """The indicators of a criterion that stay as they are."""
        sources = part.inputs if isinstance(part, Criterion) else part.require.inputs()
        indicators = self.search.village.indicators
        codes = [one.indicator for one in unfolded(sources, indicators)]
        held = [
            indicators[code].label
            for code in dict.fromkeys(codes)
            if code not in self.search.levels and indicators[code].formula is None
        ]
        if not held:
            return Text("（已到改动的上限）", " (the change is at its limit)")
        names = join_texts(held, "、", ", ")
        return Text(f"（{names.zh} 没有单价或已到上限）", f" ({names.en}: no cost given, or at its limit)")

    def _sums(self) -> Iterator[Text]:
        """Group minima, the number of criteria to pass and the total, where the most there is falls short."""
        standard = self.search.village.standard
        plan = plan_of(standard)
        for code, least in plan.minima if self._refuses() else ():
            most = self._most(partial(_group, code))
            if not math.isinf(most) and most < least - TOLERANCE:
                title = next(one.label for one in standard.all_groups if one.code == code)
                yield Text(
                    f"“{title.zh}”最高只能到 {_shown(most)} 分，低于这一类的最低分 {_shown(least)}",
                    f"'{title.en}' gets to {_shown(most)} at the most, below its minimum of {_shown(least)}",
                )
        passing = standard.passing
        if self.target.grade is None and passing.min_passed is not None:
            count = self._most(
                lambda model: Linear.total(
                    model.told("criterion", place, "passed") for place in plan.scored if model.present(place)
                )
            )
            if count < passing.min_passed - TOLERANCE:
                yield Text(
                    f"最多只能有 {_shown(count)} 个条目达标，要求 {passing.min_passed} 个",
                    f"{_shown(count)} criteria can pass at the most, {passing.min_passed} are asked for",
                )
        yield from self._total()

    def _total(self) -> Iterator[Text]:
        standard, highest = self.search.village.standard, self.highest_total()
        places = [place for place in self.search.grades(self.target) if place is not None]
        least = min((standard.grades[place].min_score for place in places), default=-math.inf)
        if self.target.grade is None and standard.passing.min_score is not None:
            least = max(least, standard.passing.min_score)
        if highest is None:
            yield Text("没有可计分的条目", "no criterion counts")
        elif highest < least - TOLERANCE:
            yield Text(
                f"总分最高只能到 {_shown(highest)} 分，要求 {_shown(least)} 分",
                f"the total gets to {_shown(highest)} at the most, {_shown(least)} are asked for",
            )

    def _most(self, told: Callable[[Model], Linear | None]) -> float:
        """The most that a figure of the model can come to, minus infinity where it never counts."""
        most = -math.inf
        for presence in self.search.presences():
            model = self.search.model(presence, slopes=True)
            figure = told(model)
            if figure is not None:
                found = self.search.solved(model.program, figure.times(-1.0))
                most = most if found is None else max(most, -found.objective)
        return most


def _group(code: str, model: Model) -> Linear | None:
    model.climb()
    return model.groups[code].points


def _shown(points: float) -> str:
    return format_number(round(points, 2))
