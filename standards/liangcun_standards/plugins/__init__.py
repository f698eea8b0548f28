"""Plugins: the hooks they implement, and the registry that keeps them apart."""

from liangcun_standards.plugins.hookspecs import GROUP, Hooks, StandardText, documents_in, hookimpl
from liangcun_standards.plugins.registry import Plugin, PluginRegistry, PluginStatus, load_plugins

__all__ = [
    "GROUP",
    "Hooks",
    "Plugin",
    "PluginRegistry",
    "PluginStatus",
    "StandardText",
    "documents_in",
    "hookimpl",
    "load_plugins",
]
