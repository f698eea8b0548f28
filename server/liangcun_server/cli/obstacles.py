"""`liangcun obstacles`: what holds a place's villages back, or the three lists of one village."""

from __future__ import annotations

from pathlib import Path
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
    StandardName,
)
from liangcun_server.cli.output import Heading, note, say
from liangcun_server.cli.plan import CostsOption, TargetOption, costs_given, heading, understood_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liangcun_server.application import Application
    from liangcun_server.cli.questions import Asked, Understood
    from liangcun_server.obstacles.lists import Task
    from liangcun_server.planning.stored_costs import Costs
    from liangcun_server.regions.region import Region
    from liangcun_server.scorecards.service import Scores
    from liangcun_standards.indicators import Indicator
    from liangcun_standards.obstacles import Obstacles, PlaceObstacle, Weighting
    from liangcun_standards.planning import Plan
    from liangcun_standards.text import Text

_LISTS = ("weak", "projects", "departments")


def obstacles(
    standard: StandardName,
    region: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE",
            help="一个村，或一个乡镇、县；默认为数据库所建的地方 / a village, or a place with its villages",
            show_default=False,
        ),
    ] = None,
    by_township: Annotated[
        bool, typer.Option("--by-township", help="逐乡镇列出最大的几项 / the greatest ones of each township")
    ] = False,
    first: Annotated[
        int, typer.Option("--first", "-n", min=1, max=1000, metavar="N", help="每处列几项 / how many of each")
    ] = 5,
    weighting: Annotated[
        str,
        typer.Option(
            "--weights",
            metavar="given|entropy",
            help="权重：标准自己的，或熵权 / whose weights: own or entropy",
        ),
    ] = "given",
    which: Annotated[
        str,
        typer.Option(
            "--list",
            metavar="weak|projects|departments",
            help="写文件时写一个村的哪张清单：短板、项目、责任 / which of a village's lists goes to a file",
        ),
    ] = "weak",
    target: TargetOption = None,
    costs: CostsOption = None,
    period: PeriodOption = None,
    level: AssessorOption = None,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """障碍因素，一个村的短板、项目、责任三张清单 / what holds villages back; the three lists of one."""
    from liangcun_server.cli.questions import Asked
    from liangcun_server.cli.reading import BadOption, word
    from liangcun_server.cli.session import ask
    from liangcun_standards.obstacles import Weighting
    from liangcun_standards.text import Text

    weights = word(Weighting, weighting, "--weights") or Weighting.GIVEN
    if which not in _LISTS:
        listed = "、".join(_LISTS)
        raise BadOption(Text(f"可选：{listed}", f"it is one of {', '.join(_LISTS)}"), where="--list")
    asked = Asked(standard, region, period, level, None)

    async def work(application: Application) -> _Looked:
        return await _looked(application, asked, weights, target, costs)

    found = ask(work, database_url=database_url)
    quiet = format not in (None, "table") or output is not None
    (note if quiet else say)(heading(found.understood))
    if found.row is not None:
        _village(found, which if quiet else None, format, output)
    else:
        _place(found, first, format, output, by_township=by_township)
    for text in found.notes:
        note(text.pick(locale()))


class _Looked:
    """What a command looks at: the obstacles, and for a village its row and plan."""

    def __init__(self, understood: Understood, scores: Scores, found: Obstacles) -> None:
        self.understood, self.scores, self.obstacles = understood, scores, found
        self.row = scores.result.table.row_of.get(understood.region.code)
        self.plan: Plan | None = None
        self.unplanned: Text | None = None
        self.costs: Costs | None = None
        self.townships: Mapping[str, Region] = {}
        self.notes: list[Text] = []
        self.indicators: Mapping[str, Indicator] = {}

    @property
    def tasks(self) -> list[Task]:
        from liangcun_server.obstacles.lists import tasks

        criteria = self.scores.result.standard.criteria
        weak = [criteria[place] for place in self.obstacles.of_row(self.row or 0)]
        return tasks(weak, self.plan)


async def _looked(
    application: Application, asked: Asked, weights: Weighting, target: str | None, file: Path | None
) -> _Looked:
    from liangcun_server.exports.notes import scope_notes
    from liangcun_server.obstacles.lists import RESPONSIBILITIES_LATER
    from liangcun_server.planning.notes import plan_notes
    from liangcun_server.planning.planning import planned
    from liangcun_server.regions.repository import by_codes
    from liangcun_standards.obstacles import obstacles as worked_out
    from liangcun_standards.planning import CannotPlan

    understood = await understood_of(application, asked)
    scores = await application.scoring.scores(understood.question)
    found = _Looked(understood, scores, worked_out(scores.result, weights))
    found.indicators = scores.result.standard.known(application.scoring.indicators)
    code = understood.region.code
    if found.row is not None:
        found.costs = costs = await costs_given(application, understood, file)
        try:
            found.plan = (await planned(application.scoring, scores, code, costs, target)).plan
        except CannotPlan as error:
            found.unplanned = error.message
    async with application.database.read() as connection:
        if found.plan is not None:
            found.notes += await plan_notes(connection, scores, costs, [found.plan], code)
            found.notes.append(RESPONSIBILITIES_LATER)
            return found
        if found.row is not None:
            found.notes.append(RESPONSIBILITIES_LATER)
        regions = scores.result.table.regions[scores.result.rows_within(code)]
        found.notes += await scope_notes(connection, scores, code)
        found.townships = await by_codes(connection, {f"{one[:9]}000" for one in regions})
    return found


