"""`liangcun explain`: one scorecard with the reason for every criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import (
    AsOf,
    AssessorOption,
    DatabaseUrl,
    Language,
    Output,
    PeriodOption,
    RegionCode,
    StandardName,
)
from liangcun_server.cli.output import say

if TYPE_CHECKING:
    from liangcun_server.application import Application
    from liangcun_server.cli.questions import Asked, Understood
    from liangcun_server.exports.scorecard import CriterionRow, Scorecard

_FORMATS = ("text", "json")

Format = Annotated[
    str | None,
    typer.Option("--format", "-f", metavar="|".join(_FORMATS), help="格式，默认 text / by default text"),
]


def explain(
    region: RegionCode,
    standard: StandardName,
    period: PeriodOption = None,
    level: AssessorOption = None,
    as_of: AsOf = None,
    format: Format = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """一个村的评分表，逐条说明理由 / one scorecard, with the reason for every criterion."""
    from liangcun_server.cli.questions import Asked
    from liangcun_server.cli.session import ask
    from liangcun_server.cli.writing import chosen_format, write_answer

    chosen = chosen_format(format, output, _FORMATS)
    asked = Asked(standard, region, period, level, as_of)

    async def work(application: Application) -> tuple[Understood, Scorecard]:
        return await _scorecard(application, asked)

    understood, card = ask(work, database_url=database_url)
    if chosen == "json":
        from liangcun_server.exports.json_file import scorecard_json

        write_answer(scorecard_json(card, locale()), output)
        return
    lines = scorecard_lines(understood, card)
    if output is None:
        for line in lines:
            say(line.text, line.colour)
    else:
        write_answer("".join(f"{line.text}\n" for line in lines).encode(), output)


async def _scorecard(application: Application, asked: Asked) -> tuple[Understood, Scorecard]:
    from liangcun_server.cli.questions import understand
    from liangcun_server.exports.scorecard import scorecard

    async with application.database.read() as connection:
        understood = await understand(application, connection, asked)
    scores = await application.scoring.scores(understood.question)
    async with application.database.read() as connection:
        card = await scorecard(
            connection,
            scores,
            understood.region,
            application.plugins.indicators,
            as_of=understood.as_of,
        )
    return understood, card


class Line(NamedTuple):
    """A printed line and the colour that a terminal gives it."""

    text: str
    colour: str | None = None


def scorecard_lines(understood: Understood, card: Scorecard) -> list[Line]:
    """The scorecard for a reader, line by line."""
    lines = [Line(text) for text in (*_heading(understood, card), *_outcome(card))]
    group = None
    for row in card.criteria:
        if row.group.code != group:
            group = row.group.code
            lines += [Line(""), Line(_group_line(card, group), "cyan")]
        lines += _criterion_lines(row)
    if card.adjustments:
        lines += [Line(""), Line(words("【加分与扣分】", "【bonuses and penalties】"), "cyan")]
        lines += [
            Line(f"  {one.adjustment.label.pick(locale())}  {_points(one.score)}") for one in card.adjustments
        ]
    lines.append(Line(""))
    lines += [Line(words(f"注：{text.zh}", f"Note: {text.en}"), "yellow") for text in card.notes]
    lines.append(Line(f"{words('结果摘要', 'result digest')} {card.digest}"))
    return lines


def _heading(understood: Understood, card: Scorecard) -> list[str]:
    standard, chosen = card.question.resolved, understood.period
    because = "" if chosen.because is None else words(f"（{chosen.because.zh}）", f" ({chosen.because.en})")
    above = " ".join(region.name for region in card.ancestors)
    return [
        f"{card.region.name} {card.region.code}  {above}",
        f"{standard.standard.label.pick(locale())} {standard.name}  "
        f"{words('时期', 'period')} {chosen.period}{because}",
    ]


def _outcome(card: Scorecard) -> list[str]:
    full = _points(card.question.resolved.standard.worth)
    total = words("无", "none") if card.score is None else _points(card.score)
    low, high = _points(card.lowest), _points(card.highest)
    lines = [words(f"得分 {total}（满分 {full}）", f"score {total} of {full}")]
    if high != low:
        lines[0] += words(f"，核实后可能在 {low}–{high} 之间", f", could be {low} to {high} once verified")
    parts = [words(f"结论 {card.verdict.label.zh}", f"verdict: {card.verdict.label.en}")]
    if card.grade is not None:
        parts.append(words(f"等次 {card.grade.title}", f"grade: {card.grade.title_en}"))
    if card.tier is not None:
        parts.append(words(f"档次 {card.tier.title}", f"tier: {card.tier.title_en}"))
    parts.append(
        words(f"数据完整度 {card.completeness:.0%}", f"{card.completeness:.0%} of its data on record")
    )
    lines.append(words("，", "; ").join(parts))
    if card.vetoed_by:
        titles = words("、", ", ").join(one.label.pick(locale()) for one in card.vetoed_by)
        lines.append(words(f"一票否决：{titles}", f"vetoed by: {titles}"))
    lines.append(_places(card))
    return lines


def _places(card: Scorecard) -> str:
    if card.not_ranked is not None:
        return words(f"未排名：{card.not_ranked.zh}", f"not ranked: {card.not_ranked.en}")
    places = [
        words(
            f"{one.within.name}第 {one.rank} 名（共 {one.ranked}）",
            f"{one.rank} of {one.ranked} in {one.within.name}",
        )
        for one in card.ranks
    ]
    return words("名次：", "rank: ") + words("，", ", ").join(places)


def _group_line(card: Scorecard, code: str) -> str:
    found = next(one for one in card.groups if one.group.code == code)
    score = words("不计", "not counted") if found.score is None else _points(found.score)
    return f"【{found.group.label.pick(locale())}】 {score} / {_points(found.group.worth)}"


def _criterion_lines(row: CriterionRow) -> list[Line]:
    score = "—" if row.score.score is None else _points(row.score.score)
    status = row.score.status
    title = row.criterion.label.pick(locale())
    head = f"  {status.label.pick(locale())}  {title}  {score} / {_points(row.criterion.max_score)}"
    return [
        Line(head, _COLOURS.get(status.value)),
        Line(f"      {row.explanation.pick(locale())}"),
    ]


_COLOURS = {"pass": "green", "partial": "yellow", "fail": "red", "unknown": "magenta"}


def _points(points: float) -> str:
    from liangcun_standards.text import format_number

    return format_number(points)
