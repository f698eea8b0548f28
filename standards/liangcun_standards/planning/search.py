"""Looking for the cheapest values by which a village reaches a target: solved, scored, cut off, again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from liangcun_standards.indicators import Indicator
from liangcun_standards.planning.choices import Choices
from liangcun_standards.planning.levels import Levels
from liangcun_standards.planning.model import Model, Target
from liangcun_standards.planning.program import Linear, Program, Solved, Undecided
from liangcun_standards.planning.readers import Reader
from liangcun_standards.planning.village import Scored, Village
from liangcun_standards.scoring import ScoreResult
from liangcun_standards.scoring.plan import plan_of
from liangcun_standards.text import Text

# Criteria that may come to count or not, of which every combination is looked at.
_MOST_OPEN = 6
# Solutions that were let through by the bounds and fell short when scored.
_MOST_ROUNDS = 200
_SECONDS = 20.0
_CENT = 0.005
_CENTS = 2


@dataclass(frozen=True)
class Change:
    """One indicator to be changed. `before` is None where no exact value is on record; the cost is then
    reckoned from `start`. `criteria`: the codes of the criteria that gain by it.
    """

    indicator: Indicator
    before: float | None
    start: float
    after: float
    cost: float
    criteria: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """What a village comes to: its total (None for none), grade (a place in the document, None), passing."""

    total: float | None
    grade: int | None
    passed: bool

    @classmethod
    def of(cls, result: ScoreResult, row: int) -> Standing:
        """What a row of a result comes to."""
        total, grade = float(result.total[row]), int(result.grade[row])
        return cls(None if np.isnan(total) else total, None if grade < 0 else grade, bool(result.passed[row]))

    def reaches(self, target: Target) -> bool:
        """Whether it is what was wanted."""
        if target.grade is None:
            return self.passed
        return self.grade is not None and self.grade <= target.grade


@dataclass
class Search:
    """Looking for the cheapest levels; `proven` falls where something was left unlooked at."""

    village: Village
    levels: Mapping[str, Levels]
    readers: Sequence[Reader]
    proven: bool = True
    seconds: float = _SECONDS
    _forbidden: list[dict[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.proven &= not any(one.cut for one in self.levels.values())

    @property
    def remarks(self) -> tuple[Text, ...]:
        """What is to be said of how far indicators were looked at."""
        return tuple(one.remark for one in self.levels.values() if one.remark is not None)

    def cheapest(self, target: Target) -> dict[str, int] | None:
        """The levels of the cheapest plan; None where there is none."""
        best: tuple[float, dict[str, int]] | None = None
        for presence in self.presences():
            for place in self.grades(target):
                found = self._solve(target, presence, place)
                if found is not None and (best is None or found[0] < best[0] - _CENT):
                    best = found
        return None if best is None else best[1]

    def presences(self) -> Iterator[dict[int, bool]]:
        """Which criteria count: each combination of those that a plan may bring in or out."""
        open_ = [
            reader
            for reader in self.readers
            if reader.kind == "criterion" and len(set(reader.cases.present.tolist())) > 1
        ]
        stakes, criteria = self.village.standard.stakes, self.village.standard.criteria
        open_.sort(key=lambda one: -stakes[criteria[one.place].code])
        kept = {one.place: bool(self._on_record(one)) for one in open_[_MOST_OPEN:]}
        self.proven &= not kept
        for there in product((False, True), repeat=len(open_[:_MOST_OPEN])):
            yield kept | {one.place: bit for one, bit in zip(open_, there, strict=False)}

    def _on_record(self, reader: Reader) -> bool:
        """Whether the criterion counts as things are: the first case is what is on record."""
        case = 0
        if len(reader.moved_by) > 1:
            at = tuple(int(reader.classes[code][0]) for code in reader.moved_by)
            case = int(np.ravel_multi_index(at, reader.shape))
        return bool(reader.cases.present[case])

    def grades(self, target: Target) -> list[int | None]:
        """The grades by which a target may be reached; one that takes more than another is left out."""
        standard = self.village.standard
        worst = target.grade if target.grade is not None else plan_of(standard).passing_grade
        if worst is None:
            return [None]
        tiers = {one.code: place for place, one in enumerate(standard.tiers)}
        found: list[int | None] = []
        least = len(tiers)
        for place in range(worst, -1, -1):
            tier = standard.grades[place].tier
            needed = -1 if tier is None else tiers[tier]
            if not found or needed < least:
                found.append(place)
                least = needed
        return found

    def _solve(
        self, target: Target, presence: Mapping[int, bool], place: int | None
    ) -> tuple[float, dict[str, int]] | None:
        """The cheapest levels under one presence: solved with what is bounded, scored, cut off, again."""
        slopes = True
        model = self._model(target, presence, place, slopes=slopes)
        for _ in range(_MOST_ROUNDS):
            if model is None:
                return None
            found = self.solved(model.program, model.choices.cost())
            if found is None:
                return None
            chosen = model.choices.levels_chosen(found.values)
            self.proven &= found.proven
            if Standing.of(*self.village.respond_to(self.values(chosen))).reaches(target):
                return self.cost(chosen), chosen
            if model.bend(found.values):
                continue
            self._forbidden.append(chosen)
            if slopes:
                slopes = False
                model = self._model(target, presence, place, slopes=slopes)
            else:
                model.choices.forbid(chosen)
        self.proven = False
        return None

    def solved(self, program: Program, objective: Linear) -> Solved | None:
        """The solution of a program; where time runs out, none, and nothing is proven any more."""
        try:
            return program.cheapest(objective, self.seconds)
        except Undecided:
            self.proven = False
            return None

    def _model(
        self, target: Target, presence: Mapping[int, bool], place: int | None, *, slopes: bool
    ) -> Model | None:
        model = self.model(presence, slopes=slopes)
        if not slopes:
            for chosen in self._forbidden:
                model.choices.forbid(chosen)
        return model if model.demand(target, model.climb(), place) else None

    def model(self, presence: Mapping[int, bool], *, slopes: bool) -> Model:
        """The program of what may be chosen, nothing being demanded yet."""
        choices = Choices.of(Program(), self.levels, self.readers, slopes=slopes)
        return Model.of(self.village.standard, choices, self.readers, presence)

    def values(self, chosen: Mapping[str, int]) -> dict[str, float]:
        """The values of the levels that aren't what is on record."""
        return {code: float(self.levels[code].values[level]) for code, level in chosen.items() if level > 0}

    def cost(self, chosen: Mapping[str, int]) -> float:
        """What the levels cost."""
        return sum(float(self.levels[code].costs[level]) for code, level in chosen.items())

    def changes(self, chosen: Mapping[str, int], target: Target) -> tuple[tuple[Change, ...], Standing]:
        """The changes that chosen levels come to, without any that isn't needed, and what is scored then."""
        needed = dict(chosen)
        for code in sorted(chosen, key=lambda one: self.levels[one].costs[chosen[one]]):
            without = needed | {code: 0}
            # What is proven to be the cheapest has nothing in it that costs and isn't needed.
            spare = self.levels[code].costs[needed[code]] < 1.0 or not self.proven
            if needed[code] and spare and self._reaches(without, target):
                needed = without
        values = self.values(needed)
        after = self.village.respond_to(values)
        gains = self._gains(values, after)
        changes = [self._change(code, needed[code], gains[code]) for code in values]
        return tuple(sorted(changes, key=lambda one: (-one.cost, one.indicator.code))), Standing.of(*after)

    def _reaches(self, chosen: Mapping[str, int], target: Target) -> bool:
        return Standing.of(*self.village.respond_to(self.values(chosen))).reaches(target)

    def _gains(self, values: Mapping[str, float], after: Scored) -> dict[str, tuple[str, ...]]:
        """For each change, the criteria that come out better, or otherwise, than with the others alone."""
        size = len(values)
        changed = {code: np.full(size, value) for code, value in values.items()}
        for row, code in enumerate(values):
            changed[code][row] = np.nan
        # What is measured against other villages is held: no change serves it, whatever it comes to here.
        less = self.village.respond(self.village.with_values(changed, size)).result
        points, status = after.result.points[:, after.row], after.result.status[:, after.row]
        found = {}
        for row, code in enumerate(values):
            better = np.nan_to_num(points) - np.nan_to_num(less.points[:, row]) > 1e-9
            better |= status != less.status[:, row]
            found[code] = tuple(
                one.code
                for one, gained in zip(self.village.standard.criteria, better, strict=True)
                if gained and not one.rule.peer_relative
            )
        return found

    def _change(self, code: str, level: int, criteria: tuple[str, ...]) -> Change:
        one = self.levels[code]
        known = float(one.values[0])
        return Change(
            indicator=one.indicator,
            before=None if np.isnan(known) else known,
            start=one.start,
            after=float(one.values[level]),
            cost=round(float(one.costs[level]), _CENTS),
            criteria=criteria,
        )
