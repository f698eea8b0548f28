"""Standards' documents and bindings in the database: read whole, added to, never changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.storage.tables import plugin_change, revision, standard_binding, standard_document
from liangcun_standards.catalogue.identity import standard_id


class DocumentStatus(StrEnum):
    """Whether a document counts: a draft is looked at and changed, a published one stays as it is."""

    DRAFT = "draft"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument:
    """One version of a standard as it stands in the database, with the write in which it came."""

    jurisdiction: str
    code: str
    version: str
    status: DocumentStatus
    file: str
    text: str
    revision: int
    recorded_at: datetime
    author: str
    reason: str

    @property
    def id(self) -> str:
        """JURISDICTION/CODE."""
        return standard_id(self.jurisdiction, self.code)

    @property
    def name(self) -> str:
        """JURISDICTION/CODE@VERSION."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """From a day on, a region and what lies in it goes by a version of a standard.

    Without `version` what was bound before is let go, and the region goes by the next binding around it or
    by effective dates again.
    """

    region_code: str
    jurisdiction: str
    code: str
    version: str | None
    effective_from: date
    revision: int
    recorded_at: datetime
    author: str
    reason: str

    @property
    def standard_id(self) -> str:
        """JURISDICTION/CODE of the standard."""
        return standard_id(self.jurisdiction, self.code)


async def newest_documents(connection: AsyncConnection) -> list[StoredDocument]:
    """Every version of every standard in the database as it stands, by id and version."""
    table = standard_document
    newest = select(func.max(table.c.id)).group_by(table.c.jurisdiction, table.c.code, table.c.version)
    rows = (
        select(table, revision.c.recorded_at, revision.c.author, revision.c.reason)
        .join(revision, revision.c.id == table.c.revision_id)
        .where(table.c.id.in_(newest))
        .order_by(table.c.jurisdiction, table.c.code, table.c.version)
    )
    return [_document(row) for row in await connection.execute(rows)]


async def all_bindings(connection: AsyncConnection) -> list[Binding]:
    """Every binding ever made, in the order in which they were made."""
    table = standard_binding
    rows = (
        select(table, revision.c.recorded_at, revision.c.author, revision.c.reason)
        .join(revision, revision.c.id == table.c.revision_id)
        .order_by(table.c.id)
    )
    return [_binding(row) for row in await connection.execute(rows)]


async def newest_change(connection: AsyncConnection) -> int:
    """The revision of the last write to either, or to what plugins there are; 0 when there was none."""
    documents = select(func.coalesce(func.max(standard_document.c.revision_id), 0)).scalar_subquery()
    bindings = select(func.coalesce(func.max(standard_binding.c.revision_id), 0)).scalar_subquery()
    plugins = select(func.coalesce(func.max(plugin_change.c.revision_id), 0)).scalar_subquery()
    (found,) = await connection.execute(select(documents, bindings, plugins))
    return int(max(found))


async def add_document(
    connection: AsyncConnection,
    *,
    jurisdiction: str,
    code: str,
    version: str,
    status: DocumentStatus,
    file: str,
    text: str,
    revision: int,
) -> None:
    """Write what a version is from now on."""
    await connection.execute(
        insert(standard_document).values(
            jurisdiction=jurisdiction,
            code=code,
            version=version,
            status=status.value,
            file=file,
            text=text,
            digest=hashlib.sha256(text.encode()).hexdigest(),
            revision_id=revision,
        )
    )


async def add_binding(
    connection: AsyncConnection,
    *,
    region_code: str,
    jurisdiction: str,
    code: str,
    version: str | None,
    effective_from: date,
    revision: int,
) -> None:
    """Write which version a region goes by from a day on."""
    await connection.execute(
        insert(standard_binding).values(
            region_code=region_code,
            jurisdiction=jurisdiction,
            code=code,
            version=version,
            effective_from=effective_from,
            revision_id=revision,
        )
    )


def _document(row: Row[Any]) -> StoredDocument:
    return StoredDocument(
        jurisdiction=row.jurisdiction,
        code=row.code,
        version=row.version,
        status=DocumentStatus(row.status),
        file=row.file or f"{row.code}.yaml",
        text=row.text,
        revision=row.revision_id,
        recorded_at=row.recorded_at,
        author=row.author,
        reason=row.reason,
    )


def _binding(row: Row[Any]) -> Binding:
    return Binding(
        region_code=row.region_code,
        jurisdiction=row.jurisdiction,
        code=row.code,
        version=row.version,
        effective_from=row.effective_from,
        revision=row.revision_id,
        recorded_at=row.recorded_at,
        author=row.author,
        reason=row.reason,
    )
