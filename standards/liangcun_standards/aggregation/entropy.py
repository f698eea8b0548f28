"""Entropy weights (熵权法): a child that tells villages apart weighs more than one that doesn't."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import numpy as np

from liangcun_standards.aggregation.peers import PeerGroups
from liangcun_standards.aggregation.weights import DECIMALS, sum_rows
from liangcun_standards.errors import InvalidWeights
from liangcun_standards.table import Floats, Integers
from liangcun_standards.text import Text

# Values at work at a time: a few arrays of so many stay in the processor's cache.
_CELLS = 32_768


def entropy_weights(shares: Floats | Sequence[Floats], groups: Integers | None = None) -> Floats:
    """The weights of m children from how unevenly each is spread over the villages.

    `shares`: m × n, not negative, more is better; NaN leaves the village out of that child.
    `groups`: (n,) int64 peer group numbers from 0; None for one group.
    Returns (m,), or (m, k) for k peer groups; they sum to 1 and are rounded to twelve decimals.

    For each child, p = x / Σx, entropy e = -Σ p·ln p / ln n over the n villages that have a value, and the
    weight is 1 - e over the sum of 1 - e. A child that is the same for all (but for rounding) weighs 0; where
    that holds for every child, and for a group of one village or none, all weigh the same.

    Raises InvalidWeights for a negative or infinite share, ValueError when shapes disagree.
    Source: Hwang & Yoon, Multiple Attribute Decision Making: Methods and Applications, Springer, 1981, after
    Shannon's measure of uncertainty.
    """
    if len(shares) == 0:
        raise ValueError("there is no child to weigh")
    peers = PeerGroups(groups, len(shares[0]))
    for place, row in enumerate(shares):
        if row.shape != peers.of.shape:
            raise ValueError(f"child {place} is {row.shape}, not {peers.of.shape}")
    step = max(1, _CELLS // max(len(peers.of), 1))
    divergence = np.concatenate(
        [
            _divergence(first, np.asarray(shares[first : first + step]), peers)
            for first in range(0, len(shares), step)
        ]
    )
    total = sum_rows(divergence)
    silent = total <= 0
    total[silent] = 1.0
    divergence /= total
    divergence[:, silent] = 1 / len(shares)
    weights = np.round(divergence, DECIMALS)
    return weights[:, 0] if groups is None else weights


def _divergence(first: int, rows: Floats, peers: PeerGroups) -> Floats:
    """1 - e of some children, from `first` on, for each group, as Σ(q·ln q - q + 1) / (n·ln n), q = x / mean.

    That is the same figure (Σ(q - 1) is zero) in terms that are never negative: they can't cancel out, and
    where x differs by mere rounding they are zero.
    """
    low, high = peers.lowest(rows), peers.highest(rows)
    if low.min() < 0 or high.max() == np.inf:
        _refuse(first, low, high)
    flat = ~(high > low)
    high[flat] = 1.0
    unknown = np.isnan(rows)
    known = peers.sizes
    # Divided by the largest first, so that a sum of tiny shares keeps its digits.
    evenness = rows / peers.spread(high)
    gaps = bool(unknown.any())
    if gaps:
        known = peers.total(~unknown)
        evenness[unknown] = 0.0
    mean = np.where(flat, 1.0, peers.total(evenness) / np.maximum(known, 1))
    evenness /= peers.spread(mean)
    if gaps:
        evenness[unknown] = 1.0
    if low.min() > 0:
        terms = np.log(evenness)
    else:
        terms = np.zeros_like(evenness)
        np.log(evenness, out=terms, where=evenness > 0)
    terms *= evenness
    terms -= evenness
    terms += 1.0
    uneven = peers.total(terms)
    uneven[flat] = 0.0
    scale = np.maximum(known, 2)
    uneven /= scale * np.log(scale)
    return np.maximum(uneven, 0.0, out=uneven)


def _refuse(first: int, low: Floats, high: Floats) -> NoReturn:
    """Raise InvalidWeights for the first child with a share that is negative or infinite."""
    bad = (low < 0).any(axis=1) | np.isinf(np.maximum(high, 0.0)).any(axis=1)
    place = first + int(np.argmax(bad)) + 1
    raise InvalidWeights(
        Text(
            f"熵权法要求数值有限且不小于 0，第 {place} 项不符合",
            f"entropy weights need finite values, zero or more; child {place} has another",
        )
    )
