"""What was done with plugins, as it stands in the database: added to, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, create_engine, func, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import NullPool

from liangcun_server.storage.address import parse_address
from liangcun_server.storage.tables import plugin_change, revision


class PluginAction(StrEnum):
    """What was done with a plugin."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    INSTALLED = "installed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginChange:
    """One thing done with a plugin, and the write that it was. `sha256` is of the wheel installed."""

    plugin: str
    action: PluginAction
    enabled: bool
    distribution: str | None
    version: str | None
    sha256: str | None
    revision: int
    recorded_at: datetime
    author: str
    reason: str


@dataclass(frozen=True, slots=True)
class PluginSwitches:
    """Which plugins are switched off as of a write to the table; `change` is its revision, 0 for none."""

    disabled: frozenset[str] = frozenset()
    change: int = 0


async def plugin_changes(connection: AsyncConnection) -> list[PluginChange]:
    """Everything that was done, in order."""
    rows = (
        select(plugin_change, revision.c.recorded_at, revision.c.author, revision.c.reason)
        .join(revision, revision.c.id == plugin_change.c.revision_id)
        .order_by(plugin_change.c.id)
    )
    return [
        PluginChange(
            plugin=row.plugin,
            action=PluginAction(row.action),
            enabled=row.enabled,
            distribution=row.distribution,
            version=row.version,
            sha256=row.sha256,
            revision=row.revision_id,
            recorded_at=row.recorded_at,
            author=row.author,
            reason=row.reason,
        )
        for row in await connection.execute(rows)
    ]


async def add_plugin_change(
    connection: AsyncConnection,
    plugin: str,
    action: PluginAction,
    *,
    enabled: bool,
    revision: int,
    distribution: str | None = None,
    version: str | None = None,
    sha256: str | None = None,
) -> None:
    """Add what was done, within a write of this revision."""
    await connection.execute(
        insert(plugin_change).values(
            plugin=plugin,
            action=action.value,
            enabled=enabled,
            distribution=distribution,
            version=version,
            sha256=sha256,
            revision_id=revision,
        )
    )


async def read_switches(connection: AsyncConnection) -> PluginSwitches:
    """Which plugins are switched off."""
    return _switches((await connection.execute(_NEWEST)).all())


def switches_at_start(address: str) -> PluginSwitches:
    """Which plugins are switched off in a database that nothing else has been asked of yet.

    None where there is no database, or none that answers: whoever needs it will say so.
    """
    url = parse_address(address)
    if url.get_backend_name() == "sqlite":
        # Read only: looking must not make a file where there is none.
        query = {**url.query, "mode": "ro", "uri": "true"}
        url = url.set(drivername="sqlite", database=f"file:{url.database}", query=query)
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return _switches(connection.execute(_NEWEST).all())
    except SQLAlchemyError:
        return PluginSwitches()
    finally:
        engine.dispose()


def _newest() -> Select[Any]:
    newest = select(func.max(plugin_change.c.id)).group_by(plugin_change.c.plugin)
    return select(plugin_change.c.plugin, plugin_change.c.enabled, plugin_change.c.revision_id).where(
        plugin_change.c.id.in_(newest)
    )


_NEWEST = _newest()


def _switches(rows: Sequence[Row[Any]]) -> PluginSwitches:
    disabled = frozenset(row.plugin for row in rows if not row.enabled)
    return PluginSwitches(disabled, max((row.revision_id for row in rows), default=0))
