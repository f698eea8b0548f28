"""Noticing that a plugin has changed what it imports: the SDK, NumPy, Python's own names."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from dataclasses import dataclass

# Written by Python and Pydantic themselves as modules and classes come into use.
_OWN_BUSINESS = ("__", "_abc_")

_WRAPPED = (property, classmethod, staticmethod)

Identity = tuple[int, int]


@dataclass(frozen=True)
class Fingerprint:
    """What every watched name stood for when nothing but the SDK had been imported."""

    names: dict[tuple[str, str], Identity]

    @classmethod
    def taken(cls) -> Fingerprint:
        """How things stand now."""
        return cls(dict(_names()))

    def changed(self) -> str | None:
        """The first name that stands for something else now; None for none."""
        for (place, name), identity in _names():
            if self.names.get((place, name), identity) != identity:
                return f"{place}.{name}"
        return None


def _names() -> Iterator[tuple[tuple[str, str], Identity]]:
    yield from _of("builtins", builtins)
    for place, module in list(sys.modules.items()):
        if module is None or not (place.startswith("liangcun_standards") or place == "numpy"):
            continue
        yield from _of(place, module)
        if not place.startswith("liangcun_standards"):
            continue
        for name, value in list(vars(module).items()):
            if isinstance(value, type) and value.__module__ == place:
                yield from _of(f"{place}.{name}", value)


def _of(place: str, holder: object) -> Iterator[tuple[tuple[str, str], Identity]]:
    for name, value in list(vars(holder).items()):
        # What is no code changes in the course of work, and is each module's own business.
        if name.startswith(_OWN_BUSINESS) or not (callable(value) or isinstance(value, _WRAPPED)):
            continue
        yield (place, name), (id(value), id(getattr(value, "__code__", None)))
