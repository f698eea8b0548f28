"""Bulk loading: many rows into one table by the fastest road that each database offers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Double, Integer, String, Table, func, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

ROWS_AT_ONCE = 10_000
_BYTES_AT_ONCE = 1 << 20
_PLAIN = (String, Integer, Double)


async def insert_batches(
    connection: AsyncConnection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    batch: int = ROWS_AT_ONCE,
) -> int:
    """Insert `rows`, each the values of `columns` in their order, and return how many there were.

    COPY on PostgreSQL, executemany in batches on SQLite, both inside the transaction of `connection`. The
    rows are read once, as they are needed. On SQLite a row that refers to another of the same table comes
    after it. Raises SQLAlchemy's DBAPIError as any statement does.
    """
    if connection.dialect.name == "postgresql":
        return await _copy(connection, table, columns, rows)
    count = 0
    remaining = iter(rows)
    if all(isinstance(table.c[name].type, _PLAIN) for name in columns):
        # The driver takes such values as they are: SQLAlchemy's parameters would take as long again.
        marks = ", ".join("?" * len(columns))
        plain = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  (our names)
        while values := list(map(tuple, islice(remaining, batch))):
            await connection.exec_driver_sql(plain, values)
            count += len(values)
        return count
    statement = insert(table)
    while part := [dict(zip(columns, row, strict=True)) for row in islice(remaining, batch)]:
        await connection.execute(statement, part)
        count += len(part)
    return count


async def first_number(connection: AsyncConnection, table: Table, count: int) -> int:
    """The first of `count` numbers for rows, which are nobody else's. Needs a writing transaction."""
    if connection.dialect.name != "postgresql":
        return int(await connection.scalar(select(func.coalesce(func.max(table.c.id), 0))) or 0) + 1
    sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
    first = int(await connection.scalar(text(f"SELECT nextval({sequence})")) or 0)
    await connection.execute(text(f"SELECT setval({sequence}, :last)"), {"last": first + count - 1})
    return first


@asynccontextmanager
async def loading_observations(connection: AsyncConnection) -> AsyncIterator[None]:
    """Let many observations be written whose regions and indicators this transaction looked up itself.

    PostgreSQL doesn't look them up once more, which would take a tenth of a large import: nobody can take
    them away since. Readers aren't held up; where the tables belong to another role, it does look. SQLite
    keeps more pages at hand: those that many rows come back to would be written, and looked for in a long
    log, again and again.
    """
    if connection.dialect.name != "postgresql":
        await connection.exec_driver_sql("PRAGMA cache_size = -16000")
        yield
        await connection.exec_driver_sql("PRAGMA cache_size = -2000")
        return
    is_own = await connection.scalar(
        text("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'observation'::regclass")
    )
    trigger = "ALTER TABLE observation {} TRIGGER observation_refuse_unknown_references"
    if is_own:
        await connection.execute(text(trigger.format("DISABLE")))
    yield
    if is_own:
        await connection.execute(text(trigger.format("ENABLE")))


async def copy_blocks(
    connection: AsyncConnection,
    table: Table,
    columns: Sequence[str],
    blocks: AsyncIterator[memoryview],
) -> None:
    """COPY `blocks` of lines in PostgreSQL's text format into a table. Raises DBAPIError."""
    async with _copying(connection, table, columns) as copy:
        async for block in blocks:
            for start in range(0, len(block), _BYTES_AT_ONCE):
                await copy.write(block[start : start + _BYTES_AT_ONCE])


async def _copy(
    connection: AsyncConnection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    count = 0
    async with _copying(connection, table, columns) as copy:
        for row in rows:
            await copy.write_row(row)
            count += 1
    return count


@asynccontextmanager
async def _copying(
    connection: AsyncConnection, table: Table, columns: Sequence[str]
) -> AsyncIterator[psycopg.AsyncCopy]:
    """COPY through the driver's own connection: SQLAlchemy has no statement for it."""
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    try:
        async with driver.cursor() as cursor, cursor.copy(statement) as copy:
            yield copy
    except psycopg.Error as error:
        # The type that the same fault has on SQLite, so that callers handle one.
        raise DBAPIError.instance(
            statement.as_string(), None, error, psycopg.Error, dialect=connection.dialect
        ) from error
