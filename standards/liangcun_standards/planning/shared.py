"""Villages chosen together under limits that they share: at most so many lamps in the whole county.

One mixed-integer program holds every village's own, each of whose demands holds where the village is chosen;
it maximises how many are chosen and, among as many, takes what costs least.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liangcun_standards.indicators import Indicator
from liangcun_standards.planning.choices import Choices
from liangcun_standards.planning.costs import CostTable
from liangcun_standards.planning.levels import Fixed
from liangcun_standards.planning.model import Model, Target
from liangcun_standards.planning.plans import Plan, plan_for, search_of
from liangcun_standards.planning.program import Linear, Program, Undecided
from liangcun_standards.planning.search import Search, Standing
from liangcun_standards.scoring import ScoreResult
from liangcun_standards.table import Floats, IndicatorTable

_SECONDS = 25.0
# Choices that the bounds let through and that fell short when scored.
_MOST_ROUNDS = 20
_CENT = 0.005


def within_limits(plans: Sequence[Plan], limits: Mapping[str, float]) -> bool:
    """Whether some plans together keep within the limits on the change of indicators."""
    spent = dict.fromkeys(limits, 0.0)
    for plan in plans:
        for change in plan.changes:
            if change.indicator.code in spent:
                spent[change.indicator.code] += abs(change.after - change.start)
    return all(spent[code] <= most + 1e-6 for code, most in limits.items())


@dataclass(frozen=True)
class Together:
    """The villages chosen together, and whether no more could be."""

    plans: tuple[Plan, ...]
    proven: bool


@dataclass(frozen=True)
class Shared:
    """What villages share a budget's limits by: the result they are rows of, costs, and the target."""

    result: ScoreResult
    indicators: Mapping[str, Indicator]
    costs: CostTable
    target: Target
    beside: IndicatorTable | None = None

    @property
    def limits(self) -> dict[str, float]:
        """The limits on the sum of the changes, by indicator."""
        return {one.indicator: one.total_change for one in self.costs.costs if one.total_change is not None}

    def most(self, plans: Sequence[Plan], amount: float) -> Together:
        """Of villages with a plan each, as many as an amount in yuan and the limits allow.

        `plans` are each village's cheapest, whatever the limits.
        """
        members = [self._member(one) for one in plans if one.cost <= amount + _CENT]
        for slopes in (True, False):
            found = _Joint(members, self.target, self.limits, amount).solved(slopes=slopes)
            if found is not None:
                return found
        return Together((), proven=False)

    def _member(self, plan: Plan) -> _Member:
        row = self.result.table.row_of[plan.region]
        search, fixed = search_of(self.result, self.indicators, row, self.costs, self.beside)
        return _Member(plan, search, fixed)


@dataclass(frozen=True)
class _Member:
    """One village of those that may be chosen."""

    plan: Plan
    search: Search
    fixed: list[Fixed]


@dataclass(frozen=True)
class _Placed:
    """A village in the program: whether it is chosen, in one of the ways that it has to the target."""

    member: _Member
    model: Model
    chosen: Linear


@dataclass(frozen=True)
class _Joint:
    """The program of all villages. `limits`: on the sum of the changes, by indicator."""

    members: Sequence[_Member]
    target: Target
    limits: Mapping[str, float]
    amount: float

    def solved(self, *, slopes: bool) -> Together | None:
        """The choice; None where what was chosen on a slope fell short, so that it takes finer pieces."""
        program = Program()
        placed = [one for member in self.members for one in self._ways(program, member, slopes=slopes)]
        spent = Linear.total(one.model.choices.cost() for one in placed)
        program.require(spent, high=self.amount + _CENT)
        for code, most in self.limits.items():
            changed = [one.model.choices.change(code) for one in placed if code in one.model.choices.levels]
            program.require(Linear.total(changed), high=most + 1e-7)
        count = Linear.total(one.chosen for one in placed)
        # No sum of costs makes up for a village.
        objective = spent.times(0.5 / (self.amount + 1.0)).minus(count)
        for _ in range(_MOST_ROUNDS):
            try:
                found = program.cheapest(objective, _SECONDS)
            except Undecided:
                return Together((), proven=False)
            if found is None:
                return Together((), proven=True)
            plans, failed = self._scored(placed, found.values)
            if not failed:
                proven = found.proven and all(one.search.proven for one in self.members)
                return Together(tuple(plans), proven)
            for one, levels in failed:
                if one.model.bend(found.values):
                    continue
                if slopes:
                    return None
                one.model.choices.forbid(levels)
        return Together((), proven=False)

    def _ways(self, program: Program, member: _Member, *, slopes: bool) -> list[_Placed]:
        """A village in the program, once for each way of counting and each grade; at most one is chosen."""
        found, search = [], member.search
        for presence in search.presences():
            for place in search.grades(self.target):
                chosen = program.variable(0.0, 1.0, whole=True)
                choices = Choices.of(program, search.levels, search.readers, slopes=slopes)
                with program.only_if(chosen):
                    model = Model.of(search.village.standard, choices, search.readers, presence)
                    reachable = model.demand(self.target, model.climb(), place)
                if not reachable:
                    program.require(chosen, high=0.0)
                # Who isn't chosen changes nothing; who is pays as much as alone at the least.
                for pieces in model.choices.pieces.values():
                    program.require(pieces[0].chosen.plus(chosen), low=1.0)
                least = chosen.times(max(member.plan.cost - _CENT * 10, 0.0))
                program.require(model.choices.cost().minus(least), low=0.0)
                found.append(_Placed(member, model, chosen))
        program.require(Linear.total(one.chosen for one in found), high=1.0)
        return found

    def _scored(
        self, placed: Sequence[_Placed], solution: Floats
    ) -> tuple[list[Plan], list[tuple[_Placed, dict[str, int]]]]:
        """The plans of those chosen, scored anew, and those of them that fall short."""
        plans, failed = [], []
        for one in placed:
            if one.chosen.value(solution) < 0.5:
                continue
            search, before = one.member.search, one.member.plan.before
            levels = one.model.choices.levels_chosen(solution)
            after = Standing.of(*search.village.respond_to(search.values(levels)))
            if after.reaches(self.target):
                plans.append(plan_for(search, levels, self.target, before, one.member.fixed))
            else:
                failed.append((one, levels))
        return sorted(plans, key=lambda one: (one.cost, one.region)), failed
