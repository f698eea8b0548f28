"""A village's plan and a place's budget, from what is on record."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass

from liangcun_server.application import Application
from liangcun_server.planning.stored_costs import Costs
from liangcun_server.scorecards.service import LevelMismatch, Scores, ScoringService
from liangcun_standards.errors import LiangcunError
from liangcun_standards.planning import (
    Budget,
    CostTable,
    Plan,
    Shared,
    allot,
    check_budget,
    plan,
    plans_within,
    target_of,
)
from liangcun_standards.table import IndicatorTable, Input
from liangcun_standards.text import Text

# A county has about as many villages; a prefecture would take minutes.
MOST_VILLAGES = 1_000


class TooManyVillages(LiangcunError):
    """A budget over more villages than are planned at a time."""

    code = "TOO_MANY_VILLAGES"


@dataclass(frozen=True)
class Planned:
    """One village's plan, what it was scored from and by which costs."""

    plan: Plan
    scores: Scores
    costs: Costs


@dataclass(frozen=True)
class Budgeted:
    """What a budget buys within a place (a full code)."""

    budget: Budget
    within: str
    scores: Scores
    costs: Costs


async def planned(
    scoring: ScoringService, scores: Scores, region: str, costs: Costs, grade: str | None
) -> Planned:
    """The plan of a region (a full code) to a grade, or to pass.

    Raises UnknownGrade, CannotPlan, and LevelMismatch for a region that the standard doesn't score.
    """
    standard = scores.question.resolved.standard
    row = scores.result.table.row_of.get(region)
    if row is None:
        raise LevelMismatch(
            Text(
                f"{scores.question.resolved.name} 评的是{standard.level.label.zh}，{region} 不是",
                f"{scores.question.resolved.name} scores regions of {standard.level.label.en} level, "
                f"{region} is none",
            )
        )
    target = target_of(standard, grade)
    table, beside = await _priced(scoring, scores, costs)
    found = await asyncio.to_thread(
        plan, scores.result, scoring.indicators, row, table, target, beside=beside
    )
    return Planned(found, scores, costs)


async def _priced(
    scoring: ScoringService, scores: Scores, costs: Costs
) -> tuple[CostTable, IndicatorTable | None]:
    """The costs that apply here, and the table of what they go by besides."""
    standard = scores.question.resolved.standard
    table = costs.known_to(standard.known(scoring.indicators))
    read = scores.result.table.columns
    others = {Input(one.per) for one in table.costs if one.per is not None} - set(read)
    return table, await scoring.beside(scores, sorted(others)) if others else None


async def budgeted(
    application: Application,
    scores: Scores,
    within: str,
    costs: Costs,
    grade: str | None,
    budget: float,
    done: Callable[[int, int], None] = lambda *_: None,
) -> Budgeted:
    """Which villages within a place (a full code) a budget brings over the line; `done` is told the progress.

    Raises InvalidBudget, UnknownGrade, CannotPlan, TooManyVillages.
    """
    check_budget(budget)
    scoring, kept, result = application.scoring, application.kept_plans, scores.result
    target = target_of(result.standard, grade)
    rows = _rows(scores, within)
    table, beside = await _priced(scoring, scores, costs)
    stopped = threading.Event()

    def told(place: int) -> None:
        # A thread isn't stopped from outside: it looks whether anybody still waits for it.
        if stopped.is_set():
            raise asyncio.CancelledError
        done(place, len(rows))

    def work() -> Budget:
        plans = kept.get(result, within, table, target)
        if plans is None:
            plans = plans_within(result, scoring.indicators, rows, table, target, beside, told)
            kept.keep(result, within, table, target, plans)
        shared = Shared(result, scoring.indicators, table, target, beside)
        return allot(plans, budget, target, shared)

    try:
        return Budgeted(await application.long_work.run(work), within, scores, costs)
    finally:
        stopped.set()


def _rows(scores: Scores, within: str) -> range:
    rows = scores.result.rows_within(within)
    count = rows.stop - rows.start
    if count > MOST_VILLAGES:
        raise TooManyVillages(
            Text(
                f"一次最多规划 {MOST_VILLAGES} 个村，{within} 之内有 {count} 个；请按县或乡镇分开",
                f"{MOST_VILLAGES} villages are planned at a time at the most, {count} lie within {within}: "
                "take a county or township at a time",
            )
        )
    return range(rows.start, rows.stop)
