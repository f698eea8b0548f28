"""The plugins installed, for commands that need no database."""

from __future__ import annotations

from liangcun_server.cli.language import words
from liangcun_server.cli.output import warn
from liangcun_server.plugins.changes import switches_at_start
from liangcun_server.plugins.folder import PluginFolder
from liangcun_server.settings import Settings, load_settings
from liangcun_standards.plugins import PluginRegistry, PluginStatus, load_plugins


def plugins(settings: Settings | None = None) -> PluginRegistry:
    """The plugins, with a word on each that is broken."""
    registry = load_quietly(settings)
    for plugin in registry.plugins:
        if plugin.status is PluginStatus.BROKEN:
            warn(
                words(
                    f"插件 {plugin.name} 有故障，未启用；运行 liangcun plugins 查看原因",
                    f"the plugin {plugin.name} is broken and left out; liangcun plugins says why",
                )
            )
    return registry


def load_quietly(settings: Settings | None = None) -> PluginRegistry:
    """The plugins as the database has them switched, that of the environment where no other is meant."""
    chosen = settings or load_settings()
    switches = switches_at_start(chosen.database_url)
    points = PluginFolder(chosen.plugin_folder).points if chosen.plugin_folder.is_dir() else None
    return load_plugins(points, disabled=switches.disabled, change=switches.change)
