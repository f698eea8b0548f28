"""Improvement plans and budgets in GraphQL."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import strawberry

from liangcun_server.graphql.batching import batched
from liangcun_server.graphql.connections import check_first
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.observations.types import IndicatorType
from liangcun_server.planning import words
from liangcun_server.planning.cost_types import CostInput, CostTableType, costs_asked
from liangcun_server.planning.notes import plan_notes
from liangcun_server.planning.planning import Budgeted, budgeted, planned
from liangcun_server.planning.stored_costs import Costs
from liangcun_server.regions.types import RegionType, known_region, regions_named
from liangcun_server.scorecards.loaders import scores_about
from liangcun_server.scorecards.service import Scores
from liangcun_server.standards.types import CriterionType, GradeType, StandardType, criteria_of
from liangcun_standards.periods import Period
from liangcun_standards.planning import Change, Fixed, Plan, Standing, check_budget
from liangcun_standards.vocabulary import AssessorLevel

PlanLazy = Annotated["PlanType", strawberry.lazy("liangcun_server.planning.types")]


@strawberry.type(description="What a village comes to, before or after.")
class PlanStanding:
    score: float | None
    grade: GradeType | None
    passed: bool


def _standing(scores: Scores, standing: Standing) -> PlanStanding:
    standard = scores.result.standard
    grade = None if standing.grade is None else GradeType(grade=standard.grades[standing.grade])
    return PlanStanding(score=standing.total, grade=grade, passed=standing.passed)


@strawberry.type(description="One indicator to be changed, and what that costs.")
class PlannedChange:
    change: strawberry.Private[Change]
    scores: strawberry.Private[Scores]

    @strawberry.field
    def indicator(self, info: LiangcunInfo) -> IndicatorType:
        indicator = self.change.indicator
        return IndicatorType(indicator=indicator, plugin=info.context.indicators.plugin(indicator.code))

    @strawberry.field(description="The value on record; null where no exact one is.")
    def before(self) -> float | None:
        return self.change.before

    @strawberry.field(
        description="The value from which the cost is reckoned; null for a choice not on record."
    )
    def start(self) -> float | None:
        return None if self.change.start != self.change.start else self.change.start

    @strawberry.field
    def after(self) -> float:
        return self.change.after

    @strawberry.field(description="In yuan.")
    def cost(self) -> float:
        return self.change.cost

    @strawberry.field(description="The change in words, with units.")
    def text(self, info: LiangcunInfo) -> str:
        return words.change_text(self.change).pick(info.context.locale)

    @strawberry.field(description="The criteria that gain by it.")
    def criteria(self) -> list[CriterionType]:
        wanted = set(self.change.criteria)
        return [one for one in criteria_of(self.scores.question.resolved) if one.criterion.code in wanted]


@strawberry.type(description="An indicator that stays as it is though it has a cost.")
class KeptIndicator:
    fixed: strawberry.Private[Fixed]

    @strawberry.field
    def code(self) -> strawberry.ID:
        return strawberry.ID(self.fixed.indicator.code)

    @strawberry.field
    def reason(self, info: LiangcunInfo) -> str:
        return self.fixed.reason.pick(info.context.locale)


async def load_plan_regions(parents: Sequence[PlanType], info: LiangcunInfo) -> Sequence[RegionType | None]:
    """The region of each."""
    return await regions_named(info, [one.plan.region for one in parents])


@dataclass(frozen=True)
class Basis:
    """What a plan rests on: the scores and the costs."""

    scores: Scores
    costs: Costs


@strawberry.type(
    name="ImprovementPlan",
    description="整改方案: the cheapest changes that bring a village to a grade, or to pass.",
)
class PlanType:
    plan: strawberry.Private[Plan]
    basis: strawberry.Private[Basis]

    region: RegionType | None = batched(load_plan_regions)

    @strawberry.field
    def standard(self) -> StandardType:
        return StandardType(resolved=self.basis.scores.question.resolved)

    @strawberry.field
    def period(self) -> Period:
        return self.basis.scores.question.period

    @strawberry.field(description="The grade to reach; null where the plan is for passing.")
    def target_grade(self) -> GradeType | None:
        place = self.plan.target.grade
        return None if place is None else GradeType(grade=self.basis.scores.result.standard.grades[place])

    @strawberry.field(description="Whether there is a way; without one, reasons say why.")
    def reached(self) -> bool:
        return self.plan.reached

    @strawberry.field(description="Whether it is proven to be the cheapest, or that there is no way.")
    def proven(self) -> bool:
        return self.plan.proven

    @strawberry.field(description="What all changes cost, in yuan; 0 for a village that is there already.")
    def cost(self) -> float:
        return self.plan.cost

    @strawberry.field(description="What is to be changed, the dearest first.")
    def changes(self) -> list[PlannedChange]:
        return [PlannedChange(change=one, scores=self.basis.scores) for one in self.plan.changes]

    @strawberry.field
    def before(self) -> PlanStanding:
        return _standing(self.basis.scores, self.plan.before)

    @strawberry.field(description="What it comes to when scored with the changes made.")
    def after(self) -> PlanStanding:
        return _standing(self.basis.scores, self.plan.after)

    @strawberry.field(description="Why the target is out of reach.")
    def reasons(self, info: LiangcunInfo) -> list[str]:
        return [one.pick(info.context.locale) for one in self.plan.reasons]

    @strawberry.field(description="Out of reach: the highest total that can be had.")
    def highest_total(self) -> float | None:
        return self.plan.highest_total

    @strawberry.field(description="Out of reach: the plan for the best grade that can be had.")
    def best(self) -> PlanLazy | None:
        return None if self.plan.best is None else PlanType(plan=self.plan.best, basis=self.basis)

    @strawberry.field(description="What stays as it is though it has a cost, and why.")
    def kept_as_is(self) -> list[KeptIndicator]:
        return [KeptIndicator(fixed=one) for one in self.plan.fixed]

    @strawberry.field(description="What the plan comes to, in a line.")
    def summary(self, info: LiangcunInfo) -> str:
        return words.summary(self.basis.scores.result.standard, self.plan).pick(info.context.locale)

    @strawberry.field(description="The costs that it is worked out by.")
    def cost_table(self) -> CostTableType:
        return CostTableType(costs_=self.basis.costs)

    @strawberry.field(description="What to know of it: made-up costs, simulated data, what was assumed.")
    async def notes(self, info: LiangcunInfo) -> list[str]:
        async with info.context.reading() as connection:
            notes = await plan_notes(
                connection, self.basis.scores, self.basis.costs, [self.plan], self.plan.region
            )
        return [one.pick(info.context.locale) for one in notes]


@strawberry.type(
    name="BudgetPlan", description="Which villages to bring over the line first, the most that a budget can."
)
class BudgetPlanType:
    found: strawberry.Private[Budgeted]

    @strawberry.field(description="In yuan.")
    def budget(self) -> float:
        return self.found.budget.amount

    @strawberry.field
    def spent(self) -> float:
        return self.found.budget.spent

    @strawberry.field(description="How many villages reach the target already.")
    def already_there(self) -> int:
        return self.found.budget.there

    @strawberry.field(description="How many villages the budget brings over the line.")
    def chosen_count(self) -> int:
        return len(self.found.budget.chosen)

    @strawberry.field(description="How many villages have a way to the target, whatever it costs.")
    def within_reach_count(self) -> int:
        return len(self.found.budget.plans)

    @strawberry.field(description="How many villages have no way to the target by the cost table.")
    def out_of_reach_count(self) -> int:
        return len(self.found.budget.out_of_reach)

    @strawberry.field(description="What all villages within reach would cost together.")
    def cost_of_all(self) -> float:
        return self.found.budget.cost_of_all

    @strawberry.field(description="The villages to bring over the line, the cheapest first.")
    def chosen(self, first: int | None = 50) -> list[PlanType]:
        return self._plans(self.found.budget.chosen[: check_first(first)])

    @strawberry.field(description="Those that the budget doesn't reach, the cheapest first.")
    def following(self, first: int | None = 10) -> list[PlanType]:
        budget = self.found.budget
        return self._plans(budget.rest[: check_first(first)])

    @strawberry.field(
        description="How much more money the next village takes; null where none is left, and where shared "
        "limits are in the way."
    )
    def missing_for_next(self) -> float | None:
        return self.found.budget.missing_for_next

    @strawberry.field(description="How many more villages so many yuan more would bring over the line.")
    async def more_for(self, amount: float = 10_000.0) -> int:
        return await asyncio.to_thread(self.found.budget.more_for, check_budget(amount))

    @strawberry.field(description="Whether no other choice could bring more villages over the line.")
    def proven(self) -> bool:
        return self.found.budget.proven

    @strawberry.field(description="The costs that it is worked out by.")
    def cost_table(self) -> CostTableType:
        return CostTableType(costs_=self.found.costs)

    @strawberry.field(description="What to know of it: made-up costs, simulated data, what was assumed.")
    async def notes(self, info: LiangcunInfo) -> list[str]:
        found = self.found
        async with info.context.reading() as connection:
            notes = await plan_notes(connection, found.scores, found.costs, found.budget.chosen, found.within)
        return [one.pick(info.context.locale) for one in notes]

    def _plans(self, plans: Sequence[Plan]) -> list[PlanType]:
        basis = Basis(self.found.scores, self.found.costs)
        return [PlanType(plan=one, basis=basis) for one in plans]


@dataclass(frozen=True)
class PlanAsked:
    """What a plan is asked for: a place (as written), a standard, a period, and by which values."""

    place: str
    standard: str
    period: Period
    target_grade: str | None
    assessor_level: AssessorLevel | None
    costs: Sequence[CostInput] | None


async def basis_of(info: LiangcunInfo, asked: PlanAsked) -> tuple[str, Basis]:
    """The place that is asked about (a full code), and what its plans rest on."""
    region = await known_region(info, asked.place)
    scores = await scores_about(info, region.code, asked.standard, asked.period, asked.assessor_level, None)
    own = scores.question.resolved.standard.indicators
    return region.code, Basis(scores, await costs_asked(info, region.code, asked.costs, own))


async def improvement_plan(info: LiangcunInfo, asked: PlanAsked) -> PlanType:
    """The plan that is asked for. Raises what is wrong with it."""
    region, basis = await basis_of(info, asked)
    scoring = info.context.application.scoring
    found = await planned(scoring, basis.scores, region, basis.costs, asked.target_grade)
    return PlanType(plan=found.plan, basis=basis)


async def budget_plan(info: LiangcunInfo, asked: PlanAsked, budget: float) -> BudgetPlanType:
    """The budget's plan that is asked for. Raises what is wrong with it."""
    within, basis = await basis_of(info, asked)
    application = info.context.application
    return BudgetPlanType(
        found=await budgeted(application, basis.scores, within, basis.costs, asked.target_grade, budget)
    )
