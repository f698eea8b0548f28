"""TOPSIS: how close each village is to the best of its peers, and how far from the worst."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from liangcun_standards.aggregation.peers import ROUNDING, PeerGroups
from liangcun_standards.aggregation.weights import normalise
from liangcun_standards.table import Booleans, Floats, Integers

# Where the best and the worst of a group are one and the same, every village is as near to the one as to
# the other.
TIED = 0.5


def topsis(
    matrix: Floats | Sequence[Floats],
    weights: npt.ArrayLike,
    groups: Integers | None = None,
    benefit: Sequence[bool] | None = None,
) -> Floats:
    """The relative closeness to the ideal solution, d⁻ / (d⁺ + d⁻), in [0, 1]: (n,).

    `matrix`: m criteria × n villages, in any unit; `weights`: (m,), or (m, k) for k peer groups;
    `groups`: (n,) int64 group numbers from 0, None for one group; `benefit`: whether more is better,
    for each criterion, None where it is throughout.

    Vector normalisation and Euclidean distances, each within the peer group. Because a village is measured
    against its peers, its closeness changes when they change: it has no bounds but [0, 1].
    - A village with a criterion that is NaN or infinite is NaN, and the others are computed without it.
    - A criterion that is zero, or the same (to within 1e-9), for a whole group tells nothing apart there.
    - Where no criterion tells anything apart, all of the group are tied at 0.5; so is a single village.

    Raises InvalidWeights as `check_weights`, ValueError when shapes disagree.
    Source: Hwang & Yoon, Multiple Attribute Decision Making: Methods and Applications, Springer, 1981.
    """
    shares = normalise(weights)
    _check_shapes(matrix, shares, groups, benefit)
    size = len(matrix[0])
    peers = PeerGroups(groups, size, shares.shape[1] if shares.ndim == 2 else None)
    complete = _complete(matrix)
    to_best, to_worst = np.zeros(size), np.zeros(size)
    for place, row in enumerate(matrix):
        values, low, high = _normalised(np.where(complete, row, np.nan), peers)
        best, worst = (high, low) if benefit is None or benefit[place] else (low, high)
        values *= peers.spread(np.broadcast_to(shares[place], peers.count))
        _add_square(to_best, values, peers.spread(best * shares[place]))
        _add_square(to_worst, values, peers.spread(worst * shares[place]))
    np.sqrt(to_best, out=to_best)
    np.sqrt(to_worst, out=to_worst)
    to_best += to_worst
    closeness = np.full(size, TIED)
    np.divide(to_worst, to_best, out=closeness, where=to_best > 0)
    closeness[~complete] = np.nan
    return closeness


def _normalised(row: Floats, peers: PeerGroups) -> tuple[Floats, Floats, Floats]:
    """A criterion over the Euclidean norm of its group, with its lowest and highest in each group.

    NaN becomes the lowest value's normalised form, 0 where there is none: it is not in the norm.
    """
    low, high = peers.lowest(row), peers.highest(row)
    # Divided by the largest magnitude first, so that no square overflows or vanishes.
    peak = np.maximum(np.abs(low), np.abs(high))
    flat = ~(high - low > ROUNDING * peak) | ~np.isfinite(peak)
    peak[flat] = 1.0
    low, high = np.where(flat, 0.0, low / peak), np.where(flat, 0.0, high / peak)
    values = row / peers.spread(peak)
    dead = np.isnan(values)
    if flat.any():
        dead |= peers.spread(flat)
    np.copyto(values, 0.0, where=dead)
    norm = np.sqrt(peers.total(values * values))
    norm[flat] = 1.0
    values /= peers.spread(norm)
    return values, low / norm, high / norm


def _add_square(sums: Floats, values: Floats, ideal: Floats) -> None:
    difference = values - ideal
    difference *= difference
    sums += difference


def _complete(matrix: Floats | Sequence[Floats]) -> Booleans:
    """The villages with a finite value for every criterion."""
    complete = np.isfinite(matrix[0])
    for row in matrix[1:]:
        complete &= np.isfinite(row)
    return complete


def _check_shapes(
    matrix: Floats | Sequence[Floats],
    weights: Floats,
    groups: Integers | None,
    benefit: Sequence[bool] | None,
) -> None:
    if len(matrix) != len(weights) or (benefit is not None and len(benefit) != len(matrix)):
        raise ValueError(f"{len(weights)} weights and {len(matrix)} criteria don't match")
    if weights.ndim == 2 and groups is None:
        raise ValueError("weights by group need the groups")
    if any(row.shape != matrix[0].shape for row in matrix):
        raise ValueError("the criteria are not over the same villages")
