"""YAML as a document may use it: plain values with their places; no aliases, no duplicate keys."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, MappingStartEvent, NodeEvent, SequenceStartEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from liangcun_standards.errors import InvalidDocument
from liangcun_standards.text import Text

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_NODES = 50_000

Path = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?\d{1,400}", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\d[\d_]*)?(\.\d*)?([eE][-+]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column, both from 1."""

    line: int
    column: int

    def text(self, file: str) -> str:
        """As editors write it: file:line:column."""
        return f"{file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class YamlSource:
    """A document's plain values, and where each of them stands in `file`."""

    file: str
    values: Any
    places: dict[Path, Place]

    def place(self, path: Path) -> Place:
        """The place of a path, or of the nearest part above it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(1, 1))


def read_yaml(text: str, file: str) -> YamlSource:
    """Read one YAML document into plain values.

    Raises InvalidDocument, with file, line and column, for broken YAML, an alias or anchor, a duplicate or
    non-text key, a tag, a second document, and anything past the limits on size, depth and nodes.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise InvalidDocument(Text("文档超过 1 MB", "the document is larger than 1 MB"), where=file)
    try:
        _check_events(text, file)
        root = YAML(typ="safe", pure=True).compose(io.StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        problem = str(error.problem or error.context or "not YAML")
        raise InvalidDocument(
            Text(f"不是有效的 YAML（{problem}）", f"this is not valid YAML ({problem})"),
            where=place.text(file),
        ) from None
    except (YAMLError, ValueError) as error:
        problem = str(error).splitlines()[0][:200]
        raise InvalidDocument(
            Text(f"不是有效的 YAML（{problem}）", f"this is not valid YAML ({problem})"), where=file
        ) from None
    if root is None:
        raise InvalidDocument(Text("文档是空的", "the document is empty"), where=file)
    places: dict[Path, Place] = {}
    return YamlSource(file, _Construction(file, places).value(root, ()), places)


def _check_events(text: str, file: str) -> None:
    """Refuse aliases and anchors, tags and excess before anything is built."""
    depth = nodes = documents = 0
    for event in _events(text):
        place = Place(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise InvalidDocument(
                Text(
                    "不允许使用 YAML 锚点和别名（& 和 *），请写全",
                    "YAML anchors and aliases are refused; write it out",
                ),
                where=place.text(file),
            )
        if isinstance(event, NodeEvent) and getattr(event, "tag", None) is not None:
            raise InvalidDocument(
                Text("不允许使用 YAML 标签（!）", "YAML tags are refused"), where=place.text(file)
            )
        if isinstance(event, NodeEvent):
            nodes += 1
        if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            depth += 1
        elif type(event).__name__ in ("MappingEndEvent", "SequenceEndEvent"):
            depth -= 1
        elif type(event).__name__ == "DocumentStartEvent":
            documents += 1
        if depth > MAX_DEPTH or nodes > MAX_NODES or documents > 1:
            raise InvalidDocument(
                Text(
                    f"文档过深、过大或多于一份（最多 {MAX_DEPTH} 层、{MAX_NODES} 项、1 份）",
                    f"too deep, too large or more than one document (at the most {MAX_DEPTH} levels, "
                    f"{MAX_NODES} values, 1 document)",
                ),
                where=place.text(file),
            )


def _events(text: str) -> Iterator[Any]:
    yield from YAML(typ="safe", pure=True).parse(io.StringIO(text))


class _Construction:
    """Plain values out of nodes, noting where each one stands."""

    def __init__(self, file: str, places: dict[Path, Place]) -> None:
        self.file = file
        self.places = places

    def value(self, node: Node, path: Path) -> Any:
        self.places[path] = Place(node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, place)) for place, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        return self._scalar(node)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, item in node.value:
            place = Place(key.start_mark.line + 1, key.start_mark.column + 1).text(self.file)
            if not isinstance(key, ScalarNode):
                raise InvalidDocument(Text("键必须是文字", "a key must be text"), where=place)
            name = str(key.value)
            if name in values:
                raise InvalidDocument(Text(f"重复的键“{name}”", f"duplicate key '{name}'"), where=place)
            values[name] = self.value(item, (*path, name))
        return values

    def _scalar(self, node: ScalarNode) -> Any:
        text = str(node.value)
        if node.style in ("'", '"', "|", ">"):
            return text
        if text in ("", "~", "null", "Null", "NULL"):
            return None
        if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
            return text.lower() == "true"
        if _INTEGER.fullmatch(text) and not re.fullmatch(r"[-+]?0\d+", text):
            return int(text)
        if any(character.isdigit() for character in text) and _FLOAT.fullmatch(text):
            return float(text.replace("_", ""))
        return text
