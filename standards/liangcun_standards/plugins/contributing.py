"""What one plugin contributes: its hooks called, what they return checked, its names put in its own space."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, get_args

import pluggy

from liangcun_standards.after_assessment import AfterAssessment
from liangcun_standards.aggregation.own import AggregationMethod
from liangcun_standards.aggregation.scorer import Scorer
from liangcun_standards.errors import ContributionClash, LiangcunError
from liangcun_standards.indicators import Indicator
from liangcun_standards.plugins.hookspecs import GROUP, Hooks, StandardText
from liangcun_standards.query_fields import ColumnType, QueryField
from liangcun_standards.rules import Rule
from liangcun_standards.rules.own import LocalKind, OwnKind
from liangcun_standards.text import Text

HOOKS = tuple(name for name in vars(Hooks) if name.startswith("liangcun_"))

_PLUGIN_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
_OWN_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_TYPES = set(get_args(ColumnType))

Contribution = TypeVar("Contribution")


@dataclass(frozen=True)
class Contributed:
    """What a plugin's hooks return; all but indicators and documents by PLUGIN.NAME."""

    hooks: tuple[str, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    texts: tuple[StandardText, ...] = ()
    rules: Mapping[str, OwnKind] = field(default_factory=dict)
    aggregations: Mapping[str, AggregationMethod] = field(default_factory=dict)
    scorers: Mapping[str, Scorer] = field(default_factory=dict)
    queries: Mapping[str, QueryField] = field(default_factory=dict)
    actions: Mapping[str, AfterAssessment] = field(default_factory=dict)

    @property
    def asks(self) -> bool:
        """Whether anything of it is Python, to be asked again after loading."""
        return bool(self.rules or self.aggregations or self.scorers or self.queries or self.actions)


class Contributor:
    """A plugin's module, asked hook by hook, so that what came before a mistake is kept.

    Raises what the module raises, and LiangcunError for a hook that returns something else than it should.
    """

    def __init__(self, plugin: str, module: object) -> None:
        check_plugin_name(plugin)
        self._plugin = plugin
        self._manager = pluggy.PluginManager(GROUP)
        self._manager.add_hookspecs(Hooks)
        self._manager.register(module, name=plugin)
        self._manager.check_pending()
        self.hooks = tuple(name for name in HOOKS if getattr(self._manager.hook, name).get_hookimpls())

    def indicators(self) -> tuple[Indicator, ...]:
        """The indicators."""
        return tuple(self._all("liangcun_indicators", Indicator))

    def everything(self) -> Contributed:
        """All there is."""
        rules = [_checked_rule(one) for one in self._all("liangcun_rules", type)]
        return Contributed(
            hooks=self.hooks,
            indicators=self.indicators(),
            texts=tuple(self._all("liangcun_standards", StandardText)),
            rules=self._named(rules, _kind_of, lambda name, rule: LocalKind(name, rule)),
            aggregations=self._named(
                self._all("liangcun_aggregations", AggregationMethod),
                lambda method: method.name,
                lambda name, method: replace(method, name=name),
            ),
            scorers=self._named(
                [_checked_scorer(one) for one in self._all("liangcun_scorers", Scorer)],
                lambda scorer: scorer.name,
                lambda name, scorer: replace(scorer, name=name),
            ),
            queries=self._named(
                [_checked_query(one) for one in self._all("liangcun_graphql", QueryField)],
                lambda query: query.name,
                lambda name, query: replace(query, name=name),
            ),
            actions=self._named(
                self._all("liangcun_after_assessment", AfterAssessment),
                lambda action: action.name,
                lambda name, action: replace(action, name=name),
            ),
        )

    def _all(self, hook: str, kind: type[Contribution]) -> list[Contribution]:
        found = getattr(self._manager.hook, hook)() if hook in self.hooks else []
        contributions = [one for contribution in found for one in contribution]
        for one in contributions:
            if not isinstance(one, kind):
                wanted, got = kind.__name__, type(one).__name__
                raise LiangcunError(
                    Text(f"{hook} 应返回若干 {wanted}，而不是 {got}", f"{hook} returns {wanted}s, not {got}")
                )
        return contributions

    def _named(
        self,
        contributions: Iterable[Contribution],
        name_of: Callable[[Contribution], str],
        put: Callable[[str, Contribution], Any],
    ) -> dict[str, Any]:
        """The contributions by PLUGIN.NAME. Raises ContributionClash for two of one name."""
        found: dict[str, Any] = {}
        for one in contributions:
            name = name_of(one)
            if not isinstance(name, str) or not _OWN_NAME.fullmatch(name):
                raise LiangcunError(
                    Text(
                        f"名字“{name}”不可用：应为小写字母、数字和下划线，以字母开头",
                        f"'{name}' can't be a name: small letters, digits and underscores, a letter first",
                    )
                )
            full = f"{self._plugin}.{name}"
            if full in found:
                raise ContributionClash(
                    Text(f"插件 {self._plugin} 重复提供 {full}", f"{self._plugin} contributes {full} twice")
                )
            found[full] = put(full, one)
        return found


def check_plugin_name(name: str) -> None:
    """Raises LiangcunError for an entry-point name that can't lead the names of contributions."""
    if not _PLUGIN_NAME.fullmatch(name):
        raise LiangcunError(
            Text(
                f"插件名“{name[:80]}”不可用：应为小写字母、数字和连字符，以字母开头",
                f"'{name[:80]}' can't be a plugin's name: small letters, digits and hyphens, a letter first",
            )
        )


def _checked_rule(rule: type[Any]) -> type[Rule]:
    """The class. Raises LiangcunError for one that is no whole kind of rule."""
    missing: Sequence[str] = ()
    if issubclass(rule, Rule):
        missing = sorted(rule.__abstractmethods__)
        if not missing and not inspect.isabstract(rule):
            return rule
    told = Text("、".join(missing) or "Rule", ", ".join(missing) or "Rule")
    raise LiangcunError(
        Text(
            f"liangcun_rules 应返回 Rule 的完整子类；{rule.__name__} 缺少 {told.zh}",
            f"liangcun_rules returns whole subclasses of Rule; {rule.__name__} lacks {told.en}",
        )
    )


def _checked_scorer(scorer: Scorer) -> Scorer:
    """The scorer. Raises LiangcunError for figures that are declared and not given, or the reverse."""
    codes = [one.code for one in scorer.tells]
    named = all(isinstance(code, str) and _OWN_NAME.fullmatch(code) for code in codes)
    if named and len(set(codes)) == len(codes) and bool(codes) == (scorer.figures is not None):
        return scorer
    raise LiangcunError(
        Text(
            f"评分程序 {scorer.name}：tells 和 figures 要一起写；tells 的 code 用小写字母、数字、"
            "下划线，不重复",
            f"the scorer {scorer.name}: tells and figures go together; codes in tells are small letters, "
            "digits and underscores, each once",
        )
    )


def _checked_query(query: QueryField) -> QueryField:
    """The field. Raises LiangcunError for columns that can't be asked for."""
    names = [one.name for one in query.columns]
    named = all(isinstance(name, str) and _OWN_NAME.fullmatch(name) for name in names)
    if named and names and len(set(names)) == len(names) and {one.type for one in query.columns} <= _TYPES:
        return query
    raise LiangcunError(
        Text(
            f"查询 {query.name}：columns 至少一列，列名用小写字母、数字、下划线，不重复，类型为 "
            f"{'、'.join(sorted(_TYPES))} 之一",
            f"the field {query.name}: one column at least, each named once in small letters, digits and "
            f"underscores, of type {', '.join(sorted(_TYPES))}",
        )
    )


def _kind_of(rule: type[Rule]) -> str:
    field_ = rule.model_fields.get("kind")
    return "" if field_ is None else str(field_.default)
