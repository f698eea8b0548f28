"""Changing what was recorded as somebody could who has the database's own files or password."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from liangcun_server.storage.database import Database


@asynccontextmanager
async def changed_behind_the_back(database: Database) -> AsyncIterator[AsyncConnection]:
    """A connection that no trigger hinders, beside the program's own."""
    engine = create_async_engine(database.url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            if database.is_sqlite:
                names = await connection.scalars(
                    text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                )
                for name in list(names):
                    await connection.execute(text(f"DROP TRIGGER {name}"))
            else:
                await connection.execute(text("SET session_replication_role = replica"))
            yield connection
    finally:
        await engine.dispose()
