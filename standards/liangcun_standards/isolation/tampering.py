"""Noticing that a plugin has changed what it imports: the SDK, NumPy, Python's own names."""

from __future__ import annotations

import builtins
import sys
from collections.abc import ItemsView, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

_WRAPPED = (property, classmethod, staticmethod)
# Written by Python and Pydantic themselves as modules and classes come into use.
_OWN_BUSINESS = ("__", "_abc_")


class _Holder(NamedTuple):
    """A module or a class, and the code that its names stood for."""

    place: str
    holder: object
    code: ItemsView[str, Any]


@dataclass(frozen=True)
class Fingerprint:
    """What every watched name stood for when nothing but the SDK had been imported."""

    holders: tuple[_Holder, ...]

    @classmethod
    def taken(cls) -> Fingerprint:
        """How things stand now."""
        return cls(tuple(_Holder(place, one, _code_of(one).items()) for place, one in _watched()))

    def changed(self) -> str | None:
        """The first name that stands for something else now; None for none."""
        for place, holder, code in self.holders:
            now = vars(holder)
            # One comparison for all its names: every name touched copies memory that workers share.
            if code <= now.items():
                continue
            for name, value in code:
                if now.get(name) is not value:
                    return f"{place}.{name}"
        return None


def _watched() -> Iterator[tuple[str, object]]:
    yield "builtins", builtins
    for place, module in list(sys.modules.items()):
        if module is None or not (place.startswith("liangcun_standards") or place == "numpy"):
            continue
        yield place, module
        if place == "numpy":
            continue
        for name, value in list(vars(module).items()):
            if isinstance(value, type) and value.__module__ == place:
                yield f"{place}.{name}", value


def _code_of(holder: object) -> dict[str, Any]:
    """What is no code changes in the course of work, and is each module's own business."""
    return {
        name: value
        for name, value in list(vars(holder).items())
        if not name.startswith(_OWN_BUSINESS) and (callable(value) or isinstance(value, _WRAPPED))
    }
