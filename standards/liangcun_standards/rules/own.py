"""Rule kinds that plugins bring: written PLUGIN.KIND in a document, and watched while they work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from pydantic import SerializerFunctionWrapHandler, ValidationInfo, ValidatorFunctionWrapHandler, create_model
from pydantic_core.core_schema import SerializationInfo

from liangcun_standards.errors import LiangcunError, PluginFailed, Problem
from liangcun_standards.indicators import Indicator
from liangcun_standards.rules.base import ExactView, Rule, SpanView
from liangcun_standards.table import Booleans, Floats, Span
from liangcun_standards.text import Text

# Points are products of decimals: this far beyond an end is noise.
_NOISE = 1e-9
# From so many villages on, none of which gets a number, there is no telling them apart any more.
_FLOOD = 10


class OwnKind(Protocol):
    """One kind of rule that a plugin brings."""

    def read(self, values: Mapping[str, Any]) -> Rule:
        """The rule that a part of a document describes, its `kind` included.

        Raises Pydantic's ValidationError or PluginFailed.
        """


class OwnKinds(Protocol):
    """Where a document's reader looks kinds up: the context of its validation."""

    @property
    def rules(self) -> Mapping[str, OwnKind]:
        """By PLUGIN.KIND."""


@runtime_checkable
class ElsewhereRule(Protocol):
    """A rule whose fields are kept elsewhere."""

    def plain(self, *, given: bool) -> dict[str, Any]:
        """The rule as a document has it: every field, or those given alone."""


def is_own(name: object) -> bool:
    """Whether a name in a document is a plugin's own, not one that ships."""
    return isinstance(name, str) and "." in name


