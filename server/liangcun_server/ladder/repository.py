"""The steps of ladders in the database, and what they lock."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, func, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.ladder.model import LadderAction, LadderLevel, LadderStep, Subject
from liangcun_server.storage.tables import ladder_step, revision
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel

_STEPS = select(ladder_step, revision.c.recorded_at, revision.c.author, revision.c.reason).join(
    revision, revision.c.id == ladder_step.c.revision_id
)


async def levels_of(
    connection: AsyncConnection, subjects: Collection[Subject]
) -> dict[Subject, list[LadderLevel]]:
    """For each subject, every level from the village itself up. One statement."""
    found: dict[Subject, dict[AssessorLevel, list[LadderStep]]] = {
        subject: {level: [] for level in AssessorLevel} for subject in subjects
    }
    if found:
        keys = [(one.region_code, one.standard_id, str(one.period)) for one in found]
        columns = tuple_(ladder_step.c.region_code, ladder_step.c.standard_id, ladder_step.c.period)
        rows = await connection.execute(_STEPS.where(columns.in_(keys)).order_by(ladder_step.c.id))
        for step in map(_step, rows):
            found[step.subject][step.assessor_level].append(step)
    return {
        subject: [LadderLevel(level, steps) for level, steps in levels.items()]
        for subject, levels in found.items()
    }


async def locks(
    connection: AsyncConnection, periods: Iterable[Period], levels: Iterable[AssessorLevel]
) -> list[LadderStep]:
    """The acceptances that hold in some periods and levels. One statement."""
    subject = (
        ladder_step.c.region_code,
        ladder_step.c.standard_id,
        ladder_step.c.period,
        ladder_step.c.assessor_level,
    )
    newest = (
        select(func.max(ladder_step.c.id))
        .where(
            ladder_step.c.period.in_([str(one) for one in periods]),
            ladder_step.c.assessor_level.in_([one.value for one in levels]),
            ladder_step.c.action != LadderAction.DEADLINE.value,
        )
        .group_by(*subject)
    )
    asked = _STEPS.where(ladder_step.c.id.in_(newest), ladder_step.c.action == LadderAction.ACCEPT.value)
    return [_step(row) for row in await connection.execute(asked)]


async def add_step(
    connection: AsyncConnection,
    subject: Subject,
    level: AssessorLevel,
    action: LadderAction,
    *,
    deadline: date | None,
    indicators: Sequence[str],
    revision: int,
) -> None:
    """Write what was done with a level."""
    await connection.execute(
        insert(ladder_step).values(
            region_code=subject.region_code,
            standard_id=subject.standard_id,
            period=str(subject.period),
            assessor_level=level.value,
            action=action.value,
            deadline=deadline,
            indicators=json.dumps(list(indicators)) if indicators else None,
            revision_id=revision,
        )
    )


def _step(row: Row[Any]) -> LadderStep:
    return LadderStep(
        subject=Subject(row.region_code, row.standard_id, Period.parse(row.period)),
        assessor_level=AssessorLevel(row.assessor_level),
        action=LadderAction(row.action),
        deadline=row.deadline,
        indicators=tuple(json.loads(row.indicators)) if row.indicators else (),
        revision=row.revision_id,
        recorded_at=row.recorded_at,
        author=row.author,
        reason=row.reason,
    )
