"""Obstacles in GraphQL: over a place, by township, and a village's three lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import strawberry

from liangcun_server.exports.notes import scope_notes
from liangcun_server.graphql.batching import batched
from liangcun_server.graphql.connections import check_first
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.obstacles.lists import RESPONSIBILITIES_LATER, Task, tasks
from liangcun_server.planning.planning import planned
from liangcun_server.planning.types import Basis, PlanAsked, PlannedChange, PlanType, basis_of
from liangcun_server.regions.types import RegionType, known_region, regions_named
from liangcun_server.scorecards.loaders import card_of, scores_about
from liangcun_server.scorecards.service import Scores
from liangcun_server.scorecards.types import CriterionResultType, ScorecardType, known
from liangcun_server.standards.types import CriterionType, StandardType, criteria_of
from liangcun_standards.obstacles import Obstacles, PlaceObstacle, Weighting, obstacles
from liangcun_standards.periods import Period
from liangcun_standards.planning import CannotPlan
from liangcun_standards.regions import SIGNIFICANT_DIGITS
from liangcun_standards.table import Integers
from liangcun_standards.vocabulary import AssessorLevel, RegionLevel

ObstacleWeighting = strawberry.enum(
    Weighting,
    name="ObstacleWeighting",
    description="GIVEN: by the standard's own weights, all the way up. ENTROPY: by how far villages differ "
    "(熵权法).",
)


@strawberry.type(
    name="PlaceObstacle", description="One criterion as an obstacle over the villages of a place."
)
class PlaceObstacleType:
    found: strawberry.Private[PlaceObstacle]
    scores: strawberry.Private[Scores]

    @strawberry.field
    def criterion(self) -> CriterionType:
        return criteria_of(self.scores.question.resolved)[self.found.place]

    @strawberry.field(
        description="障碍度: the mean share, 0 to 1, that it makes up of all that a village falls short of."
    )
    def degree(self) -> float:
        return self.found.degree

    @strawberry.field(description="What villages fall short of there on average, in points of the total.")
    def lacking(self) -> float:
        return self.found.lacking

    @strawberry.field(description="For how many villages it counts.")
    def counted(self) -> int:
        return self.found.counted

    @strawberry.field(description="How many villages fall short of full points there.")
    def short(self) -> int:
        return self.found.short

    @strawberry.field(description="Of how many villages it is the greatest obstacle.")
    def foremost(self) -> int:
        return self.found.foremost


@dataclass(frozen=True)
class Looked:
    """The obstacles of a scope, and what they come of."""

    scores: Scores
    obstacles: Obstacles

    def over(self, rows: Integers, first: int | None) -> list[PlaceObstacleType]:
        """The first obstacles over some rows."""
        found = self.obstacles.over(rows)[: check_first(first)]
        return [PlaceObstacleType(found=one, scores=self.scores) for one in found]


async def load_place_regions(
    parents: Sequence[TownshipObstacles], info: LiangcunInfo
) -> Sequence[RegionType | None]:
    """The region of each."""
    return await regions_named(info, [one.code for one in parents])


@strawberry.type(description="What holds the villages of one township back.")
class TownshipObstacles:
    code: strawberry.Private[str]
    rows: strawberry.Private[Integers]
    looked: strawberry.Private[Looked]

    region: RegionType | None = batched(load_place_regions)

    @strawberry.field
    def region_count(self) -> int:
        return len(self.rows)

    @strawberry.field(description="The greatest obstacle first.")
    def criteria(self, first: int | None = 5) -> list[PlaceObstacleType]:
        return self.looked.over(self.rows, first)


@strawberry.type(name="Obstacles", description="障碍因素: which criteria hold the villages of a place back.")
class ObstaclesType:
    looked: strawberry.Private[Looked]
    within: strawberry.Private[str]

    @strawberry.field
    def standard(self) -> StandardType:
        return StandardType(resolved=self.looked.scores.question.resolved)

    @strawberry.field
    def region_count(self) -> int:
        return len(self._rows)

    @strawberry.field(description="The greatest obstacle first.")
    def criteria(self, first: int | None = 50) -> list[PlaceObstacleType]:
        return self.looked.over(self._rows, first)

    @strawberry.field(description="The same for each township, by code; empty where no villages are scored.")
    def townships(self, first: int | None = 50) -> list[TownshipObstacles]:
        result = self.looked.scores.result
        if result.standard.level is not RegionLevel.VILLAGE:
            return []
        digits = SIGNIFICANT_DIGITS[RegionLevel.TOWNSHIP]
        found: dict[str, list[int]] = {}
        for row in self._rows.tolist():
            found.setdefault(result.table.regions[row][:digits].ljust(12, "0"), []).append(row)
        return [
            TownshipObstacles(code=code, rows=np.array(rows), looked=self.looked)
            for code, rows in list(found.items())[: check_first(first)]
        ]

    @strawberry.field(description="What to know of it: what is simulated, what is a working interpretation.")
    async def notes(self, info: LiangcunInfo) -> list[str]:
        return await scored_notes(info, self.looked.scores, self.within)

    @property
    def _rows(self) -> Integers:
        rows = self.looked.scores.result.rows_within(self.within)
        return np.arange(rows.start, rows.stop)


async def scored_notes(info: LiangcunInfo, scores: Scores, within: str) -> list[str]:
    """The notes on a result within a place (a full code), in the reader's language."""
    async with info.context.reading() as connection:
        notes = await scope_notes(connection, scores, within)
    return [one.pick(info.context.locale) for one in notes]


