"""The plugins installed: found by entry point, each kept apart so that a broken one breaks nothing else."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from liangcun_standards.catalogue import Publication, StandardCatalogue
from liangcun_standards.document import read_standard
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import Indicator, IndicatorCatalogue
from liangcun_standards.plugins.hookspecs import GROUP, Hooks, StandardText
from liangcun_standards.text import Text

_HOOKS = tuple(name for name in vars(Hooks) if name.startswith("liangcun_"))


class PluginStatus(StrEnum):
    """Whether a plugin contributes."""

    ACTIVE = "active"
    DISABLED = "disabled"
    BROKEN = "broken"
    INCOMPATIBLE = "incompatible"

    @property
    def label(self) -> Text:
        """The status for a reader."""
        return {
            PluginStatus.ACTIVE: Text("启用", "active"),
            PluginStatus.DISABLED: Text("停用", "disabled"),
            PluginStatus.BROKEN: Text("故障", "broken"),
            PluginStatus.INCOMPATIBLE: Text("不兼容", "incompatible"),
        }[self]


@dataclass(frozen=True)
class Plugin:
    """One plugin and what it contributes; `error` says why it is broken."""

    name: str
    distribution: str | None = None
    version: str | None = None
    sdk: str | None = None
    status: PluginStatus = PluginStatus.ACTIVE
    error: str | None = None
    hooks: tuple[str, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    publications: tuple[Publication, ...] = field(default=(), repr=False)

    def broken(self, error: str) -> Plugin:
        """The same plugin, contributing nothing."""
        return replace(self, status=PluginStatus.BROKEN, error=error, indicators=(), publications=())


@dataclass(frozen=True)
class PluginRegistry:
    """Every plugin, and all that the active ones contribute."""

    plugins: tuple[Plugin, ...]
    indicators: IndicatorCatalogue
    standards: StandardCatalogue

    def plugin(self, name: str) -> Plugin | None:
        """The plugin of this name."""
        return next((plugin for plugin in self.plugins if plugin.name == name), None)


def load_plugins(points: Iterable[EntryPoint] | None = None) -> PluginRegistry:
    """Load every plugin installed under the entry-point group `liangcun`.

    Whatever goes wrong in a plugin (an import that fails, a bad document, a name that another plugin holds)
    makes that plugin BROKEN and is kept in its `error`; of two that clash, the later by name is broken.
    """
    found = entry_points(group=GROUP) if points is None else points
    plugins = [_load(point) for point in sorted(found, key=lambda point: point.name)]
    plugins, indicators = _merge_indicators(plugins)
    plugins = _merge_standards(plugins, indicators)
    active = [plugin for plugin in plugins if plugin.status is PluginStatus.ACTIVE]
    publications = [one for plugin in active for one in plugin.publications]
    return PluginRegistry(tuple(plugins), indicators, StandardCatalogue(publications, indicators))


def _load(point: EntryPoint) -> Plugin:
    plugin = _described(point)
    try:
        module = point.load()
        manager = pluggy.PluginManager(GROUP)
        manager.add_hookspecs(Hooks)
        manager.register(module, name=point.name)
        manager.check_pending()
        hooks = tuple(name for name in _HOOKS if getattr(manager.hook, name).get_hookimpls())
        indicators = tuple(_contributed(manager, "liangcun_indicators", hooks))
        texts: list[StandardText] = _contributed(manager, "liangcun_standards", hooks)
        publications = tuple(
            Publication(read_standard(one.text, one.file), one.text, point.name) for one in texts
        )
    except LiangcunError as error:
        return plugin.broken(error.text("zh"))
    except (Exception, SystemExit):
        return plugin.broken(traceback.format_exc(limit=-8))
    return replace(plugin, hooks=hooks, indicators=indicators, publications=publications)


def _described(point: EntryPoint) -> Plugin:
    distribution = point.dist
    if distribution is None:
        return Plugin(point.name)
    wanted = next(
        (
            one
            for one in distribution.requires or ()
            if one.replace("_", "-").startswith("liangcun-standards")
        ),
        None,
    )
    return Plugin(
        point.name,
        distribution.metadata["Name"],
        distribution.version,
        None if wanted is None else wanted[len("liangcun-standards") :].strip(" ()"),
    )


def _contributed(manager: pluggy.PluginManager, hook: str, hooks: Sequence[str]) -> list[Any]:
    if hook not in hooks:
        return []
    return [one for contribution in getattr(manager.hook, hook)() for one in contribution]


def _merge_indicators(plugins: list[Plugin]) -> tuple[list[Plugin], IndicatorCatalogue]:
    kept: list[Plugin] = []
    contributions: list[tuple[str, Indicator]] = []
    for plugin in plugins:
        own = [(plugin.name, indicator) for indicator in plugin.indicators]
        try:
            IndicatorCatalogue([*contributions, *own])
        except LiangcunError as error:
            kept.append(plugin.broken(error.text("zh")))
            continue
        contributions += own
        kept.append(plugin)
    return kept, IndicatorCatalogue(contributions)


def _merge_standards(plugins: list[Plugin], indicators: IndicatorCatalogue) -> list[Plugin]:
    """Take in each plugin's documents, then check every one against the indicators and its base."""
    kept: list[Plugin] = []
    publications: list[Publication] = []
    for plugin in plugins:
        try:
            StandardCatalogue([*publications, *plugin.publications], indicators)
        except LiangcunError as error:
            kept.append(plugin.broken(error.text("zh")))
            continue
        publications += plugin.publications
        kept.append(plugin)
    catalogue = StandardCatalogue(publications, indicators)
    checked: list[Plugin] = []
    for plugin in kept:
        try:
            for publication in plugin.publications:
                catalogue.resolve(publication, publication.document.effective.from_)
        except LiangcunError as error:
            checked.append(plugin.broken(error.text("zh")))
        else:
            checked.append(plugin)
    return checked
