"""Writing the document: groups, criteria, own indicators, and what is left for a person to finish."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from liangcun_server.scoring_tables.cells import shown
from liangcun_server.scoring_tables.mapping import Mapped
from liangcun_server.scoring_tables.table import ScoringTable
from liangcun_standards.indicators import Indicator
from liangcun_standards.text import format_number

# Words that need no quotes, but for those that YAML takes for something else.
_PLAIN = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


@dataclass(frozen=True)
class Head:
    """What identifies the standard. `document` is the number or title of the paper that issued the table."""

    jurisdiction: str
    code: str
    version: str
    title: str
    effective_from: date
    document: str | None = None


def write_document(head: Head, table: ScoringTable, mapped: Sequence[Mapped]) -> str:
    """The YAML text. An item without a rule stands in it without one, so that it can't be saved yet."""
    return (
        "\n".join([*_head(head, table, mapped), *_indicators(mapped), *_groups(head, table, mapped)]) + "\n"
    )


def _head(head: Head, table: ScoringTable, mapped: Sequence[Mapped]) -> Iterator[str]:
    unfinished = sum(one.rule is None for one in mapped)
    yield f"# {_line(head.title)}：由 {_line(table.file)} 的工作表 {_line(table.sheet)} 导入"
    if unfinished:
        yield f"# 还有 {unfinished} 条没有规则（搜索“未完成”）：写上 rule 才能保存；规则种类见 docs/rules.md"
    yield f"jurisdiction: {_text(head.jurisdiction)}"
    yield f"code: {head.code}"
    yield f"version: {_text(head.version)}"
    yield f"title: {_text(head.title)}"
    yield f"effective: {{from: {head.effective_from.isoformat()}}}"
    yield f"source: {_source(head, f'{table.file}，{table.sheet}')}"
    yield "level: village"


def _source(head: Head, text: str) -> str:
    """Official where the paper is named; without it the county's table can't claim as much."""
    if head.document is None:
        return f"{{status: interpretation, text: {_text(text)}}}"
    return f"{{status: official, text: {_text(text)}, document: {_text(head.document)}}}"


def _indicators(mapped: Sequence[Mapped]) -> Iterator[str]:
    own = {one.found.indicator.code: one.found.indicator for one in mapped if one.found and one.found.own}
    if not own:
        return
    yield ""
    yield "indicators:"
    for one in own.values():
        yield f"  - {_flow(_fields(one))}"


def _fields(one: Indicator) -> dict[str, Any]:
    """What the document says of an indicator: nothing that is as it would be unsaid."""
    fields = one.model_dump(mode="json", exclude_defaults=True)
    if fields["name_en"] == one.name:
        del fields["name_en"]
    if fields["definition_en"] == one.definition:
        del fields["definition_en"]
    for choice in fields.get("choices", ()):
        if choice["title_en"] == choice["title"]:
            del choice["title_en"]
    return fields


def _groups(head: Head, table: ScoringTable, mapped: Sequence[Mapped]) -> Iterator[str]:
    yield ""
    yield "groups:"
    for place, group in enumerate(table.groups):
        yield f"  - code: part-{place + 1}"
        yield f"    title: {_text(group.title[:200])}"
        yield "    criteria:"
        for one in mapped:
            if one.item.group == place:
                yield from _criterion(head, table, one)


def _criterion(head: Head, table: ScoringTable, one: Mapped) -> Iterator[str]:
    item = one.item
    if one.rule is None and one.missing is not None:
        yield f"      # 未完成（{_line(item.place)}）：{_line(one.missing.zh)}"
        yield f"      # 标准：{_line(item.words)}"
        yield f"      # 计分办法：{_line(item.scoring) or '—'}"
        if one.suggestions:
            yield f"      # 名称相近的指标：{_line(_near(one))}"
    elif one.suggestions:
        yield f"      # 另有名称相近的指标：{_line(_near(one))}"
    yield f"      - code: {one.code}"
    yield f"        title: {_text(one.title)}"
    yield f"        max_score: {format_number(item.points)}"
    if one.rule is not None:
        yield f"        rule: {_flow(one.rule)}"
    said = f"标准：{item.words}"
    if item.scoring:
        said += f"；计分办法：{item.scoring}"
    yield f"        source: {_source(head, f'{said}（{item.place}）')}"
    if item.department:
        yield f"        department: {_text(item.department)}"
    if item.data_source:
        yield f"        data_source: {_text(item.data_source)}"
    yield f"        definition: {_text(item.words)}"


def _near(one: Mapped) -> str:
    return "、".join(f"{known.code}（{known.name}）" for known in one.suggestions)


def _flow(value: Any) -> str:
    """Plain values as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return format_number(float(value))
    if value is None:
        return "null"
    text = str(value)
    return text if _PLAIN.fullmatch(text) and text not in _WORDS else _text(text)


def _text(text: str) -> str:
    """Any text as a YAML scalar in quotes, on one line."""
    return json.dumps(shown(text), ensure_ascii=False)


def _line(text: str) -> str:
    """Text for a comment, which ends with its line."""
    return " ".join(shown(text).split())
