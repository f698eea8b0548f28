"""Granting and revoking exemptions: each a new row with its author, nothing overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.exemptions.model import NewExemption
from liangcun_server.regions.region import UnknownRegion
from liangcun_server.regions.repository import by_codes
from liangcun_server.storage.bulk import insert_batches
from liangcun_server.storage.database import Database
from liangcun_server.storage.tables import exemption
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text

_COLUMNS = (
    "region_code",
    "standard_id",
    "criterion",
    "kind",
    "authority",
    "reason",
    "document_number",
    "valid_from",
    "expires_on",
    "revoked",
    "revision_id",
)
# The widths of the table's columns.
_LONGEST_STANDARD_ID = 128
_LONGEST_CRITERION = 64


class InvalidExemption(LiangcunError):
    """An exemption that can't be granted as it is; `where` names the field."""

    code = "INVALID_EXEMPTION"


class UnknownExemption(LiangcunError):
    """There is no exemption to revoke, or it was revoked already."""

    code = "UNKNOWN_EXEMPTION"


async def grant_exemption(database: Database, new: NewExemption, *, author: str) -> int:
    """Grant an exemption in place of whatever stood for the region and criterion; returns the revision.

    Raises InvalidExemption when authority or reason is blank or it expires before it begins, UnknownRegion,
    and LiangcunError when the author is blank.
    """
    _check(new)
    async with database.write(author=author, reason=new.reason, kind="exemption") as (connection, revision):
        await _require_region(connection, new.region_code)
        await insert_batches(connection, exemption, _COLUMNS, [_row(new, revision)])
    return revision


async def revoke_exemption(
    database: Database, *, region_code: str, standard_id: str, criterion: str, author: str, reason: str
) -> int:
    """Revoke the exemption that stands for the region and criterion; returns the revision.

    Raises UnknownExemption when none stands, InvalidExemption for a blank reason, and LiangcunError for a
    blank author.
    """
    _require_text("reason", reason)
    async with database.write(author=author, reason=reason, kind="exemption") as (connection, revision):
        newest = (
            select(exemption)
            .where(
                exemption.c.region_code == region_code,
                exemption.c.standard_id == standard_id,
                exemption.c.criterion == criterion,
            )
            .order_by(exemption.c.revision_id.desc())
            .limit(1)
        )
        standing = (await connection.execute(newest)).mappings().first()
        if standing is None or standing["revoked"]:
            raise UnknownExemption(
                Text("没有可撤销的豁免", "there is no exemption to revoke"),
                where=f"{region_code}, {standard_id}, {criterion}",
            )
        revoked = {**standing, "revoked": True, "reason": reason, "revision_id": revision}
        row = [revoked[column] for column in _COLUMNS]
        await insert_batches(connection, exemption, _COLUMNS, [row])
    return revision


def _check(new: NewExemption) -> None:
    _require_text("standard_id", new.standard_id, _LONGEST_STANDARD_ID)
    _require_text("criterion", new.criterion, _LONGEST_CRITERION)
    _require_text("authority", new.authority)
    _require_text("reason", new.reason)
    if new.document_number is not None:
        _require_text("document_number", new.document_number)
    if new.expires_on is not None and new.expires_on < new.valid_from:
        raise InvalidExemption(
            Text(
                f"到期日 {new.expires_on} 早于起始日 {new.valid_from}",
                f"it expires on {new.expires_on}, before it begins on {new.valid_from}",
            ),
            where="expires_on",
        )


def _require_text(field: str, text: str, longest: int | None = None) -> None:
    if not text.strip():
        raise InvalidExemption(Text("不能为空", "must not be blank"), where=field)
    if longest is not None and len(text) > longest:
        raise InvalidExemption(
            Text(f"最多 {longest} 个字符", f"takes {longest} characters at the most"), where=field
        )
    if "\0" in text or any("\ud800" <= mark <= "\udfff" for mark in text):
        raise InvalidExemption(
            Text("含有无法保存的字符", "it has characters that can't be kept"), where=field
        )


async def _require_region(connection: AsyncConnection, code: str) -> None:
    if not await by_codes(connection, [code]):
        shown = code[:40]
        raise UnknownRegion(
            Text(f"没有行政区划“{shown}”", f"there is no region '{shown}'"), where="region_code"
        )


def _row(new: NewExemption, revision: int) -> Sequence[Any]:
    return (
        new.region_code,
        new.standard_id,
        new.criterion,
        new.kind.value,
        new.authority,
        new.reason,
        new.document_number,
        new.valid_from,
        new.expires_on,
        False,
        revision,
    )
