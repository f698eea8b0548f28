"""One standard scored from each assessor level's values alone, and each two levels side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.exports.notes import scope_notes
from liangcun_server.scorecards.service import Question, Scores, ScoringService, scope_for
from liangcun_server.storage.kept import Reading
from liangcun_standards.assessor_gap import GapPair, gap_between
from liangcun_standards.catalogue import ResolvedStandard
from liangcun_standards.periods import Period
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel


@dataclass(frozen=True)
class LevelPair:
    """Two levels with data, the one with less authority first."""

    lower: AssessorLevel
    upper: AssessorLevel
    pair: GapPair


@dataclass(frozen=True)
class AssessorGap:
    """The levels over the villages of a place (a full code).

    `counts`: for each level asked for, of how many villages it has put anything on record.
    """

    within: str
    scores: dict[AssessorLevel, Scores]
    counts: dict[AssessorLevel, int]
    pairs: tuple[LevelPair, ...]

    @property
    def resolved(self) -> ResolvedStandard:
        """The standard."""
        return next(iter(self.scores.values())).question.resolved

    @property
    def silent(self) -> list[Text]:
        """A note for each level without data, and where no two levels can be compared."""
        notes = [
            Text(f"{level.label.zh}没有数据，不比", f"there is no data by {level.label.en}: not compared")
            for level, count in self.counts.items()
            if not count
        ]
        if not self.pairs:
            notes.append(
                Text(
                    "至少要有两个考评层级的填报值，才能比较差距",
                    "values by two assessor levels at the least are needed to compare them",
                )
            )
        return notes


async def assessor_gap(
    scoring: ScoringService,
    resolved: ResolvedStandard,
    *,
    within: str,
    period: Period,
    levels: Sequence[AssessorLevel] | None,
    reading: Reading,
) -> AssessorGap:
    """The gaps between the levels asked for, all without any named. Raises LevelMismatch."""
    asked = sorted(set(levels or AssessorLevel), key=lambda one: one.authority)
    scope = scope_for(resolved, within)
    scores = {one: await scoring.scores(Question(resolved, scope, period, one), reading) for one in asked}

    def work() -> AssessorGap:
        counts = {level: _with_data(one, within) for level, one in scores.items()}
        pairs = []
        for lower, upper in combinations([level for level in asked if counts[level]], 2):
            a, b = scores[lower].result, scores[upper].result
            rows = a.rows_within(within)
            pair = gap_between(a, b, scoring.indicators, np.arange(rows.start, rows.stop))
            _ = (pair.total, pair.criteria)  # worked out here, where nobody waits
            pairs.append(LevelPair(lower, upper, pair))
        return AssessorGap(within, scores, counts, tuple(pairs))

    return await asyncio.to_thread(work)


def _with_data(scores: Scores, within: str) -> int:
    result = scores.result
    return int((result.completeness[result.rows_within(within)] > 0).sum())


async def gap_notes(connection: AsyncConnection, found: AssessorGap) -> list[Text]:
    """Levels without data, and the notes on the result of each of the others; three statements a level."""
    notes: dict[Text, None] = dict.fromkeys(found.silent)
    for level, count in found.counts.items():
        if count:
            notes.update(dict.fromkeys(await scope_notes(connection, found.scores[level], found.within)))
    return list(notes)
