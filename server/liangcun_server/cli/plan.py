"""`liangcun plan`: what brings a village over the line for the least, and what a budget brings over it."""

from __future__ import annotations

from collections.abc import Callable
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
    Within,
)
from liangcun_server.cli.output import Heading, counting, note, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from liangcun_server.application import Application
    from liangcun_server.cli.listing import Field
    from liangcun_server.cli.questions import Asked, Understood
    from liangcun_server.planning.planning import Budgeted, Planned
    from liangcun_server.planning.stored_costs import Costs
    from liangcun_server.regions.region import Region
    from liangcun_standards.document import Standard
    from liangcun_standards.planning import Plan
    from liangcun_standards.text import Text

_MORE = 10_000.0

Region_ = Annotated[
    str | None,
    typer.Argument(metavar="CODE", help="村的区划代码 / the village's code", show_default=False),
]
TargetOption = Annotated[
    str | None,
    typer.Option(
        "--target",
        "-t",
        metavar="GRADE",
        help="要到的等次，代码或名称；默认是达标 / the grade to reach, by default to pass",
    ),
]
BudgetOption = Annotated[
    str | None,
    typer.Option(
        "--budget", "-b", metavar="YUAN", help="预算（元）：先帮哪些村过线 / which villages first, in yuan"
    ),
]
CostsOption = Annotated[
    Path | None,
    typer.Option(
        "--costs",
        metavar="FILE",
        help="成本表文件，代替库里的 / a cost table's file, in place of the one in the database",
    ),
]


