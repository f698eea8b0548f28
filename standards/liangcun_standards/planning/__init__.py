"""Improvement plans: the cheapest changes that bring a village to a grade; a budget over many villages."""

from liangcun_standards.planning.budget import Budget, InvalidBudget, allot, check_budget, plans_within
from liangcun_standards.planning.costs import Cost, CostTable, InvalidCosts, read_costs
from liangcun_standards.planning.levels import Fixed
from liangcun_standards.planning.model import Target
from liangcun_standards.planning.plans import (
    Plan,
    UnknownGrade,
    check_plannable,
    plan,
    target_of,
)
from liangcun_standards.planning.readers import CannotPlan
from liangcun_standards.planning.search import Change, Standing
from liangcun_standards.planning.shared import Shared

__all__ = [
    "Budget",
    "CannotPlan",
    "Change",
    "Cost",
    "CostTable",
    "Fixed",
    "InvalidBudget",
    "InvalidCosts",
    "Plan",
    "Shared",
    "Standing",
    "Target",
    "UnknownGrade",
    "allot",
    "check_budget",
    "check_plannable",
    "plan",
    "plans_within",
    "read_costs",
    "target_of",
]
