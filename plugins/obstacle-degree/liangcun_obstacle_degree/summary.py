"""The obstacles of a place: which criteria hold its villages back most, taken together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from liangcun_standards import ScoredRegions


def obstacles(scored: ScoredRegions) -> Sequence[Mapping[str, Any]]:
    """One row a criterion, the greatest obstacle first; villages with nothing lacking take no part.

    `mean_degree`: the mean obstacle degree in percent. `foremost`: of how many villages it is the greatest.
    """
    degrees = scored.figures["obstacle_degree"]
    counted = degrees[:, ~np.isnan(degrees).all(axis=0)]
    known = np.nan_to_num(counted)
    means = known.mean(axis=1) if known.shape[1] else np.full(len(degrees), np.nan)
    foremost = np.bincount(known.argmax(axis=0), minlength=len(degrees))
    rows = [
        {
            "criterion": code,
            "title": title.zh,
            "mean_degree": float(means[place]),
            "foremost": int(foremost[place]),
        }
        for place, (code, title) in enumerate(zip(scored.criteria, scored.titles, strict=True))
    ]
    return sorted(rows, key=lambda row: (-np.nan_to_num(row["mean_degree"]), row["criterion"]))
