"""The ladder of assessor levels in GraphQL."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import strawberry

from liangcun_server.application import Application
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.graphql.refusals import InputRefused
from liangcun_server.graphql.writing import AUTHOR, REASON, done
from liangcun_server.ladder.figures import LevelFigures, side_by_side
from liangcun_server.ladder.model import LadderAction, LadderLevel, LadderState, LadderStep, Subject
from liangcun_server.ladder.repository import levels_of
from liangcun_server.ladder.stepping import take_step
from liangcun_server.regions.types import AssessorLevelEnum, known_region
from liangcun_server.scorecards.loaders import card_of
from liangcun_server.scorecards.types import ScorecardType
from liangcun_standards.periods import Period
from liangcun_standards.scoring.derivation import measured

LadderActionEnum = strawberry.enum(
    LadderAction, name="LadderAction", description="What is done with a level."
)
LadderStateEnum = strawberry.enum(
    LadderState, name="LadderState", description="Where a level stands. ACCEPTED: its values are locked."
)


@strawberry.type(name="LadderStep", description="One thing done with a level.")
class LadderStepType:
    step: strawberry.Private[LadderStep]

    @strawberry.field
    def action(self) -> LadderActionEnum:  # type: ignore[valid-type]
        return self.step.action

    @strawberry.field(description="Where the step sets one.")
    def deadline(self) -> date | None:
        return self.step.deadline

    @strawberry.field
    def author(self) -> str:
        return self.step.author

    @strawberry.field
    def reason(self) -> str:
        return self.step.reason

    @strawberry.field
    def recorded_at(self) -> datetime:
        return self.step.recorded_at


@strawberry.type(name="LadderLevel", description="考评层级：一级的状态和它自己的结果")
class LadderLevelType:
    figures: strawberry.Private[LevelFigures]
    card: strawberry.Private[ScorecardType | None]

    @property
    def _level(self) -> LadderLevel:
        return self.figures.level

    @strawberry.field
    def assessor_level(self) -> AssessorLevelEnum:  # type: ignore[valid-type]
        return self._level.assessor_level

    @strawberry.field
    def state(self) -> LadderStateEnum:  # type: ignore[valid-type]
        return self._level.state

    @strawberry.field(description="The day by which it is to be submitted.")
    def deadline(self) -> date | None:
        return self._level.deadline

    @strawberry.field(description="Whether that day has passed and it hasn't been.")
    def overdue(self) -> bool:
        return self._level.is_overdue(date.today())

    @strawberry.field(description="What was done with it, in order.")
    def steps(self) -> list[LadderStepType]:
        return [LadderStepType(step=one) for one in self._level.steps]

    @strawberry.field(description="How many regions there are.")
    def region_count(self) -> int:
        return self.figures.region_count

    @strawberry.field(description="How many of them have a value of this level.")
    def reported_count(self) -> int:
        return self.figures.reported_count

    @strawberry.field(description="How many of those pass by this level's values alone.")
    def passed_count(self) -> int:
        return self.figures.passed_count

    @strawberry.field(description="Their mean score; null where there is none.")
    def mean_score(self) -> float | None:
        return self.figures.mean_score

    @strawberry.field(description="By this level's values alone; null for a place above those scored.")
    def scorecard(self) -> ScorecardType | None:
        return self.card


@strawberry.input(description="A step on the ladder.")
class StepLadderInput:
    region: strawberry.ID = strawberry.field(description="The place whose level it is, with all in it.")
    standard: strawberry.ID
    period: Period
    assessor_level: AssessorLevelEnum  # type: ignore[valid-type]
    action: LadderActionEnum  # type: ignore[valid-type]
    deadline: date | None = strawberry.field(default=None, description="For DEADLINE alone.")
    author: str = strawberry.field(description=AUTHOR)
    reason: str = strawberry.field(description=REASON)


@strawberry.type(description="The step is on record.")
class LadderStepped:
    state: LadderStateEnum  # type: ignore[valid-type]
    deadline: date | None


StepLadderResult = Annotated[LadderStepped | InputRefused, strawberry.union("StepLadderResult")]


@strawberry.type
class LadderMutations:
    @strawberry.mutation(
        description="Submit, return, accept or unlock an assessor level, or set its deadline. An accepted "
        "level's values of the standard's indicators are locked until it is unlocked."
    )
    async def step_ladder(self, info: LiangcunInfo, input: StepLadderInput) -> StepLadderResult:
        async def work(application: Application) -> LadderStepped:
            place = (await known_region(info, input.region)).code
            resolved = (await info.context.standards()).in_force(input.standard, place, input.period)
            read = measured(resolved.standard, application.plugins.indicators)
            level = await take_step(
                application.database,
                Subject(place, resolved.id, input.period),
                input.assessor_level,
                input.action,
                author=input.author,
                reason=input.reason,
                deadline=input.deadline,
                indicators=sorted({one.indicator for one in read}),
            )
            return LadderStepped(state=level.state, deadline=level.deadline)

        return await done(info, work)


async def ladder_of(info: LiangcunInfo, region: str, standard: str, period: Period) -> list[LadderLevelType]:
    """Every level of a place, from the village itself up. Raises UnknownRegion, LevelMismatch."""
    place = await known_region(info, region)
    resolved = (await info.context.standards()).in_force(standard, place.code, period)
    subject = Subject(place.code, resolved.id, period)
    async with info.context.reading() as connection:
        levels = (await levels_of(connection, [subject]))[subject]
    application = info.context.application
    found = await side_by_side(application.scoring, resolved, place.code, period, levels, info.context)
    scored = place.level is resolved.standard.level
    return [
        LadderLevelType(figures=one, card=card_of(place, one.scores) if scored else None) for one in found
    ]
