"""Several schemes scored over one place in one period, and each pair of them looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from liangcun_server.scorecards.service import Question, Scores, ScoringService, scope_for
from liangcun_server.standards.at_hand import Standards, check_resolves
from liangcun_server.storage.kept import Reading
from liangcun_standards.catalogue import Publication, ResolvedStandard
from liangcun_standards.comparison import InvalidComparison, Pair, compare
from liangcun_standards.errors import UnknownStandard
from liangcun_standards.periods import Period
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel

FEWEST, MOST = 2, 6


@dataclass(frozen=True)
class Compared:
    """What schemes come to side by side over `scope`, a twelve-digit code.

    `pairs`: for each two of `scores`, the earlier one first.
    """

    scope: str
    period: Period
    scores: tuple[Scores, ...]
    pairs: dict[tuple[int, int], Pair]

    @property
    def standards(self) -> list[ResolvedStandard]:
        """The schemes, in the order asked for."""
        return [one.question.resolved for one in self.scores]

    def pair(self, a: str, b: str) -> Pair:
        """The pair of two schemes, by name, id or code.

        Raises UnknownStandard for one that isn't compared here, InvalidComparison for the same one twice.
        """
        first, second = self._place(a), self._place(b)
        if first == second:
            raise InvalidComparison(Text("请给出两个不同的标准", "name two different standards"))
        pair = self.pairs[min(first, second), max(first, second)]
        return pair if first < second else pair.turned

    def named(self, name: str) -> ResolvedStandard:
        """The scheme of that name, id or code. Raises UnknownStandard."""
        return self.standards[self._place(name)]

    def _place(self, name: str) -> int:
        for place, one in enumerate(self.standards):
            if name in (one.name, one.id, one.standard.code):
                return place
        listed = [one.name for one in self.standards]
        raise UnknownStandard(
            Text(
                f"“{name[:128]}”不在比较之列：{'、'.join(listed)}",
                f"'{name[:128]}' isn't among those compared: {', '.join(listed)}",
            )
        )


def drafted(standards: Standards, publication: Publication, period: Period | None) -> ResolvedStandard:
    """A document as it would be in force, now without a period. Raises InvalidDocument."""
    catalogue = standards.catalogue.extended([publication], replacing=True)
    check_resolves(publication, catalogue)
    return catalogue.resolve(publication, None if period is None else period.end)


async def compared(
    scoring: ScoringService,
    schemes: Sequence[ResolvedStandard],
    *,
    scope: str,
    period: Period,
    assessor_level: AssessorLevel | None,
    reading: Reading,
) -> Compared:
    """Two to six schemes side by side. Nothing is kept.

    Raises InvalidComparison for too few or too many, for one that stands twice and for schemes of different
    levels, LevelMismatch for a place below the level that they score.
    """
    _check(schemes)
    scores = [
        await scoring.scores(Question(one, scope_for(one, scope), period, assessor_level), reading)
        for one in schemes
    ]

    def pair_all() -> dict[tuple[int, int], Pair]:
        pairs = {}
        for a, b in combinations(range(len(scores)), 2):
            pairs[a, b] = compare(scores[a].result, scores[b].result, scope)
            _ = pairs[a, b].agreement
        return pairs

    # Over a nation it takes seconds, for which other requests shouldn't wait.
    return Compared(scope, period, tuple(scores), await asyncio.to_thread(pair_all))


def _check(schemes: Sequence[ResolvedStandard]) -> None:
    if not FEWEST <= len(schemes) <= MOST:
        raise InvalidComparison(
            Text(
                f"一次比较 {FEWEST} 到 {MOST} 个标准，而不是 {len(schemes)} 个",
                f"{FEWEST} to {MOST} standards are compared at a time, not {len(schemes)}",
            )
        )
    names = [one.name for one in schemes]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InvalidComparison(Text(f"{twice} 写了两次", f"{twice} stands twice"))
