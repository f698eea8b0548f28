"""The plugins installed, for commands that need no database."""

from __future__ import annotations

from liangcun_server.cli.language import words
from liangcun_server.cli.output import warn
from liangcun_server.plugins.loading import load_installed
from liangcun_server.settings import Settings, load_settings
from liangcun_standards.plugins import PluginRegistry, PluginStatus


def plugins(settings: Settings | None = None) -> PluginRegistry:
    """The plugins, with a word on each that is broken."""
    registry = load_installed(settings or load_settings())
    for plugin in registry.plugins:
        if plugin.status is PluginStatus.BROKEN:
            warn(
                words(
                    f"插件 {plugin.name} 有故障，未启用；运行 liangcun plugins 查看原因",
                    f"the plugin {plugin.name} is broken and left out; liangcun plugins says why",
                )
            )
    return registry
