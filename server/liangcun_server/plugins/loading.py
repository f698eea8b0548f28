"""The plugins of this installation, loaded as the database has them switched."""

from __future__ import annotations

from liangcun_server.plugins.changes import switches_at_start
from liangcun_server.plugins.folder import PluginFolder
from liangcun_server.settings import Settings
from liangcun_standards.isolation import WorkerLimits
from liangcun_standards.plugins import PluginRegistry, load_plugins


def load_installed(settings: Settings) -> PluginRegistry:
    """Every plugin there is, but for those switched off."""
    switches = switches_at_start(settings.database_url)
    folder = PluginFolder(settings.plugin_folder)
    return load_plugins(
        folder.points,
        disabled=switches.disabled,
        limits=WorkerLimits(
            load_seconds=settings.plugin_seconds,
            call_seconds=settings.plugin_seconds,
            memory=settings.plugin_megabytes << 20,
        ),
        change=switches.change,
    )
