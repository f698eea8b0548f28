"""The plugins installed: found by entry point, each kept apart so that a broken one breaks nothing else."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from enum import StrEnum
from importlib.metadata import EntryPoint
from typing import Any

from liangcun_standards.after_assessment import AfterAssessment
from liangcun_standards.aggregation.own import AggregationMethod
from liangcun_standards.aggregation.scorer import Scorer
from liangcun_standards.catalogue import Publication, StandardCatalogue
from liangcun_standards.contributions import NOTHING, Contributions
from liangcun_standards.document import Standard, Tailoring, read_standard
from liangcun_standards.document.reading import read_standard_source
from liangcun_standards.document.yaml_source import YamlSource, read_yaml
from liangcun_standards.errors import InvalidDocument, LiangcunError, PluginFailed
from liangcun_standards.indicators import Indicator, IndicatorCatalogue
from liangcun_standards.isolation.limits import DEFAULTS, WorkerLimits
from liangcun_standards.isolation.nursery import shared_nursery
from liangcun_standards.isolation.remote import described
from liangcun_standards.isolation.worker import Worker
from liangcun_standards.plugins.contributing import Contributed, Contributor
from liangcun_standards.plugins.hookspecs import StandardText
from liangcun_standards.plugins.installed import installed_points, look_at, paths_of, sdk_version
from liangcun_standards.query_fields import QueryField
from liangcun_standards.rules.own import OwnKind
from liangcun_standards.text import Text

# Loading apart is mostly waiting; more at once would only take turns.
_SIDE_BY_SIDE = 4
# How many plugins one worker loads where nothing is wrong with any of them.
_BATCH = 16


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
    """One plugin and what it contributes; `error` says why it is broken, with any traceback.

    `sources`: its documents as far as they have been read, None for one that can't be.
    `isolated`: whether its Python runs in a worker. `worker` is there for as long as that is needed.
    """

    name: str
    distribution: str | None = None
    version: str | None = None
    sdk: str | None = None
    status: PluginStatus = PluginStatus.ACTIVE
    error: Text | None = None
    hooks: tuple[str, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    publications: tuple[Publication, ...] = field(default=(), repr=False)
    contributed: Contributed = field(default=Contributed(), repr=False, compare=False)
    sources: tuple[YamlSource | None, ...] = field(default=(), repr=False, compare=False)
    isolated: bool = False
    worker: Worker | None = field(default=None, repr=False, compare=False)

    def broken(self, error: Text) -> Plugin:
        """The same plugin, contributing no standards."""
        return replace(self, status=PluginStatus.BROKEN, error=error, publications=())

    def without_indicators(self) -> Plugin:
        """The same plugin, contributing no indicators."""
        return replace(self, indicators=())

    def now(self) -> Plugin:
        """The plugin as it stands: what failed while it worked makes it broken, for as long as it does."""
        fault = None if self.worker is None else self.worker.fault
        if fault is None or self.status is not PluginStatus.ACTIVE:
            return self
        return replace(self, status=PluginStatus.BROKEN, error=explained(fault))


@dataclass(eq=False)
class PluginRegistry:
    """Every plugin, and all that the active ones contribute. `own` is the context of reading documents.

    `change` is the caller's mark of the state that the plugins were loaded at.
    """

    loaded: tuple[Plugin, ...]
    indicators: IndicatorCatalogue
    standards: StandardCatalogue
    own: Contributions = NOTHING
    change: int = 0
    _again: Callable[[Collection[str]], PluginRegistry] | None = field(default=None, repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """Every plugin as it stands now."""
        return tuple(plugin.now() for plugin in self.loaded)

    def plugin(self, name: str) -> Plugin | None:
        """The plugin of this name."""
        return next((plugin for plugin in self.plugins if plugin.name == name), None)

    def reload(self, disabled: Collection[str], change: int) -> None:
        """Load what is installed now, but for those `disabled`, in the place of what was loaded before.

        Who comes while that is under way for the same `change` waits for it. Questions under way go on with
        what they hold; those that then ask a worker which has ended are told so.
        """
        with self._turn:
            if change == self.change or self._again is None:
                return
            fresh, before = self._again(disabled), self.loaded
            self.loaded, self.indicators, self.standards = fresh.loaded, fresh.indicators, fresh.standards
            self.own, self.change = fresh.own, change
        _close(before)

    def close(self) -> None:
        """End the workers; what runs in them can't be asked any more."""
        _close(self.loaded)


