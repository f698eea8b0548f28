"""`liangcun inspect-first`: of what isn't known, what is worth finding out first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import (
    AssessorOption,
    DatabaseUrl,
    Language,
    ListFormat,
    Output,
    PeriodOption,
    Within,
)
from liangcun_server.cli.output import Heading, note, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liangcun_server.application import Application
    from liangcun_server.cli.asking import Scored
    from liangcun_standards.indicators import Indicator
    from liangcun_standards.sensitivity import Worth


def inspect_first(
    standard: Annotated[
        str, typer.Argument(metavar="FILE|ID", help="标准、版本、草稿或文档 / a standard, draft or document")
    ],
    within: Within = None,
    period: PeriodOption = None,
    level: AssessorOption = None,
    order: Annotated[
        str,
        typer.Option(
            "--order",
            metavar="ORDER",
            help="verdict 先看能否定结论，score 先看得分，rank 先看名次 / by verdict, score or rank",
        ),
    ] = "verdict",
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=100_000, metavar="N", help="最多列出几条 / at most so many")
    ] = 50,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """先查什么：缺报和只知上下限的数据里，哪项最能定结论、定名次 / what to find out first."""
    from liangcun_server.cli.reading import word
    from liangcun_server.cli.session import ask
    from liangcun_standards.sensitivity import Order

    chosen = word(Order, order, "--order") or Order.VERDICT

    async def work(application: Application) -> _Found:
        return await _found(application, standard, within, period, level, chosen)

    found = ask(work, database_url=database_url)
    quiet = format not in (None, "table") or output is not None
    for line in _summary(found):
        (note if quiet else say)(line)
    if any(one.by_weights for one in found.worth):
        note(
            words(
                "总分与别村有关，一村未定则全组未定：“缩小（分）”是条目得分范围按权重折算的",
                "totals depend on other villages, so one open village keeps all open: 'narrows by' is of the "
                "criteria's own points, by their weights",
            )
        )
    _write(found, limit, format, output)
    for text in found.scored.notes:
        note(text.pick(locale()))


@dataclass(frozen=True)
class _Found:
    scored: Scored
    worth: list[Worth]
    names: Mapping[str, str]
    indicators: Mapping[str, Indicator]


async def _found(
    application: Application,
    standard: str,
    within: str | None,
    period: str | None,
    level: str | None,
    order: Any,
) -> _Found:
    import asyncio

    from liangcun_server.cli.asking import names_of, scored_there
    from liangcun_standards.sensitivity import inspect_first as inspected

    scored = await scored_there(application, standard, within, period, level)
    scope, result, indicators = scored.place.region.code, scored.scores.result, application.plugins.indicators
    worth = await asyncio.to_thread(inspected, result, indicators, scope, order)
    names = await names_of(application, sorted({one.region for one in worth}))
    return _Found(scored, worth, names, result.standard.known(indicators))


def _summary(found: _Found) -> list[str]:
    place = found.scored.place
    deciding = sum(one.decides > 0 for one in found.worth)
    return [
        words(
            f"{found.scored.scores.question.resolved.name}，{place.region.name}，{place.period}：查清后能缩小"
            f"得分或名次范围的 {len(found.worth)} 项，其中可能定下结论的 {deciding} 项",
            f"{found.scored.scores.question.resolved.name}, {place.region.name}, {place.period}: "
            f"{len(found.worth)} that would narrow a score or a place, {deciding} of which may decide a "
            "verdict",
        ),
        "",
    ]


def _write(found: _Found, limit: int, format: str | None, output: Any) -> None:
    from liangcun_server.cli.listing import Field, write_list

    fields = [
        Field("code", Heading(words("代码", "code"), fixed=True)),
        Field("name", Heading(words("村", "village"))),
        Field("indicator", Heading(words("指标", "indicator"))),
        Field("period", Heading(words("时期", "period"))),
        Field("onRecord", Heading(words("现有", "on record"))),
        Field("decides", Heading(words("能定结论", "decides"), right=True)),
        Field("score", Heading(words("可能得分", "possible score"))),
        Field("narrows", Heading(words("缩小（分）", "narrows by"), right=True)),
        Field("rank", Heading(words("可能名次", "possible place"))),
        Field("rankNarrows", Heading(words("缩小（名）", "places"), right=True)),
    ]
    write_list(fields, [_row(found, one) for one in found.worth[:limit]], format, output)


def _row(found: _Found, one: Worth) -> tuple[Any, ...]:
    from liangcun_server.sensitivity.inspection_types import on_record

    indicator = found.indicators[one.source.indicator]
    return (
        one.region,
        found.names.get(one.region, ""),
        indicator.label.pick(locale()),
        one.period,
        on_record(one, indicator).pick(locale()),
        f"{one.decides:.0%}",
        f"{one.score.low:g}–{one.score.high:g}",
        round(one.narrows, 2),
        "—" if one.rank is None else f"{one.rank[0]}–{one.rank[1]}",
        round(one.rank_narrows, 1),
    )
