"""Recording observations through GraphQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import strawberry

from liangcun_server.application import Application
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.graphql.refusals import InputRefused
from liangcun_server.graphql.writing import AUTHOR, REASON, done
from liangcun_server.observations.checking import InvalidObservations, ObservationFault
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.observations.types import MethodEnum, QualifierEnum, SourceStatusEnum
from liangcun_server.regions.types import AssessorLevelEnum
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.regions import full_code
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel, Method, Qualifier, SourceStatus

MOST_AT_ONCE = 10_000
# A client shows the first and tries again.
_SHOWN = 1_000


class TooManyObservations(LiangcunError):
    """A batch of more values than one request takes."""

    code = "TOO_MANY_OBSERVATIONS"


@strawberry.input(description="A value to record; null for value and answer withdraws what stands.")
class ObservationInput:
    region: strawberry.ID
    indicator: strawberry.ID
    period: Period
    value: float | None = None
    answer: str | None = strawberry.field(
        default=None, description="The code of a choice indicator's answer, in place of value."
    )
    qualifier: QualifierEnum = Qualifier.EXACT  # type: ignore[valid-type]
    assessor_level: AssessorLevelEnum = AssessorLevel.COUNTY  # type: ignore[valid-type]
    source_status: SourceStatusEnum  # type: ignore[valid-type]
    source: str | None = None
    original_text: str | None = None
    scope_note: str | None = None
    method: MethodEnum | None = None  # type: ignore[valid-type]
    note: str | None = None


@strawberry.input(description="Values to record in one revision: all of them, or none.")
class RecordObservationsInput:
    observations: list[ObservationInput] = strawberry.field(description=f"{MOST_AT_ONCE} at the most.")
    author: str = strawberry.field(description=AUTHOR)
    reason: str = strawberry.field(description=REASON)
    dry_run: bool = strawberry.field(default=False, description="Say what it would do, and write nothing.")


@strawberry.type(description="What the batch did, or would do.")
class ObservationsRecorded:
    revision: int | None = strawberry.field(description="null: nothing was new, or it was a dry run.")
    recorded: int = strawberry.field(description="How many are new or other than what stood.")
    unchanged: int = strawberry.field(description="How many say what stands already.")
    warnings: list[str] = strawberry.field(description="What a person should look at.")
    dry_run: bool


@strawberry.type(description="What is wrong with one value.")
class ObservationProblem:
    index: int = strawberry.field(description="Its place in the batch, from 0.")
    field: str
    message: str


@strawberry.type(description="Nothing was recorded; every fault is told.")
class ObservationsRefused:
    code: str = strawberry.field(description="Stable, as extensions.code of errors is.")
    message: str
    problem_count: int
    problems: list[ObservationProblem] = strawberry.field(
        description=f"By their place in the batch, {_SHOWN} at the most."
    )


RecordObservationsResult = Annotated[
    ObservationsRecorded | ObservationsRefused | InputRefused, strawberry.union("RecordObservationsResult")
]


@strawberry.type
class ObservationMutations:
    @strawberry.mutation(
        description="Record values, none over another: what stood stays in the history. The same batch again "
        "changes nothing."
    )
    async def record_observations(
        self, info: LiangcunInfo, input: RecordObservationsInput
    ) -> RecordObservationsResult:
        async def work(application: Application) -> ObservationsRecorded | ObservationsRefused:
            # Documents may define indicators of their own.
            catalogue = (await info.context.standards()).indicators
            try:
                report = await record_observations(
                    application.database,
                    catalogue,
                    _read(input.observations, catalogue),
                    author=input.author,
                    reason=input.reason,
                    dry_run=input.dry_run,
                )
            except InvalidObservations as error:
                return _refused(error, info)
            return ObservationsRecorded(
                revision=report.revision,
                recorded=report.recorded,
                unchanged=report.unchanged,
                warnings=[one.text().pick(info.context.locale) for one in report.warnings],
                dry_run=input.dry_run,
            )

        return await done(info, work)


def _read(given: Sequence[ObservationInput], catalogue: IndicatorCatalogue) -> list[NewObservation]:
    """The values. Raises TooManyObservations, and InvalidObservations for answers that can't be read."""
    if len(given) > MOST_AT_ONCE:
        raise TooManyObservations(
            Text(
                f"一次最多 {MOST_AT_ONCE} 个值，而不是 {len(given)} 个；请分批",
                f"{MOST_AT_ONCE} values at a time, not {len(given)}; send them in batches",
            )
        )
    faults: list[ObservationFault] = []
    read = [_observation(index, one, catalogue, faults) for index, one in enumerate(given)]
    if faults:
        raise InvalidObservations(faults)
    return read


def _observation(
    index: int, one: ObservationInput, catalogue: IndicatorCatalogue, faults: list[ObservationFault]
) -> NewObservation:
    place = f"observations[{index}]"
    value, region = one.value, str(one.region)
    try:
        region = full_code(region)
    except LiangcunError as error:
        faults.append(ObservationFault(error.message, index=index, place=place, field="region"))
    indicator = catalogue.get(one.indicator)
    if one.answer is not None and indicator is not None:
        try:
            value = indicator.choice_value(one.answer)
        except LiangcunError as error:
            faults.append(ObservationFault(error.message, index=index, place=place, field="answer"))
    return NewObservation(
        region_code=region,
        indicator=one.indicator,
        period=one.period,
        value=value,
        qualifier=Qualifier(one.qualifier),
        assessor_level=AssessorLevel(one.assessor_level),
        source_status=SourceStatus(one.source_status),
        source=one.source,
        original_text=one.original_text,
        scope_note=one.scope_note,
        method=None if one.method is None else Method(one.method),
        note=one.note,
    )


def _refused(error: InvalidObservations, info: LiangcunInfo) -> ObservationsRefused:
    locale = info.context.locale
    return ObservationsRefused(
        code=error.code,
        message=error.text(locale),
        problem_count=len(error.errors),
        problems=[
            ObservationProblem(
                index=one.index,
                # As the input calls it.
                field="region" if one.field == "region_code" else one.field,
                message=one.message.pick(locale),
            )
            for one in error.errors[:_SHOWN]
        ],
    )
