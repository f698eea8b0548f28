"""`liangcun report` and `liangcun rescore`: what is handed around, and a result scored again from a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import (
    AsOf,
    AssessorOption,
    DatabaseUrl,
    Language,
    PeriodOption,
    Within,
)
from liangcun_server.cli.output import say

if TYPE_CHECKING:
    from liangcun_server.application import Application
    from liangcun_server.cli.questions import Asked, Understood
    from liangcun_server.comparison.comparing import Compared
    from liangcun_server.reports.material import Report
    from liangcun_server.reports.portable import Rescored
    from liangcun_server.settings import Settings

_FORMATS = ("xlsx", "docx", "json")

Listed = Annotated[int, typer.Option(min=0, max=1000, metavar="N", help="红、黑榜各几个 / how many a list")]


def report(
    standard: Annotated[
        str | None, typer.Option("--standard", "-s", metavar="ID", help="标准 / the standard")
    ] = None,
    within: Within = None,
    period: PeriodOption = None,
    level: AssessorOption = None,
    as_of: AsOf = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="文件，格式按结尾：.xlsx 打分表、排名通报、红黑榜；.docx 通报；.json 可重算的结果 "
            "/ .xlsx, .docx or .json",
        ),
    ] = None,
    compare_with: Annotated[
        list[str] | None,
        typer.Option("--compare-with", metavar="ID", help="另有一页方案比较 / a sheet that compares with it"),
    ] = None,
    first: Listed = 5,
    last: Listed = 5,
    document: Annotated[
        str | None, typer.Option("--document", metavar="TEXT", help="文号，写进通报 / the document's number")
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option("--template", metavar="FILE", help="自己的通报模板（.docx）/ a template of one's own"),
    ] = None,
    write_template: Annotated[
        Path | None,
        typer.Option("--write-template", metavar="FILE", help="写出自带的模板，供修改 / write the template"),
    ] = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """打分表、排名通报、红黑榜、通报 / the tables and the circular that are handed around."""
    from liangcun_server.cli.questions import Asked
    from liangcun_server.cli.reading import BadOption
    from liangcun_server.cli.session import ask
    from liangcun_server.cli.writing import chosen_format, write_answer
    from liangcun_standards.text import Text

    if write_template is not None:
        from liangcun_server.reports.template import shipped_template

        write_answer(shipped_template(locale()), write_template)
        return
    if standard is None or output is None:
        missing = "--standard" if standard is None else "--output"
        raise BadOption(
            Text("请写明标准和要写的文件", "name the standard and the file to write"), where=missing
        )
    chosen = chosen_format(output.suffix.removeprefix(".") or None, output, _FORMATS)
    own = _template(template) if chosen == "docx" else b""
    asked = Asked(standard, within, period, level, as_of)

    async def work(application: Application) -> bytes:
        if chosen == "json":
            return await _portable(application, asked)
        made, compared = await _report(application, asked, compare_with or [], first, last)
        if chosen == "docx":
            from liangcun_server.reports.circular import circular

            return circular(made, own, locale(), document_number=document)
        from liangcun_server.reports.workbook import report_xlsx

        return report_xlsx(made, locale(), compared)

    write_answer(ask(work, database_url=database_url), output)


def _template(file: Path | None) -> bytes:
    """The county's own, or the one that comes with the product. Raises InvalidTemplate."""
    from liangcun_server.cli.reading import file_bytes
    from liangcun_server.reports.circular import InvalidTemplate
    from liangcun_server.reports.template import shipped_template

    if file is None:
        return shipped_template(locale())
    return file_bytes(file, InvalidTemplate)


async def _report(
    application: Application, asked: Asked, others: list[str], first: int, last: int
) -> tuple[Report, Compared | None]:
    from liangcun_server.cli.questions import understand
    from liangcun_server.reports.material import report_of

    async with application.database.read() as connection:
        understood = await understand(application, connection, asked)
    scores = await application.scoring.scores(understood.question)
    async with application.database.read() as connection:
        made = await report_of(
            connection,
            scores,
            understood.region,
            application.plugins.indicators,
            first=first,
            last=last,
        )
    return made, await _compared(application, understood, others) if others else None


async def _compared(application: Application, understood: Understood, others: list[str]) -> Compared:
    from liangcun_server.comparison.comparing import compared
    from liangcun_server.standards.at_hand import load_standards
    from liangcun_server.storage.kept import DatabaseReading

    question = understood.question
    async with application.database.read() as connection:
        known = await load_standards(connection, application.plugins)
    schemes = [known.in_force(name, understood.region.code, question.period) for name in others]
    return await compared(
        application.scoring,
        [question.resolved, *schemes],
        scope=understood.region.code,
        period=question.period,
        assessor_level=question.assessor_level,
        reading=DatabaseReading(application.database),
    )


async def _portable(application: Application, asked: Asked) -> bytes:
    from dataclasses import replace

    from liangcun_server.cli.questions import understand
    from liangcun_server.reports.portable import portable
    from liangcun_server.storage.revisions import latest_revision

    async with application.database.read() as connection:
        understood = await understand(application, connection, asked)
        newest = await latest_revision(connection)
    question = understood.question
    # Both the scores and their values as of one revision, whatever is written meanwhile.
    question = replace(question, as_of_revision=question.as_of_revision or newest)
    scores = await application.scoring.scores(question)
    async with application.database.read(at_length=True) as connection:
        return await portable(connection, scores, understood.region, application.plugins)


def rescore(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="liangcun report -o 写出的 .json / such a file")
    ],
    language: Language = None,
) -> None:
    """把导出的结果读回来重算，看是否一致 / score an exported result again and say whether it is the same."""
    from liangcun_server.cli.session import read_settings

    found = _rescored(file, read_settings())
    for one in found.differences:
        say(one.pick(locale()), "red")
    about = f"{found.standard} {found.region} {found.period}"
    if found.differences:
        say(words(f"{about}：与文件不一致", f"{about}: it isn't what the file says"), "red")
        raise typer.Exit(1)
    say(
        words(
            f"{about}：{found.region_count} 个地区，重算一致，摘要 {found.digest}",
            f"{about}: {found.region_count} regions come out the same, digest {found.digest}",
        ),
        "green",
    )


def _rescored(file: Path, settings: Settings) -> Rescored:
    from liangcun_server.cli.installed import plugins
    from liangcun_server.cli.reading import file_bytes
    from liangcun_server.reports.portable import MOST_BYTES, InvalidResult, rescored

    data = file_bytes(file, InvalidResult, MOST_BYTES)
    registry = plugins(settings)
    try:
        return rescored(data, registry)
    finally:
        registry.close()
