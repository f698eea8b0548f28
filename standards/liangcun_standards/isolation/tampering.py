"""Noticing that a plugin has changed what it imports: the SDK, NumPy, Python's own names."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, ItemsView, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

_WRAPPED = (property, classmethod, staticmethod)
# Written by Python and Pydantic themselves as modules and classes come into use.
_OWN_BUSINESS = ("__", "_abc_")
# Of these names Python writes none by itself.
_TELLING = frozenset({"__import__", "__init__", "__new__", "__call__", "__getattribute__"})
_LIBRARIES = frozenset({"numpy", "numpy.linalg", "numpy.random", "pluggy", "pydantic"})


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
        """How things stand now with the SDK, what NumPy offers and what is built in."""
        return cls(tuple(_Holder(place, one, _code_of(one, _is_watched)) for place, one in _watched()))

    @classmethod
    def of_everything(cls) -> Fingerprint:
        """How things stand now with all that is imported of Python's own library as well.

        That takes some ten milliseconds, so it is for checks.
        """
        holders = [*_watched(), *_watched_libraries()]
        return cls(tuple(_Holder(place, one, _code_of(one, _is_telling)) for place, one in holders))

    def changed(self) -> str | None:
        """The first name that stands for something else now; None for none."""
        return next(self.changes(), None)

    def changes(self) -> Iterator[str]:
        """Every name that stands for something else now."""
        for place, holder, code in self.holders:
            now = vars(holder)
            # One comparison for all its names: every name touched copies memory that workers share.
            if code <= now.items():
                continue
            for name, value in code:
                if now.get(name) is not value:
                    yield f"{place}.{name}"


def _watched() -> Iterator[tuple[str, object]]:
    yield "builtins", builtins
    for place, module in list(sys.modules.items()):
        if module is None or not (place.startswith("liangcun_standards") or place == "numpy"):
            continue
        yield place, module
        if place == "numpy":
            continue
        yield from _classes_in(place, module)


def _watched_libraries() -> Iterator[tuple[str, object]]:
    for place, module in list(sys.modules.items()):
        own = place.partition(".")[0] in sys.stdlib_module_names and place not in ("builtins", "__main__")
        if module is not None and (own or place in _LIBRARIES):
            yield place, module
        if module is not None and own:
            yield from _classes_in(place, module)


def _classes_in(place: str, module: object) -> Iterator[tuple[str, object]]:
    for name, value in list(vars(module).items()):
        if isinstance(value, type) and value.__module__ == place:
            yield f"{place}.{name}", value


def _code_of(holder: object, watched: Callable[[str], bool]) -> ItemsView[str, Any]:
    """What is no code changes in the course of work, and is each module's own business."""
    return {
        name: value
        for name, value in list(vars(holder).items())
        if watched(name) and (callable(value) or isinstance(value, _WRAPPED))
    }.items()


def _is_watched(name: str) -> bool:
    return not name.startswith(_OWN_BUSINESS)


def _is_telling(name: str) -> bool:
    return name in _TELLING or not name.startswith(_OWN_BUSINESS)
