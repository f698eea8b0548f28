"""Entropy weights (熵权法): a child that tells villages apart weighs more than one that doesn't."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from liangcun_standards.aggregation.peers import PeerGroups
from liangcun_standards.aggregation.weights import DECIMALS, sum_rows
from liangcun_standards.errors import InvalidWeights
from liangcun_standards.table import Floats, Integers
from liangcun_standards.text import Text


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
    divergence = np.stack([_divergence(place, row, peers) for place, row in enumerate(shares)])
    total = sum_rows(divergence)
    silent = total <= 0
    total[silent] = 1.0
    divergence /= total
    divergence[:, silent] = 1 / len(shares)
    weights = np.round(divergence, DECIMALS)
    return weights[:, 0] if groups is None else weights


def _divergence(place: int, row: Floats, peers: PeerGroups) -> Floats:
    """1 - e of one child for each group, as Σ(q·ln q - q + 1) / (n·ln n) with q = x / mean.

    That is the same figure (Σ(q - 1) is zero) in terms that are never negative: they can't cancel out, and
    where x differs by mere rounding they are zero.
    """
    if row.shape != peers.of.shape:
        raise ValueError(f"child {place} is {row.shape}, not {peers.of.shape}")
    low, high = peers.lowest(row), peers.highest(row)
    if low.min() < 0 or high.max() == np.inf:
        raise InvalidWeights(
            Text(
                f"熵权法要求数值有限且不小于 0，第 {place + 1} 项不符合",
                f"entropy weights need finite values, zero or more; child {place + 1} has another",
            )
        )
    flat = ~(high > low)
    high[flat] = 1.0
    unknown = np.isnan(row)
    known = peers.total(~unknown)
    # Divided by the largest first, so that a sum of tiny shares keeps its digits.
    evenness = row / peers.spread(high)
    np.copyto(evenness, 0.0, where=unknown)
    mean = np.where(flat, 1.0, peers.total(evenness) / np.maximum(known, 1))
    evenness /= peers.spread(mean)
    np.copyto(evenness, 1.0, where=unknown)
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
