"""Each level's figures side by side: what a place comes to by the values of that level alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from liangcun_server.ladder.model import LadderLevel
from liangcun_server.scorecards.service import Question, Scores, ScoringService, scope_for
from liangcun_server.storage.kept import Reading
from liangcun_standards.catalogue import ResolvedStandard
from liangcun_standards.periods import Period


@dataclass(frozen=True)
class LevelFigures:
    """A level and what a place comes to by its values.

    `region_count`: how many regions there are. `reported_count`: how many have a value of this level.
    `passed_count`: how many of those pass. `mean_score`: over those, None where there is none.
    """

    level: LadderLevel
    scores: Scores
    region_count: int
    reported_count: int
    passed_count: int
    mean_score: float | None


async def side_by_side(
    scoring: ScoringService,
    resolved: ResolvedStandard,
    place: str,
    period: Period,
    levels: Sequence[LadderLevel],
    reading: Reading,
) -> list[LevelFigures]:
    """The figures of each level over a place (a twelve-digit code). Raises LevelMismatch."""
    scope = scope_for(resolved, place)
    return [
        _figures(
            level,
            await scoring.scores(Question(resolved, scope, period, level.assessor_level), reading),
            place,
        )
        for level in levels
    ]


def _figures(level: LadderLevel, scores: Scores, place: str) -> LevelFigures:
    result = scores.result
    rows = result.rows_within(place)
    reported = result.completeness[rows] > 0
    totals = result.total[rows][reported]
    totals = totals[~np.isnan(totals)]
    return LevelFigures(
        level=level,
        scores=scores,
        region_count=rows.stop - rows.start,
        reported_count=int(reported.sum()),
        passed_count=int((result.passed[rows] & reported).sum()),
        mean_score=float(totals.mean()) if len(totals) else None,
    )
