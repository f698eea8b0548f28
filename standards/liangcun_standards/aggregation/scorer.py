"""Whole scorers that plugins bring: Python that puts every criterion of a standard together at once.

A document names one by `scorer: PLUGIN.NAME`. Rules, vetoes, group minima, tiers and grades work as they do
without; what the scorer gives takes the place of the sum of the groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from liangcun_standards.aggregation.own import AggregationMethod
from liangcun_standards.errors import PluginFailed
from liangcun_standards.table import Booleans, Floats, Integers
from liangcun_standards.text import Text


class Figure(NamedTuple):
    """What a scorer tells of each criterion of each village beside its points: 障碍度, for example.

    `unit` as for indicators (`percent`), None for a bare number.
    """

    code: str
    title: Text
    unit: str | None = None


class FiguresFunction(Protocol):
    """What a scorer tells, vectorised over the villages."""

    def __call__(
        self, shares: Floats, weights: Floats, present: Booleans, peers: Integers, /
    ) -> Mapping[str, Floats]:
        """For each figure declared, (m, n) float64, NaN where it says nothing; arguments as for the total."""


@dataclass(frozen=True)
class Scorer(AggregationMethod):
    """A scorer as a plugin contributes it.

    `function` gives the total as a share of the standard's maximum, as an aggregation's does; its shares are
    the m criteria that are worth anything, in the order of the document, by their weights (max_score where
    there is none). `figures` gives what `tells` declares; both or neither.
    """

    tells: tuple[Figure, ...] = ()
    figures: FiguresFunction | None = None

    def told(
        self,
        shares: Sequence[Floats],
        weights: Sequence[float],
        present: Sequence[Booleans],
        peers: Integers,
    ) -> dict[str, Floats]:
        """Each figure's (m, n), NaN for a criterion that doesn't count. Raises PluginFailed."""
        if self.figures is None:
            return {}
        here = np.stack(present)
        given = np.where(here, np.stack(shares), 0.0)
        try:
            told = self.figures(given, np.asarray(weights, np.float64), here, peers)
        except PluginFailed:
            raise
        except Exception as error:
            raise PluginFailed.at(self.name, "figures", error) from error
        if not isinstance(told, Mapping) or set(told) != {one.code for one in self.tells}:
            wanted = ", ".join(one.code for one in self.tells)
            raise self._wrong(wanted, ", ".join(map(str, told)) if isinstance(told, Mapping) else repr(told))
        return {one.code: self._figure(told[one.code], here) for one in self.tells}

    def _figure(self, values: Any, here: Booleans) -> Floats:
        given = np.asarray(values)
        if given.shape != here.shape or given.dtype.kind not in "biuf":
            raise self._wrong(f"float64 {here.shape}", f"{given.dtype} {given.shape}")
        figure = given.astype(np.float64)
        figure[~here | ~np.isfinite(figure)] = np.nan
        return figure