def _place(found: _Looked, first: int, format: str | None, output: Path | None, *, by_township: bool) -> None:
    import numpy as np

    from liangcun_server.cli.listing import Field, write_list

    result = found.scores.result
    rows = result.rows_within(found.understood.region.code)
    everyone = np.arange(rows.start, rows.stop)
    fields = [
        Field("criterion", Heading(words("条目", "criterion"))),
        Field("title", Heading(words("名称", "title"))),
        Field("degree", Heading(words("障碍度%", "degree %"), right=True)),
        Field("lacking", Heading(words("平均缺分", "points short"), right=True)),
        Field("short", Heading(words("没得满分的村", "short"), right=True)),
        Field("counted", Heading(words("计分的村", "of"), right=True)),
        Field("foremost", Heading(words("列首位的村", "foremost"), right=True)),
        Field("department", Heading(words("责任部门", "department"))),
    ]
    if not by_township:
        write_list(fields, [_row(found, one) for one in found.obstacles.over(everyone)], format, output)
        return
    codes = np.array([result.table.regions[row][:9] for row in everyone.tolist()])
    listed = []
    for code in dict.fromkeys(codes.tolist()):
        township = found.townships.get(f"{code}000")
        name = code if township is None else township.name
        listed += [
            (f"{code}000", name, *_row(found, one))
            for one in found.obstacles.over(everyone[codes == code])[:first]
        ]
    led = [
        Field("township", Heading(words("代码", "code"), fixed=True)),
        Field("name", Heading(words("乡镇", "township"))),
    ]
    write_list([*led, *fields], listed, format, output)


def _row(found: _Looked, one: PlaceObstacle) -> tuple[Any, ...]:
    criterion = found.scores.result.standard.criteria[one.place]
    return (
        criterion.code,
        criterion.label.pick(locale()),
        round(one.degree * 100, 1),
        round(one.lacking, 2),
        one.short,
        one.counted,
        one.foremost,
        criterion.department or "",
    )


def _village(found: _Looked, only: str | None, format: str | None, output: Path | None) -> None:
    from liangcun_server.planning.words import standing_text, summary
    from liangcun_standards.planning import Standing

    standard = found.scores.result.standard
    row = found.row or 0
    if only is None:
        now = standing_text(standard, Standing.of(found.scores.result, row)).pick(locale())
        say(words("现在：", "now: ") + now)
        say(words("\n【短板弱项】", "\n【What it lacks】"))
    if only in (None, "weak"):
        _weak(found, row, format, output)
    if only is None:
        say(words("\n【创建项目】", "\n【What to do】"))
        told = found.unplanned if found.plan is None else summary(standard, found.plan)
        say("" if told is None else told.pick(locale()))
    if only in (None, "projects"):
        _projects(found, format, output, quiet=only is not None)
    if only is None:
        say(words("\n【责任落实】", "\n【Whose it is】"))
    if only in (None, "departments"):
        _departments(found, format, output)


def _weak(found: _Looked, row: int, format: str | None, output: Path | None) -> None:
    import numpy as np

    from liangcun_server.cli.listing import Field, write_list
    from liangcun_standards.explanation import recorded_text, rule_text
    from liangcun_standards.scoring import STATUSES

    result = found.scores.result
    fields = [
        Field("criterion", Heading(words("条目", "criterion"))),
        Field("title", Heading(words("名称", "title"))),
        Field("status", Heading(words("状态", "status"))),
        Field("lacking", Heading(words("缺分", "points short"), right=True)),
        Field("degree", Heading(words("障碍度%", "degree %"), right=True)),
        Field("now", Heading(words("现在", "now"))),
        Field("required", Heading(words("要求", "what is asked for"))),
    ]
    # A veto that earns nothing falls short of no points.
    lacking, degrees = (
        np.nan_to_num(one[:, row]) for one in (found.obstacles.lacking, found.obstacles.degrees)
    )
    rows = []
    for place in found.obstacles.of_row(row):
        criterion = result.standard.criteria[place]
        rows.append(
            (
                criterion.code,
                criterion.label.pick(locale()),
                STATUSES[int(result.status[place, row])],
                round(float(lacking[place]), 2),
                round(float(degrees[place]) * 100, 1),
                recorded_text(criterion, result, found.indicators, row).pick(locale()),
                rule_text(criterion, found.indicators).pick(locale()),
            )
        )
    write_list(fields, rows, format, output)


def _projects(found: _Looked, format: str | None, output: Path | None, *, quiet: bool) -> None:
    from liangcun_server.cli.plan import write_changes

    plan = found.plan
    if plan is not None and not plan.reached and plan.best is not None:
        plan = plan.best
    if plan is not None and found.costs is not None and (plan.changes or quiet):
        write_changes(found.scores.result.standard, plan, found.costs, format, output)


def _departments(found: _Looked, format: str | None, output: Path | None) -> None:
    from liangcun_server.cli.listing import Field, write_list
    from liangcun_server.planning.words import change_text

    fields = [
        Field("department", Heading(words("责任部门", "department"))),
        Field("criteria", Heading(words("短板条目", "weak criteria"))),
        Field("changes", Heading(words("要做的", "what to do"))),
        Field("cost", Heading(words("费用（元）", "yuan"), right=True)),
        Field("methods", Heading(words("测评方法", "methods"))),
    ]
    rows = []
    for one in found.tasks:
        methods = dict.fromkeys(way.label.pick(locale()) for own in one.criteria for way in own.methods)
        rows.append(
            (
                one.department or words("条目没有写明", "not named"),
                words("、", ", ").join(own.label.pick(locale()) for own in one.criteria),
                words("；", "; ").join(change_text(change).pick(locale()) for change in one.changes),
                one.cost,
                words("、", ", ").join(methods),
            )
        )
    write_list(fields, rows, format, output)
