"""`liangcun score`: the ranking of the villages within a region."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import (
    AsOf,
    AssessorOption,
    DatabaseUrl,
    Language,
    Output,
    PeriodOption,
    StandardName,
    Within,
)
from liangcun_server.cli.output import Heading, is_narrow, note, print_table, say

if TYPE_CHECKING:
    from liangcun_server.application import Application
    from liangcun_server.cli.questions import Asked, Understood
    from liangcun_server.exports.scores_table import Column, ScoreRow, ScoresTable

_FORMATS = ("table", "csv", "json", "xlsx")
# What a terminal has room for; the other formats have every column.
_SHOWN = ("rank", "code", "name", "parent", "class", "score", "grade", "verdict", "problems")
_SHOWN_IF_WIDE = ("passed", "completeness")

Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        metavar="|".join(_FORMATS),
        help="格式，默认 table 或按文件名 / by default table, or by the file's ending",
    ),
]
Limit = Annotated[
    int | None, typer.Option("--limit", "-n", min=1, metavar="N", help="只列前 N 名 / the first N alone")
]


def score(
    standard: StandardName,
    within: Within = None,
    period: PeriodOption = None,
    level: AssessorOption = None,
    as_of: AsOf = None,
    format: Format = None,
    output: Output = None,
    limit: Limit = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """按标准给各村打分并排名 / score and rank the villages of a region."""
    from liangcun_server.cli.questions import Asked
    from liangcun_server.cli.session import ask
    from liangcun_server.cli.writing import chosen_format, write_answer

    chosen = chosen_format(format, output, _FORMATS)
    asked = Asked(standard, within, period, level, as_of)

    async def work(application: Application) -> tuple[Understood, ScoresTable]:
        return await _ranking(application, asked, limit)

    understood, table = ask(work, database_url=database_url)
    if chosen == "table" and output is None:
        _print_ranking(understood, table)
        return
    write_answer(_written(table, chosen, to_file=output is not None), output)
    for text in table.notes:
        note(text.pick(locale()))


async def _ranking(
    application: Application, asked: Asked, limit: int | None
) -> tuple[Understood, ScoresTable]:
    from liangcun_server.cli.questions import understand
    from liangcun_server.exports.scores_table import scores_table

    async with application.database.read() as connection:
        understood = await understand(application, connection, asked)
    scores = await application.scoring.scores(understood.question)
    async with application.database.read() as connection:
        table = await scores_table(
            connection,
            scores,
            understood.region,
            application.plugins.indicators,
            as_of=understood.as_of,
            limit=limit,
        )
    return understood, table


def _written(table: ScoresTable, chosen: str, *, to_file: bool) -> bytes:
    if chosen == "xlsx":
        from liangcun_server.exports.xlsx_file import scores_xlsx

        return scores_xlsx(table, locale())
    if chosen == "json":
        from liangcun_server.exports.json_file import scores_json

        return scores_json(table, locale())
    from liangcun_server.exports.csv_file import scores_csv

    # Excel takes a CSV file without the mark for GBK.
    return scores_csv(table, locale()).encode("utf-8-sig" if to_file else "utf-8")


def _print_ranking(understood: Understood, table: ScoresTable) -> None:
    standard = understood.question.resolved
    say(table.title.pick(locale()))
    chosen = understood.period
    because = "" if chosen.because is None else words(f"（{chosen.because.zh}）", f" ({chosen.because.en})")
    say(f"{standard.name}  {words('时期', 'period')} {chosen.period}{because}")
    wanted = _SHOWN if is_narrow() else (*_SHOWN, *_SHOWN_IF_WIDE)
    columns = [column for column in table.columns if column.key in wanted]
    headings = [
        Heading(
            column.title.pick(locale()),
            right=column.kind in ("whole", "points", "share"),
            fixed=column.key != "problems",
        )
        for column in columns
    ]
    ranked = [row for row in table.rows if row.rank is not None]
    print_table(headings, ([_shown(column, row) for column in columns] for row in ranked))
    if len(ranked) < table.ranked:
        say(
            words(f"只列前 {len(ranked)} 名，共 {table.ranked}", f"the first {len(ranked)} of {table.ranked}")
        )
    _print_not_ranked(table)
    for text in table.notes:
        say(words(f"注：{text.zh}", f"Note: {text.en}"))


def _shown(column: Column, row: ScoreRow) -> str:
    from liangcun_server.exports.scores_table import problem_texts
    from liangcun_standards.text import format_number

    if column.key == "problems" and sys.stdout.isatty():
        return "\n".join(problem_texts(row, locale()))
    cell = column.value(row, locale())
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    return f"{cell:.0%}" if column.kind == "share" else format_number(cell)


def _print_not_ranked(table: ScoresTable) -> None:
    left_out = [row for row in table.rows if row.rank is None]
    if table.not_ranked:
        say(words(f"未排名 {table.not_ranked} 个", f"{table.not_ranked} not ranked"))
    for row in left_out:
        reason = "" if row.not_ranked is None else row.not_ranked.pick(locale())
        parent = "" if row.parent is None else f" {row.parent.name}"
        say(f"  {row.region.code} {row.region.name}{parent}  {reason}")
