"""Putting criteria on a common scale: the points as rules give them, or relative to the regions compared."""

from __future__ import annotations

import numpy as np

from liangcun_standards.sensitivity.asking import Normalisation
from liangcun_standards.table import Booleans, Floats

# Z-scores from so many standard deviations below the mean to as many above it take up the whole scale.
_DEVIATIONS = 3.0
# Shares that differ by less differ by rounding.
_SAME = 1e-12


def normalised(shares: Floats, method: Normalisation, among: Booleans) -> Floats:
    """(b, m, n) shares in [0, 1] on another scale in [0, 1]; NaN stays NaN.

    `among`: (n,) the regions by which the scale goes. A criterion that is the same for all of them keeps its
    shares, since no scale tells them apart. Z-scores are cut off three standard deviations from the mean;
    ranks are the share of the others that stand lower, ties halfway.
    Source: OECD/JRC, Handbook on Constructing Composite Indicators, OECD Publishing, 2008, step 5.
    """
    if method is Normalisation.RULES:
        return shares
    seen = shares if among.all() else np.where(among, shares, np.nan)
    low = np.fmin.reduce(seen, axis=-1, keepdims=True)
    high = np.fmax.reduce(seen, axis=-1, keepdims=True)
    flat = ~(high - low > _SAME)
    if method is Normalisation.MIN_MAX:
        scaled = shares - low
        scaled /= np.where(flat, 1.0, high - low)
    elif method is Normalisation.Z_SCORE:
        scaled = _z_scores(shares, seen, flat)
    else:
        scaled = _ranks(shares, seen)
    np.clip(scaled, 0.0, 1.0, out=scaled)
    np.copyto(scaled, shares, where=flat)
    return scaled


def _z_scores(shares: Floats, seen: Floats, flat: Booleans) -> Floats:
    known = ~np.isnan(seen)
    count = np.maximum(known.sum(axis=-1, keepdims=True), 1)
    mean = np.sum(seen, axis=-1, keepdims=True, where=known) / count
    spread = np.sqrt(np.sum((seen - mean) ** 2, axis=-1, keepdims=True, where=known) / count)
    scaled = shares - mean
    scaled /= np.where(flat, 1.0, spread) * (2 * _DEVIATIONS)
    scaled += 0.5
    return np.asarray(scaled, np.float64)


def _ranks(shares: Floats, seen: Floats) -> Floats:
    from scipy.stats import rankdata

    known = ~np.isnan(seen)
    places = rankdata(np.where(known, seen, np.inf), axis=-1)
    others = np.maximum(known.sum(axis=-1, keepdims=True) - 1, 1)
    # Who isn't among those compared keeps its share; it is ranked nowhere.
    return np.where(known, (places - 1.0) / others, shares)
