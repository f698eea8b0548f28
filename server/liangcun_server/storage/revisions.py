"""Revisions: the numbered, dated record of who wrote what and why, and the way back to any moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.storage.tables import revision
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text


class InvalidMoment(LiangcunError):
    """A time that names no instant because it has no time zone."""

    code = "INVALID_MOMENT"


async def latest_revision(connection: AsyncConnection) -> int:
    """The number of the newest revision; 0 when nothing was ever written."""
    return int(await connection.scalar(select(func.coalesce(func.max(revision.c.id), 0))) or 0)


async def revision_at(connection: AsyncConnection, moment: datetime) -> int:
    """The number of the newest revision recorded at or before `moment`; 0 when there was none yet.

    Raises InvalidMoment for a moment without a time zone.
    """
    if moment.tzinfo is None:
        raise InvalidMoment(
            Text(
                f"时间 {moment.isoformat()} 缺少时区，请写成 2026-01-31T12:00:00+08:00",
                f"the time {moment.isoformat()} lacks its zone; write 2026-01-31T12:00:00+08:00",
            )
        )
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        # Within a day of the first or last date that Python knows: before or after everything.
        moment = (datetime.min if moment.year == datetime.min.year else datetime.max).replace(tzinfo=UTC)
    newest = select(func.coalesce(func.max(revision.c.id), 0)).where(revision.c.recorded_at <= moment)
    return int(await connection.scalar(newest) or 0)


async def begin_revision(connection: AsyncConnection, *, author: str, reason: str, kind: str) -> int:
    """Record a new revision in the transaction of `connection` and return its number.

    Its time is now, or just after the newest revision's when the clock has been set back, so that a
    question as of a past moment always has the same answer. Raises LiangcunError when author or reason
    is blank.
    """
    if not author.strip() or not reason.strip():
        raise LiangcunError(
            Text("每次写入都要写明操作人和原因", "every write must say who made it and why"), where="revision"
        )
    newest = await connection.scalar(select(revision.c.recorded_at).order_by(revision.c.id.desc()).limit(1))
    recorded_at = datetime.now(UTC)
    if newest is not None:
        recorded_at = max(recorded_at, newest + timedelta(microseconds=1))
    result = await connection.execute(
        insert(revision).values(recorded_at=recorded_at, author=author, reason=reason, kind=kind)
    )
    key = result.inserted_primary_key
    if key is None:
        raise RuntimeError("the database returned no number for the new revision")
    return int(key[0])
