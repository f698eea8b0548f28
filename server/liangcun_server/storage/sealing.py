"""Sealing writes: each revision, with every row that it wrote, hashed onto the one before.

A chain of SHA-256 as in Haber and Stornetta (1991), "How to time-stamp a digital document": an entry that is
changed or taken away no longer fits the next one. What is taken away at the very end is found by whoever
kept the head of the chain elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Date, LargeBinary, Row, Table, bindparam, exists, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.storage.tables import APPEND_ONLY, audit_entry, indicator, observation, revision

# Before the first entry.
GENESIS = "0" * 64
_ROWS_AT_ONCE = 20_000
_INDICATOR = "indicator_id"

AUDITED: tuple[Table, ...] = tuple(table for table in APPEND_ONLY if table not in (revision, audit_entry))
# Built once: every write asks it.
_IN_WHICH = select(
    *(exists(select(literal(1)).where(table.c.revision_id == bindparam("number"))) for table in AUDITED)
)


@dataclass(frozen=True)
class Content:
    """The rows that a revision wrote: how many, and their digest."""

    rows: int
    digest: str


class WrittenObservations:
    """All observations that a revision writes, hashed as they are written.

    To read a million rows back would take longer than to write them.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.digest = hashlib.sha256(_title(observation))

    def add(self, lines: bytes | memoryview, rows: int) -> None:
        """Take the next rows, by their numbers, as `content_of` would read them: a line of JSON each."""
        self.digest.update(lines)
        self.rows += rows


async def seal(connection: AsyncConnection, number: int, written: WrittenObservations | None = None) -> None:
    """Seal a revision within its own transaction, after what came before and isn't sealed yet.

    `written` are its observations where they are known already.
    """
    last = select(audit_entry.c.revision_id, audit_entry.c.chain).order_by(audit_entry.c.id.desc()).limit(1)
    found = (await connection.execute(last)).first()
    sealed, chain = (0, GENESIS) if found is None else (found.revision_id, found.chain)
    waiting = select(revision).where(revision.c.id > sealed, revision.c.id <= number).order_by(revision.c.id)
    codes: dict[int, str] = {}
    for row in (await connection.execute(waiting)).all():
        content = await content_of(connection, row.id, codes, written if row.id == number else None)
        chain = linked(chain, row, content)
        await connection.execute(
            insert(audit_entry).values(
                revision_id=row.id, rows=content.rows, content=content.digest, chain=chain
            )
        )


def linked(before: str, row: Row[Any], content: Content) -> str:
    """The chain after a revision (a row of its table) with that content."""
    sealed = [
        before,
        row.id,
        row.recorded_at.isoformat(),
        row.author,
        row.reason,
        row.kind,
        content.rows,
        content.digest,
    ]
    return hashlib.sha256(orjson.dumps(sealed)).hexdigest()


async def content_of(
    connection: AsyncConnection,
    number: int,
    codes: dict[int, str],
    observations: WrittenObservations | None = None,
) -> Content:
    """What a revision wrote. `codes` keeps the codes of indicators by their number from call to call.

    `observations` are all that it wrote, where they are known already; they come first.
    """
    digest, count = hashlib.sha256(), 0
    flags = (await connection.execute(_IN_WHICH, {"number": number})).one()
    for table, there in zip(AUDITED, flags, strict=True):
        if not there:
            continue
        if table is observation and observations is not None:
            digest, count = observations.digest.copy(), observations.rows
            continue
        digest.update(_title(table))
        async for rows in _batches(connection, table, number):
            digest.update(b"".join(await _lines(connection, table, rows, codes)))
            count += len(rows)
    return Content(count, digest.hexdigest())


def _title(table: Table) -> bytes:
    return f"{table.name}\n".encode()


async def _batches(
    connection: AsyncConnection, table: Table, number: int
) -> AsyncIterator[Sequence[Sequence[Any]]]:
    """The rows of a revision by their own number, each as the values of the table's columns."""
    after = 0
    while True:
        asked = (
            select(table)
            .where(table.c.revision_id == number, table.c.id > after)
            .order_by(table.c.id)
            .limit(_ROWS_AT_ONCE)
        )
        rows = await connection.run_sync(_plain_rows, asked, table)
        if rows:
            yield rows
            after = rows[-1][0]
        if len(rows) < _ROWS_AT_ONCE:
            return


def _plain_rows(connection: Connection, statement: Any, table: Table) -> Sequence[Sequence[Any]]:
    with connection.execute(statement) as result:
        if table is observation:
            # Numbers and text alone, which drivers give as they are: SQLAlchemy's rows would take as long
            # again as reading them.
            fetched: Sequence[Sequence[Any]] = result.cursor.fetchall()
            return fetched
        return [tuple(row) for row in result]


async def _lines(
    connection: AsyncConnection, table: Table, rows: Sequence[Sequence[Any]], codes: dict[int, str]
) -> list[bytes]:
    """Each row as JSON, by its columns' order; what an indicator's number means goes in its place."""
    columns = list(table.columns)
    place = next((at for at, column in enumerate(columns) if column.name == _INDICATOR), None)
    if place is not None and any(row[place] not in codes for row in rows):
        codes.update((await connection.execute(select(indicator.c.id, indicator.c.code))).all())
    plain = not any(isinstance(column.type, Date | LargeBinary) for column in columns)
    lines = []
    for row in rows:
        values = list(row)
        if place is not None:
            values[place] = codes.get(values[place], values[place])
        lines.append(orjson.dumps(values if plain else [_plain(one) for one in values]) + b"\n")
    return lines


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    return value.isoformat() if isinstance(value, date | datetime) else value


async def head(connection: AsyncConnection) -> str:
    """The newest link of the chain; GENESIS where nothing was sealed."""
    last = select(audit_entry.c.chain).order_by(audit_entry.c.id.desc()).limit(1)
    found: str | None = await connection.scalar(last)
    return found or GENESIS
