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
from liangcun_standards.planning.shared import Shared, within_limits
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

    `chosen`: the villages to bring over the line, as many as can be, cheapest first; where limits are shared
    (`shared`) they may take other ways than their cheapest. `proven`: whether no other choice could bring
    more over the line. `there`: how many reach the target already. `out_of_reach`: plans without a way.
    """

    amount: float
    target: Target
    plans: tuple[Plan, ...]
    chosen: tuple[Plan, ...]
    proven: bool
    there: int
    out_of_reach: tuple[Plan, ...]
    shared: Shared | None = None

    @property
    def spent(self) -> float:
        """What the chosen plans cost together."""
        return round(sum(one.cost for one in self.chosen), 2)

    @property
    def cost_of_all(self) -> float:
        """What all villages within reach cost together, each in its cheapest way."""
        return round(sum(one.cost for one in self.plans), 2)

    def more_for(self, amount: float) -> int:
        """How many more villages so many yuan more bring over the line."""
        chosen, _ = _most(self.plans, self.amount + amount, self.shared)
        return max(len(chosen) - len(self.chosen), 0)

    @property
    def rest(self) -> tuple[Plan, ...]:
        """The cheapest plans of those that aren't chosen, cheapest first."""
        taken = {one.region for one in self.chosen}
        return tuple(one for one in self.plans if one.region not in taken)

    @property
    def missing_for_next(self) -> float | None:
        """How much more than the budget one more village takes.

        None where none is left, and where limits are in the way, so that money alone may not do.
        """
        if not self.rest or self._is_limited:
            return None
        return round(self.spent + self.rest[0].cost - self.amount, 2)

    @property
    def _is_limited(self) -> bool:
        """Whether shared limits keep the choice, or the next village, from being the cheapest."""
        if self.shared is None:
            return False
        return not within_limits(self.plans[: len(self.chosen) + 1], self.shared.limits)


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


def allot(plans: Sequence[Plan], amount: float, target: Target, shared: Shared | None = None) -> Budget:
    """The villages that a budget in yuan brings over the line, as many as can be.

    `plans`: each village's cheapest. `shared`: what they share limits by, where the cost table has any.
    Raises InvalidBudget.
    """
    check_budget(amount)
    there = sum(one.reached and not one.changes for one in plans)
    ways = [one for one in plans if one.reached and one.changes]
    ways.sort(key=lambda one: (one.cost, one.region))
    out_of_reach = tuple(one for one in plans if not one.reached)
    chosen, proven = _most(ways, amount, shared)
    proven &= all(one.proven for one in plans)
    return Budget(amount, target, tuple(ways), tuple(chosen), proven, there, out_of_reach, shared)


def _most(plans: Sequence[Plan], amount: float, shared: Shared | None) -> tuple[Sequence[Plan], bool]:
    """As many villages as an amount allows, and whether that is proven; `plans` stand cheapest first."""
    sums = accumulate(one.cost for one in plans)
    cheapest = plans[: sum(one <= amount + _CENT for one in sums)]
    # Without the limits no more could be chosen: where they aren't in the way, that's it.
    if shared is None or within_limits(cheapest, shared.limits):
        return cheapest, True
    found = shared.most(plans, amount)
    return found.plans, found.proven
