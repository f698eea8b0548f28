"""`liangcun costs show | import`: what changes cost at a place, kept by the administrator."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import By, DatabaseUrl, Language, ListFormat, Output, Reason
from liangcun_server.cli.output import Heading, note, say
from liangcun_server.cli.subcommands import group

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liangcun_server.application import Application
    from liangcun_server.planning.stored_costs import Costs
    from liangcun_standards.indicators import Indicator
    from liangcun_standards.planning import Cost

costs = group("成本表：改善一个指标要花多少钱 / what changing an indicator costs")

CostRegion = Annotated[
    str | None,
    typer.Option(
        "--region", metavar="CODE", help="哪个地方，默认为数据库所建的地方 / whose, by default the database's"
    ),
]


@costs.command("show")
def show(
    region: CostRegion = None,
    document: Annotated[
        bool, typer.Option("--document", help="原文（YAML），可改后再导入 / the YAML, to be changed")
    ] = False,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """现用的成本表；还没有自己的，就是示例 / the costs that count; an example until there are own ones."""
    from liangcun_server.cli.session import ask
    from liangcun_server.cli.writing import write_answer

    found, indicators = ask(lambda one: _costs(one, region), database_url=database_url)
    if document:
        write_answer(found.text.encode(), output)
    else:
        _write(found, indicators, format, output)
    note(found.table.note.pick(locale()))


async def _costs(application: Application, region: str | None) -> tuple[Costs, Mapping[str, Indicator]]:
    from liangcun_server.cli.finding import region_or_place
    from liangcun_server.planning.stored_costs import costs_at
    from liangcun_server.standards.at_hand import load_standards

    async with application.database.read() as connection:
        place = await region_or_place(connection, region)
        known = await load_standards(connection, application.plugins)
        return await costs_at(connection, place.code), known.indicators


@costs.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="成本表（YAML）/ the cost table", show_default=False)
    ],
    reason: Reason,
    region: CostRegion = None,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """换用自己的成本表，原来的留在记录里 / put one's own costs in place; those before stay on record."""
    from liangcun_server.cli.reading import author
    from liangcun_server.cli.session import ask
    from liangcun_server.planning.stored_costs import save_costs
    from liangcun_standards.document.reading import document_text

    text = document_text(file)

    async def work(application: Application) -> tuple[Costs, str]:
        from liangcun_server.cli.finding import region_or_place
        from liangcun_server.standards.at_hand import load_standards

        async with application.database.read() as connection:
            place = await region_or_place(connection, region)
            known = await load_standards(connection, application.plugins)
        saved = await save_costs(
            application.database,
            known.indicators,
            text,
            region=place.code,
            file=file.name,
            author=author(by),
            reason=reason,
        )
        return saved, place.name

    saved, place = ask(work, database_url=database_url)
    count = len(saved.table.costs)
    say(
        words(
            f"{place}现用这份成本表，{count} 个指标",
            f"{place} goes by this cost table now, {count} indicators",
        )
    )
    if saved.table.illustrative:
        note(saved.table.note.pick(locale()))


def _write(
    found: Costs, indicators: Mapping[str, Indicator], format: str | None, output: Path | None
) -> None:
    from liangcun_server.cli.listing import Field, write_list

    fields = [
        Field("indicator", Heading(words("指标", "indicator"))),
        Field("name", Heading(words("名称", "name"))),
        Field("cost", Heading(words("费用", "cost"))),
        Field("step", Heading(words("步长", "step"), right=True)),
        Field("limits", Heading(words("限度", "limits"))),
        Field("note", Heading(words("说明", "note"))),
    ]
    rows = []
    for one in found.table.costs:
        indicator = indicators.get(one.indicator)
        name = "" if indicator is None else indicator.label.pick(locale())
        step = None if indicator is None or one.answers else one.spacing(indicator)
        told = one.note if locale() == "zh" else one.note_en or one.note
        rows.append((one.indicator, name, _price(one, indicators), step, _limits(one), told))
    write_list(fields, rows, format, output)


def _price(cost: Cost, indicators: Mapping[str, Indicator]) -> str:
    indicator = indicators.get(cost.indicator)
    parts = []
    if cost.fixed_cost:
        parts.append(words(f"一次 {cost.fixed_cost:,.0f} 元", f"{cost.fixed_cost:,.0f} yuan once"))
    for answer, price in cost.answers.items():
        title = answer if indicator is None else indicator.show(indicator.choice_value(answer)).pick(locale())
        parts.append(words(f"到“{title}” {price:,.0f} 元", f"to '{title}' {price:,.0f} yuan"))
    if cost.unit_cost is not None:
        parts.append(_each(cost, indicator, indicators.get(cost.per or "")))
    return words("，", ", ").join(parts)


def _each(cost: Cost, indicator: Indicator | None, per: Indicator | None) -> str:
    unit = "1" if indicator is None else _unit(indicator)
    price = f"{cost.unit_cost:,g}"
    if per is None:
        return words(f"每 {unit} {price} 元", f"{price} yuan for {unit}")
    if indicator is not None and indicator.unit == "percent":
        return words(
            f"每 1 个百分点：{per.name}的 1% × {price} 元",
            f"for each percentage point: 1% of {per.name_en} × {price} yuan",
        )
    return words(f"每 {unit}：{per.name} × {price} 元", f"for {unit}: {per.name_en} × {price} yuan")


def _unit(indicator: Indicator) -> str:
    from liangcun_standards.rules.base import difference_text
    from liangcun_standards.vocabulary import IndicatorKind

    if indicator.kind is IndicatorKind.BOOLEAN:
        return words("项", "it")
    return difference_text(indicator, 1.0).pick(locale())


def _limits(cost: Cost) -> str:
    from liangcun_standards.text import format_number

    named = (
        (words("最低", "at least"), cost.minimum),
        (words("最高", "at most"), cost.maximum),
        (words("最多改", "by at most"), cost.max_change),
        (words("全县合计最多改", "all together by at most"), cost.total_change),
        (words("缺报按", "if missing taken as"), cost.assumed),
    )
    shown = [f"{name} {format_number(value)}" for name, value in named if value is not None]
    if cost.direction is not None:
        ways = {
            "up": words("只增", "up"),
            "down": words("只减", "down"),
            "both": words("可增可减", "up or down"),
        }
        shown.insert(0, ways[cost.direction])
    return words("，", ", ").join(shown)
