"""`liangcun observations`: what is on record of a region, and confirming what is suspect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import (
    AssessorOption,
    By,
    DatabaseUrl,
    Language,
    ListFormat,
    Output,
    Reason,
    RegionCode,
)
from liangcun_server.cli.output import Heading, say
from liangcun_server.cli.subcommands import group

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liangcun_server.application import Application
    from liangcun_server.observations.model import Observation
    from liangcun_server.observations.recording import RecordReport
    from liangcun_standards.indicators import Indicator

observations = group("填报值：列出、确认存疑的值 / observations: list, confirm a suspect one")

IndicatorCode = Annotated[str, typer.Argument(metavar="INDICATOR", help="指标代码 / the indicator's code")]


@observations.command("list")
def list_observations(
    region: RegionCode,
    period: Annotated[
        str | None, typer.Option("--period", "-p", metavar="PERIOD", help="时期，默认全部 / by default all")
    ] = None,
    indicator: Annotated[
        str | None, typer.Option("--indicator", metavar="INDICATOR", help="一个指标 / one indicator alone")
    ] = None,
    level: AssessorOption = None,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """一个区划现有的填报值 / the current values of a region."""
    from liangcun_server.cli.finding import region_named
    from liangcun_server.cli.listing import Field, write_list
    from liangcun_server.cli.reading import known_indicator, word
    from liangcun_server.cli.session import ask
    from liangcun_server.cli.standards import known_standards
    from liangcun_server.observations import repository
    from liangcun_standards.periods import Period
    from liangcun_standards.vocabulary import AssessorLevel

    chosen = word(AssessorLevel, level, "--level")
    periods = None if period is None else [Period.parse(period)]

    async def work(application: Application) -> tuple[list[Observation], Mapping[str, Indicator]]:
        catalogue = (await known_standards(application)).indicators
        named = None if indicator is None else [known_indicator(catalogue, indicator)]
        async with application.database.read() as connection:
            code = (await region_named(connection, region)).code
            found = await repository.current(
                connection, [code], periods=periods, indicators=named, assessor_level=chosen
            )
        return [one for one in found[code] if one.value is not None], catalogue

    found, catalogue = ask(work, database_url=database_url)
    fields = [
        Field("indicator", Heading(words("指标", "indicator"), fixed=True)),
        Field("name", Heading(words("名称", "name"))),
        Field("period", Heading(words("时期", "period"))),
        Field("shown", Heading(words("填报值", "value"))),
        Field("value", Heading(words("数值", "figure"), right=True)),
        Field("qualifier", Heading(words("限定", "qualifier"))),
        Field("assessor_level", Heading(words("考评层级", "level"))),
        Field("source_status", Heading(words("性质", "status"))),
        Field("source", Heading(words("出处", "source"))),
        Field("original_text", Heading(words("原文", "original"))),
        Field("revision", Heading(words("修订号", "revision"), right=True)),
    ]
    rows = [_row(one, catalogue) for one in found]
    if format is None and output is None:
        kept = [0, 1, 2, 3, 6, 7]
        fields = [fields[place] for place in kept]
        rows = [tuple(row[place] for place in kept) for row in rows]
    write_list(fields, rows, format, output)


def _row(value: Observation, catalogue: Mapping[str, Indicator]) -> tuple[object, ...]:
    known = catalogue.get(value.indicator)
    shown = f"{value.value:.10g}"
    if known is not None and value.value is not None:
        shown = known.show(value.value).pick(locale())
    return (
        value.indicator,
        "" if known is None else known.label.pick(locale()),
        str(value.period),
        f"{value.qualifier.label.pick(locale())} {shown}".strip(),
        value.value,
        value.qualifier,
        value.assessor_level,
        value.source_status,
        value.source,
        value.original_text,
        value.revision,
    )


@observations.command("confirm")
def confirm(
    region: RegionCode,
    indicator: IndicatorCode,
    period: Annotated[str, typer.Option("--period", "-p", metavar="PERIOD", help="时期 / the period")],
    reason: Reason,
    by: By = None,
    value: Annotated[
        str | None,
        typer.Option("--value", metavar="VALUE", help="更正后的值，默认原值 / the corrected value"),
    ] = None,
    level: Annotated[
        str, typer.Option("--level", metavar="LEVEL", help="考评层级 / the assessor level")
    ] = "county",
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """确认或更正存疑的值，此后计分 / confirm or correct a suspect value, which then counts."""
    from liangcun_server.cli.finding import region_named
    from liangcun_server.cli.reading import author, figure, known_indicator, word
    from liangcun_server.cli.session import ask
    from liangcun_server.cli.standards import known_standards
    from liangcun_server.observations.recording import confirm_observation
    from liangcun_standards.periods import Period
    from liangcun_standards.vocabulary import AssessorLevel

    chosen = word(AssessorLevel, level, "--level") or AssessorLevel.COUNTY
    named = Period.parse(period)
    corrected = figure(value, "--value")
    who = author(by)

    async def work(application: Application) -> RecordReport:
        catalogue = (await known_standards(application)).indicators
        code = known_indicator(catalogue, indicator)
        async with application.database.read() as connection:
            place = (await region_named(connection, region)).code
        return await confirm_observation(
            application.database,
            catalogue,
            region_code=place,
            indicator=code,
            period=named,
            assessor_level=chosen,
            author=who,
            reason=reason,
            value=corrected,
        )

    done = ask(work, database_url=database_url)
    say(words(f"已确认，修订号 {done.revision}", f"confirmed in revision {done.revision}"))
