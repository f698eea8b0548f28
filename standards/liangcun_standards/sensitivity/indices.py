"""How much of an outcome's variance each choice is behind: Sobol indices, by SALib.

A choice with several numbers (all the weights together) is one group of inputs: SALib's sampling turns them
at once. First-order indices say what a choice does by itself, total ones with what it does together with
others.
Sources: Saltelli et al., Variance based sensitivity analysis of model output, Computer Physics Communications
181 (2010), for the design and both estimators; Saisana, Saltelli & Tarantola, Uncertainty and sensitivity
analysis techniques as tools for the quality assessment of composite indicators, Journal of the Royal
Statistical Society A 168 (2005), for its use on rankings, and for the average shift of places as the outcome.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from liangcun_standards.table import Floats

Name = TypeVar("Name", bound=str)


class Index(NamedTuple):
    """One group's share of the variance, by itself and in all, each with half a 95% confidence interval."""

    first: float
    first_confidence: float
    total: float
    total_confidence: float


@dataclass(frozen=True)
class Design(Generic[Name]):
    """Saltelli's design over the unit cube: which of its `groups`, two or more, each input belongs to.

    `base`: a power of two; there are base × (groups + 2) runs.
    """

    groups: Sequence[Name]
    base: int
    seed: int

    def __post_init__(self) -> None:
        if len(self.names) < 2:
            raise ValueError("one group alone is behind everything: there is nothing to estimate")

    @property
    def names(self) -> list[Name]:
        """The groups, each once, in the order of the inputs."""
        return list(dict.fromkeys(self.groups))

    @property
    def _problem(self) -> dict[str, Any]:
        width = len(self.groups)
        return {
            "num_vars": width,
            "names": [f"x{place}" for place in range(width)],
            "bounds": [[0.0, 1.0]] * width,
            "groups": [str(one) for one in self.groups],
        }

    def points(self) -> Floats:
        """(runs, inputs) in [0, 1)."""
        from SALib.sample import sobol

        found = sobol.sample(self._problem, self.base, calc_second_order=False, seed=self.seed)
        return np.asarray(found, np.float64)

    def indices(self, outcome: Floats) -> dict[Name, Index] | None:
        """The indices of every group from (runs,) outcomes; None where the outcome doesn't vary."""
        if not np.ptp(outcome) > 1e-12 * max(1.0, float(np.abs(outcome).max())):
            return None
        from SALib.analyze import sobol

        with warnings.catch_warnings(), np.errstate(all="ignore"):
            # Resamples in which nothing varies; SALib gives them no width.
            warnings.simplefilter("ignore")
            # A seed of 0 would be no seed to SALib.
            found = sobol.analyze(
                self._problem, outcome, calc_second_order=False, num_resamples=100, seed=self.seed + 1
            )
        columns = [np.nan_to_num(np.asarray(found[name], np.float64)) for name in _KEYS]
        return {name: Index(*(float(one[place]) for one in columns)) for place, name in enumerate(self.names)}


_KEYS = ("S1", "S1_conf", "ST", "ST_conf")
