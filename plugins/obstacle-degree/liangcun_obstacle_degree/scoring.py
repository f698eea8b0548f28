"""The model: factor contribution, deviation and obstacle degree.

A criterion's contribution w is its entropy weight among the village's peers, its deviation 1 - x what the
village falls short of full points, and its obstacle degree the share of all that the village falls short of:
w(1 - x) / Σ w(1 - x). Where nothing is lacking there is no obstacle.

Source: 李新举, 方玉东, 田素锋, 胡振琪: 黄河三角洲垦利县可持续土地利用障碍因素分析, 农业工程学报, 2007, 23(7).
"""

from __future__ import annotations

import numpy as np

from liangcun_standards import Booleans, Floats, Integers, entropy_weights


def total(shares: Floats, weights: Floats, present: Booleans, peers: Integers) -> Floats:
    """(n,) Σ wx over the criteria present, scaled up to all of them; NaN where none is.

    `shares`: (m, n) in [0, 1]. `weights` of the document play no part: entropy gives them.
    """
    own = _entropy_weights(shares, present, peers)
    # Where what counts is the same for all peers, it weighs the same.
    own = np.where(own.sum(axis=0) > 0, own, present)
    mass = own.sum(axis=0)
    found: Floats = np.divide(
        (own * shares).sum(axis=0), mass, out=np.full(len(peers), np.nan), where=mass > 0
    )
    return found


def obstacle_degrees(
    shares: Floats, weights: Floats, present: Booleans, peers: Integers
) -> dict[str, Floats]:
    """(m, n) each criterion's weight and its part of what the village falls short of, both in percent."""
    own = _entropy_weights(shares, present, peers)
    lacking = np.where(present, own * (1.0 - shares), 0.0)
    whole = lacking.sum(axis=0)
    degree = np.divide(lacking, whole, out=np.full(shares.shape, np.nan), where=whole > 0)
    return {"weight": own * 100.0, "obstacle_degree": degree * 100.0}


def _entropy_weights(shares: Floats, present: Booleans, peers: Integers) -> Floats:
    """(m, n) the weights among each village's peers, 0 where the criterion doesn't count for it."""
    by_group = entropy_weights(np.where(present, shares, np.nan), peers)
    return np.where(present, by_group[:, peers], 0.0)
