"""Putting shares together: means, the minimum, the pass share and TOPSIS, and the weights they run on.

Shares are m children (criteria or groups) × n villages, each in [0, 1], more is better. Every function is
pure NumPy, knows no document and no village, and gives the same bytes for the same input.
"""

from liangcun_standards.aggregation.ahp import (
    LARGEST_CONSISTENCY_RATIO,
    RANDOM_INDEX,
    AhpResult,
    ahp_weights,
    parse_pairwise,
)
from liangcun_standards.aggregation.entropy import entropy_weights
from liangcun_standards.aggregation.means import geometric_mean, minimum, pass_share, weighted_mean
from liangcun_standards.aggregation.topsis import topsis
from liangcun_standards.aggregation.weights import check_weights, normalise

__all__ = [
    "LARGEST_CONSISTENCY_RATIO",
    "RANDOM_INDEX",
    "AhpResult",
    "ahp_weights",
    "check_weights",
    "entropy_weights",
    "geometric_mean",
    "minimum",
    "normalise",
    "parse_pairwise",
    "pass_share",
    "topsis",
    "weighted_mean",
]
