"""YAML as a document may use it: plain values with their places; no aliases, no duplicate keys."""

from __future__ import annotations

import importlib.util
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.reader import ReaderError

from liangcun_standards.errors import InvalidDocument
from liangcun_standards.text import Text

# ruamel.yaml's parser in C, thirty times as fast as the one in Python; not on every machine.
_QUICK = importlib.util.find_spec("_ruamel_yaml") is not None

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_VALUES = 20_000

Path = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?\d{1,400}", re.ASCII)
_LEADING_ZERO = re.compile(r"[-+]?0\d", re.ASCII)
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
    non-text key, a tag, a second document, and anything past the limits on size, depth and values.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise InvalidDocument(Text("文档超过 1 MB", "the document is larger than 1 MB"), where=file)
    quickly = _read_quickly(text, file)
    if quickly is not None:
        return quickly
    places: dict[Path, Place] = {}
    try:
        values = _Construction(file, _events(text), places).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        raise _broken(str(error.problem or error.context or "not YAML"), place.text(file)) from None
    except ReaderError as error:
        *lines, last = text[: error.position].split("\n")
        code = f"U+{error.character:04X}"
        raise InvalidDocument(
            Text(f"含有控制字符 {code}，请删去", f"there is a control character, {code}; remove it"),
            where=Place(len(lines) + 1, len(last) + 1).text(file),
        ) from None
    except (YAMLError, ValueError) as error:
        raise _broken(str(error).splitlines()[0][:200], file) from None
    return YamlSource(file, values, places)


def _broken(problem: str, where: str) -> InvalidDocument:
    return InvalidDocument(
        Text(f"不是有效的 YAML（{problem}）", f"this is not valid YAML ({problem})"), where=where
    )


def _events(text: str) -> Iterator[Event]:
    yield from YAML(typ="safe", pure=True).parse(io.StringIO(text))


def _read_quickly(text: str, file: str) -> YamlSource | None:
    """What the parser in C makes of a document; None for one that is left to the parser in Python.

    That is a document with anything wrong in it, which is then told in the same words and with the same
    places on every machine, and one of the few in which the two differ: tabs, and values left empty.
    """
    if not _QUICK or "\t" in text:
        return None
    places: dict[Path, Place] = {}
    try:
        events = _without_empty_values(YAML(typ="safe", pure=False).parse(io.StringIO(text)))
        return YamlSource(file, _Construction(file, events, places).document(), places)
    except (YAMLError, ValueError, InvalidDocument):
        return None


def _without_empty_values(events: Iterator[Event]) -> Iterator[Event]:
    """The events. Raises ValueError for a value left empty."""
    for event in events:
        if isinstance(event, ScalarEvent) and not event.value and not event.style:
            raise ValueError
        yield event


class _Construction:
    """Plain values out of the parser's events, noting where each one stands.

    Events come one by one and are refused one by one, so that excess is never built.
    """

    def __init__(self, file: str, events: Iterator[Event], places: dict[Path, Place]) -> None:
        self.file = file
        self.places = places
        self._events = events
        self._count = 0

    def document(self) -> Any:
        next(self._events)
        if isinstance(next(self._events), StreamEndEvent):
            raise InvalidDocument(Text("文档是空的", "the document is empty"), where=self.file)
        values = self._value(next(self._events), ())
        next(self._events)
        after = next(self._events)
        if not isinstance(after, StreamEndEvent):
            raise self._refusal(
                after, "一个文件只能有一份文档，请删去多余的 ---", "one document a file: remove the --- here"
            )
        return values

    def _value(self, event: Event, path: Path) -> Any:
        self._check(event, path)
        self.places[path] = self._place(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        assert isinstance(event, ScalarEvent)
        return _scalar(event)

    def _check(self, event: Event, path: Path) -> None:
        self._count += 1
        if self._count > MAX_VALUES:
            raise self._refusal(
                event, f"内容过多，最多 {MAX_VALUES} 个值", f"there are more than {MAX_VALUES} values"
            )
        if len(path) > MAX_DEPTH:
            raise self._refusal(
                event, f"嵌套超过 {MAX_DEPTH} 层", f"this is nested more than {MAX_DEPTH} deep"
            )
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise self._refusal(
                event,
                "不允许使用 YAML 锚点和别名（& 和 *），请写全",
                "YAML anchors and aliases are refused; write it out",
            )
        if getattr(event, "tag", None) is not None:
            raise self._refusal(event, "不允许使用 YAML 标签（!）", "YAML tags are refused")

    def _place(self, event: Event) -> Place:
        return Place(event.start_mark.line + 1, event.start_mark.column + 1)

    def _refusal(self, event: Event, zh: str, en: str) -> InvalidDocument:
        return InvalidDocument(Text(zh, en), where=self._place(event).text(self.file))

    def _sequence(self, path: Path) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            values.append(self._value(event, (*path, len(values))))
        return values

    def _mapping(self, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(key := next(self._events), MappingEndEvent):
            self._check(key, path)
            if not isinstance(key, ScalarEvent):
                raise self._refusal(key, "键必须是文字", "a key must be text")
            name = str(key.value)
            if name in values:
                raise self._refusal(key, f"重复的键“{name}”", f"duplicate key '{name}'")
            values[name] = self._value(next(self._events), (*path, name))
        return values


def _scalar(event: ScalarEvent) -> Any:
    text = str(event.value)
    if event.style in ("'", '"', "|", ">"):
        return text
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if _LEADING_ZERO.match(text):
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if any(character.isdigit() for character in text) and _FLOAT.fullmatch(text):
        return float(text.replace("_", ""))
    return text