async def obstacles_of(
    info: LiangcunInfo,
    within: str,
    standard: str,
    period: Period,
    assessor_level: AssessorLevel | None,
    weighting: Weighting,
) -> ObstaclesType:
    """The obstacles within a region. Raises what is wrong with the question."""
    code = (await known_region(info, within)).code
    scores = await scores_about(info, code, standard, period, assessor_level, None)
    return ObstaclesType(looked=Looked(scores, obstacles(scores.result, weighting)), within=code)


@strawberry.type(description="短板弱项: a criterion in which a village falls short, and by how much.")
class WeakItem:
    result: CriterionResultType = strawberry.field(description="Its points, values, and the reason in words.")
    degree: float = strawberry.field(description="障碍度: its share, 0 to 1, of all that the village lacks.")
    lacking: float = strawberry.field(description="What is missing there, in points of the total.")

    @strawberry.field
    def criterion(self) -> CriterionType:
        card = self.result.scorecard
        return criteria_of(card.scores.question.resolved)[self.result.place]


def weak_items_of(card: ScorecardType) -> list[WeakItem]:
    """Where a scorecard falls short, the greatest obstacle first."""
    found = obstacles(card.scores.result)
    return [
        WeakItem(
            result=CriterionResultType.at(card, place),
            # A veto that earns nothing falls short of no points.
            degree=known(float(found.degrees[place, card.row])) or 0.0,
            lacking=known(float(found.lacking[place, card.row])) or 0.0,
        )
        for place in found.of_row(card.row)
    ]


@strawberry.type(description="责任落实: what falls to one department.")
class DepartmentTask:
    task: strawberry.Private[Task]
    scores: strawberry.Private[Scores]

    @strawberry.field(description="As the criteria name it; null where they name none.")
    def department(self) -> str | None:
        return self.task.department

    @strawberry.field(description="The weak criteria that name it.")
    def criteria(self) -> list[CriterionType]:
        wanted = {one.code for one in self.task.criteria}
        return [one for one in criteria_of(self.scores.question.resolved) if one.criterion.code in wanted]

    @strawberry.field(description="The plan's changes that serve these; one may stand with two departments.")
    def changes(self) -> list[PlannedChange]:
        return [PlannedChange(change=one, scores=self.scores) for one in self.task.changes]

    @strawberry.field(description="In yuan.")
    def cost(self) -> float:
        return self.task.cost


@strawberry.type(description="三张清单: what a village lacks, what to do about it, whose it is.")
class VillageLists:
    card: strawberry.Private[ScorecardType]
    basis: strawberry.Private[Basis]
    target_grade: strawberry.Private[str | None]

    @strawberry.field
    def scorecard(self) -> ScorecardType:
        return self.card

    @strawberry.field(
        description="短板弱项: vetoes that stand, then the criteria that lose points, the greatest first."
    )
    def weak_items(self, first: int | None = 50) -> list[WeakItem]:
        return weak_items_of(self.card)[: check_first(first)]

    @strawberry.field(description="创建项目: the cheapest plan; null with an error where none can be made.")
    async def projects(self, info: LiangcunInfo) -> PlanType | None:
        return await self._plan(info)

    @strawberry.field(
        description="责任落实: by the department that the criteria name; persons aren't on record yet."
    )
    async def responsibilities(self, info: LiangcunInfo) -> list[DepartmentTask]:
        weak = [one.result.criterion_model for one in weak_items_of(self.card)]
        try:
            plan = (await self._plan(info)).plan
        except CannotPlan:
            plan = None
        return [DepartmentTask(task=one, scores=self.card.scores) for one in tasks(weak, plan)]

    @strawberry.field(description="What to know of them.")
    async def notes(self, info: LiangcunInfo) -> list[str]:
        notes = await scored_notes(info, self.card.scores, self.card.region_model.code)
        locale = info.context.locale
        return [*notes, self.basis.costs.table.note.pick(locale), RESPONSIBILITIES_LATER.pick(locale)]

    async def _plan(self, info: LiangcunInfo) -> PlanType:
        key = ("plan", id(self))
        if key not in info.context.kept:
            scoring, code = info.context.application.scoring, self.card.region_model.code
            info.context.kept[key] = await planned(
                scoring, self.basis.scores, code, self.basis.costs, self.target_grade
            )
        return PlanType(plan=info.context.kept[key].plan, basis=self.basis)


async def village_lists(info: LiangcunInfo, asked: PlanAsked) -> VillageLists:
    """The three lists of a village. Raises what is wrong with the question."""
    _, basis = await basis_of(info, asked)
    card = card_of(await known_region(info, asked.place), basis.scores)
    return VillageLists(card=card, basis=basis, target_grade=asked.target_grade)
