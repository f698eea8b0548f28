"""障碍度: of all that a village falls short of, the share that each criterion makes up.

A criterion's contribution w is how much of the total hangs on it, its deviation 1 - x what the village falls
short of full points there, and its obstacle degree w(1 - x) / Σ w(1 - x) over the criteria that count. Where
nothing is lacking there is no obstacle.

Source: 李新举, 方玉东, 田素锋, 胡振琪: 黄河三角洲垦利县可持续土地利用障碍因素分析, 农业工程学报, 2007, 23(7).
There the contributions are the weights of the scheme; `entropy` takes weights by how far villages differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from liangcun_standards.aggregation import entropy_weights
from liangcun_standards.scoring import ScoreResult
from liangcun_standards.scoring.criteria import PASS
from liangcun_standards.scoring.plan import TOLERANCE, plan_of
from liangcun_standards.table import Floats, Integers


class Weighting(StrEnum):
    """By what a criterion weighs among the obstacles."""

    GIVEN = "given"
    ENTROPY = "entropy"


@dataclass(frozen=True)
class PlaceObstacle:
    """One criterion over the villages of a place.

    `degree`: the mean obstacle degree over the villages that fall short of anything, in [0, 1]. `lacking`:
    the mean of what villages fall short of there, in points of the total. `counted`: for how many villages
    it counts; `short`: how many of these fall short; `foremost`: of how many it is the greatest obstacle.
    """

    place: int
    degree: float
    lacking: float
    counted: int
    short: int
    foremost: int


@dataclass(frozen=True)
class Obstacles:
    """What every village of a result falls short of, m criteria in the order of the document × n rows.

    `weights`: (m, n) how much of the total hangs on the criterion, in points; those of a criterion that
    doesn't count for a village go to the rest. `lacking`: (m, n) weight × (1 - share of full points), NaN
    where it doesn't count.
    """

    result: ScoreResult
    weights: Floats
    lacking: Floats

    @cached_property
    def degrees(self) -> Floats:
        """(m, n) obstacle degrees in [0, 1], summing to 1; NaN where nothing counts or is lacking."""
        whole = np.nansum(self.lacking, axis=0)
        degrees: Floats = np.divide(
            self.lacking, whole, out=np.full(self.lacking.shape, np.nan), where=whole > TOLERANCE
        )
        return degrees

    def of_row(self, row: int) -> list[int]:
        """The places of the criteria in which a row falls short: vetoes, then the greatest obstacle first.

        A veto that stands costs everything, also one that earns nothing.
        """
        lacking = np.nan_to_num(self.lacking[:, row])
        vetoed = [place for place in plan_of(self.result.standard).vetoes if self._refused(place, row)]
        order = [int(place) for place in np.argsort(-lacking, kind="stable") if lacking[place] > TOLERANCE]
        return [*vetoed, *(place for place in order if place not in vetoed)]

    def _refused(self, place: int, row: int) -> bool:
        return bool(self.result.status[place, row] < PASS)

    def over(self, rows: Integers) -> list[PlaceObstacle]:
        """The criteria that count for any of some rows, the greatest mean obstacle first."""
        lacking, degrees = self.lacking[:, rows], np.nan_to_num(self.degrees[:, rows])
        short = np.nan_to_num(lacking) > TOLERANCE
        held = int(short.any(axis=0).sum())
        counted = (~np.isnan(lacking)).sum(axis=1)
        greatest = degrees.argmax(axis=0)[short.any(axis=0)]
        foremost = np.bincount(greatest, minlength=len(lacking))
        found = [
            PlaceObstacle(
                place=place,
                degree=float(degrees[place].sum() / held) if held else 0.0,
                lacking=float(np.nansum(lacking[place]) / counted[place]),
                counted=int(counted[place]),
                short=int(short[place].sum()),
                foremost=int(foremost[place]),
            )
            for place in range(len(lacking))
            if counted[place]
        ]
        return sorted(found, key=lambda one: (-one.degree, one.place))


def obstacles(result: ScoreResult, weighting: Weighting = Weighting.GIVEN) -> Obstacles:
    """The obstacles of every row. Checks, which earn nothing, are none.

    With `given` a criterion weighs what the standard's weights make of it all the way up, as for a sum or a
    weighted mean; with `entropy`, by how far the peers of each row differ in it.
    """
    standard = result.standard
    scales = np.array([one.scale for one in standard.criteria])
    worth = np.array([one.max_score > 0 for one in standard.criteria])
    shares = np.where(worth[:, None], result.points / scales[:, None], np.nan)
    present = ~np.isnan(shares)
    if weighting is Weighting.GIVEN:
        stakes = np.array([standard.stakes[one.code] for one in standard.criteria])
        weights = np.broadcast_to(stakes[:, None], shares.shape)
    else:
        weights = entropy_weights(shares, result.table.peers)[:, result.table.peers]
    weights = np.where(present, weights, 0.0)
    mass = weights.sum(axis=0)
    weights = np.divide(weights, mass, out=np.zeros(weights.shape), where=mass > 0) * standard.worth
    return Obstacles(result, weights, np.where(present, weights * (1.0 - shares), np.nan))
