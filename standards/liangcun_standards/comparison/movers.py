"""Two schemes over the same regions, side by side: who moves how far, and which criteria are behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from liangcun_standards.comparison.agreement import Agreement, agreement, top_overlap
from liangcun_standards.comparison.contributions import Part, contributions
from liangcun_standards.comparison.crosswalk import Crosswalk, crosswalk
from liangcun_standards.errors import LiangcunError
from liangcun_standards.scoring import ScoreResult
from liangcun_standards.table import Floats, Integers
from liangcun_standards.text import Text


class InvalidComparison(LiangcunError):
    """Schemes that can't be compared."""

    code = "INVALID_COMPARISON"


@dataclass(frozen=True)
class Mover:
    """One region under two schemes, of those ranked by both.

    `shift`: by how many places it stands further down under b. `gap`: its standardised total under b less
    that under a. `because_a`, `because_b`: what each part of each standard gives to the gap; all of them
    add up to it.
    """

    region: str
    rank_a: int
    rank_b: int
    shift: int
    gap: float
    because_a: tuple[tuple[Part, float], ...]
    because_b: tuple[tuple[Part, float], ...]


@dataclass(frozen=True)
class Pair:
    """Two schemes over the regions within one place that both rank.

    `rows_a`, `rows_b`: where each of the n regions stands in either result. `ranks_a`, `ranks_b`: (n,) its
    places among these n. `left_out`: how many regions only one of them ranks, or neither.
    """

    a: ScoreResult
    b: ScoreResult
    regions: tuple[str, ...]
    rows_a: Integers
    rows_b: Integers
    ranks_a: Integers
    ranks_b: Integers
    left_out: int

    @cached_property
    def agreement(self) -> Agreement:
        """How far they agree."""
        return agreement(
            self._totals_a, self._totals_b, self.a.passed[self.rows_a], self.b.passed[self.rows_b]
        )

    @cached_property
    def crosswalk(self) -> Crosswalk:
        """What their criteria share."""
        return crosswalk(self.a.standard, self.b.standard)

    @cached_property
    def turned(self) -> Pair:
        """The same pair with b first."""
        return replace(
            self,
            a=self.b,
            b=self.a,
            rows_a=self.rows_b,
            rows_b=self.rows_a,
            ranks_a=self.ranks_b,
            ranks_b=self.ranks_a,
        )

    def top_overlap(self, size: int) -> int:
        """How many regions stand among the first `size` of both."""
        return top_overlap(self.ranks_a, self.ranks_b, size)

    def movers(self, first: int) -> list[Mover]:
        """The regions that move, the farthest first, by code where as far; at most `first`."""
        shift = self.ranks_b - self.ranks_a
        order = np.lexsort((np.arange(len(shift)), -np.abs(shift)))[:first]
        chosen = order[shift[order] != 0]
        if not len(chosen):
            return []
        because_a = self._because(self.a, self.rows_a, self._totals_a, chosen, -1.0)
        because_b = self._because(self.b, self.rows_b, self._totals_b, chosen, 1.0)
        gaps = self._standardised(self._totals_b)[chosen] - self._standardised(self._totals_a)[chosen]
        return [
            Mover(
                self.regions[place],
                int(self.ranks_a[place]),
                int(self.ranks_b[place]),
                int(shift[place]),
                float(gaps[number]),
                because_a[number],
                because_b[number],
            )
            for number, place in enumerate(chosen)
        ]

    @cached_property
    def _totals_a(self) -> Floats:
        return self.a.total[self.rows_a]

    @cached_property
    def _totals_b(self) -> Floats:
        return self.b.total[self.rows_b]

    def _standardised(self, totals: Floats) -> Floats:
        """(n,) how many standard deviations above the mean; 0 for everyone where all are the same."""
        spread = float(totals.std())
        return (totals - totals.mean()) / spread if spread > 0 else np.zeros(len(totals))

    def _because(
        self, result: ScoreResult, rows: Integers, totals: Floats, chosen: Integers, sign: float
    ) -> list[tuple[tuple[Part, float], ...]]:
        """For each chosen region, what every part gives to the gap.

        A standardised total is a sum over parts of (its value - its mean) / the spread of the totals.
        """
        spread = float(totals.std())
        if spread == 0:
            return [() for _ in chosen]
        found = contributions(result, rows, chosen)
        centred = found.values * (sign / spread)
        return [
            tuple(
                (part, float(value))
                for part, value in zip(found.parts, centred[:, number], strict=True)
                if value
            )
            for number in range(len(chosen))
        ]


def compare(a: ScoreResult, b: ScoreResult, within: str | None = None) -> Pair:
    """Two results side by side over the regions that both rank, within a place (a twelve-digit code) or all.

    Raises InvalidComparison for standards that score regions of different levels.
    """
    if a.standard.level is not b.standard.level:
        levels = [one.standard.level.label for one in (a, b)]
        raise InvalidComparison(
            Text(
                f"两个标准的评分对象不同（{levels[0].zh}、{levels[1].zh}），不能比较",
                f"one scores regions of {levels[0].en} level and the other of {levels[1].en} level: they "
                "can't be compared",
            )
        )
    rows_a, rows_b, everyone = _matched(a, b, within)
    both = a.ranked[rows_a] & b.ranked[rows_b]
    regions = a.table.regions
    rows_a, rows_b = rows_a[both], rows_b[both]
    return Pair(
        a,
        b,
        tuple(regions if len(rows_a) == len(regions) else map(regions.__getitem__, rows_a.tolist())),
        rows_a,
        rows_b,
        a.places(a.total[rows_a], dense=False),
        b.places(b.total[rows_b], dense=False),
        everyone - len(rows_a),
    )


def _matched(a: ScoreResult, b: ScoreResult, within: str | None) -> tuple[Integers, Integers, int]:
    """The rows of the regions that stand in both, and how many stand in either."""
    rows = [slice(0, len(one)) if within is None else one.rows_within(within) for one in (a, b)]
    regions = [one.table.regions[part] for one, part in zip((a, b), rows, strict=True)]
    if regions[0] is regions[1] or regions[0] == regions[1]:
        size = len(regions[0])
        return np.arange(size) + rows[0].start, np.arange(size) + rows[1].start, size
    codes = [np.array([int(code) for code in part], np.int64) for part in regions]
    both, in_a, in_b = np.intersect1d(codes[0], codes[1], assume_unique=True, return_indices=True)
    either = len(codes[0]) + len(codes[1]) - len(both)
    return in_a + rows[0].start, in_b + rows[1].start, either
