"""A mixed-integer program, put together term by term and solved exactly.

The method is branch and bound (Land, Doig: An automatic method of solving discrete programming problems,
Econometrica 28, 1960) over linear relaxations, as HiGHS does it (Huangfu, Hall: Parallelizing the dual
revised simplex method, Mathematical Programming Computation 10, 2018), by scipy.optimize.milp.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from liangcun_standards.table import Floats

_OPTIMAL, _LIMIT, _INFEASIBLE = 0, 1, 2


class Linear:
    """A sum of variables with factors, and a constant."""

    __slots__ = ("constant", "factors")

    def __init__(self, factors: Mapping[int, float] | None = None, constant: float = 0.0) -> None:
        self.factors = dict(factors or {})
        self.constant = constant

    @classmethod
    def total(cls, parts: Iterable[Linear]) -> Linear:
        """The sum of several."""
        found = cls()
        for part in parts:
            found.constant += part.constant
            for variable, factor in part.factors.items():
                found.factors[variable] = found.factors.get(variable, 0.0) + factor
        return found

    def times(self, factor: float) -> Linear:
        """All of it by a factor."""
        return Linear({one: factor * own for one, own in self.factors.items()}, factor * self.constant)

    def plus(self, other: Linear) -> Linear:
        """The sum of two."""
        return Linear.total((self, other))

    def minus(self, other: Linear) -> Linear:
        """The difference of two."""
        return Linear.total((self, other.times(-1.0)))

    def value(self, solution: Floats) -> float:
        """What it comes to."""
        return self.constant + sum(factor * float(solution[one]) for one, factor in self.factors.items())


@dataclass(frozen=True)
class Solved:
    """A solution, (variables,); `proven` unless time ran out before it was known to be the best."""

    values: Floats
    objective: float
    proven: bool


class Undecided(Exception):
    """Time ran out before any solution, or the absence of one, was known."""


@dataclass
class Program:
    """Variables with bounds, and constraints low ≤ expression ≤ high."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[Linear, float, float]] = field(default_factory=list)
    _condition: Linear | None = None

    def variable(self, lower: float, upper: float, *, whole: bool = False) -> Linear:
        """A new variable."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(whole)
        return Linear({len(self.lower) - 1: 1.0})

    def require(self, expression: Linear, low: float = -math.inf, high: float = math.inf) -> None:
        """Add a constraint."""
        if self._condition is None:
            self.rows.append((expression, low, high))
            return
        off = Linear(constant=1.0).minus(self._condition)
        if low > -math.inf:
            slack = max(low - self._end(expression, -1.0), 0.0)
            self.rows.append((expression.plus(off.times(slack)), low, math.inf))
        if high < math.inf:
            slack = max(self._end(expression, 1.0) - high, 0.0)
            self.rows.append((expression.minus(off.times(slack)), -math.inf, high))

    @contextmanager
    def only_if(self, condition: Linear) -> Iterator[None]:
        """What is required inside holds where the condition, a variable of 0 or 1, is 1."""
        self._condition = condition
        try:
            yield
        finally:
            self._condition = None

    def _end(self, expression: Linear, sign: float) -> float:
        """The least (-1) or the most (1) that an expression can come to within the variables' bounds."""
        return expression.constant + sum(
            factor * (self.upper[one] if factor * sign > 0 else self.lower[one])
            for one, factor in expression.factors.items()
        )

    def cheapest(self, objective: Linear, seconds: float) -> Solved | None:
        """The solution that makes `objective` least; None where there is no solution.

        Raises Undecided.
        """
        constants = [(one, low, high) for one, low, high in self.rows if not one.factors]
        if any(not low - 1e-7 <= one.constant <= high + 1e-7 for one, low, high in constants):
            return None
        if not self.lower:
            return Solved(np.empty(0), objective.constant, True)
        # A third of a second, for those who plan.
        from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
        from scipy.sparse import csr_array

        weights = np.zeros(len(self.lower))
        for variable, factor in objective.factors.items():
            weights[variable] = factor
        rows = [(one, low, high) for one, low, high in self.rows if one.factors]
        data = [factor for one, _, _ in rows for factor in one.factors.values()]
        columns = [variable for one, _, _ in rows for variable in one.factors]
        starts = np.cumsum([0, *(len(one.factors) for one, _, _ in rows)])
        matrix = csr_array((data, columns, starts), shape=(len(rows), len(self.lower)))
        constraints = LinearConstraint(
            matrix,
            np.array([low - one.constant for one, low, _ in rows]),
            np.array([high - one.constant for one, _, high in rows]),
        )

        def solved(*, presolve: bool) -> OptimizeResult:
            return milp(
                weights,
                integrality=np.array(self.whole, np.int64),
                bounds=Bounds(np.array(self.lower), np.array(self.upper)),
                constraints=[constraints] if rows else [],
                options={"mip_rel_gap": 0.0, "time_limit": seconds, "presolve": presolve},
            )

        found = solved(presolve=True)
        if found.status == _INFEASIBLE:
            # That there is no way is a claim of its own: it is believed when found without shortcuts too.
            found = solved(presolve=False)
        if found.status == _INFEASIBLE:
            return None
        if found.x is None:
            raise Undecided(found.message)
        return Solved(found.x, float(found.fun) + objective.constant, found.status == _OPTIMAL)
