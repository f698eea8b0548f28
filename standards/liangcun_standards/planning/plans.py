"""The cheapest changes that bring a village to a grade, or to pass: what a plan is, and working it out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from liangcun_standards.document.standard import Standard
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import Indicator
from liangcun_standards.planning.costs import CostTable
from liangcun_standards.planning.levels import Fixed, levels_of
from liangcun_standards.planning.limits import Limits
from liangcun_standards.planning.model import Target
from liangcun_standards.planning.readers import CannotPlan, readers_of
from liangcun_standards.planning.search import Change, Search, Standing
from liangcun_standards.planning.village import Village
from liangcun_standards.scoring import ScoreResult
from liangcun_standards.scoring.plan import Node, plan_of
from liangcun_standards.table import IndicatorTable
from liangcun_standards.text import Text


class UnknownGrade(LiangcunError):
    """A grade that the standard doesn't have."""

    code = "UNKNOWN_GRADE"


@dataclass(frozen=True)
class Plan:
    """The cheapest way of one village to a target.

    `reached`: whether there is one. `proven`: whether it is known to be the cheapest, or known that there is
    none; for want of time it may not be. `changes`: the dearest first; `cost` in yuan. `after` was scored
    anew with the changes made. `fixed`: what stays as it is though it has a cost, and why. `remarks`: how
    far, and in which steps, indicators were looked at, where that isn't as asked for. Where there is no
    way, `reasons` say why, `highest_total` how far the total can get, and `best` is the plan for the best
    grade within reach, None for none.
    """

    region: str
    target: Target
    reached: bool
    proven: bool
    changes: tuple[Change, ...]
    cost: float
    before: Standing
    after: Standing
    fixed: tuple[Fixed, ...]
    reasons: tuple[Text, ...] = ()
    highest_total: float | None = None
    best: Plan | None = None
    remarks: tuple[Text, ...] = ()


def target_of(standard: Standard, grade: str | None) -> Target:
    """The target that a grade's code names, or passing without one. Raises UnknownGrade."""
    if grade is None:
        return Target(None)
    codes = [one.code for one in standard.grades]
    if grade in codes:
        return Target(codes.index(grade))
    named = {one.title: place for place, one in enumerate(standard.grades)}
    if grade in named:
        return Target(named[grade])
    listed = [f"{one.code}（{one.title}）" for one in standard.grades]
    listed_en = [f"{one.code} ({one.label.en})" for one in standard.grades]
    shown = grade[:64]
    if not codes:
        raise UnknownGrade(
            Text(
                f"这个标准不分等次，没有“{shown}”；不写等次就按达标规划",
                f"the standard has no grades, so no '{shown}'; without a grade the plan is for passing",
            )
        )
    raise UnknownGrade(
        Text(
            f"没有等次“{shown}”，可选：{'、'.join(listed)}",
            f"there is no grade '{shown}'; it has {', '.join(listed_en)}",
        )
    )


def check_plannable(result: ScoreResult) -> None:
    """Raise CannotPlan for a standard whose results don't follow from one village's values of one period."""
    standard = result.standard
    if len(result.tables) > 1:
        raise CannotPlan(
            Text(
                "这个标准按多个时期合成得分，过去时期的数据改不了，不能规划",
                "the standard blends several periods, and what is past can't be changed: there is no plan",
            )
        )
    tree = _nodes(plan_of(standard).whole)
    methods = [node.aggregation for node in tree]
    if standard.own_scorer is not None or any(one.peer_relative or one.own is not None for one in methods):
        raise CannotPlan(
            Text(
                "这个标准用熵权、TOPSIS 或插件的程序合成总分，结果取决于其他村或程序内部，不能规划",
                "the standard is put together by entropy weights, TOPSIS or a plugin's program, which hang "
                "on other villages or can't be looked into: there is no plan",
            )
        )


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for inner in node.inner:
        yield from _nodes(inner)


def plan(
    result: ScoreResult,
    indicators: Mapping[str, Indicator],
    row: int,
    costs: CostTable,
    target: Target,
    *,
    beside: IndicatorTable | None = None,
    explained: bool = True,
) -> Plan:
    """The cheapest plan for the region in a row of a result; `indicators` are those of plugins.

    `beside`: a table of the same regions with what costs go by (`per`) and the standard doesn't read.

    The plan is exact over the values that the cost table allows, which are multiples of its steps: by
    mixed-integer programming, the answer scored anew before it is given. Without `explained` a target out of
    reach is only said to be so. Raises CannotPlan.
    """
    check_plannable(result)
    before = Standing.of(result, row)
    region = result.table.regions[row]
    if before.reaches(target):
        return Plan(region, target, True, True, (), 0.0, before, before, ())
    search, fixed = search_of(result, indicators, row, costs, beside)
    found = _planned(search, target, before, fixed)
    return found if found.reached or not explained else _explained(found, search)


def search_of(
    result: ScoreResult,
    indicators: Mapping[str, Indicator],
    row: int,
    costs: CostTable,
    beside: IndicatorTable | None,
) -> tuple[Search, list[Fixed]]:
    """All that may be chosen for the region in a row of a result, and what stays. Raises CannotPlan."""
    village = Village.of(result, indicators, row, beside)
    levels, fixed = levels_of(village, costs.costs)
    search = Search(village, levels, readers_of(village, levels))
    # What is left out by choice might have been cheaper.
    search.proven &= not any(one.by_choice for one in fixed)
    return search, fixed


def _planned(search: Search, target: Target, before: Standing, fixed: Sequence[Fixed]) -> Plan:
    found = search.cheapest(target)
    if found is None:
        return Plan(search.village.code, target, False, search.proven, (), 0.0, before, before, tuple(fixed))
    return plan_for(search, found, target, before, fixed)


def plan_for(
    search: Search, chosen: Mapping[str, int], target: Target, before: Standing, fixed: Sequence[Fixed]
) -> Plan:
    """The plan that chosen levels come to, scored anew."""
    changes, after = search.changes(chosen, target)
    return Plan(
        region=search.village.code,
        target=target,
        reached=True,
        proven=search.proven,
        changes=changes,
        cost=round(sum(one.cost for one in changes), 2),
        before=before,
        after=after,
        fixed=tuple(fixed),
        remarks=search.remarks,
    )


def _explained(found: Plan, search: Search) -> Plan:
    """A plan out of reach with why, and the best grade within reach."""
    standard = search.village.standard
    limits = Limits(search, found.target)
    first = 0 if found.target.grade is None else found.target.grade + 1
    best = None
    for place in range(first, len(standard.grades)):
        target = Target(place)
        if found.before.reaches(target):
            best = replace(found, target=target, reached=True)
            break
        best = _planned(search, target, found.before, found.fixed)
        if best.reached:
            break
    return replace(
        found,
        reasons=tuple(limits.reasons()),
        highest_total=limits.highest_total(),
        best=best if best is not None and best.reached else None,
    )