def _close(plugins: Iterable[Plugin]) -> None:
    for plugin in plugins:
        if plugin.worker is not None:
            plugin.worker.close()


def load_plugins(
    points: Iterable[EntryPoint] | Callable[[], Iterable[EntryPoint]] | None = None,
    *,
    disabled: Collection[str] = (),
    limits: WorkerLimits = DEFAULTS,
    isolate: bool | None = None,
    change: int = 0,
) -> PluginRegistry:
    """Load every plugin installed under the entry-point group `liangcun`, but for those `disabled`.

    `points` are others in their place, or what finds them, now and when they are loaded again; `change` is
    kept with the registry. Whatever goes wrong in a plugin (an import that fails, a bad document, a name that
    another plugin holds) makes that plugin BROKEN and is kept in its `error`; of two that clash, what ships
    stays, or else the first by name. A broken plugin contributes no standards; its indicators, rules,
    aggregations and scorers stay as long as they are sound, since other plugins' standards may need them.
    The Python of a plugin that doesn't ship runs in a worker within `limits`; `isolate` says so for all of
    them, or for none.
    """
    if points is None or callable(points):
        find = points or installed_points
    else:
        listed = list(points)

        def find() -> Iterable[EntryPoint]:
            return listed

    def load(disabled: Collection[str]) -> PluginRegistry:
        # Of two that clash the first stays: what ships goes before what was added to it.
        found = [_looked_at(point) for point in sorted(find(), key=lambda one: (one.name, one.value))]
        looked = _named_once(sorted(found, key=lambda one: one[0].isolated))
        chosen = [(_switched(plugin, disabled), point) for plugin, point in looked]
        plugins = _all_loaded(chosen, limits, isolate)
        plugins, indicators = _merge_indicators(plugins)
        own = _merged(plugins)
        plugins = [_read(plugin, own) for plugin in plugins]
        plugins, standards = _merge_standards(plugins, indicators, own)
        listed = sorted(plugins, key=lambda one: one.name)
        return PluginRegistry(tuple(listed), standards.indicators, standards, own)

    registry = load(disabled)
    registry.change, registry._again = change, load
    return registry


Looked = tuple[Plugin, EntryPoint]


def _looked_at(point: EntryPoint) -> Looked:
    try:
        found = look_at(point)
    except Exception as error:  # metadata that nobody has checked
        told = f"{type(error).__name__}: {error}"
        return Plugin(point.name).broken(Text(told, told)), point
    plugin = Plugin(point.name, found.distribution, found.version, found.sdk, isolated=not found.ships)
    if not found.supported:
        installed = sdk_version()
        plugin = replace(
            plugin,
            status=PluginStatus.INCOMPATIBLE,
            error=Text(
                f"插件要求 liangcun-standards {found.sdk}，现为 {installed}；请换一个版本的插件",
                f"the plugin asks for liangcun-standards {found.sdk}, not {installed}; another version of "
                "the plugin may fit",
            ),
        )
    return plugin, point


def _switched(plugin: Plugin, disabled: Collection[str]) -> Plugin:
    if plugin.name in disabled and plugin.status is PluginStatus.ACTIVE:
        return replace(plugin, status=PluginStatus.DISABLED)
    return plugin


