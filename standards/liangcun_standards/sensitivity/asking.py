"""What a sensitivity analysis is asked to vary, how often, and the limits of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text

FEWEST_REGIONS = 3
MOST_DRAWS = 100_000
# Places are kept of every draw and region, four bytes each at most.
MOST_PLACES = 40_000_000
CONCENTRATIONS = (1.0, 1e6)
LARGEST_SEED = 2**31 - 2


class InvalidSensitivity(LiangcunError):
    """An analysis that can't be done as asked."""

    code = "INVALID_SENSITIVITY"


class Normalisation(StrEnum):
    """How the points of a criterion are put on a common scale before they are put together.

    Source: OECD/JRC, Handbook on Constructing Composite Indicators, OECD Publishing, 2008, step 5.
    """

    RULES = "rules"
    MIN_MAX = "min_max"
    Z_SCORE = "z_score"
    RANK = "rank"

    @property
    def label(self) -> Text:
        """For a reader."""
        return _NORMALISATIONS[self]


class Combination(StrEnum):
    """How the criteria are put together: as the standard says, or all at once by another method.

    Source: as for Normalisation, step 6.
    """

    OWN = "own"
    ARITHMETIC = "arithmetic"
    GEOMETRIC = "geometric"
    MINIMUM = "minimum"
    TOPSIS = "topsis"
    ENTROPY = "entropy"

    @property
    def label(self) -> Text:
        """For a reader."""
        return _COMBINATIONS[self]


class Choice(StrEnum):
    """What is varied, as a whole: the factors of the Sobol indices."""

    WEIGHTS = "weights"
    UNKNOWN = "unknown"
    NORMALISATION = "normalisation"
    COMBINATION = "combination"

    @property
    def label(self) -> Text:
        """For a reader."""
        return _CHOICES[self]


_NORMALISATIONS = {
    Normalisation.RULES: Text("按规则得分", "points as the rules give them"),
    Normalisation.MIN_MAX: Text("极差法", "min-max"),
    Normalisation.Z_SCORE: Text("标准分", "z-scores"),
    Normalisation.RANK: Text("名次", "ranks"),
}
_COMBINATIONS = {
    Combination.OWN: Text("标准自己的方法", "the standard's own method"),
    Combination.ARITHMETIC: Text("加权平均", "weighted mean"),
    Combination.GEOMETRIC: Text("几何平均", "geometric mean"),
    Combination.MINIMUM: Text("短板", "the minimum"),
    Combination.TOPSIS: Text("TOPSIS", "TOPSIS"),
    Combination.ENTROPY: Text("熵权", "entropy weights"),
}
_CHOICES = {
    Choice.WEIGHTS: Text("权重", "weights"),
    Choice.UNKNOWN: Text("未知的数据", "what is missing or bounded"),
    Choice.NORMALISATION: Text("标准化方法", "normalisation"),
    Choice.COMBINATION: Text("合成方法", "aggregation"),
}


@dataclass(frozen=True)
class Asked:
    """What to vary. The same question gives the same bytes.

    `concentration`: of the Dirichlet distribution around the given weights; a weight w of a whole of 1 has
    the standard deviation √(w(1-w)/(concentration+1)). None leaves the weights as they are. `unknown`:
    whether what is missing or bounded takes values within what it can be.
    Raises InvalidSensitivity for what is out of its limits.
    """

    draws: int = 1_000
    seed: int = 1
    concentration: float | None = 100.0
    normalisations: tuple[Normalisation, ...] = (Normalisation.RULES, Normalisation.MIN_MAX)
    combinations: tuple[Combination, ...] = (Combination.OWN, Combination.GEOMETRIC, Combination.TOPSIS)
    unknown: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.draws <= MOST_DRAWS:
            raise InvalidSensitivity(
                Text(
                    f"抽取次数应为 1 到 {MOST_DRAWS:,}，而不是 {self.draws:,}",
                    f"there can be 1 to {MOST_DRAWS:,} draws, not {self.draws:,}",
                )
            )
        if not 0 <= self.seed <= LARGEST_SEED:
            raise InvalidSensitivity(
                Text(
                    f"种子应为 0 到 {LARGEST_SEED} 的整数", f"the seed is a whole number, 0 to {LARGEST_SEED}"
                )
            )
        low, high = CONCENTRATIONS
        given = self.concentration
        if given is not None and not (math.isfinite(given) and low <= given <= high):
            raise InvalidSensitivity(
                Text(
                    f"集中度应为 {low:g} 到 {high:,.0f}，而不是 {given:g}：越大，权重越贴近原来的",
                    f"the concentration is {low:g} to {high:,.0f}, not {given:g}: the larger, the nearer the "
                    "weights stay to the given ones",
                )
            )
        if not self.normalisations or not self.combinations:
            raise InvalidSensitivity(
                Text(
                    "标准化方法和合成方法都至少要有一个",
                    "there must be one normalisation and one aggregation at least",
                )
            )

    def check_size(self, regions: int) -> None:
        """Raises InvalidSensitivity for too few regions, or more places than are kept."""
        if regions < FEWEST_REGIONS:
            raise InvalidSensitivity(
                Text(
                    f"参加排名的只有 {regions} 个；至少 {FEWEST_REGIONS} 个才谈得上名次的稳定",
                    f"only {regions} are ranked here; an order can be told from {FEWEST_REGIONS} on",
                )
            )
        if regions * self.draws > MOST_PLACES:
            most = MOST_PLACES // regions
            raise InvalidSensitivity(
                Text(
                    f"{regions:,} 个村最多抽取 {most:,} 次（村数 × 次数不超过 {MOST_PLACES:,}），"
                    f"而不是 {self.draws:,} 次",
                    f"over {regions:,} regions there can be {most:,} draws (regions × draws up to "
                    f"{MOST_PLACES:,}), not {self.draws:,}",
                )
            )
