"""Running and publishing assessments through GraphQL."""

from __future__ import annotations

from typing import Annotated

import strawberry

from liangcun_server.application import Application
from liangcun_server.assessments import repository
from liangcun_server.assessments.publishing import publish
from liangcun_server.assessments.types import AssessmentType, number_of
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.graphql.refusals import InputRefused
from liangcun_server.graphql.writing import AUTHOR, REASON, done
from liangcun_server.regions.types import AssessorLevelEnum, known_region
from liangcun_standards.periods import Period

# What is over within this is answered at once; the rest is followed by assessmentProgress.
_AT_ONCE_SECONDS = 2.0


@strawberry.input(description="A standard to run over a place.")
class RunAssessmentInput:
    standard: strawberry.ID = strawberry.field(
        description="An id (220000/sanhua), a code or a version (220000/sanhua@2021)."
    )
    within: strawberry.ID = strawberry.field(description="The place whose regions are assessed.")
    period: Period
    assessor_level: AssessorLevelEnum | None = None  # type: ignore[valid-type]
    author: str = strawberry.field(description=AUTHOR)
    reason: str = strawberry.field(description=REASON)


@strawberry.type(
    description="The assessment is under way, and over already where it took a moment: see its status."
)
class AssessmentRun:
    assessment: AssessmentType


@strawberry.input(description="An assessment to make the official one.")
class PublishAssessmentInput:
    id: strawberry.ID
    document_number: str | None = strawberry.field(default=None, description="文号")
    author: str = strawberry.field(description=AUTHOR)
    reason: str = strawberry.field(description=REASON)


@strawberry.type(description="The assessment is published, after its result was worked out once more.")
class AssessmentPublished:
    assessment: AssessmentType


RunAssessmentResult = Annotated[AssessmentRun | InputRefused, strawberry.union("RunAssessmentResult")]
PublishAssessmentResult = Annotated[
    AssessmentPublished | InputRefused, strawberry.union("PublishAssessmentResult")
]


@strawberry.type
class AssessmentMutations:
    @strawberry.mutation(
        description="Freeze a standard and the data as they stand and score a place by them. Answers at once "
        "where it takes a moment; else follow assessmentProgress."
    )
    async def run_assessment(self, info: LiangcunInfo, input: RunAssessmentInput) -> RunAssessmentResult:
        async def work(application: Application) -> AssessmentRun:
            place = (await known_region(info, input.within)).code
            resolved = (await info.context.standards()).in_force(input.standard, place, input.period)
            service = application.assessments
            number = await service.begin(
                resolved,
                place,
                input.period,
                input.assessor_level,
                author=input.author,
                reason=input.reason,
            )
            await service.wait(number, _AT_ONCE_SECONDS)
            async with application.database.read() as connection:
                found = (await repository.by_ids(connection, [number]))[number]
            return AssessmentRun(assessment=AssessmentType(assessment=found))

        return await done(info, work)

    @strawberry.mutation(
        description="Make an assessment the official one, once its result is proved to be reproducible."
    )
    async def publish_assessment(
        self, info: LiangcunInfo, input: PublishAssessmentInput
    ) -> PublishAssessmentResult:
        async def work(application: Application) -> AssessmentPublished:
            await info.context.standards()  # which brings the plugins up to date with it
            found = await publish(
                application.database,
                application.plugins,
                number_of(input.id),
                document_number=input.document_number,
                author=input.author,
                reason=input.reason,
            )
            return AssessmentPublished(assessment=AssessmentType(assessment=found))

        return await done(info, work)
