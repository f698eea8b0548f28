"""One document as it came in, and where its parts stand in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from liangcun_standards.catalogue.identity import standard_id
from liangcun_standards.document import Standard, Tailoring
from liangcun_standards.document.yaml_source import Path, YamlSource, read_yaml
from liangcun_standards.errors import InvalidDocument, InvalidPart


@dataclass(frozen=True, eq=False)
class Publication:
    """One document as it came in: its model, its text, the plugin that carries it and the file's name."""

    document: Standard | Tailoring
    text: str
    plugin: str | None = None
    file: str | None = None

    @property
    def id(self) -> str:
        """JURISDICTION/CODE."""
        return standard_id(self.document.jurisdiction, self.document.code)

    @property
    def name(self) -> str:
        """JURISDICTION/CODE@VERSION."""
        return f"{self.id}@{self.document.version}"

    @property
    def origin(self) -> str:
        """The plugin and the file, for errors that name both sides."""
        return " ".join(part for part in (self.plugin, self.file) if part) or self.name

    def in_force(self, day: date) -> bool:
        """Whether the day lies within the effective dates."""
        effective = self.document.effective
        return effective.from_ <= day and (effective.to is None or day <= effective.to)

    def place(self, path: Path) -> str:
        """Where a path stands, as file:line:column; the name alone when the text can't be read again."""
        source = self._source()
        return self.name if source is None else source.place(path).text(source.file)

    def place_of(self, error: InvalidPart) -> str | None:
        """Where the part stands that the error is about, None when it isn't in this document."""
        if error.part is None:
            return self.place(error.path)
        source = self._source()
        if source is None:
            return None
        for path, code in _codes(source.values, ()):
            if code == error.part:
                return source.place(path).text(source.file)
        return None

    def _source(self) -> YamlSource | None:
        try:
            return read_yaml(self.text, self.file or self.name)
        except InvalidDocument:
            return None


def _codes(values: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every part that has a code, and every change's target, with its path; not indicators defined."""
    if isinstance(values, dict):
        for name, value in values.items():
            if not path and name == "indicators":
                continue
            if path and name in ("code", "target") and isinstance(value, str):
                yield (*path, name), value
            yield from _codes(value, (*path, name))
    elif isinstance(values, list):
        for place, value in enumerate(values):
            yield from _codes(value, (*path, place))
