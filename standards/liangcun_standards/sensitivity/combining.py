"""Putting criteria together for many runs at once: each method as products of weights and shares.

With d rows of weights and one matrix of shares, a weighted mean is one product of matrices; so is a geometric
mean, of logarithms, and the squared distances of TOPSIS, of squared weights and squared differences. The
methods are those of `aggregation/`, whose sources they name; tests hold the two to one another.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from liangcun_standards.aggregation import entropy_weights
from liangcun_standards.aggregation.peers import ROUNDING
from liangcun_standards.aggregation.topsis import TIED
from liangcun_standards.table import Floats, Integers

_REGIONS = 4_096

# (k, c) weights and (c, n) shares, NaN where absent, to (k, n), NaN where nothing is present.
Method = Callable[[Floats, Floats], Floats]


def mean(weights: Floats, shares: Floats) -> Floats:
    """The weighted arithmetic mean over the children present."""
    absent = np.isnan(shares)
    if not absent.any():
        mass = weights.sum(axis=1, keepdims=True)
        return _over(weights @ shares, mass)
    return _over(weights @ np.where(absent, 0.0, shares), weights @ (~absent).astype(np.float64))


def geometric(weights: Floats, shares: Floats) -> Floats:
    """The weighted geometric mean over the children present; zero where one with a weight is."""
    found = np.empty((len(weights), shares.shape[1]))
    for regions in _pieces(shares.shape[1]):
        found[:, regions] = _geometric(weights, shares[:, regions])
    return found


def _geometric(weights: Floats, shares: Floats) -> Floats:
    absent, nothing = np.isnan(shares), shares == 0
    logs = np.log(np.where(absent | nothing, 1.0, shares))
    found = np.exp(mean(weights, np.where(absent, np.nan, logs)))
    if nothing.any():
        found[(weights > 0).astype(np.float64) @ nothing.astype(np.float64) > 0] = 0.0
    return found


def minimum(weights: Floats, shares: Floats) -> Floats:
    """The smallest share among the children present, whatever they weigh."""
    least = np.where(np.isnan(shares), np.inf, shares).min(axis=0)
    least[np.isinf(least)] = np.nan
    return np.broadcast_to(least, (len(weights), len(least)))


def topsis_within(peers: Integers | None) -> Method:
    """The closeness to the ideal solution within each peer group; None puts all in one."""

    def closeness(weights: Floats, shares: Floats) -> Floats:
        found = np.full((len(weights), shares.shape[1]), np.nan)
        for rows in _groups(peers, shares.shape[1]):
            found[:, rows] = _closeness(weights, shares[:, rows])
        return found

    return closeness


def entropy_within(peers: Integers | None, method: Method) -> Method:
    """A method under entropy weights, which the rows of weights scale up and down."""

    def entropic(weights: Floats, shares: Floats) -> Floats:
        found = np.full((len(weights), shares.shape[1]), np.nan)
        for rows in _groups(peers, shares.shape[1]):
            own = shares[:, rows]
            computed = weights * entropy_weights(own)
            found[:, rows] = part = method(computed, own)
            # Where only children count that are the same for all peers, they weigh the same.
            silent = np.isnan(part) & ~np.isnan(own).all(axis=0)
            if silent.any():
                found[:, rows] = np.where(silent, mean(weights, own), part)
        return found

    return entropic


def _over(sums: Floats, mass: Floats) -> Floats:
    nothing = mass <= 0
    if not nothing.any():
        sums /= mass
        return sums
    found: Floats = np.full(sums.shape, np.nan)
    np.divide(sums, mass, out=found, where=np.broadcast_to(~nothing, sums.shape))
    return found


def _closeness(weights: Floats, shares: Floats) -> Floats:
    """TOPSIS of one group. A child that doesn't count for a region stands at its peers' mean."""
    absent = np.isnan(shares)
    nobody = absent.all(axis=0)
    if absent.any():
        counts = np.maximum((~absent).sum(axis=1, keepdims=True), 1)
        means = np.where(absent, 0.0, shares).sum(axis=1, keepdims=True) / counts
        shares = np.where(absent, means, shares)
    among = shares[:, ~nobody] if nobody.any() else shares
    if not among.size:
        return np.full((len(weights), shares.shape[1]), np.nan)
    low, high = among.min(axis=1, keepdims=True), among.max(axis=1, keepdims=True)
    telling = high - low > ROUNDING * high
    norm = np.sqrt((among * among).sum(axis=1, keepdims=True))
    scale = np.where(telling, 1.0 / np.where(telling, norm, 1.0), 0.0)
    found, squares = np.full((len(weights), shares.shape[1]), TIED), weights * weights
    for regions in _pieces(shares.shape[1]):
        to_best = _distance(squares, shares[:, regions], high, scale)
        to_worst = _distance(squares, shares[:, regions], low, scale)
        to_best += to_worst
        np.divide(to_worst, to_best, out=found[:, regions], where=to_best > 0)
    found[:, nobody] = np.nan
    return found


def _distance(squares: Floats, shares: Floats, ideal: Floats, scale: Floats) -> Floats:
    """(k, n) Euclidean distances, of (k, c) squared weights."""
    apart = shares - ideal
    apart *= scale
    apart *= apart
    distance: Floats = squares @ apart
    return np.sqrt(distance, out=distance)


def _pieces(size: int) -> list[slice]:
    """Regions some at a time, so that what is worked out of them stays in the processor's cache."""
    return [slice(first, first + _REGIONS) for first in range(0, size, _REGIONS)]


def _groups(peers: Integers | None, size: int) -> list[slice | Integers]:
    """The rows of each peer group, as slices where they stand together."""
    if peers is None or not len(peers) or not peers.any():
        return [slice(0, size)]
    if bool((peers[:-1] <= peers[1:]).all()):
        ends = [0, *(np.flatnonzero(np.diff(peers)) + 1).tolist(), size]
        return [slice(a, b) for a, b in pairwise(ends)]
    order = np.argsort(peers, kind="stable")
    return list(np.split(order, np.flatnonzero(np.diff(peers[order])) + 1))


def positive(shares: Floats) -> Floats:
    """Shares from 1% up, so that one zero doesn't make a geometric mean nothing for good.

    Source: OECD/JRC, Handbook on Constructing Composite Indicators, OECD Publishing, 2008, step 6, which
    takes indicators to strictly positive values first.
    """
    return np.asarray(0.01 + 0.99 * shares)
