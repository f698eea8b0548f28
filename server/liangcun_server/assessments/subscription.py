"""Following an assessment under way through GraphQL."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry

from liangcun_server.assessments import repository
from liangcun_server.assessments.model import Assessment, UnknownAssessment
from liangcun_server.assessments.progress import Progress, Stage
from liangcun_server.assessments.types import number_of
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_standards.text import Text

StageEnum = strawberry.enum(
    Stage, name="AssessmentStage", description="What a run is at. DONE and FAILED end it."
)

_NOT_HERE = Text(
    "没有在本进程中运行：可能中途断了，也可能由另一个进程在运行",
    "it isn't under way in this process: it was cut short, or another process is at it",
)


@strawberry.type(name="AssessmentProgress", description="How far a run has come.")
class AssessmentProgress:
    assessment: strawberry.ID
    stage: StageEnum  # type: ignore[valid-type]
    label: str = strawberry.field(description="The stage for a reader.")
    done: int = strawberry.field(description="So many parts of the stage.")
    total: int
    error: str | None = strawberry.field(description="Why it failed.")


@strawberry.type
class Subscription:
    """What can be followed, as text/event-stream."""

    @strawberry.subscription(
        description="Where a run stands, then every change until it is over; of one that is over, that it is."
    )
    async def assessment_progress(
        self, info: LiangcunInfo, id: strawberry.ID
    ) -> AsyncGenerator[AssessmentProgress, None]:
        number = number_of(id)
        async with info.context.reading() as connection:
            found = (await repository.by_ids(connection, [number])).get(number)
        if found is None:
            raise UnknownAssessment.of(id)
        # It may take minutes, for which no connection is held.
        await info.context.start_again()
        told = False
        async for progress in info.context.application.assessments.runs.follow(number):
            told = True
            yield _shown(progress, info)
        if not told:
            yield _shown(_standing(found), info)


def _standing(found: Assessment) -> Progress:
    if found.result is not None:
        return Progress(found.id, Stage.DONE, 1, 1)
    return Progress(found.id, Stage.FAILED, error=_NOT_HERE)


def _shown(progress: Progress, info: LiangcunInfo) -> AssessmentProgress:
    locale = info.context.locale
    return AssessmentProgress(
        assessment=strawberry.ID(str(progress.assessment)),
        stage=progress.stage,
        label=progress.stage.label.pick(locale),
        done=progress.done,
        total=progress.total,
        error=None if progress.error is None else progress.error.pick(locale),
    )
