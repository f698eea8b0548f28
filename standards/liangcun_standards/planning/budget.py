"""A budget over many villages: which to bring over the line first, and what more money would buy.

Where each village's plan stands by itself, the most new passes come of the cheapest plans first: any other
choice of as many villages costs as much or more. Where limits on a change are shared (`total_change`), what
one village takes another can't, and villages are chosen together by one mixed-integer program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import Indicator
from liangcun_standards.planning.costs import CostTable
from liangcun_standards.planning.model import Target
from liangcun_standards.planning.plans import Plan, check_plannable, plan
from liangcun_standards.scoring import ScoreResult
from liangcun_standards.table import IndicatorTable
from liangcun_standards.text import Text

# Sums of costs are added in one order here and in another there.
_CENT = 0.005


class InvalidBudget(LiangcunError):
    """A budget that is no amount of money."""

    code = "INVALID_BUDGET"


def check_budget(budget: float) -> float:
    """The budget in yuan. Raises InvalidBudget for what is negative or no usable number."""
    if not 0 <= budget <= 1e12:
        raise InvalidBudget(
            Text("预算应为 0 到一万亿之间的元数", "a budget is an amount of yuan from 0 to 1e12"),
            where="budget",
        )
    return budget


@dataclass(frozen=True)
class Budget:
    """What a budget buys. Each of `plans` is one village's cheapest, cheapest first.

    `there`: how many reach the target already. `out_of_reach`: plans without a way.
    """

    amount: float
    target: Target
    plans: tuple[Plan, ...]
    there: int
    out_of_reach: tuple[Plan, ...]

    @property
    def chosen(self) -> tuple[Plan, ...]:
        """The villages to bring over the line: as many as can be."""
        return self.plans[: self.bought_by(self.amount)]

    @property
    def spent(self) -> float:
        """What the chosen plans cost together."""
        return round(sum(one.cost for one in self.chosen), 2)

    @property
    def cost_of_all(self) -> float:
        """What all villages within reach cost together."""
        return round(sum(one.cost for one in self.plans), 2)

    @property
    def proven(self) -> bool:
        """Whether no other choice could bring more villages over the line."""
        return all(one.proven for one in (*self.plans, *self.out_of_reach))

    def bought_by(self, amount: float) -> int:
        """How many villages an amount brings over the line, at the most."""
        sums = accumulate(one.cost for one in self.plans)
        return sum(one <= amount + _CENT for one in sums)

    def more_for(self, amount: float) -> int:
        """How many more villages so many yuan more bring over the line."""
        return self.bought_by(self.amount + amount) - len(self.chosen)

    @property
    def rest(self) -> tuple[Plan, ...]:
        """The plans that aren't chosen, cheapest first."""
        return self.plans[len(self.chosen) :]

    @property
    def missing_for_next(self) -> float | None:
        """How much more than the budget one more village takes; None where none is left."""
        return round(self.spent + self.rest[0].cost - self.amount, 2) if self.rest else None


def plans_within(
    result: ScoreResult,
    indicators: Mapping[str, Indicator],
    rows: Sequence[int],
    costs: CostTable,
    target: Target,
    beside: IndicatorTable | None = None,
    done: Callable[[int], None] = lambda _: None,
) -> list[Plan]:
    """Each region's cheapest plan; `beside` as for one, `done` is told how many are worked out.

    Raises CannotPlan.
    """
    check_plannable(result)
    found = []
    for row in rows:
        found.append(plan(result, indicators, row, costs, target, beside=beside, explained=False))
        done(len(found))
    return found


def allot(plans: Sequence[Plan], amount: float, target: Target) -> Budget:
    """The villages that a budget in yuan brings over the line, as many as can be. Raises InvalidBudget."""
    check_budget(amount)
    there = sum(one.reached and not one.changes for one in plans)
    ways = [one for one in plans if one.reached and one.changes]
    ways.sort(key=lambda one: (one.cost, one.region))
    return Budget(amount, target, tuple(ways), there, tuple(one for one in plans if not one.reached))
