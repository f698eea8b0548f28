"""`liangcun assessment run | list | show | publish`: frozen, reproducible runs of a standard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import (
    AssessorOption,
    By,
    DatabaseUrl,
    Language,
    ListFormat,
    Output,
    PeriodOption,
    Reason,
    StandardName,
    Within,
)
from liangcun_server.cli.output import Heading, following, note, say, warn
from liangcun_server.cli.subcommands import group

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from liangcun_server.application import Application
    from liangcun_server.assessments.figures import Figures
    from liangcun_server.assessments.frozen import Frozen
    from liangcun_server.assessments.model import Assessment, AssessmentNotice, Written

assessment = group("考评：运行、查看、公布、验证、导出 / assessments: run, show, publish, verify, export")

Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="考评编号 / the assessment's number")]


@assessment.command("run")
def run(
    standard: StandardName,
    reason: Reason,
    within: Within = None,
    period: PeriodOption = None,
    level: AssessorOption = None,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """冻结标准和数据，给一个地方打分，存为考评 / freeze standard and data, score a place, keep it."""
    from liangcun_server.cli.reading import author
    from liangcun_server.cli.session import ask

    who = author(by)

    async def work(application: Application) -> _Told:
        return await _run(application, standard, within, period, level, who, reason)

    told = ask(work, database_url=database_url)
    for line in told.lines():
        say(line)
    if told.assessment.result is None:
        raise typer.Exit(1)
    number = told.assessment.id
    note(
        words(
            f"查看：liangcun assessment show {number}；"
            f"公布：liangcun assessment publish {number} --reason 理由",
            f"see it: liangcun assessment show {number}; publish it: liangcun assessment publish {number} "
            "--reason TEXT",
        )
    )


async def _run(
    application: Application,
    standard: str,
    within: str | None,
    period: str | None,
    level: str | None,
    author: str,
    reason: str,
) -> _Told:
    from liangcun_server.cli.questions import Asked, understand

    async with application.database.read() as connection:
        asked = Asked(standard, within, period, level, None)
        understood = await understand(application, connection, asked)
    chosen, question = understood.period, understood.question
    if chosen.because is not None:
        note(f"{chosen.period}  {chosen.because.pick(locale())}")
    service = application.assessments
    number = await service.begin(
        question.resolved,
        understood.region.code,
        chosen.period,
        question.assessor_level,
        author=author,
        reason=reason,
    )
    with following() as show:
        async for progress in service.runs.follow(number):
            if show is not None:
                show(progress.stage.label, progress.done, progress.total)
    await service.wait(number)
    return await _told(application, number)


class _Told:
    """An assessment with what is told of it."""

    def __init__(
        self, assessment: Assessment, frozen: Frozen, notices: Sequence[AssessmentNotice], place: str
    ) -> None:
        self.assessment = assessment
        self.frozen = frozen
        self.notices = notices
        self.place = place

    def lines(self) -> list[str]:
        """The assessment line by line."""
        one = self.assessment
        level = words("各指标取层级最高的填报值", "for each indicator the highest level that has a value")
        if one.assessor_level is not None:
            level = one.assessor_level.label.pick(locale())
        title = self.frozen.title.pick(locale())
        plugins = words("、", ", ").join(str(plugin) for plugin in self.frozen.plugins) or "—"
        lines = [
            words(f"考评 {one.id}", f"assessment {one.id}") + f"  {one.status().label.pick(locale())}",
            f"{title} {one.standard}  {self.place}  {one.period}",
            words("考评层级：", "assessor level: ") + level,
            words("开始：", "begun: ") + _when(one.started),
            words("数据修订号：", "revision of the data: ") + str(one.started.revision),
            words("插件：", "plugins: ") + plugins,
        ]
        if one.result is not None:
            found = one.result
            lines += [
                words(
                    f"{found.region_count} 个参加，{found.ranked_count} 个有名次，"
                    f"{found.passed_count} 个达标",
                    f"{found.region_count} scored, {found.ranked_count} ranked, {found.passed_count} pass",
                ),
                words("结果摘要：", "digest of the result: ") + found.digest,
            ]
        if one.publication is not None:
            written = one.publication.written
            number = one.publication.document_number
            lines.append(
                words("公布：", "published: ") + _when(written) + ("" if number is None else f"  {number}")
            )
        return lines + [_notice_line(each) for each in self.notices]


def _notice_line(notice: AssessmentNotice) -> str:
    mark = words("出错", "failed") if notice.failed else words("提醒", "note")
    about = "" if notice.region_code is None else f"{notice.region_code} "
    # What liangcun itself says needs no name.
    by = "" if notice.action == "liangcun" else f"[{notice.action}] "
    return f"{by}{mark}: {about}{notice.text.pick(locale())}"


def _when(written: Written) -> str:
    return f"{written.recorded_at.astimezone():%Y-%m-%d %H:%M:%S}  {written.author}  {written.reason}"


async def _told(application: Application, number: int) -> _Told:
    """Raises UnknownAssessment."""
    from liangcun_server.assessments import repository
    from liangcun_server.assessments.model import UnknownAssessment
    from liangcun_server.regions.repository import by_codes

    async with application.database.read() as connection:
        found = (await repository.by_ids(connection, [number])).get(number)
        if found is None:
            raise UnknownAssessment.of(number)
        frozen = (await repository.frozen_of(connection, [number]))[number]
        notices = (await repository.notices_of(connection, [number]))[number]
        places = await by_codes(connection, [found.region_code])
    place = places.get(found.region_code)
    return _Told(found, frozen, notices, found.region_code if place is None else place.name)


@assessment.command("list")
def list_assessments(
    within: Within = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=1000, metavar="N", help="最多几个 / at most")
    ] = 50,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """列出一个地方之内的考评，新的在前 / the assessments within a place, the newest first."""
    from liangcun_server.cli.listing import Field, write_list
    from liangcun_server.cli.session import ask

    async def work(application: Application) -> list[tuple[Any, ...]]:
        from liangcun_server.assessments.repository import within_page
        from liangcun_server.cli.finding import region_or_place

        async with application.database.read() as connection:
            region = await region_or_place(connection, within)
            page = await within_page(connection, region.code, first=limit)
        return [_row(one) for one in page.items]

    fields = [
        Field("id", Heading(words("编号", "number"), right=True)),
        Field("status", Heading(words("状态", "status"))),
        Field("region", Heading(words("地方", "place"), fixed=True)),
        Field("standard", Heading(words("标准", "standard"))),
        Field("period", Heading(words("时期", "period"))),
        Field("level", Heading(words("层级", "level"))),
        Field("startedAt", Heading(words("开始", "begun"))),
        Field("regionCount", Heading(words("参加", "scored"), right=True)),
        Field("passedCount", Heading(words("达标", "pass"), right=True)),
        Field("documentNumber", Heading(words("文号", "document"))),
    ]
    write_list(fields, ask(work, database_url=database_url), format, output)


def _row(one: Assessment) -> tuple[Any, ...]:
    result, publication = one.result, one.publication
    return (
        one.id,
        one.status(),
        one.region_code,
        one.standard,
        str(one.period),
        one.assessor_level,
        one.started.recorded_at.astimezone().isoformat(timespec="seconds"),
        None if result is None else result.region_count,
        None if result is None else result.passed_count,
        None if publication is None else publication.document_number,
    )


@assessment.command("show")
def show(
    number: Number,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """一次考评：依据、结果，按名次列出各村 / one assessment: what it rests upon, and its results."""
    from liangcun_server.assessments.figures import Figures
    from liangcun_server.cli.session import ask

    async def work(application: Application) -> tuple[_Told, Figures | None, dict[str, str]]:
        from liangcun_server.assessments.repository import figures_of
        from liangcun_server.regions.repository import by_codes

        told = await _told(application, number)
        if told.assessment.result is None:
            return told, None, {}
        async with application.database.read() as connection:
            figures = Figures.unpacked(await figures_of(connection, number))
            names = await by_codes(connection, figures.codes)
        return told, figures, {code: one.name for code, one in names.items()}

    told, figures, names = ask(work, database_url=database_url)
    quiet = format not in (None, "table") or output is not None
    for line in told.lines():
        (note if quiet else say)(line)
    if figures is None:
        warn(
            words(
                "没有结果：还在进行，或者中途断了；断了的请重新运行",
                "there is no result: it is under way, or was cut short and has to be run again",
            )
        )
        return
    _write_results(told, figures, names, format, output)


def _write_results(
    told: _Told, figures: Figures, names: dict[str, str], format: str | None, output: Path | None
) -> None:
    from liangcun_server.cli.listing import Field, write_list
    from liangcun_server.scorecards.types import known

    fields = [
        Field("rank", Heading(words("名次", "rank"), right=True)),
        Field("region", Heading(words("代码", "code"), fixed=True)),
        Field("name", Heading(words("名称", "name"))),
        Field("score", Heading(words("得分", "score"), right=True)),
        Field("grade", Heading(words("等次", "grade"))),
        Field("passed", Heading(words("达标", "passed"))),
        Field("verdict", Heading(words("结论", "verdict"))),
    ]
    rows = figures.rows_within(told.assessment.region_code)
    order = sorted(
        range(rows.start, rows.stop), key=lambda row: (figures.rank[row] == 0, figures.rank[row], row)
    )
    listed = []
    for row in order:
        grade, code = int(figures.grade[row]), figures.codes[row]
        listed.append(
            (
                int(figures.rank[row]) or None,
                code,
                names.get(code, ""),
                known(float(figures.total[row])),
                None if grade < 0 else told.frozen.grades[grade][1],
                words("是", "yes") if figures.passed[row] else words("否", "no"),
                figures.verdict_of(row),
            )
        )
    write_list(fields, listed, format, output)


@assessment.command("publish")
def publish(
    number: Number,
    reason: Reason,
    document: Annotated[
        str | None, typer.Option("--document", metavar="TEXT", help="文号 / the document's number")
    ] = None,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """重算一遍，一致就公布；此后不变 / work it out again and, if it is the same, publish it for good."""
    from liangcun_server.cli.reading import author
    from liangcun_server.cli.session import ask

    who = author(by)

    async def work(application: Application) -> _Told:
        from liangcun_server.assessments.publishing import publish

        await publish(
            application.database,
            application.plugins,
            number,
            document_number=document,
            author=who,
            reason=reason,
        )
        return await _told(application, number)

    for line in ask(work, database_url=database_url).lines():
        say(line)
