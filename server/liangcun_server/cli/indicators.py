"""`liangcun indicators`: what is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import DatabaseUrl, Language, ListFormat, Output
from liangcun_server.cli.output import Heading
from liangcun_server.cli.subcommands import group

if TYPE_CHECKING:
    from liangcun_standards.indicators import Indicator

indicators = group("指标：列出 / indicators: list")


@indicators.command("list")
def list_indicators(
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """列出指标：单位、方向、范围、定义、出处 / list the indicators with unit, range, definition, source."""
    from liangcun_server.cli.listing import Field, write_list
    from liangcun_server.cli.session import ask
    from liangcun_server.cli.standards import known_standards

    catalogue = ask(known_standards, database_url=database_url).indicators
    fields = [
        Field("code", Heading(words("代码", "code"), fixed=True)),
        Field("name", Heading(words("名称", "name"))),
        Field("kind", Heading(words("类型", "kind"))),
        Field("unit", Heading(words("单位", "unit"))),
        Field("direction", Heading(words("方向", "better"))),
        Field("range", Heading(words("范围", "range"))),
        Field("level", Heading(words("级别", "level"))),
        Field("definition", Heading(words("定义", "definition"))),
        Field("source", Heading(words("出处", "source"))),
        Field("plugin", Heading(words("插件", "plugin"))),
        Field("standard", Heading(words("标准", "standard"))),
    ]
    rows = [
        (*_row(catalogue[code]), catalogue.plugin(code), catalogue.standard(code))
        for code in sorted(catalogue)
    ]
    if format is None and output is None:
        # Definitions and sources are too long for a terminal's table.
        rows = [(*row[:7], *row[9:]) for row in rows]
        fields = [*fields[:7], *fields[9:]]
    write_list(fields, rows, format, output)


def _row(indicator: Indicator) -> tuple[object, ...]:
    from liangcun_standards.text import format_number

    low, high = indicator.range
    return (
        indicator.code,
        indicator.label.pick(locale()),
        indicator.kind.value,
        indicator.unit,
        indicator.direction.value,
        f"{format_number(low)} – {format_number(high)}",
        indicator.level,
        indicator.definition if locale() == "zh" else indicator.definition_en,
        indicator.source,
    )
