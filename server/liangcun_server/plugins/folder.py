"""The folder that `liangcun plugin install` puts plugins into: a folder a version, one version in use."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions, entry_points
from pathlib import Path

from packaging.utils import canonicalize_name

from liangcun_standards.plugins import GROUP

_CURRENT = "current"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,127}")
_VERSION = re.compile(r"[0-9][0-9a-z.!+_-]{0,63}")


@dataclass(frozen=True)
class PluginFolder:
    """DISTRIBUTION/VERSION/ holds the files of a version; DISTRIBUTION/current names the one in use.

    Files of versions that aren't in use stay: results that they gave can still be explained by them.
    """

    path: Path

    def points(self) -> Iterable[EntryPoint]:
        """The entry points of what is in use here, and of all that Python finds by itself."""
        return [*entry_points(group=GROUP), *self.own_points()]

    def own_points(self) -> Iterator[EntryPoint]:
        """The entry points of what is in use here."""
        for one in self.in_use():
            yield from points_of(one)

    def in_use(self) -> Iterator[Distribution]:
        """The distributions in use, by name."""
        if not self.path.is_dir():
            return
        for folder in sorted(self.path.iterdir()):
            version = self.current(folder.name)
            if version is not None:
                yield from distributions(path=[str(folder / version)])

    def current(self, distribution: str) -> str | None:
        """The version in use of a distribution (by its canonical name); None where there is none."""
        file = self.path / distribution / _CURRENT
        if not _NAME.fullmatch(distribution) or not file.is_file():
            return None
        version = file.read_text(encoding="utf-8").strip()
        return version if _VERSION.fullmatch(version) and (file.parent / version).is_dir() else None

    def place(self, distribution: str, version: str) -> Path:
        """Where the files of a version go. Raises ValueError for names that could lead elsewhere."""
        name = canonicalize_name(distribution)
        if not _NAME.fullmatch(name) or not _VERSION.fullmatch(version):
            raise ValueError(f"{distribution} {version} can't name a folder")
        return self.path / name / version

    def use(self, distribution: str, version: str | None) -> None:
        """Put a version to use, or none, from one moment to the next."""
        file = self.path / canonicalize_name(distribution) / _CURRENT
        if version is None:
            file.unlink(missing_ok=True)
            return
        handle, unfinished = tempfile.mkstemp(dir=file.parent, prefix=f".{_CURRENT}.")
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(version + "\n")
        os.chmod(unfinished, 0o644)
        os.replace(unfinished, file)


def points_of(distribution: Distribution) -> list[EntryPoint]:
    """The plugins in a distribution."""
    return [one for one in distribution.entry_points if one.group == GROUP]
