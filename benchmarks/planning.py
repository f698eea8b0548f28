"""Improvement plans, village by village: `make bench-compare`.

Each village of a county that doesn't pass is planned for, by costs made up for the purpose. Beside it, in the
same turns: HiGHS alone on the very programs, reading and scoring left out; and the rule of thumb that a
person would follow, always the change that gives most points for the money, scored again after each. Of the
rule of thumb it is told as well how much more its plans cost, and how often it finds none.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import cached_property
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.setting import COUNTY, Setting
from benchmarks.timing import Contender, Spent, take_turns
from benchmarks.villages import make_table
from liangcun_standards import ScoreResult, score
from liangcun_standards.compiled import prepare
from liangcun_standards.planning import Cost, CostTable, Plan, Target, plan
from liangcun_standards.planning.plans import search_of
from liangcun_standards.planning.program import Linear, Program
from liangcun_standards.planning.search import Search
from liangcun_standards.vocabulary import Direction, IndicatorKind

_PASS = Target(None)
_TARGET = 0.2
_PRICES = {
    IndicatorKind.BOOLEAN: 60_000.0,
    IndicatorKind.COUNT: 1_500.0,
    IndicatorKind.RATE: 2_000.0,
    IndicatorKind.QUANTITY: 700.0,
}

OURS = "planned"
SOLVER = "HiGHS alone, on the same programs"
THUMB = "rule of thumb, most points for the money"


@dataclass(frozen=True)
class County:
    """Villages that don't pass, and made-up costs of whatever has a direction."""

    setting: Setting
    result: ScoreResult
    costs: CostTable

    @classmethod
    def of(cls, count: int) -> County:
        """A county of so many villages."""
        setting = Setting(count)
        result = score(setting.standard, make_table(setting.villages, setting.indicators), setting.indicators)
        costs = tuple(
            Cost(indicator=code, unit_cost=_PRICES[one.kind])
            for code, one in setting.inputs.items()
            if one.kind in _PRICES and one.direction is not Direction.NEUTRAL
        )
        return cls(setting, result, CostTable(title="benchmark", source="made up", costs=costs))

    @cached_property
    def rows(self) -> list[int]:
        """The villages to plan for."""
        return [int(row) for row in np.flatnonzero(~self.result.passed)]

    def planned(self, row: int) -> Plan:
        """The cheapest plan of a village."""
        return plan(self.result, self.setting.indicators, row, self.costs, _PASS)

    def search(self, row: int) -> Search:
        """All that may be chosen for a village."""
        return search_of(self.result, self.setting.indicators, row, self.costs, None)[0]

    def programs(self, row: int) -> list[tuple[Program, Linear]]:
        """The programs that planning a village solves first, put together already."""
        search, found = self.search(row), []
        for presence in search.presences():
            for place in search.grades(_PASS):
                model = search.model(presence, slopes=True)
                if model.demand(_PASS, model.climb(), place):
                    found.append((model.program, model.choices.cost()))
        return found


def by_rule_of_thumb(search: Search) -> float | None:
    """What passing costs when the change with most points for the money comes first; None for no way."""
    village, chosen = search.village, dict.fromkeys(search.levels, 0)
    while True:
        result = village.respond_to(search.values(chosen)).result
        if bool(result.passed[0]):
            return search.cost(chosen)
        tried = [
            {**chosen, code: level}
            for code, one in search.levels.items()
            for level in range(chosen[code] + 1, len(one))
        ]
        if not tried:
            return None
        changed = {
            code: np.array([one.values[each[code]] if each[code] else np.nan for each in tried])
            for code, one in search.levels.items()
        }
        after = village.respond(village.with_values(changed, len(tried))).result
        money = np.array([search.cost(each) for each in tried]) - search.cost(chosen)
        gain = np.nan_to_num(after.total) - float(result.total[0]) + 1e3 * after.passed
        worth = np.where(gain > 1e-9, gain / np.maximum(money, 1.0), -np.inf)
        best = int(worth.argmax())
        if worth[best] == -np.inf:
            return None
        chosen = tried[best]


def _measure(county: County, rows: list[int], rounds: int) -> dict[str, list[Spent]]:
    def each(job: object) -> Contender:
        waiting = [*rows]

        def prepared() -> object:
            row = waiting.pop(0)
            waiting.append(row)
            return job(row)  # type: ignore[operator]

        return Contender(lambda run: run(), prepared)

    return take_turns(
        {
            OURS: each(lambda row: lambda: county.planned(row)),
            SOLVER: each(
                lambda row: (lambda ready: lambda: [one.cheapest(cost, 20.0) for one, cost in ready])(
                    county.programs(row)
                )
            ),
            THUMB: each(lambda row: (lambda search: lambda: by_rule_of_thumb(search))(county.search(row))),
        },
        rounds,
        len(rows),
    )


def _quality(county: County, rows: list[int]) -> str:
    """How the rule of thumb fares beside the cheapest plans."""
    more, none, same = [], 0, 0
    for row in rows:
        best, thumb = county.planned(row), by_rule_of_thumb(county.search(row))
        if not best.reached:
            continue
        if thumb is None:
            none += 1
            continue
        more.append(thumb / max(best.cost, 1.0))
        same += thumb <= best.cost + 1
    shown = f"median {median(more):.2f}, worst {max(more):.2f} times as much" if more else "no plan at all"
    return (
        f"the rule of thumb costs {shown}; it is as cheap for {same} of {len(rows)} villages and finds "
        f"no way for {none} that have one"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--villages", type=int, default=COUNTY)
    asked = parser.parse_args()
    prepare()
    county = County.of(asked.villages)
    rows = county.rows
    runs = _measure(county, rows, asked.rounds)
    table = Table(
        title=f"plans for the {len(rows)} of {asked.villages} villages that don't pass, "
        f"23 criteria, {len(county.costs.costs)} indicators with a cost"
    )
    for heading in ("what", "median", "95%", "longest", "÷ planned", "asked for"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    ours = median(one.wall for one in runs[OURS])
    for name, spent in runs.items():
        taken = np.array([one.wall for one in spent]) * 1000
        table.add_row(
            name,
            f"{np.median(taken):,.1f} ms",
            f"{np.percentile(taken, 95):,.1f} ms",
            f"{taken.max():,.1f} ms",
            f"{np.median(taken) / 1000 / ours:.2f}",
            f"below {_TARGET * 1000:.0f} ms" if name == OURS else "",
        )
    console = Console()
    console.print(table)
    console.print(_quality(county, rows))


if __name__ == "__main__":
    main()