def read_rule(value: Any, shipped: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    """A rule of whatever kind; those of plugins are in the validation's context."""
    if isinstance(value, Rule) and is_own(getattr(value, "kind", None)):
        return value
    kind = value.get("kind") if isinstance(value, dict) else None
    if not is_own(kind):
        return shipped(value)
    kinds: OwnKinds | None = info.context
    known = {} if kinds is None else kinds.rules
    if kind is None or kind not in known:
        raise unknown_own(Text("规则", "rule kind"), str(kind), known, at="kind")
    try:
        return known[kind].read(value)
    except PluginFailed as error:
        raise Problem(error.text("zh"), error.text("en"), at=("kind",)) from error


def write_rule(value: Any, shipped: SerializerFunctionWrapHandler, info: SerializationInfo) -> Any:
    """A rule as plain values; the union that ships knows no plugin's."""
    if not is_own(value.kind):
        return shipped(value)
    if isinstance(value, ElsewhereRule):
        return value.plain(given=bool(info.exclude_unset))
    mode: Literal["json", "python"] = "json" if info.mode == "json" else "python"
    return value.model_dump(mode=mode, by_alias=True, exclude_unset=info.exclude_unset) | {"kind": value.kind}


def unknown_own(what: Text, name: str, known: Mapping[str, object], *, at: str) -> Problem:
    """What a document names that no plugin brings."""
    listed_zh = f"现有：{'、'.join(sorted(known))}" if known else "没有插件提供"
    listed_en = f"there are {', '.join(sorted(known))}" if known else "no plugin brings any"
    return Problem(
        f"没有{what.zh}“{name[:128]}”（插件未安装、未启用或有故障？见 liangcun plugins）；{listed_zh}",
        f"there is no {what.en} '{name[:128]}' (is its plugin installed, enabled and whole? see liangcun "
        f"plugins); {listed_en}",
        at=(at,),
    )


@dataclass(frozen=True)
class LocalKind:
    """A kind whose Python runs in this process. `name` is PLUGIN.KIND, `rule` the plugin's class."""

    name: str
    rule: type[Rule]

    def __post_init__(self) -> None:
        # A class of its own, so that rules are written out under the name that documents use.
        named = create_model(
            self.rule.__name__,
            __base__=(_Watched, self.rule),
            kind=(Literal[self.name], self.name),  # type: ignore[arg-type]
        )
        object.__setattr__(self, "_named", named)

    def read(self, values: Mapping[str, Any]) -> Rule:
        """The rule. Raises ValidationError."""
        named: type[Rule] = self._named  # type: ignore[attr-defined]
        return named.model_validate(dict(values), by_alias=True, by_name=False)


class _Watched(Rule):
    """A plugin's rule whose mistakes become errors that name it, before they reach a total."""

    kind: str

    @property
    def recordable(self) -> bool:
        return False

    def exact(self, view: ExactView, max_score: float) -> Floats:
        with _blaming(self.kind, "exact"):
            points = super().exact(view, max_score)  # type: ignore[safe-super]
        return checked_points(self, points, view, max_score)

    def span(self, view: SpanView, max_score: float) -> Span:
        with _blaming(self.kind, "span"):
            ends = super().span(view, max_score)  # type: ignore[safe-super]
        return checked_span(self, ends, view.size, max_score)

    def describe(self, indicators: Mapping[str, Indicator], max_score: float) -> Text:
        with _blaming(self.kind, "describe"):
            words = super().describe(indicators, max_score)  # type: ignore[safe-super]
        if not (isinstance(words, tuple) and len(words) == 2 and all(isinstance(one, str) for one in words)):
            raise _wrong(self.kind, "describe", "Text(zh, en)", repr(words)[:80])
        return Text(*words)

    def check(self, indicators: Mapping[str, Indicator], max_score: float) -> None:
        with _blaming(self.kind, "check"):
            super().check(indicators, max_score)
        self.describe(indicators, max_score)


@contextmanager
def _blaming(kind: str, method: str) -> Iterator[None]:
    """Turn whatever a plugin's method raises into an error that names it."""
    try:
        yield
    except LiangcunError:
        raise
    except Exception as error:
        raise PluginFailed.at(kind, method, error) from error


def checked_points(rule: Rule, points: Any, view: ExactView, max_score: float) -> Floats:
    """Points as a rule of a plugin gave them. Raises PluginFailed for what can't be points."""
    kind = str(getattr(rule, "kind", ""))
    checked = _column(kind, "exact", points, view.size)
    known: Booleans = np.ones(view.size, bool)
    for source in rule.inputs():
        known &= ~np.isnan(view.read(source))
    undefined = np.isnan(checked)
    if (checked[known & ~undefined] < -_NOISE).any() or (checked[known] > max_score + _NOISE).any():
        raise _wrong(kind, "exact", f"0 – {max_score:g}", _extremes(checked[known & ~undefined]))
    flooded = (undefined & known).sum()
    if flooded and (rule.always_defined or (flooded >= _FLOOD and flooded == known.sum())):
        raise _wrong(kind, "exact", "0 – max_score", f"NaN × {int(flooded)}")
    return np.clip(checked, 0.0, max_score)


def checked_span(rule: Rule, ends: Any, size: int, max_score: float) -> Span:
    """Ends as a rule of a plugin gave them. Raises PluginFailed for what can't be ends."""
    kind = str(getattr(rule, "kind", ""))
    if not isinstance(ends, tuple) or len(ends) != 2:
        raise _wrong(kind, "span", "Span(low, high)", type(ends).__name__)
    low, high = (_column(kind, "span", end, size) for end in ends)
    sound = (low >= -_NOISE) & (high <= max_score + _NOISE) & (low <= high + _NOISE)
    if not sound.all():
        raise _wrong(kind, "span", f"0 ≤ low ≤ high ≤ {max_score:g}", _extremes(np.append(low, high)))
    return Span(np.clip(low, 0.0, max_score), np.clip(high, 0.0, max_score))


def _column(kind: str, method: str, values: Any, size: int) -> Floats:
    column = np.asarray(values)
    if column.shape not in ((size,), ()) or column.dtype.kind not in "biuf":
        raise _wrong(kind, method, f"float64 ({size},)", f"{column.dtype} {column.shape}")
    return np.array(np.broadcast_to(column, (size,)), np.float64)


def _extremes(values: Floats) -> str:
    return "NaN" if np.isnan(values).any() or not len(values) else f"{values.min():g} – {values.max():g}"


def _wrong(kind: str, method: str, wanted: str, got: str) -> PluginFailed:
    return PluginFailed(
        kind.partition(".")[0],
        Text(
            f"插件规则 {kind} 的 {method} 应给出 {wanted}，实际是 {got}",
            f"{method} of the plugin's rule {kind} should give {wanted}, not {got}",
        ),
    )
