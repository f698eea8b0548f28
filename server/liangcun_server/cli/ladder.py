"""`liangcun ladder`: the assessor levels of a place, submitted, returned, accepted and locked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import (
    By,
    DatabaseUrl,
    Language,
    ListFormat,
    Output,
    PeriodOption,
    Reason,
    RegionCode,
    StandardName,
)
from liangcun_server.cli.output import Heading, say
from liangcun_server.cli.subcommands import group

if TYPE_CHECKING:
    from datetime import date

    from liangcun_server.application import Application
    from liangcun_server.ladder.figures import LevelFigures
    from liangcun_server.ladder.model import LadderAction, LadderLevel, Subject
    from liangcun_standards.catalogue import ResolvedStandard

ladder = group(
    "考评层级：上报、退回、验收、解锁 / the ladder of assessor levels: submit, return, accept, unlock"
)

Level = Annotated[
    str,
    typer.Option(
        "--level",
        metavar="LEVEL",
        help="考评层级：self、township、county、prefecture、province / which level",
    ),
]


@ladder.command("show")
def show(
    region: RegionCode,
    standard: StandardName,
    period: PeriodOption = None,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """各层级的状态和各自的结果，并排 / where each level stands, and its own figures, side by side."""
    from datetime import date

    from liangcun_server.cli.listing import Field, write_list
    from liangcun_server.cli.session import ask

    async def work(application: Application) -> list[LevelFigures]:
        from liangcun_server.ladder.figures import side_by_side
        from liangcun_server.ladder.repository import levels_of
        from liangcun_server.storage.kept import DatabaseReading

        resolved, subject = await _subject(application, region, standard, period)
        async with application.database.read() as connection:
            levels = (await levels_of(connection, [subject]))[subject]
        return await side_by_side(
            application.scoring,
            resolved,
            subject.region_code,
            subject.period,
            levels,
            DatabaseReading(application.database),
        )

    fields = [
        Field("level", Heading(words("层级", "level"))),
        Field("state", Heading(words("状态", "state"))),
        Field("deadline", Heading(words("期限", "deadline"))),
        Field("reported", Heading(words("已填报", "reported"), right=True)),
        Field("regions", Heading(words("共", "of"), right=True)),
        Field("passed", Heading(words("达标", "pass"), right=True)),
        Field("meanScore", Heading(words("平均分", "mean score"), right=True)),
        Field("last", Heading(words("最近一步", "last step"))),
    ]
    found = ask(work, database_url=database_url)
    write_list(fields, [_row(one, date.today()) for one in found], format, output)


def _row(one: LevelFigures, today: date) -> tuple[Any, ...]:
    level = one.level
    deadline = "" if level.deadline is None else level.deadline.isoformat()
    if level.is_overdue(today):
        deadline += words("（已过期）", " (overdue)")
    last = level.steps[-1] if level.steps else None
    return (
        level.assessor_level,
        level.state,
        deadline,
        one.reported_count,
        one.region_count,
        one.passed_count,
        None if one.mean_score is None else round(one.mean_score, 2),
        ""
        if last is None
        else f"{last.action.label.pick(locale())} {last.author} {last.recorded_at:%Y-%m-%d} {last.reason}",
    )


async def _subject(
    application: Application, region: str, standard: str, period: str | None
) -> tuple[ResolvedStandard, Subject]:
    from liangcun_server.cli.finding import period_or_newest, region_named
    from liangcun_server.ladder.model import Subject
    from liangcun_server.standards.at_hand import load_standards
    from liangcun_standards.scoring.derivation import measured

    async with application.database.read() as connection:
        place = await region_named(connection, region)
        known = await load_standards(connection, application.plugins)
        looked = known.catalogue.find(standard, region=place.code)
        inputs = {one.indicator for one in measured(looked.standard, application.plugins.indicators)}
        chosen = await period_or_newest(connection, period, place.code, inputs)
    resolved = known.in_force(standard, place.code, chosen.period)
    return resolved, Subject(place.code, resolved.id, chosen.period)


@ladder.command("submit")
def submit(
    region: RegionCode,
    standard: StandardName,
    level: Level,
    reason: Reason,
    period: PeriodOption = None,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """上报：这一级填完了 / hand it up: this level is done."""
    _step("submit", region, standard, period, level, by, reason, database_url)


@ladder.command("return")
def hand_back(
    region: RegionCode,
    standard: StandardName,
    level: Level,
    reason: Reason,
    period: PeriodOption = None,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """退回更正，写明原因 / return it for correction, with the reason."""
    _step("return", region, standard, period, level, by, reason, database_url)


@ladder.command("accept")
def accept(
    region: RegionCode,
    standard: StandardName,
    level: Level,
    reason: Reason,
    period: PeriodOption = None,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """验收：此后锁定，数据不能再改 / accept it: from then on its values are locked."""
    _step("accept", region, standard, period, level, by, reason, database_url)


@ladder.command("unlock")
def unlock(
    region: RegionCode,
    standard: StandardName,
    level: Level,
    reason: Reason,
    period: PeriodOption = None,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """解锁已验收的一级，写明原因 / unlock an accepted level, with the reason."""
    _step("unlock", region, standard, period, level, by, reason, database_url)


@ladder.command("deadline")
def deadline(
    region: RegionCode,
    standard: StandardName,
    level: Level,
    day: Annotated[str, typer.Option("--day", metavar="DATE", help="期限，如 2026-12-31 / the last day")],
    reason: Reason,
    period: PeriodOption = None,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """定一级的上报期限 / set the day by which a level is to be submitted."""
    _step("deadline", region, standard, period, level, by, reason, database_url, day)


def _step(
    action: str,
    region: str,
    standard: str,
    period: str | None,
    level: str,
    by: str | None,
    reason: str,
    database_url: str | None,
    until: str | None = None,
) -> None:
    from liangcun_server.cli.reading import author, day, word
    from liangcun_server.cli.session import ask
    from liangcun_server.ladder.model import LadderAction
    from liangcun_standards.vocabulary import AssessorLevel

    chosen, who = word(AssessorLevel, level, "--level"), author(by)
    assert chosen is not None
    named, limit = LadderAction(action), day(until, "--day")

    async def work(application: Application) -> LadderLevel:
        return await _taken(application, region, standard, period, chosen, named, who, reason, limit)

    standing = ask(work, database_url=database_url)
    label, state = chosen.label.pick(locale()), standing.state.label.pick(locale())
    end = (
        "" if standing.deadline is None else words(f"，期限 {standing.deadline}", f", by {standing.deadline}")
    )
    say(words(f"{label}：{state}{end}", f"{label}: {state}{end}"))


async def _taken(
    application: Application,
    region: str,
    standard: str,
    period: str | None,
    level: Any,
    action: LadderAction,
    author: str,
    reason: str,
    deadline: date | None,
) -> LadderLevel:
    from liangcun_server.ladder.stepping import take_step
    from liangcun_standards.scoring.derivation import measured

    resolved, subject = await _subject(application, region, standard, period)
    read = measured(resolved.standard, application.plugins.indicators)
    return await take_step(
        application.database,
        subject,
        level,
        action,
        author=author,
        reason=reason,
        deadline=deadline,
        indicators=sorted({one.indicator for one in read}),
    )
