"""A result as plugins are shown it."""

from __future__ import annotations

import numpy as np

from liangcun_standards.query_fields import ScoredRegions
from liangcun_standards.scoring import ScoreResult


def scored_regions(result: ScoreResult, code: str) -> ScoredRegions:
    """The part of a result that lies within a region (a twelve-digit code), in arrays of its own.

    Raises PluginFailed where the standard's scorer fails to tell its figures.
    """
    rows, criteria = result.rows_within(code), result.standard.criteria
    return ScoredRegions(
        regions=tuple(str(one) for one in result.table.regions[rows]),
        criteria=tuple(one.code for one in criteria),
        titles=tuple(one.label for one in criteria),
        max_scores=np.array([one.max_score for one in criteria]),
        points=np.ascontiguousarray(result.points[:, rows]),
        total=result.total[rows].copy(),
        figures={name: np.ascontiguousarray(figure[:, rows]) for name, figure in result.told.items()},
    )
