"""Simulated village values: plausible, correlated, a few missing, and the same for the same seed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from liangcun_server.demonstration.streams import Streams
from liangcun_standards.indicators import Indicator, Simulation
from liangcun_standards.periods import Period
from liangcun_standards.table import Floats
from liangcun_standards.vocabulary import Direction, IndicatorKind, RegionLevel

MISSING_SHARE = 0.03
# How much of a trait a township's villages share, and how much the traits of one village do.
_TOWNSHIP_SHARE = 0.5
_COMMON_SHARE = 0.45
# How much of an indicator's own part stays from one period to the next.
_LASTING_SHARE = 0.9
# How far, in standard deviations, the period before is behind.
_PROGRESS = 0.25
_DECIMALS = {IndicatorKind.RATE: 1, IndicatorKind.QUANTITY: 2}


@dataclass(frozen=True, slots=True)
class SimulatedColumn:
    """One indicator in one period: (n,) float64, NaN where the value is left missing."""

    indicator: Indicator
    period: Period
    values: Floats


def simulate(
    indicators: Iterable[Indicator], codes: Sequence[str], period: Period, seed: int
) -> Iterator[SimulatedColumn]:
    """Values of the villages `codes` (twelve digits) for `period` and the one before.

    In the order of `simulated_indicators`, the period before first. A village
    has four traits, each partly its township's and, size apart, partly common to the village; an indicator
    is its trait and a part of its own in the proportion of `strength`. In the period before, what has a
    direction is a little worse on average. About 3 in 100 values are missing at random; what has no
    direction is a fact of the village, the same in both periods and never missing.

    The same seed, codes and indicators give the same values; a village's value depends on nothing but the
    seed, its code, the indicator and the period.
    """
    streams = Streams(codes, seed)
    traits: dict[str, Floats] = {}
    for indicator, simulation in simulated_indicators(indicators):
        if simulation.follows not in traits:
            traits[simulation.follows] = _trait(streams, simulation.follows)
        (own,) = streams.of_villages(indicator.code)
        lasting = _Lasting(indicator, simulation, traits[simulation.follows], own)
        yield SimulatedColumn(
            indicator, period.previous(), lasting.values(streams, period.previous(), _PROGRESS)
        )
        yield SimulatedColumn(indicator, period, lasting.values(streams, period, 0.0))


def simulated_indicators(indicators: Iterable[Indicator]) -> list[tuple[Indicator, Simulation]]:
    """The village indicators that say how they are imitated, by code."""
    of_villages = sorted(
        (one for one in indicators if one.level is RegionLevel.VILLAGE), key=lambda one: one.code
    )
    return [(one, one.simulation) for one in of_villages if one.simulation is not None]


@dataclass(frozen=True, slots=True)
class _Lasting:
    """What lies behind an indicator's values in every period: the trait and a part of its own."""

    indicator: Indicator
    simulation: Simulation
    trait: Floats
    own: Floats

    def values(self, streams: Streams, period: Period, behind: float) -> Floats:
        """The values in one period, shifted to the worse by `behind` standard deviations."""
        strength = self.simulation.strength
        rest = math.sqrt(1 - strength**2)
        direction = self.indicator.direction
        if direction is Direction.NEUTRAL:
            return _observed(self.indicator, self.simulation, strength * self.trait + rest * self.own)
        passing, luck = streams.of_villages(f"{self.indicator.code}/{period}", 2)
        own = _LASTING_SHARE * self.own + math.sqrt(1 - _LASTING_SHARE**2) * passing
        shift = behind if direction is Direction.LOWER else -behind
        values = _observed(self.indicator, self.simulation, strength * self.trait + rest * own + shift)
        values[luck < NormalDist().inv_cdf(MISSING_SHARE)] = np.nan
        return values


def _trait(streams: Streams, name: str) -> Floats:
    """A latent trait of each village: mean 0, variance 1."""
    common = 0.0 if name == "size" else _COMMON_SHARE
    own = math.sqrt(1 - _TOWNSHIP_SHARE**2 - common**2)
    (shared,) = streams.of_villages("village")
    (particular,) = streams.of_villages(f"village/{name}")
    trait: Floats = (
        _TOWNSHIP_SHARE * streams.of_townships(f"township/{name}") + common * shared + own * particular
    )
    return trait


def _observed(indicator: Indicator, simulation: Simulation, latent: Floats) -> Floats:
    """Values that the indicator can take, from normal ones."""
    if indicator.kind is IndicatorKind.BOOLEAN:
        share = min(max(simulation.typical, 1e-9), 1 - 1e-9)
        return (latent > NormalDist().inv_cdf(1 - share)).astype(np.float64)
    low, high = indicator.range
    if indicator.whole:
        low, high = np.ceil(low), np.floor(high)
    typical, spread = simulation.typical, simulation.spread
    # An amount that can't be below nothing, with room above, is skewed: most villages little, a few much.
    if low == 0 < typical and high >= typical + 8 * spread:
        ratio = spread / typical
        scale = math.sqrt(math.log((1 + math.sqrt(1 + 4 * ratio**2)) / 2))
        values = typical * np.exp(scale * latent)
    else:
        values = typical + spread * latent
    observed: Floats = np.clip(np.round(values, _DECIMALS.get(indicator.kind, 0)), low, high) + 0.0
    return observed
