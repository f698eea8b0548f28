"""The questions of administrators who act on scores: plans, budgets, costs, obstacles, gaps."""

from __future__ import annotations

import strawberry

from liangcun_server.assessor_gap.types import AssessorGapType, assessor_gap_of
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.obstacles.types import (
    ObstaclesType,
    ObstacleWeighting,
    VillageLists,
    obstacles_of,
    village_lists,
)
from liangcun_server.planning.cost_types import CostInput, CostTableType, cost_table_at
from liangcun_server.planning.types import BudgetPlanType, PlanAsked, PlanType, budget_plan, improvement_plan
from liangcun_server.regions.types import AssessorLevelEnum
from liangcun_standards.obstacles import Weighting
from liangcun_standards.periods import Period


@strawberry.type
class PlanningQueries:
    @strawberry.field(
        description="The cheapest changes of indicators that bring a village to a grade, or without one to "
        "pass: exact, and scored again before it is given. costs stand in place of the cost table's own."
    )
    async def improvement_plan(
        self,
        info: LiangcunInfo,
        region: strawberry.ID,
        standard: strawberry.ID,
        period: Period,
        target_grade: str | None = None,
        assessor_level: AssessorLevelEnum | None = None,  # type: ignore[valid-type]
        costs: list[CostInput] | None = None,
    ) -> PlanType:
        asked = PlanAsked(region, standard, period, target_grade, assessor_level, costs)
        return await improvement_plan(info, asked)

    @strawberry.field(
        description="Which villages within a region a budget in yuan brings over the line, as many as can be."
    )
    async def budget_plan(
        self,
        info: LiangcunInfo,
        within: strawberry.ID,
        standard: strawberry.ID,
        period: Period,
        budget: float,
        target_grade: str | None = None,
        assessor_level: AssessorLevelEnum | None = None,  # type: ignore[valid-type]
        costs: list[CostInput] | None = None,
    ) -> BudgetPlanType:
        asked = PlanAsked(within, standard, period, target_grade, assessor_level, costs)
        return await budget_plan(info, asked, budget)

    @strawberry.field(
        description="障碍因素: which criteria hold the villages within a region back, in all and by township."
    )
    async def obstacles(
        self,
        info: LiangcunInfo,
        within: strawberry.ID,
        standard: strawberry.ID,
        period: Period,
        assessor_level: AssessorLevelEnum | None = None,  # type: ignore[valid-type]
        weighting: ObstacleWeighting = Weighting.GIVEN,  # type: ignore[valid-type]
    ) -> ObstaclesType:
        return await obstacles_of(info, within, standard, period, assessor_level, weighting)

    @strawberry.field(description="三张清单: what a village lacks, what to do about it, whose it is.")
    async def village_lists(
        self,
        info: LiangcunInfo,
        region: strawberry.ID,
        standard: strawberry.ID,
        period: Period,
        target_grade: str | None = None,
        assessor_level: AssessorLevelEnum | None = None,  # type: ignore[valid-type]
        costs: list[CostInput] | None = None,
    ) -> VillageLists:
        asked = PlanAsked(region, standard, period, target_grade, assessor_level, costs)
        return await village_lists(info, asked)

    @strawberry.field(
        description="Where one assessor level scores the same villages higher than another, each two levels "
        "side by side; all levels unless some are named."
    )
    async def assessor_gap(
        self,
        info: LiangcunInfo,
        within: strawberry.ID,
        standard: strawberry.ID,
        period: Period,
        levels: list[AssessorLevelEnum] | None = None,  # type: ignore[valid-type]
    ) -> AssessorGapType:
        return await assessor_gap_of(info, within, standard, period, levels)

    @strawberry.field(
        description="What changes cost at a region, by default this database's place: the nearest cost table."
    )
    async def cost_table(self, info: LiangcunInfo, region: strawberry.ID | None = None) -> CostTableType:
        return await cost_table_at(info, region)
