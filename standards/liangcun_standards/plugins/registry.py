"""The plugins installed: found by entry point, each kept apart so that a broken one breaks nothing else."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points
from typing import TypeVar

import pluggy

from liangcun_standards.catalogue import Publication, StandardCatalogue
from liangcun_standards.document import read_standard
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import Indicator, IndicatorCatalogue
from liangcun_standards.plugins.hookspecs import GROUP, Hooks, StandardText
from liangcun_standards.text import Text

_HOOKS = tuple(name for name in vars(Hooks) if name.startswith("liangcun_"))


Contribution = TypeVar("Contribution")


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
    """One plugin and what it contributes; `error` says why it is broken, with any traceback."""

    name: str
    distribution: str | None = None
    version: str | None = None
    sdk: str | None = None
    status: PluginStatus = PluginStatus.ACTIVE
    error: Text | None = None
    hooks: tuple[str, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    publications: tuple[Publication, ...] = field(default=(), repr=False)

    def broken(self, error: Text) -> Plugin:
        """The same plugin, contributing no standards."""
        return replace(self, status=PluginStatus.BROKEN, error=error, publications=())

    def without_indicators(self) -> Plugin:
        """The same plugin, contributing no indicators."""
        return replace(self, indicators=())


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
    A broken plugin contributes no standards; its indicators stay as long as they are sound, since other
    plugins' standards may be scored by them.
    """
    found = entry_points(group=GROUP) if points is None else points
    plugins = _named_once([_load(point) for point in sorted(found, key=lambda one: (one.name, one.value))])
    plugins, indicators = _merge_indicators(plugins)
    plugins, standards = _merge_standards(plugins, indicators)
    return PluginRegistry(tuple(plugins), indicators, standards)


def _load(point: EntryPoint) -> Plugin:
    plugin = Plugin(point.name)
    try:
        plugin = _described(point)
        module = point.load()
        manager = pluggy.PluginManager(GROUP)
        manager.add_hookspecs(Hooks)
        manager.register(module, name=point.name)
        manager.check_pending()
        hooks = tuple(name for name in _HOOKS if getattr(manager.hook, name).get_hookimpls())
        plugin = replace(plugin, hooks=hooks)
        plugin = replace(
            plugin, indicators=tuple(_contributed(manager, "liangcun_indicators", hooks, Indicator))
        )
        texts = _contributed(manager, "liangcun_standards", hooks, StandardText)
        publications = tuple(
            Publication(read_standard(one.text, one.file), one.text, point.name, one.file) for one in texts
        )
    except LiangcunError as error:
        return plugin.broken(Text(error.text("zh"), error.text("en")))
    except KeyboardInterrupt:
        raise
    except BaseException:  # a plugin that exits is broken like one that raises
        report = traceback.format_exc(limit=-8)
        return plugin.broken(Text(report, report))
    return replace(plugin, publications=publications)


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


def _contributed(
    manager: pluggy.PluginManager, hook: str, hooks: Sequence[str], kind: type[Contribution]
) -> list[Contribution]:
    found = getattr(manager.hook, hook)() if hook in hooks else []
    contributions = [one for contribution in found for one in contribution]
    for one in contributions:
        if not isinstance(one, kind):
            wanted, got = kind.__name__, type(one).__name__
            raise LiangcunError(
                Text(f"{hook} 应返回若干 {wanted}，而不是 {got}", f"{hook} returns {wanted}s, not {got}")
            )
    return contributions


def _named_once(plugins: list[Plugin]) -> list[Plugin]:
    """Two distributions may use one entry-point name; the first keeps it."""
    kept: dict[str, Plugin] = {}
    result: list[Plugin] = []
    for plugin in plugins:
        holder = kept.setdefault(plugin.name, plugin)
        if holder is not plugin:
            one, two = holder.distribution or "?", plugin.distribution or "?"
            plugin = plugin.broken(
                Text(
                    f"插件名 {plugin.name} 由 {one} 和 {two} 重复使用",
                    f"the plugin name {plugin.name} is used by both {one} and {two}",
                )
            ).without_indicators()
        result.append(plugin)
    return result


def _merge_indicators(plugins: list[Plugin]) -> tuple[list[Plugin], IndicatorCatalogue]:
    kept: list[Plugin] = []
    contributions: list[tuple[str, Indicator]] = []
    for plugin in plugins:
        own = [(plugin.name, indicator) for indicator in plugin.indicators]
        try:
            IndicatorCatalogue([*contributions, *own])
        except LiangcunError as error:
            kept.append(plugin.broken(Text(error.text("zh"), error.text("en"))).without_indicators())
            continue
        contributions += own
        kept.append(plugin)
    return kept, IndicatorCatalogue(contributions)


def _merge_standards(
    plugins: list[Plugin], indicators: IndicatorCatalogue
) -> tuple[list[Plugin], StandardCatalogue]:
    """Take in each plugin's documents, then check every one against the indicators and its base."""
    kept: list[Plugin] = []
    publications: list[Publication] = []
    for plugin in plugins:
        try:
            StandardCatalogue([*publications, *plugin.publications], indicators)
        except LiangcunError as error:
            kept.append(plugin.broken(Text(error.text("zh"), error.text("en"))))
            continue
        publications += plugin.publications
        kept.append(plugin)
    while True:
        catalogue = StandardCatalogue([one for plugin in kept for one in plugin.publications], indicators)
        checked = [_checked(plugin, catalogue) for plugin in kept]
        if all(one is other for one, other in zip(checked, kept, strict=True)):
            return kept, catalogue
        # What a broken plugin takes away may be what another one extends.
        kept = checked


def _checked(plugin: Plugin, catalogue: StandardCatalogue) -> Plugin:
    """The plugin itself, or broken when one of its documents can't be resolved at some time of its life."""
    try:
        for publication in plugin.publications:
            for day in catalogue.turning_days(publication):
                catalogue.resolve(publication, day)
    except LiangcunError as error:
        return plugin.broken(Text(error.text("zh"), error.text("en")))
    return plugin
