"""Ways of putting children together that plugins bring: written PLUGIN.NAME in a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from liangcun_standards.errors import PluginFailed
from liangcun_standards.table import Booleans, Floats, Integers
from liangcun_standards.text import Text

_NOISE = 1e-9


class AggregationFunction(Protocol):
    """The work of an aggregation, vectorised over the villages."""

    def __call__(self, shares: Floats, weights: Floats, present: Booleans, peers: Integers, /) -> Floats:
        """(n,) the share of the whole, in [0, 1]; NaN for a village without any child present.

        `shares`: (m, n) in [0, 1], more is better, 0 where not present. `weights`: (m,) as the document
        gives them. `present`: (m, n). `peers`: (n,) the number of each village's peer group.
        """


@dataclass(frozen=True)
class AggregationMethod:
    """An aggregation as a plugin contributes it.

    `peer_relative`: whether a village's result depends on other villages. `monotone`: whether raising one
    share never lowers the result; what is not known yet then lies between the results of the lowest and of
    the highest shares, and else anywhere between none and all.
    """

    name: str
    title: Text
    function: AggregationFunction
    peer_relative: bool = False
    monotone: bool = True

    def put_together(
        self,
        shares: Sequence[Floats],
        weights: Sequence[float],
        present: Sequence[Booleans] | None,
        peers: Integers,
        end: float | None,
    ) -> Floats:
        """The share of the whole: (n,), NaN where no child is present.

        `end` is 0 or 1 where the lowest or the highest possible is asked for, None for what counts now.
        Raises PluginFailed.
        """
        here = np.ones((len(shares), len(shares[0])), bool) if present is None else np.stack(present)
        nothing: Booleans = np.logical_not(here.any(axis=0))
        if end is not None and (self.peer_relative or not self.monotone):
            return np.where(nothing, np.nan, end)
        stacked = np.where(here, np.stack(shares), 0.0)
        return self.watched(stacked, np.asarray(weights, np.float64), here, peers)

    def watched(self, shares: Floats, weights: Floats, present: Booleans, peers: Integers) -> Floats:
        """What `function` gives. Raises PluginFailed for what it raises, and for what is no share."""
        try:
            share = self.function(shares, weights, present, peers)
        except PluginFailed:
            raise
        except Exception as error:
            raise PluginFailed.at(self.name, "function", error) from error
        return self._checked(share, np.logical_not(present.any(axis=0)))

    def _checked(self, result: Any, nothing: Booleans) -> Floats:
        given = np.asarray(result)
        if given.shape != nothing.shape or given.dtype.kind not in "biuf":
            raise self._wrong(f"float64 {nothing.shape}", f"{given.dtype} {given.shape}")
        share: Floats = given.astype(np.float64)
        counted = share[~nothing]
        if not ((counted >= -_NOISE) & (counted <= 1 + _NOISE)).all():
            raise self._wrong("0 – 1", f"{np.min(counted):g} – {np.max(counted):g}")
        share.clip(0.0, 1.0, out=share)
        share[nothing] = np.nan
        return share

    def _wrong(self, wanted: str, got: str) -> PluginFailed:
        return PluginFailed(
            self.name.partition(".")[0],
            Text(
                f"插件的 {self.name} 应给出 {wanted}，实际是 {got}",
                f"{self.name} of the plugin should give {wanted}, not {got}",
            ),
        )
