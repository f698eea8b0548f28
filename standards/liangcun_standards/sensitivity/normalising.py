"""Putting criteria on a common scale: the points as rules give them, or relative to the regions compared."""

from __future__ import annotations

import numpy as np

from liangcun_standards.sensitivity.asking import Normalisation
from liangcun_standards.table import Booleans, Floats

# Z-scores from so many standard deviations below the mean to as many above it take up the whole scale.
_DEVIATIONS = 3.0


def normalised(shares: Floats, method: Normalisation, among: Booleans) -> Floats:
    """(b, m, n) shares in [0, 1] on another scale in [0, 1]; NaN stays NaN.

    `among`: (n,) the regions by which the scale goes. A criterion that is the same for all of them keeps its
    shares, since no scale tells them apart. Z-scores are cut off three standard deviations from the mean;
    ranks are the share of the others that stand lower, ties halfway.
    Source: OECD/JRC, Handbook on Constructing Composite Indicators, OECD Publishing, 2008, step 5.
    """
    if method is Normalisation.RULES:
        return shares
    seen = np.where(among, shares, np.nan)
    known = ~np.isnan(seen)
    low = np.where(known, seen, np.inf).min(axis=-1, keepdims=True)
    high = np.where(known, seen, -np.inf).max(axis=-1, keepdims=True)
    flat = ~(high - low > 1e-12)
    with np.errstate(invalid="ignore"):
        if method is Normalisation.MIN_MAX:
            scaled = (shares - low) / np.where(flat, 1.0, high - low)
        elif method is Normalisation.Z_SCORE:
            scaled = _z_scores(shares, known, flat)
        else:
            scaled = _ranks(seen, known)
    scaled = np.where(flat | np.isnan(scaled), shares, scaled)
    return np.clip(scaled, 0.0, 1.0)


def _z_scores(shares: Floats, known: Booleans, flat: Booleans) -> Floats:
    count = np.maximum(known.sum(axis=-1, keepdims=True), 1)
    mean = np.where(known, shares, 0.0).sum(axis=-1, keepdims=True) / count
    spread = np.sqrt((np.where(known, shares - mean, 0.0) ** 2).sum(axis=-1, keepdims=True) / count)
    deviations = (shares - mean) / np.where(flat, 1.0, spread)
    return np.asarray(0.5 + deviations / (2 * _DEVIATIONS))


def _ranks(seen: Floats, known: Booleans) -> Floats:
    from scipy.stats import rankdata

    places = rankdata(np.where(known, seen, np.inf), axis=-1)
    others = np.maximum(known.sum(axis=-1, keepdims=True) - 1, 1)
    return np.where(known, (places - 1.0) / others, np.nan)
