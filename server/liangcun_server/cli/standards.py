"""`liangcun standards`: which standards there are, and what one asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import DatabaseUrl, Language, ListFormat, Output
from liangcun_server.cli.output import Heading, say
from liangcun_server.cli.subcommands import group

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liangcun_server.application import Application
    from liangcun_server.standards.at_hand import Standards
    from liangcun_server.standards.differences import ChangeInWords
    from liangcun_standards.catalogue import ResolvedStandard
    from liangcun_standards.document import Criterion, Group
    from liangcun_standards.indicators import Indicator, IndicatorCatalogue

standards = group("标准：查看、带入、预览、发布、绑定 / standards: show, bring in, preview, publish, bind")


_VERBS = {
    "add": ("增加", "add"),
    "remove": ("删除", "remove"),
    "replace": ("修改", "replace"),
    "reweigh": ("调分", "reweigh"),
    "retitle": ("改名", "retitle"),
    "set": ("设置", "set"),
}


@standards.command("list")
def list_standards(
    region: Annotated[
        str | None,
        typer.Option("--region", metavar="CODE", help="适用于这里的标准 / those of the places around it"),
    ] = None,
    level: Annotated[
        str | None,
        typer.Option("--level", metavar="LEVEL", help="评分对象的级别 / the level of the regions scored"),
    ] = None,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """列出标准，各取最新版本 / list the newest version of every standard."""
    from liangcun_server.cli.listing import Field, write_list
    from liangcun_server.cli.reading import word
    from liangcun_server.cli.session import ask
    from liangcun_standards.regions import full_code
    from liangcun_standards.vocabulary import RegionLevel

    chosen = word(RegionLevel, level, "--level")
    place = None if region is None else full_code(region)
    found = ask(known_standards, database_url=database_url).listed(place, chosen)
    fields = [
        Field("id", Heading(words("标准", "standard"), fixed=True)),
        Field("version", Heading(words("版本", "version"))),
        Field("title", Heading(words("名称", "title"))),
        Field("level", Heading(words("评分对象", "scores"))),
        Field("max_score", Heading(words("满分", "points"), right=True)),
        Field("criteria", Heading(words("条目", "criteria"), right=True)),
        Field("effective_from", Heading(words("生效", "from"))),
        Field("effective_to", Heading(words("失效", "to"))),
        Field("source_status", Heading(words("性质", "status"))),
        Field("plugin", Heading(words("插件", "plugin"))),
    ]
    write_list(fields, [_row(one) for one in found], format, output)


def _row(resolved: ResolvedStandard) -> tuple[object, ...]:
    standard = resolved.standard
    end = standard.effective.to
    return (
        resolved.id,
        standard.version,
        standard.label.pick(locale()),
        standard.level,
        standard.worth,
        len(standard.criteria),
        standard.effective.from_.isoformat(),
        None if end is None else end.isoformat(),
        standard.source.status,
        resolved.publication.plugin,
    )


@standards.command("show")
def show(
    standard: Annotated[
        str,
        typer.Argument(metavar="ID", help="如 jiuyou-liuwu 或 220722/jiuyou-liuwu@2023 / the standard"),
    ],
    version: Annotated[
        str | None,
        typer.Option("--version", metavar="VERSION", help="版本，默认最新 / by default the newest"),
    ] = None,
    document: Annotated[
        bool, typer.Option("--document", help="原文 / the document as it was written")
    ] = False,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """一个标准：各类、条目、规则、依据 / one standard: its groups, criteria, rules, sources."""
    from liangcun_server.cli.session import ask, read_settings
    from liangcun_standards.regions import full_code

    settings = read_settings(database_url=database_url)
    # A bare code means the one nearest to the place of this installation.
    place = full_code(settings.within)

    async def work(application: Application) -> tuple[ResolvedStandard, IndicatorCatalogue]:
        known = await known_standards(application)
        found = known.catalogue.find(standard, version=version, region=place)
        return found, known.indicators

    found, indicators = ask(work, settings=settings)
    if document:
        typer.echo(found.publication.text, nl=not found.publication.text.endswith("\n"))
        return
    for line in _lines(found, indicators):
        say(line)


async def known_standards(application: Application) -> Standards:
    """Those of plugins and of the database; of plugins alone where there is no database yet."""
    from liangcun_server.standards.at_hand import load_standards
    from liangcun_server.storage.errors import DatabaseNotInitialised

    try:
        async with application.database.read() as connection:
            return await load_standards(connection, application.plugins)
    except DatabaseNotInitialised:
        return application.standards.of_plugins


def _lines(found: ResolvedStandard, indicators: Mapping[str, Indicator]) -> list[str]:
    from liangcun_server.standards.differences import changes_in_words

    standard = found.standard
    end = standard.effective.to
    lines = [
        f"{standard.label.pick(locale())}  {found.name}",
        words(
            f"评{standard.level.label.zh}，满分 {_points(standard.worth)}，{len(standard.criteria)} 个条目",
            f"scores regions of {standard.level.label.en} level, {_points(standard.worth)} points, "
            f"{len(standard.criteria)} criteria",
        ),
        words("有效期：", "in force: ") + f"{standard.effective.from_} – {end or ''}",
        words("依据：", "source: ") + standard.source.label.pick(locale()),
    ]
    if standard.own_scorer is not None:
        title = standard.own_scorer.title.pick(locale())
        lines.append(words("评分程序：", "scorer: ") + f"{title}  {standard.scorer}")
    about = standard.description if locale() == "zh" else standard.description_en
    if about:
        lines.append(about.strip())
    if found.extends is not None:
        lines.append(words("调整自：", "tailors: ") + found.extends.name)
        lines += [line for one in changes_in_words(found, indicators) for line in _change_lines(one)]
    for part in standard.all_groups:
        lines += ["", _group_line(part), *(_criterion_line(one, indicators) for one in part.criteria)]
    if standard.grades:
        grades = [f"{one.label.pick(locale())} ≥ {_points(one.min_score)}" for one in standard.grades]
        lines += ["", words("等次：", "grades: ") + words("，", ", ").join(grades)]
    return lines


def _change_lines(change: ChangeInWords) -> list[str]:
    applied = change.applied
    number = "" if applied.document_number is None else f"（{applied.document_number}）"
    lines = [f"  {words(*_VERBS[applied.change])} {applied.target}  {applied.reason.strip()}{number}"]
    if change.before is not None:
        lines.append(words("      原：", "      was: ") + change.before.pick(locale()))
    if change.after is not None:
        lines.append(words("      现：", "      now: ") + change.after.pick(locale()))
    return lines


def _group_line(part: Group) -> str:
    least = (
        ""
        if part.min_score is None
        else words(f"，不低于 {_points(part.min_score)}", f", at least {_points(part.min_score)}")
    )
    how = part.aggregation.method
    return f"【{part.label.pick(locale())}】 {part.code}  {_points(part.worth)}{least}  {how}"


def _criterion_line(criterion: Criterion, indicators: Mapping[str, Indicator]) -> str:
    from liangcun_standards.explanation import rule_text

    rule = rule_text(criterion, indicators).pick(locale())
    status = criterion.source.status.label.pick(locale())
    head = f"  {criterion.label.pick(locale())}  {criterion.code}  {_points(criterion.max_score)}  {status}"
    return f"{head}\n      {rule}"


def _points(points: float) -> str:
    from liangcun_standards.text import format_number

    return format_number(points)