def _all_loaded(chosen: Sequence[Looked], limits: WorkerLimits, isolate: bool | None) -> list[Plugin]:
    """The plugins with what they contribute; those in workers side by side."""
    loaded: dict[int, Plugin] = {}
    here: list[tuple[int, Plugin, EntryPoint]] = []
    apart: list[tuple[int, Plugin, EntryPoint]] = []
    for place, (plugin, point) in enumerate(chosen):
        plugin = replace(plugin, isolated=plugin.isolated if isolate is None else isolate)
        if plugin.status is not PluginStatus.ACTIVE:
            loaded[place] = plugin
        else:
            (apart if plugin.isolated else here).append((place, plugin, point))
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        batches = [apart[start : start + _BATCH] for start in range(0, len(apart), _BATCH)]
        waiting = pool.map(lambda batch: _load_batch(batch, limits), batches)
        for place, plugin, point in here:
            loaded[place] = _load_here(plugin, point)
        for batch in waiting:
            loaded |= batch
    return [loaded[place] for place in range(len(chosen))]


def _load_batch(batch: Sequence[tuple[int, Plugin, EntryPoint]], limits: WorkerLimits) -> dict[int, Plugin]:
    """Several plugins loaded in one worker, which is quicker where nothing is wrong with any of them.

    Where anything is, each is loaded in a worker of its own, as is one that brings Python to be asked again.
    """
    told: Sequence[dict[str, Any] | None] = [None] * len(batch)
    if len(batch) > 1:
        told = _told_of(batch, limits)
    loaded = {}
    for (place, plugin, point), said in zip(batch, told, strict=True):
        if said is None or said["asks"]:
            loaded[place] = _load_apart(plugin, point, limits)
            continue
        contributed = described(plugin.name, said, None)
        loaded[place] = replace(
            plugin,
            hooks=contributed.hooks,
            indicators=contributed.indicators,
            contributed=contributed,
            sources=tuple(_source(one) for one in contributed.texts),
        )
    return loaded


def _told_of(
    batch: Sequence[tuple[int, Plugin, EntryPoint]], limits: WorkerLimits
) -> Sequence[dict[str, Any] | None]:
    worker = None
    try:
        worker = Worker("", sys.path, shared_nursery(), limits)
        told = worker.load_many([(plugin.name, point.value, paths_of(point)) for _, plugin, point in batch])
        for (_, plugin, _), said in zip(batch, told, strict=True):
            described(plugin.name, said, None)
    except (LiangcunError, ValueError):
        return [None] * len(batch)
    finally:
        if worker is not None:
            worker.close()
    return told


def _load_here(plugin: Plugin, point: EntryPoint) -> Plugin:
    """Load a plugin into this process, whose output it doesn't get to write to."""
    try:
        with redirect_stdout(sys.stderr):
            contributor = Contributor(point.name, point.load())
            plugin = replace(plugin, hooks=contributor.hooks, indicators=contributor.indicators())
            return replace(plugin, contributed=contributor.everything())
    except LiangcunError as error:
        return plugin.broken(explained(error))
    except KeyboardInterrupt:
        raise
    except BaseException:  # a plugin that exits is broken like one that raises
        report = traceback.format_exc(limit=-8)
        return plugin.broken(Text(report, report))


def _load_apart(plugin: Plugin, point: EntryPoint, limits: WorkerLimits) -> Plugin:
    """Load a plugin in a worker, which goes on where rules or aggregations are asked of it later."""
    worker = None
    try:
        worker = Worker(plugin.name, paths_of(point), shared_nursery(), limits)
        said = worker.load(point.name, point.value).said
        contributed = described(plugin.name, {"standards": [], **said}, worker)
        plugin = replace(plugin, hooks=contributed.hooks, indicators=contributed.indicators)
        if "then" in said:
            raise LiangcunError(Text(*(str(one) for one in said["then"])), where=said["where"])
    except LiangcunError as error:
        if worker is not None:
            worker.close()
        return plugin.broken(explained(error))
    if not contributed.asks:
        worker.close()
        worker = None
    # Here rather than later: others are being waited for meanwhile.
    sources = tuple(_source(one) for one in contributed.texts)
    return replace(plugin, contributed=contributed, worker=worker, sources=sources)


