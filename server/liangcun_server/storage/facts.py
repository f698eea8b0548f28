"""Facts about the database itself, such as the place that it was made for, under fixed keys."""

from __future__ import annotations

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.storage.tables import setting


async def read_fact(connection: AsyncConnection, key: str) -> str | None:
    """The value under `key`, or None when it was never written."""
    value: str | None = await connection.scalar(select(setting.c.value).where(setting.c.key == key))
    return value


async def write_fact(connection: AsyncConnection, key: str, value: str) -> None:
    """Set the value under `key`; writers take turns, so the two statements can't race."""
    changed = await connection.execute(update(setting).where(setting.c.key == key).values(value=value))
    if changed.rowcount == 0:
        await connection.execute(insert(setting).values(key=key, value=value))
