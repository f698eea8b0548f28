"""`liangcun history`: what values changed since a moment, and what that did to a ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import (
    DatabaseUrl,
    Language,
    ListFormat,
    Output,
    PeriodOption,
    StandardName,
    Within,
)
from liangcun_server.cli.output import Heading, note, say
from liangcun_server.cli.subcommands import group

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from liangcun_server.application import Application
    from liangcun_server.history.changes import Span, ValueChange
    from liangcun_server.regions.region import Region
    from liangcun_server.standards.preview import Preview, VillageChange

history = group(
    "历史：哪些数据变了，名次因此怎样 / history: which values changed, and what that did to ranks"
)

Since = Annotated[
    str,
    typer.Option("--since", metavar="TIME", help="从何时起，如 2026-01-31T12:00:00+08:00 / since when"),
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help="到何时，默认现在 / until when, by default now")
]


@history.command("values")
def values(
    since: Since,
    until: Until = None,
    within: Within = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=100_000, metavar="N", help="最多几条 / at most")
    ] = 1000,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """变了的填报值：原来、现在、谁、为什么 / changed values: before, after, by whom, why."""
    from liangcun_server.cli.listing import Field, write_list
    from liangcun_server.cli.session import ask

    async def work(application: Application) -> tuple[list[ValueChange], dict[str, Region], bool]:
        from liangcun_server.cli.finding import region_or_place
        from liangcun_server.history.changes import changes_page
        from liangcun_server.regions.repository import by_codes

        async with application.database.read() as connection:
            place = await region_or_place(connection, within)
            span = await _span(connection, since, until)
            page = await changes_page(connection, place.code, span, first=limit)
            regions = await by_codes(connection, {one.key.region_code for one in page.items})
        return list(page.items), regions, page.has_next

    found, regions, more = ask(work, database_url=database_url)
    fields = [
        Field("region", Heading(words("代码", "code"), fixed=True)),
        Field("name", Heading(words("名称", "name"))),
        Field("indicator", Heading(words("指标", "indicator"))),
        Field("period", Heading(words("时期", "period"))),
        Field("level", Heading(words("层级", "level"))),
        Field("before", Heading(words("原值", "before"), right=True)),
        Field("after", Heading(words("现值", "after"), right=True)),
        Field("recordedAt", Heading(words("时间", "when"))),
        Field("by", Heading(words("操作人", "by"))),
        Field("reason", Heading(words("原因", "why"))),
    ]
    write_list(fields, [_value_row(one, regions) for one in found], format, output)
    if more:
        note(words(f"只列 {limit} 条，--limit 可列更多", f"{limit} are listed; --limit lists more"))


def _value_row(one: ValueChange, regions: dict[str, Region]) -> tuple[Any, ...]:
    region = regions.get(one.key.region_code)
    return (
        one.key.region_code,
        "" if region is None else region.name,
        one.key.indicator,
        str(one.key.period),
        one.key.assessor_level,
        None if one.before is None else one.before.value,
        one.after.value,
        one.after.recorded_at.astimezone().isoformat(timespec="seconds"),
        one.after.recorded_by,
        one.reason,
    )


async def _span(connection: AsyncConnection, since: str, until: str | None) -> Span:
    """Raises BadOption for what is no time, or a span that ends before it begins."""
    from liangcun_server.cli.reading import BadOption, moment
    from liangcun_server.history.changes import Span
    from liangcun_server.storage.revisions import latest_revision, revision_at
    from liangcun_standards.text import Text

    start, end = moment(since, "--since"), moment(until, "--until")
    assert start is not None
    if end is not None and end < start:
        raise BadOption(Text("早于 --since", "it is before --since"), where="--until")
    return Span(
        await revision_at(connection, start),
        await latest_revision(connection) if end is None else await revision_at(connection, end),
    )


@history.command("ranks")
def ranks(
    standard: StandardName,
    since: Since,
    until: Until = None,
    within: Within = None,
    period: PeriodOption = None,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """数据的变化怎样改变了得分、名次、等次 / what changes of data did to scores, places and grades."""
    from liangcun_server.cli.listing import Field, write_list
    from liangcun_server.cli.session import ask

    async def work(application: Application) -> tuple[Preview, dict[str, Region]]:
        return await _ranks(application, standard, since, until, within, period)

    found, regions = ask(work, database_url=database_url)
    quiet = format not in (None, "table") or output is not None
    line = words(
        f"{found.villages} 个中，{found.other_score} 个得分变了，{found.other_rank} 个名次变了，"
        f"{found.other_grade} 个等次变了，{found.other_passed} 个达标与否变了",
        f"of {found.villages}, {found.other_score} have another score, {found.other_rank} another place, "
        f"{found.other_grade} another grade, {found.other_passed} pass or fail otherwise",
    )
    (note if quiet else say)(line)
    fields = [
        Field("region", Heading(words("代码", "code"), fixed=True)),
        Field("name", Heading(words("名称", "name"))),
        Field("rankBefore", Heading(words("原名次", "place before"), right=True)),
        Field("rankAfter", Heading(words("现名次", "place after"), right=True)),
        Field("scoreBefore", Heading(words("原得分", "score before"), right=True)),
        Field("scoreAfter", Heading(words("现得分", "score after"), right=True)),
        Field("because", Heading(words("出自", "because of"))),
    ]
    if found.changes or quiet:
        write_list(fields, [_rank_row(one, regions) for one in found.changes], format, output)


def _rank_row(one: VillageChange, regions: dict[str, Region]) -> tuple[Any, ...]:
    region = regions.get(one.region)
    because = [
        f"{shift.title.pick(locale())} {_points(shift.before)}→{_points(shift.after)}"
        for shift in one.because
        if shift.before is not None or shift.after is not None
    ]
    return (
        one.region,
        "" if region is None else region.name,
        one.before.rank,
        one.after.rank,
        one.before.score,
        one.after.score,
        words("；", "; ").join(because) or words("他村变动", "others moved"),
    )


def _points(points: float | None) -> str:
    return "—" if points is None else f"{points:g}"


async def _ranks(
    application: Application,
    standard: str,
    since: str,
    until: str | None,
    within: str | None,
    period: str | None,
) -> tuple[Preview, dict[str, Region]]:
    from liangcun_server.cli.questions import Asked, understand
    from liangcun_server.history.ranks import ranks_between
    from liangcun_server.regions.repository import by_codes
    from liangcun_server.storage.kept import DatabaseReading

    async with application.database.read() as connection:
        understood = await understand(application, connection, Asked(standard, within, period, None, None))
        span = await _span(connection, since, until)
    found = await ranks_between(
        application.scoring,
        understood.question,
        understood.region.code,
        span,
        application.plugins.indicators,
        DatabaseReading(application.database),
    )
    async with application.database.read() as connection:
        regions = await by_codes(connection, {one.region for one in found.changes})
    return found, regions