def _source(text: StandardText) -> YamlSource | None:
    try:
        return read_yaml(text.text, text.file)
    except InvalidDocument:
        return None


def explained(error: LiangcunError) -> Text:
    """An error in both languages, with the traceback of a plugin's code where there is one."""
    report = error.report if isinstance(error, PluginFailed) else None
    more = "" if report is None else f"\n{report}"
    return Text(error.text("zh") + more, error.text("en") + more)


def _merged(plugins: Iterable[Plugin]) -> Contributions:
    """Everything that documents may use; names lead with their plugin, so none stands twice."""
    rules: dict[str, OwnKind] = {}
    aggregations: dict[str, AggregationMethod] = {}
    scorers: dict[str, Scorer] = {}
    queries: dict[str, QueryField] = {}
    actions: dict[str, AfterAssessment] = {}
    for plugin in plugins:
        rules |= plugin.contributed.rules
        aggregations |= plugin.contributed.aggregations
        scorers |= plugin.contributed.scorers
        if plugin.status is PluginStatus.ACTIVE:
            queries |= plugin.contributed.queries
            actions |= plugin.contributed.actions
    return Contributions(rules, aggregations, scorers, queries, actions)


def _read(plugin: Plugin, own: Contributions) -> Plugin:
    """The plugin with its documents read, or broken by the first that can't be."""
    if plugin.status is not PluginStatus.ACTIVE:
        return plugin
    try:
        texts = plugin.contributed.texts
        publications = tuple(
            Publication(_document(one, source, own), one.text, plugin.name, one.file)
            for one, source in zip(texts, plugin.sources or (None,) * len(texts), strict=True)
        )
    except LiangcunError as error:
        return replace(plugin, sources=()).broken(explained(error))
    return replace(plugin, publications=publications, sources=())


def _named_once(looked: list[Looked]) -> list[Looked]:
    """Two distributions may use one entry-point name; the first keeps it."""
    kept: dict[str, Plugin] = {}
    result: list[Looked] = []
    for plugin, point in looked:
        holder = kept.setdefault(plugin.name, plugin)
        if holder is not plugin:
            one, two = holder.distribution or "?", plugin.distribution or "?"
            plugin = plugin.broken(
                Text(
                    f"插件名 {plugin.name} 由 {one} 和 {two} 重复使用",
                    f"the plugin name {plugin.name} is used by both {one} and {two}",
                )
            )
        result.append((plugin, point))
    return result


def _document(text: StandardText, source: YamlSource | None, own: Contributions) -> Standard | Tailoring:
    if source is None:
        return read_standard(text.text, text.file, own)
    return read_standard_source(source, own)


def _merge_indicators(plugins: list[Plugin]) -> tuple[list[Plugin], IndicatorCatalogue]:
    kept: list[Plugin] = []
    contributions: list[tuple[str, Indicator]] = []
    for plugin in plugins:
        own = [(plugin.name, indicator) for indicator in plugin.indicators]
        try:
            IndicatorCatalogue([*contributions, *own])
        except LiangcunError as error:
            kept.append(plugin.broken(explained(error)).without_indicators())
            continue
        contributions += own
        kept.append(plugin)
    return kept, IndicatorCatalogue(contributions)


def _merge_standards(
    plugins: list[Plugin], indicators: IndicatorCatalogue, own: Contributions
) -> tuple[list[Plugin], StandardCatalogue]:
    """Take in each plugin's documents, then check every one against the indicators and its base."""
    kept: list[Plugin] = []
    publications: list[Publication] = []
    for plugin in plugins:
        try:
            StandardCatalogue([*publications, *plugin.publications], indicators, own)
        except LiangcunError as error:
            kept.append(plugin.broken(explained(error)))
            continue
        publications += plugin.publications
        kept.append(plugin)
    while True:
        carried = [one for plugin in kept for one in plugin.publications]
        catalogue = StandardCatalogue(carried, indicators, own)
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
        return plugin.broken(explained(error))
    return plugin
