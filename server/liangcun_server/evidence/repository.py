"""Evidence in the database: added to, never changed; looked up for all askers at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Row, Select, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.evidence.model import Evidence, EvidenceFile
from liangcun_server.observations.model import ObservationKey
from liangcun_server.storage.lists import among
from liangcun_server.storage.tables import evidence, evidence_file, evidence_removal, indicator, revision
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel

_FILE = tuple(column for column in evidence_file.c if column.name not in ("id", "revision_id"))


def _standing() -> Select[Any]:
    """What hasn't been taken back."""
    removed = exists(select(evidence_removal.c.id).where(evidence_removal.c.evidence_id == evidence.c.id))
    return (
        select(
            evidence.c.id,
            evidence.c.region_code,
            indicator.c.code.label("indicator"),
            evidence.c.period,
            evidence.c.assessor_level,
            evidence.c.name,
            evidence.c.caption,
            evidence.c.revision_id,
            revision.c.recorded_at,
            revision.c.author,
            revision.c.reason,
            *_FILE,
        )
        .join(evidence_file, evidence_file.c.sha256 == evidence.c.file_sha256)
        .join(indicator, indicator.c.id == evidence.c.indicator_id)
        .join(revision, revision.c.id == evidence.c.revision_id)
        .where(~removed)
        .order_by(evidence.c.id)
    )


async def behind(
    connection: AsyncConnection, keys: Iterable[ObservationKey]
) -> dict[ObservationKey, list[Evidence]]:
    """The evidence behind each value, in the order in which it came. One statement."""
    found: dict[ObservationKey, list[Evidence]] = {key: [] for key in keys}
    if not found:
        return found
    asked = _standing().where(
        among(connection, evidence.c.region_code, {key.region_code for key in found}),
        among(connection, indicator.c.code, {key.indicator for key in found}),
        among(connection, evidence.c.period, {str(key.period) for key in found}),
    )
    for one in map(_evidence, await connection.execute(asked)):
        # The lists span more keys than were asked for.
        if one.key in found:
            found[one.key].append(one)
    return found


async def by_ids(connection: AsyncConnection, ids: Collection[int]) -> dict[int, Evidence]:
    """The evidence that stands, by number. One statement."""
    if not ids:
        return {}
    rows = await connection.execute(_standing().where(evidence.c.id.in_(ids)))
    return {one.id: one for one in map(_evidence, rows)}


async def file_named(connection: AsyncConnection, digest: str) -> EvidenceFile | None:
    """The file of a digest, as long as any value has it for evidence. One statement."""
    asked = _standing().where(evidence_file.c.sha256 == digest).limit(1)
    row = (await connection.execute(asked)).first()
    return None if row is None else _file(row)


async def add(
    connection: AsyncConnection,
    key: ObservationKey,
    indicator_id: int,
    file: EvidenceFile,
    *,
    name: str,
    caption: str | None,
    revision: int,
) -> int:
    """Write that a file is behind a value; returns the number of the evidence."""
    known = select(evidence_file.c.id).where(evidence_file.c.sha256 == file.sha256)
    if await connection.scalar(known) is None:
        values = {column.name: getattr(file, column.name) for column in _FILE}
        await connection.execute(insert(evidence_file).values(**values, revision_id=revision))
    made = await connection.execute(
        insert(evidence).values(
            region_code=key.region_code,
            indicator_id=indicator_id,
            period=str(key.period),
            assessor_level=key.assessor_level.value,
            file_sha256=file.sha256,
            name=name,
            caption=caption,
            revision_id=revision,
        )
    )
    number = made.inserted_primary_key
    if number is None:
        raise RuntimeError("the database returned no number for the new evidence")
    return int(number[0])


async def remove(connection: AsyncConnection, number: int, revision: int) -> None:
    """Write that evidence was taken back; the file and the record of it stay."""
    await connection.execute(insert(evidence_removal).values(evidence_id=number, revision_id=revision))


def _file(row: Row[Any]) -> EvidenceFile:
    return EvidenceFile(**{column.name: getattr(row, column.name) for column in _FILE})


def _evidence(row: Row[Any]) -> Evidence:
    key = ObservationKey(
        row.region_code, row.indicator, Period.parse(row.period), AssessorLevel(row.assessor_level)
    )
    return Evidence(
        id=row.id,
        key=key,
        file=_file(row),
        name=row.name,
        caption=row.caption,
        revision=row.revision_id,
        recorded_at=row.recorded_at,
        recorded_by=row.author,
        reason=row.reason,
    )
