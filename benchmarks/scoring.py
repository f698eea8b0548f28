"""Scoring beside OpenFisca-Core and a plain loop, at the size of a county and of the nation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks import plain_loop
from benchmarks.openfisca_rules import OpenFisca
from benchmarks.setting import Setting
from benchmarks.timing import Contender, Spent, spent, take_turns
from benchmarks.villages import Villages, make_table
from liangcun_standards import IndicatorTable, ScoreResult, score
from liangcun_standards.compiled import prepare

MISSING_SHARE = 0.03
# Ours are rounded to two decimals and OpenFisca's are float32, which isn't rounded.
_OPENFISCA_TOLERANCE = 0.0051
_SLOW_LOOP = 10_000

OURS = "liangcun, all results"
OURS_MISSING = "liangcun, 3% missing"
OURS_FROM_ARRAYS = "liangcun, from arrays"
OPENFISCA = "OpenFisca-Core, totals"
OPENFISCA_FROM_ARRAYS = "OpenFisca-Core, from arrays"
LOOP = "plain loop, totals"


@dataclass(frozen=True)
class Measured:
    """What each contender took over `count` villages, run by run."""

    count: int
    runs: Mapping[str, list[Spent]]


class _Contest:
    """The contenders over the same villages."""

    def __init__(self, count: int) -> None:
        self.setting = Setting(count)
        self.villages, self.indicators = self.setting.villages, self.setting.indicators
        self.openfisca = OpenFisca(self.setting.inputs)

    def contenders(self) -> dict[str, Contender]:
        """Every contender but the loop."""
        whole, gaps = self.table(), self.table(MISSING_SHARE)
        return {
            OURS: Contender(self.ours, lambda: whole),
            OURS_MISSING: Contender(self.ours, lambda: gaps),
            OPENFISCA: Contender(self.openfisca.totals, lambda: self.openfisca.simulation(self.villages)),
            OURS_FROM_ARRAYS: Contender(lambda _: self.ours(self.table()), lambda: None),
            OPENFISCA_FROM_ARRAYS: Contender(
                lambda _: self.openfisca.totals(self.openfisca.simulation(self.villages)), lambda: None
            ),
        }

    def table(self, missing_share: float = 0.0) -> IndicatorTable:
        return make_table(self.villages, self.indicators, missing_share)

    def ours(self, table: IndicatorTable) -> ScoreResult:
        result = score(self.setting.standard, table, self.indicators)
        result.ranks()
        return result

    def check(self, loop: list[float]) -> None:
        """Raise ArithmeticError unless all three come to the same totals."""
        ours = self.ours(self.table()).total
        theirs = self.openfisca.totals(self.openfisca.simulation(self.villages))
        if not np.array_equal(ours, np.array(loop)):
            raise ArithmeticError("the plain loop comes to other totals than the engine")
        if np.abs(ours - theirs).max() > _OPENFISCA_TOLERANCE:
            raise ArithmeticError("OpenFisca comes to other totals than the engine")


def measure(count: int, rounds: int, burst: int) -> Measured:
    """Check that all come to the same totals, then let them take turns.

    Over many villages the loop runs once, and whole, before the others.
    """
    # As in a server, which has it ready before long.
    prepare()
    contest = _Contest(count)
    whole, totals = _timed_loop(contest.villages)
    contest.check(totals)
    contenders = contest.contenders()
    if count >= _SLOW_LOOP:
        return Measured(count, {LOOP: [whole], **take_turns(contenders, rounds, burst)})
    rows = next(plain_loop.in_pieces(contest.villages))
    contenders[LOOP] = Contender(plain_loop.totals, lambda: rows)
    return Measured(count, take_turns(contenders, rounds, burst))


def _timed_loop(villages: Villages) -> tuple[Spent, list[float]]:
    """What the loop takes for all villages, and their totals; making the loop's rows isn't timed."""
    wall = cpu = 0.0
    totals: list[float] = []
    for piece in plain_loop.in_pieces(villages):
        took = spent(partial(_add_totals, totals, piece))
        wall, cpu = wall + took.wall, cpu + took.cpu
    return Spent(wall, cpu), totals


def _add_totals(totals: list[float], villages: list[dict[str, float]]) -> None:
    totals += plain_loop.totals(villages)
