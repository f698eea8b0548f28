"""Comparing two schemes over a province and over the nation: `make bench-compare`.

Both are scored, their agreement and the crosswalk worked out, and twenty movers explained. Beside it, in the
same turns: scoring both alone, and scipy's two coefficients alone, which no comparison does without.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from scipy.stats import kendalltau, spearmanr

from benchmarks.setting import NATION, Setting
from benchmarks.timing import Contender, take_turns, typical
from benchmarks.villages import make_table
from liangcun_standards import IndicatorTable, ScoreResult, Standard, score
from liangcun_standards.comparison import Pair, compare
from liangcun_standards.compiled import prepare
from liangcun_standards.document.tree import Aggregation

# As many villages as 吉林省 has.
PROVINCE = 11_860
MOVERS = 20
_TARGETS = {PROVINCE: 0.1, NATION: 3.0}
_MEMORY = 2_000

OURS = "compared"
SCORED = "both scored, nothing more"
COEFFICIENTS = "scipy's coefficients alone"


@dataclass(frozen=True)
class _Schemes:
    """The benchmark's standard, and the same rules under other weights."""

    setting: Setting
    table: IndicatorTable
    a: Standard
    b: Standard

    @classmethod
    def over(cls, count: int) -> _Schemes:
        setting = Setting(count)
        groups = tuple(
            group.model_copy(update={"weight": 1.0 + place})
            for place, group in enumerate(setting.standard.groups)
        )
        other = setting.standard.model_copy(
            update={"code": "other", "aggregation": Aggregation(method="weighted_mean"), "groups": groups}
        )
        table = make_table(setting.villages, setting.indicators, 0.0)
        return cls(setting, table, setting.standard, Standard.model_validate(other.model_dump(by_alias=True)))

    def scored(self) -> tuple[ScoreResult, ScoreResult]:
        indicators = self.setting.indicators
        return score(self.a, self.table, indicators), score(self.b, self.table, indicators)

    def compared(self) -> Pair:
        pair = compare(*self.scored())
        assert pair.agreement.spearman is not None
        assert pair.crosswalk.shared
        assert len(pair.movers(MOVERS)) == MOVERS
        return pair


def _measure(count: int, rounds: int) -> Table:
    schemes = _Schemes.over(count)
    one, other = schemes.scored()

    def coefficients() -> None:
        spearmanr(one.total, other.total)
        kendalltau(one.total, other.total)

    runs = take_turns(
        {
            OURS: Contender(lambda _: schemes.compared(), lambda: None),
            SCORED: Contender(lambda _: schemes.scored(), lambda: None),
            COEFFICIENTS: Contender(lambda _: coefficients(), lambda: None),
        },
        rounds,
        1 if count == NATION else 5,
    )
    table = Table(title=f"two schemes of 23 criteria over {count:,} villages")
    for heading in ("what", "median", "÷ compared", "processor", "asked for"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    ours = typical(runs[OURS])
    for name, spent in runs.items():
        taken = typical(spent)
        asked = f"below {_TARGETS[count] * 1000:,.0f} ms" if name == OURS else ""
        table.add_row(
            name,
            f"{taken.wall * 1000:,.1f} ms",
            f"{taken.wall / ours.wall:.2f}",
            f"{taken.cpu * 1000:,.1f} ms",
            asked,
        )
    return table


def _peak() -> int:
    """The most memory of a process that compares over the nation once, in megabytes."""
    command = [sys.executable, "-m", "benchmarks.comparing", "--once"]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--once", action="store_true", help="compare over the nation once, print the memory")
    asked = parser.parse_args()
    prepare()
    if asked.once:
        _Schemes.over(NATION).compared()
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    console = Console()
    for count in _TARGETS:
        console.print(_measure(count, asked.rounds))
    console.print(
        f"peak memory of a whole process over {NATION:,}: {_peak():,} MB (below {_MEMORY:,} asked for)"
    )


if __name__ == "__main__":
    main()
