"""Assessments in the database: added to, never changed; looked up for all askers at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, Select, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.assessments.figures import Figures, digest_of
from liangcun_server.assessments.frozen import Frozen
from liangcun_server.assessments.model import (
    Assessment,
    AssessmentNotice,
    AssessmentPublication,
    AssessmentResult,
    NewAssessment,
    UnfinishedAssessment,
    Written,
)
from liangcun_server.storage.pages import Page
from liangcun_server.storage.tables import (
    assessment,
    assessment_notice,
    assessment_publication,
    assessment_result,
    revision,
)
from liangcun_standards.periods import Period
from liangcun_standards.regions import code_range
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel

_begun, _done, _published = (revision.alias(name) for name in ("begun", "done", "published"))


def _columns(table: Any, prefix: str) -> list[Any]:
    return [
        table.c.id.label(f"{prefix}_revision"),
        table.c.recorded_at.label(f"{prefix}_at"),
        table.c.author.label(f"{prefix}_author"),
        table.c.reason.label(f"{prefix}_reason"),
    ]


def _listing() -> Select[Any]:
    """Assessments with their results and publications, without what takes room."""
    kept = assessment_result.c
    return (
        select(
            *(column for column in assessment.c if column.name not in ("frozen", "revision_id")),
            *(kept[name] for name in ("digest", "region_count", "ranked_count", "passed_count")),
            kept.figures_digest,
            assessment_publication.c.document_number,
            *_columns(_begun, "begun"),
            *_columns(_done, "done"),
            *_columns(_published, "published"),
        )
        .join(_begun, _begun.c.id == assessment.c.revision_id)
        .outerjoin(assessment_result, kept.assessment_id == assessment.c.id)
        .outerjoin(_done, _done.c.id == kept.revision_id)
        .outerjoin(assessment_publication, assessment_publication.c.assessment_id == assessment.c.id)
        .outerjoin(_published, _published.c.id == assessment_publication.c.revision_id)
    )


async def by_ids(connection: AsyncConnection, ids: Collection[int]) -> dict[int, Assessment]:
    """The assessments that exist among `ids`. One statement, none for none."""
    if not ids:
        return {}
    rows = await connection.execute(_listing().where(assessment.c.id.in_(ids)))
    return {row.id: _assessment(row) for row in rows}


async def within_page(
    connection: AsyncConnection, within: str, *, first: int, before: int | None = None
) -> Page[Assessment]:
    """The newest assessments of places within a region (a twelve-digit code). One statement."""
    low, high = code_range(within)
    listing = _listing().where(assessment.c.region_code.between(low, high))
    if before is not None:
        listing = listing.where(assessment.c.id < before)
    rows = await connection.execute(listing.order_by(assessment.c.id.desc()).limit(first + 1))
    return Page.of([_assessment(row) for row in rows], first)


async def frozen_of(connection: AsyncConnection, ids: Collection[int]) -> dict[int, Frozen]:
    """What was frozen for each. One statement."""
    if not ids:
        return {}
    asked = select(assessment.c.id, assessment.c.frozen).where(assessment.c.id.in_(ids))
    return {row.id: Frozen.from_json(row.frozen) for row in await connection.execute(asked)}


async def figures_of(connection: AsyncConnection, number: int) -> bytes:
    """The figures kept for an assessment. Raises UnfinishedAssessment."""
    asked = select(assessment_result.c.figures).where(assessment_result.c.assessment_id == number)
    found: bytes | None = await connection.scalar(asked)
    if found is None:
        raise UnfinishedAssessment.of(number)
    return bytes(found)


async def notices_of(connection: AsyncConnection, ids: Collection[int]) -> dict[int, list[AssessmentNotice]]:
    """What plugins remarked of each, in order. One statement."""
    found: dict[int, list[AssessmentNotice]] = {number: [] for number in ids}
    if not found:
        return found
    asked = (
        select(assessment_notice)
        .where(assessment_notice.c.assessment_id.in_(ids))
        .order_by(assessment_notice.c.id)
    )
    for row in await connection.execute(asked):
        found[row.assessment_id].append(
            AssessmentNotice(
                action=row.action, region_code=row.region_code, text=Text(row.zh, row.en), failed=row.failed
            )
        )
    return found


async def add_assessment(
    connection: AsyncConnection, new: NewAssessment, frozen: Frozen, revision: int
) -> int:
    """Write that a run has begun; returns its number."""
    level = new.assessor_level
    made = await connection.execute(
        insert(assessment).values(
            region_code=new.region_code,
            standard_id=new.standard_id,
            version=new.version,
            standard_digest=new.standard_digest,
            period=str(new.period),
            assessor_level=None if level is None else level.value,
            frozen=frozen.to_json(),
            revision_id=revision,
        )
    )
    key = made.inserted_primary_key
    if key is None:
        raise RuntimeError("the database returned no number for the new assessment")
    return int(key[0])


async def add_result(
    connection: AsyncConnection, number: int, *, scope: str, digest: str, figures: Figures, revision: int
) -> None:
    """Write what a run came to within `scope`, a twelve-digit code."""
    rows, packed = figures.rows_within(scope), figures.packed()
    await connection.execute(
        insert(assessment_result).values(
            assessment_id=number,
            digest=digest,
            region_count=rows.stop - rows.start,
            ranked_count=int((figures.rank[rows] > 0).sum()),
            passed_count=int(figures.passed[rows].sum()),
            figures=packed,
            figures_digest=digest_of(packed),
            revision_id=revision,
        )
    )


async def add_notices(
    connection: AsyncConnection, number: int, notices: Sequence[AssessmentNotice], revision: int
) -> None:
    """Write what plugins remarked of a run."""
    rows = [
        {
            "assessment_id": number,
            "action": one.action,
            "region_code": one.region_code,
            "zh": one.text.zh,
            "en": one.text.en,
            "failed": one.failed,
            "revision_id": revision,
        }
        for one in notices
    ]
    if rows:
        await connection.execute(insert(assessment_notice), rows)


async def add_publication(
    connection: AsyncConnection, number: int, document_number: str | None, revision: int
) -> None:
    """Write that a run is the official one."""
    await connection.execute(
        insert(assessment_publication).values(
            assessment_id=number, document_number=document_number, revision_id=revision
        )
    )


def _written(row: Row[Any], prefix: str) -> Written:
    return Written(
        revision=getattr(row, f"{prefix}_revision"),
        recorded_at=getattr(row, f"{prefix}_at"),
        author=getattr(row, f"{prefix}_author"),
        reason=getattr(row, f"{prefix}_reason"),
    )


def _assessment(row: Row[Any]) -> Assessment:
    result = publication = None
    if row.done_revision is not None:
        result = AssessmentResult(
            digest=row.digest,
            region_count=row.region_count,
            ranked_count=row.ranked_count,
            passed_count=row.passed_count,
            figures_digest=row.figures_digest,
            written=_written(row, "done"),
        )
    if row.published_revision is not None:
        publication = AssessmentPublication(
            document_number=row.document_number, written=_written(row, "published")
        )
    level = row.assessor_level
    return Assessment(
        id=row.id,
        region_code=row.region_code,
        standard_id=row.standard_id,
        version=row.version,
        standard_digest=row.standard_digest,
        period=Period.parse(row.period),
        assessor_level=None if level is None else AssessorLevel(level),
        started=_written(row, "begun"),
        result=result,
        publication=publication,
    )
