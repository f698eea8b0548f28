"""The hooks through which a plugin contributes; each returns what it brings, and none is required."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple

import pluggy

from liangcun_standards.indicators import Indicator

GROUP = "liangcun"

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


class StandardText(NamedTuple):
    """A standard's document as a plugin carries it: the file's name and its text."""

    file: str
    text: str


def documents_in(package: str, folder: str = "standards") -> list[StandardText]:
    """The YAML documents in a folder of a package, by name."""
    found = [path for path in files(package).joinpath(folder).iterdir() if path.name.endswith(".yaml")]
    return [StandardText(path.name, path.read_text(encoding="utf-8")) for path in sorted(found, key=str)]


class Hooks:
    """The hooks and what each is for."""

    @hookspec
    def liangcun_standards(self) -> Sequence[StandardText]:
        """Standards, as documents."""
        raise NotImplementedError

    @hookspec
    def liangcun_indicators(self) -> Sequence[Indicator]:
        """Indicators that the plugin's standards, or others, are scored by."""
        raise NotImplementedError
