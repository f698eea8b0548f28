"""How far two schemes agree over the same regions: on the order, on who passes, on who is at the top."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from liangcun_standards.table import Booleans, Floats, Integers

# Of two regions every order agrees or disagrees wholly; a coefficient says something from three on.
LEAST_REGIONS = 3


class Crossing(NamedTuple):
    """Regions by whether they pass under the one and under the other."""

    both: int
    only_a: int
    only_b: int
    neither: int


class Agreement(NamedTuple):
    """The coefficients, None where they say nothing: for under three regions, or where one side is constant.

    `spearman` and `kendall_tau_b` lie between -1 and 1, `cohen_kappa` at 1 or below.
    """

    spearman: float | None
    kendall_tau_b: float | None
    cohen_kappa: float | None
    passing: Crossing


def agreement(a: Floats, b: Floats, passed_a: Booleans, passed_b: Booleans) -> Agreement:
    """Of two schemes' totals, (n,) without NaN, and of who passes, (n,).

    Source: Kendall, Rank Correlation Methods, for Spearman's coefficient (ties share the mean of their
    places) and tau-b (ties on either side counted out), by scipy.stats; kappa: `cohen_kappa`.
    """
    crossing = Crossing(
        int((passed_a & passed_b).sum()),
        int((passed_a & ~passed_b).sum()),
        int((~passed_a & passed_b).sum()),
        int((~passed_a & ~passed_b).sum()),
    )
    if len(a) < LEAST_REGIONS or np.ptp(a) == 0 or np.ptp(b) == 0:
        return Agreement(None, None, cohen_kappa(crossing), crossing)
    from scipy.stats import kendalltau, spearmanr  # a third of a second, for those who compare

    return Agreement(
        _within_one(float(spearmanr(a, b).statistic)),
        _within_one(float(kendalltau(a, b, variant="b").statistic)),
        cohen_kappa(crossing),
        crossing,
    )


def _within_one(coefficient: float) -> float:
    return min(max(coefficient, -1.0), 1.0)


def cohen_kappa(crossing: Crossing) -> float | None:
    """Cohen's kappa: the agreement on passing beyond what chance gives; None where chance gives all of it.

    (p - e) / (1 - e), p the share on which both agree and e what the margins alone would give.
    Source: Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20
    (1960).
    """
    count = sum(crossing)
    if count < LEAST_REGIONS:
        return None
    pass_a, pass_b = crossing.both + crossing.only_a, crossing.both + crossing.only_b
    # In whole numbers, so that agreement by chance alone is seen as exactly that.
    chance = pass_a * pass_b + (count - pass_a) * (count - pass_b)
    if chance == count * count:
        return None
    return ((crossing.both + crossing.neither) * count - chance) / (count * count - chance)


def top_overlap(ranks_a: Integers, ranks_b: Integers, size: int) -> int:
    """How many regions stand among the first `size` of both; ranks are (n,) from 1, 0 for none.

    Where a tie goes beyond `size`, all of it counts as among the first.
    """
    first_a = (ranks_a > 0) & (ranks_a <= size)
    return int((first_a & (ranks_b > 0) & (ranks_b <= size)).sum())
