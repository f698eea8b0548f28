"""Comparing schemes over the same regions: how far they agree, what moves whom, what they share."""

from liangcun_standards.comparison.agreement import Agreement, Crossing, agreement, cohen_kappa, top_overlap
from liangcun_standards.comparison.contributions import Contributions, Part, contributions
from liangcun_standards.comparison.crosswalk import Crosswalk, crosswalk
from liangcun_standards.comparison.movers import InvalidComparison, Mover, Pair, compare

__all__ = [
    "Agreement",
    "Contributions",
    "Crossing",
    "Crosswalk",
    "InvalidComparison",
    "Mover",
    "Pair",
    "Part",
    "agreement",
    "cohen_kappa",
    "compare",
    "contributions",
    "crosswalk",
    "top_overlap",
]
