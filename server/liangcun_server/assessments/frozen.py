"""What an assessment freezes of the standard: the resolved document, its words, who contributed to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from liangcun_standards.catalogue import ResolvedStandard
from liangcun_standards.contributions import Contributions
from liangcun_standards.document import Standard
from liangcun_standards.document.own_names import names_in, own_names
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import Indicator
from liangcun_standards.plugins import PluginRegistry
from liangcun_standards.plugins.installed import sdk_version
from liangcun_standards.scoring.derivation import unfolded
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import SourceStatus


class PluginVersion(NamedTuple):
    """A plugin that contributed to an assessment, by which version of which distribution."""

    name: str
    distribution: str | None
    version: str | None

    def __str__(self) -> str:
        return f"{self.name} {self.version or '?'}"


class CannotRebuild(LiangcunError):
    """A frozen standard that needs Python which isn't installed here."""

    code = "PLUGIN_NEEDED"


@dataclass(frozen=True)
class FrozenCriterion:
    """A criterion's words as they were; they outlive the plugin that brought its rule."""

    code: str
    title: Text
    max_score: float
    rule: Text
    source_status: SourceStatus


@dataclass(frozen=True)
class Frozen:
    """The standard of an assessment.

    `values`: the resolved document as plain values. `indicators`: all that it reads, by code. `plugins`: who
    contributed the document, what it extends, its indicators or its Python. `grades`: code and title.
    """

    values: Mapping[str, Any]
    indicators: Mapping[str, Indicator]
    criteria: tuple[FrozenCriterion, ...]
    grades: tuple[tuple[str, str], ...]
    title: Text
    plugins: tuple[PluginVersion, ...]
    sdk: str

    def standard(self, own: Contributions) -> Standard:
        """The standard to score by, with the Python of the plugins installed now.

        Raises CannotRebuild where that isn't there any more, ValueError or LiangcunError for values that are
        no standard.
        """
        there = {*own.rules, *own.aggregations, *own.scorers}
        if not there.issuperset(names_in(self.values)):
            named = "、".join(str(one) for one in self.plugins)
            raise CannotRebuild(
                Text(
                    f"这套标准用到插件里的程序，现在装着的不能照样重算；当时的插件：{named}",
                    f"the standard uses Python of plugins, and those installed can't work it out again; "
                    f"it was made with {named}",
                )
            )
        standard = Standard.model_validate(dict(self.values), context=own)
        standard.check(self.indicators)
        return standard

    def to_json(self) -> str:
        """As it is kept."""
        values = {
            "standard": self.values,
            "indicators": [one.model_dump(mode="json") for one in self.indicators.values()],
            "criteria": [
                [one.code, *one.title, one.max_score, *one.rule, one.source_status.value]
                for one in self.criteria
            ],
            "grades": [list(one) for one in self.grades],
            "title": list(self.title),
            "plugins": [list(one) for one in self.plugins],
            "sdk": self.sdk,
        }
        return orjson.dumps(values, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Frozen:
        """As it was kept. Raises ValueError, KeyError or TypeError for anything else."""
        values = orjson.loads(text)
        return cls(
            values=values["standard"],
            indicators={one["code"]: Indicator.model_validate(one) for one in values["indicators"]},
            criteria=tuple(
                FrozenCriterion(
                    code, Text(zh, en), float(worth), Text(rule_zh, rule_en), SourceStatus(status)
                )
                for code, zh, en, worth, rule_zh, rule_en, status in values["criteria"]
            ),
            grades=tuple((code, title) for code, title in values["grades"]),
            title=Text(*values["title"]),
            plugins=tuple(PluginVersion(*one) for one in values["plugins"]),
            sdk=values["sdk"],
        )


def freeze(resolved: ResolvedStandard, plugins: PluginRegistry) -> Frozen:
    """What stays of a standard whatever becomes of its documents and plugins."""
    standard = resolved.standard
    known = standard.known(plugins.indicators)
    codes = dict.fromkeys(one.indicator for one in unfolded(standard.inputs, known))
    return Frozen(
        values=standard.model_dump(mode="json", by_alias=True),
        indicators={code: known[code] for code in codes},
        criteria=tuple(
            FrozenCriterion(
                one.code, one.label, one.max_score, one.rule.describe(known, one.scale), one.source.status
            )
            for one in standard.criteria
        ),
        grades=tuple((one.code, one.title) for one in standard.grades),
        title=standard.label,
        plugins=tuple(_versions(_contributors(resolved, plugins, codes), plugins)),
        sdk=sdk_version(),
    )


def _contributors(resolved: ResolvedStandard, plugins: PluginRegistry, codes: Iterable[str]) -> set[str]:
    names: set[str] = set()
    one: ResolvedStandard | None = resolved
    while one is not None:
        if one.publication.plugin is not None:
            names.add(one.publication.plugin)
        one = one.extends
    names |= {name.partition(".")[0] for name in own_names(resolved.standard)}
    names |= {owner for code in codes if (owner := plugins.indicators.plugin(code)) is not None}
    return names


def _versions(names: set[str], plugins: PluginRegistry) -> Iterator[PluginVersion]:
    for name in sorted(names):
        plugin = plugins.plugin(name)
        if plugin is None:
            yield PluginVersion(name, None, None)
        else:
            yield PluginVersion(name, plugin.distribution, plugin.version)
