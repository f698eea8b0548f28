"""Switching plugins on and off, and bringing a running program's plugins up to date with the database."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.plugins.changes import PluginAction, add_plugin_change, read_switches
from liangcun_server.storage.database import Database
from liangcun_standards.errors import LiangcunError
from liangcun_standards.plugins import Plugin, PluginRegistry, PluginStatus
from liangcun_standards.text import Text

_KIND = "plugin"


class UnknownPlugin(LiangcunError):
    """A plugin that isn't installed."""

    code = "UNKNOWN_PLUGIN"


async def set_enabled(
    database: Database, plugins: PluginRegistry, name: str, *, enabled: bool, author: str, reason: str
) -> bool:
    """Switch a plugin on or off in the database; whether that changed anything. `plugins` stay as they are.

    Raises UnknownPlugin.
    """
    plugin = known_plugin(plugins, name)
    async with database.read() as connection:
        switches = await read_switches(connection)
    if (name not in switches.disabled) is enabled:
        return False
    action = PluginAction.ENABLED if enabled else PluginAction.DISABLED
    async with database.write(author=author, reason=reason, kind=_KIND) as (connection, revision):
        await add_plugin_change(
            connection,
            name,
            action,
            enabled=enabled,
            revision=revision,
            distribution=plugin.distribution,
            version=plugin.version,
        )
    return True


async def bring_up_to_date(plugins: PluginRegistry, connection: AsyncConnection) -> None:
    """Load the plugins again when something was done with them since they were loaded."""
    switches = await read_switches(connection)
    if switches.change != plugins.change:
        # Elsewhere than in the event loop: plugins may take their time to load.
        await asyncio.to_thread(plugins.reload, switches.disabled, switches.change)


def known_plugin(plugins: PluginRegistry, name: str) -> Plugin:
    """The plugin of this name, the whole one where two share it. Raises UnknownPlugin."""
    found = [one for one in plugins.plugins if one.name == name]
    if not found:
        known = sorted({one.name for one in plugins.plugins}) or ["—"]
        raise UnknownPlugin(
            Text(
                f"没有安装插件“{name[:80]}”，现有：{'、'.join(known)}",
                f"there is no plugin '{name[:80]}'; there are: {', '.join(known)}",
            )
        )
    return next((one for one in found if one.status is not PluginStatus.BROKEN), found[0])
