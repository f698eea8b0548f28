"""Which plugins' rules, aggregations and scorers a standard is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from liangcun_standards.document.standard import Standard
from liangcun_standards.rules.own import is_own

_NAMING = ("kind", "method", "scorer")
_KEY = "names that plugins own"


def own_names(standard: Standard) -> frozenset[str]:
    """Every PLUGIN.NAME that the standard uses, worked out once."""
    kept = standard.kept.get(_KEY)
    if not isinstance(kept, frozenset):
        kept = standard.kept[_KEY] = frozenset(names_in(standard.model_dump(mode="json", by_alias=True)))
    return kept


def uses_plugins(standard: Standard) -> bool:
    """Whether scoring it runs Python of plugins."""
    return bool(own_names(standard))


def names_in(values: Any) -> Iterator[str]:
    """Every PLUGIN.NAME in a document's plain values."""
    if isinstance(values, dict):
        for name, value in values.items():
            if name in _NAMING and is_own(value):
                yield value
            yield from names_in(value)
    elif isinstance(values, list):
        for value in values:
            yield from names_in(value)