def plan(
    standard: StandardName,
    region: Region_ = None,
    target: TargetOption = None,
    within: Within = None,
    budget: BudgetOption = None,
    costs: CostsOption = None,
    period: PeriodOption = None,
    level: AssessorOption = None,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """最省的整改方案：一个村怎样达标，一笔预算先帮哪些村 / the cheapest way to pass, or to spend a budget."""
    from liangcun_server.cli.questions import Asked
    from liangcun_server.cli.reading import BadOption, figure
    from liangcun_server.cli.session import ask
    from liangcun_standards.text import Text

    amount = figure(budget, "--budget")
    if (region is None) == (amount is None):
        raise BadOption(
            Text(
                "写一个村的代码，或者写 --budget（可加 --within），两样写一样",
                "name a village by its code, or give --budget (with --within where wanted), one of the two",
            ),
            where="CODE",
        )
    asked = Asked(standard, within if region is None else region, period, level, None)
    quiet = format not in (None, "table") or output is not None
    tell = note if quiet else say
    if amount is None:
        village = ask(lambda one: _planned(one, asked, costs, target), database_url=database_url)
        _show_plan(*village, tell, format, output, quiet=quiet)
        return
    with counting(words("逐村规划", "planning")) as done:
        place = ask(lambda one: _budgeted(one, asked, costs, target, amount, done), database_url=database_url)
    _show_budget(*place, tell, format, output)


async def costs_given(application: Application, understood: Understood, file: Path | None) -> Costs:
    """The costs in a file, or those that count at the place."""
    from liangcun_server.planning.stored_costs import Costs, costs_at
    from liangcun_standards.document.reading import document_text
    from liangcun_standards.planning import read_costs

    if file is None:
        async with application.database.read() as connection:
            return await costs_at(connection, understood.region.code)
    text = document_text(file)
    table = read_costs(text, file.name)
    standard = understood.question.resolved.standard
    table.check(standard.known(application.scoring.indicators))
    return Costs(table, text)


async def understood_of(application: Application, asked: Asked) -> Understood:
    """What is asked for, found in the database."""
    from liangcun_server.cli.questions import understand

    async with application.database.read() as connection:
        return await understand(application, connection, asked)


async def _planned(
    application: Application, asked: Asked, file: Path | None, target: str | None
) -> tuple[Understood, Planned, list[Text]]:
    from liangcun_server.planning.notes import plan_notes
    from liangcun_server.planning.planning import planned

    understood = await understood_of(application, asked)
    costs = await costs_given(application, understood, file)
    scores = await application.scoring.scores(understood.question)
    code = understood.region.code
    found = await planned(application.scoring, scores, code, costs, target)
    async with application.database.read() as connection:
        notes = await plan_notes(connection, scores, costs, [found.plan], code)
    return understood, found, notes


async def _budgeted(
    application: Application,
    asked: Asked,
    file: Path | None,
    target: str | None,
    amount: float,
    done: Callable[[int, int], None],
) -> tuple[Understood, Budgeted, Mapping[str, Region], list[Text]]:
    from liangcun_server.planning.notes import plan_notes
    from liangcun_server.planning.planning import budgeted
    from liangcun_server.regions.repository import by_codes

    understood = await understood_of(application, asked)
    costs = await costs_given(application, understood, file)
    scores = await application.scoring.scores(understood.question)
    code = understood.region.code
    found = await budgeted(application, scores, code, costs, target, amount, done)
    async with application.database.read() as connection:
        regions = await by_codes(connection, [one.region for one in found.budget.plans])
        notes = await plan_notes(connection, scores, costs, found.budget.chosen, code)
    return understood, found, regions, notes


def heading(understood: Understood) -> str:
    """Which place, standard and period an answer is about."""
    standard = understood.question.resolved
    title, chosen = standard.standard.label.pick(locale()), understood.period
    because = "" if chosen.because is None else words(f"（{chosen.because.zh}）", f" ({chosen.because.en})")
    return f"{understood.region.name} {understood.region.code}  {title} {standard.name}  " + words(
        f"时期 {chosen.period}{because}", f"period {chosen.period}{because}"
    )


def _show_plan(
    understood: Understood,
    found: Planned,
    notes: Sequence[Text],
    tell: Callable[[str], None],
    format: str | None,
    output: Path | None,
    *,
    quiet: bool,
) -> None:
    from liangcun_server.planning.words import standing_text, summary

    standard, plan = understood.question.resolved.standard, found.plan
    tell(heading(understood))
    tell(words("现在：", "now: ") + standing_text(standard, plan.before).pick(locale()))
    tell(words("方案：", "plan: ") + summary(standard, plan).pick(locale()))
    for reason in plan.reasons:
        tell(f"  {reason.pick(locale())}")
    shown = plan if plan.reached or plan.best is None else plan.best
    if shown.changes or quiet:
        write_changes(standard, shown, found.costs, format, output)
    if shown.changes:
        tell(
            words("改后（重新评分）：", "after, scored again: ")
            + standing_text(standard, shown.after).pick(locale())
        )
    for one in plan.fixed:
        note(words("不动：", "left as it is: ") + one.reason.pick(locale()))
    for text in notes:
        note(text.pick(locale()))


def write_changes(
    standard: Standard, plan: Plan, costs: Costs, format: str | None, output: Path | None
) -> None:
    """Write what a plan changes; into a file also by whose costs."""
    from liangcun_server.cli.listing import Field
    from liangcun_server.planning.words import basis, before_text

    titles = {one.code: one.label.pick(locale()) for one in standard.criteria}
    departments = {one.code: one.department for one in standard.criteria}
    fields = [
        Field("indicator", Heading(words("指标", "indicator"))),
        Field("name", Heading(words("名称", "name"))),
        Field("before", Heading(words("现在", "now"))),
        Field("after", Heading(words("改到", "to be"))),
        Field("cost", Heading(words("费用（元）", "yuan"), right=True)),
        Field("criteria", Heading(words("条目", "criteria"))),
        Field("department", Heading(words("责任部门", "department"))),
    ]
    rows = [
        (
            one.indicator.code,
            one.indicator.label.pick(locale()),
            before_text(one).pick(locale()),
            one.indicator.show(one.after).pick(locale()),
            round(one.cost, 2),
            words("、", ", ").join(titles[code] for code in one.criteria),
            "、".join(dict.fromkeys(departments[code] or "" for code in one.criteria)),
            basis(costs.table).pick(locale()),
        )
        for one in plan.changes
    ]
    _write_by_costs(fields, rows, format, output)


def _write_by_costs(
    fields: list[Field], rows: list[tuple[Any, ...]], format: str | None, output: Path | None
) -> None:
    """Write rows whose last cell says by which costs; a table on the screen has that below it."""
    from liangcun_server.cli.listing import Field, write_list

    if format in (None, "table") and output is None:
        write_list(fields, [row[:-1] for row in rows], format, output)
        return
    write_list([*fields, Field("costs", Heading(words("单价", "costs by")))], rows, format, output)


def _show_budget(
    understood: Understood,
    found: Budgeted,
    regions: Mapping[str, Region],
    notes: Sequence[Text],
    tell: Callable[[str], None],
    format: str | None,
    output: Path | None,
) -> None:
    tell(heading(understood))
    for line in _budget_lines(found):
        tell(line)
    _write_villages(found, regions, format, output)
    for text in notes:
        note(text.pick(locale()))


def _budget_lines(found: Budgeted) -> list[str]:
    from liangcun_server.planning.words import target_text, yuan

    budget, standard = found.budget, found.scores.result.standard
    target = target_text(standard, budget.target).pick(locale())
    chosen, reach = len(budget.chosen), len(budget.plans)
    amount, spent = yuan(budget.amount).pick(locale()), yuan(budget.spent).pick(locale())
    every = yuan(budget.cost_of_all).pick(locale())
    lines = [
        words(
            f"目标：{target}。已到 {budget.there} 个村，能到而未到 {reach} 个（全部要 {every}），"
            f"按成本表到不了 {len(budget.out_of_reach)} 个",
            f"target: {target}. Villages there already: {budget.there}; within reach: {reach} (all for "
            f"{every}); out of reach by the cost table: {len(budget.out_of_reach)}",
        ),
        words(
            f"预算 {amount}：新增 {chosen} 个村，用 {spent}",
            f"a budget of {amount}: villages brought over the line: {chosen}, for {spent}",
        ),
    ]
    more, extra = budget.more_for(_MORE), yuan(_MORE).pick(locale())
    if budget.rest:
        lines.append(words(f"再加 {extra}：再多 {more} 个村", f"{extra} more: villages more: {more}"))
    if budget.missing_for_next is not None:
        missing = yuan(budget.missing_for_next).pick(locale())
        lines.append(words(f"再多一个村要再加 {missing}", f"one more village takes {missing} more"))
    elif budget.rest:
        lines.append(
            words(
                "成本表里的合计限度（total_change）也有影响，光加钱不一定够",
                "limits on all villages together (total_change) are in the way: money alone may not do",
            )
        )
    if not budget.proven:
        lines.append(words("不能保证是最多的", "not proven to be the most"))
    return lines


def _write_villages(
    found: Budgeted, regions: Mapping[str, Region], format: str | None, output: Path | None
) -> None:
    from liangcun_server.cli.listing import Field
    from liangcun_server.planning.words import basis, change_text

    fields = [
        Field("order", Heading(words("次序", "order"), right=True)),
        Field("region", Heading(words("代码", "code"), fixed=True)),
        Field("name", Heading(words("村", "village"))),
        Field("score", Heading(words("现在得分", "score now"), right=True)),
        Field("cost", Heading(words("费用（元）", "yuan"), right=True)),
        Field("sum", Heading(words("累计（元）", "sum"), right=True)),
        Field("changes", Heading(words("做什么", "what to do"))),
    ]
    rows: list[tuple[Any, ...]] = []
    total = 0.0
    for order, one in enumerate(found.budget.chosen, start=1):
        total += one.cost
        region = regions.get(one.region)
        changes = [change_text(change).pick(locale()) for change in one.changes]
        rows.append(
            (
                order,
                one.region,
                "" if region is None else region.name,
                one.before.total,
                round(one.cost, 2),
                round(total, 2),
                words("；", "; ").join(changes),
                basis(found.costs.table).pick(locale()),
            )
        )
    _write_by_costs(fields, rows, format, output)
