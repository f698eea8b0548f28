"""From the shares that runs come to, to places and to who passes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from liangcun_standards.scoring import ScoreResult
from liangcun_standards.scoring.outcome import round_half_up
from liangcun_standards.scoring.plan import TOLERANCE, plan_of
from liangcun_standards.sensitivity.blocks import Block
from liangcun_standards.sensitivity.climbing import Climbed
from liangcun_standards.table import Booleans, Floats, Integers

# The total of whom nothing counts for: behind everybody.
_NOBODY = -1.0


@dataclass
class Frame:
    """The regions looked at: `rows` of a result, and where they stand among the rows put together (`here`).

    n regions, of which r are ranked.
    """

    result: ScoreResult
    rows: slice
    here: slice
    _kept: tuple[Block, _Reach] | None = None

    @cached_property
    def ranked(self) -> Booleans:
        """(n,) who is ranked as things stand."""
        return self.result.ranked[self.rows]

    @cached_property
    def rank(self) -> Integers:
        """(r,) the places as things stand."""
        now: Floats = self.result.total[self.rows][self.ranked]
        return np.asarray(self.places(now[None, :])[0], np.int64)

    @cached_property
    def classes(self) -> list[Integers]:
        """The ranked regions of each class, by their places among the r: one class where there are none."""
        if self.result.village_class is None:
            return [np.arange(int(self.ranked.sum()))]
        own = self.result.village_class[self.rows][self.ranked]
        return [np.flatnonzero(own == one) for one in np.unique(own)]

    def places(self, totals: Floats) -> Integers:
        """(d, r) places among the ranked, class by class, from (d, r) totals."""
        dense = self.result.standard.ties == "dense"
        found = np.zeros(totals.shape, np.int64)
        for members in self.classes:
            everyone = len(members) == totals.shape[1]
            for run, row in enumerate(totals):
                own = row if everyone else row[members]
                found[run, members] = self.result.places(own, dense=dense)
        return found

    def totals(self, block: Block, completion: Integers, climbed: Climbed) -> Floats:
        """(d, n) rounded totals, adjustments included."""
        standard, plan = self.result.standard, plan_of(self.result.standard)
        full = (plan.whole if plan.over_all is None else plan.over_all).full
        totals = climbed.whole[:, self.here] * full
        if standard.adjustments:
            totals += block.adjusted[completion - block.first, self.here]
            np.maximum(totals, 0.0, out=totals)
        totals = round_half_up(totals, standard.decimals)
        np.copyto(totals, _NOBODY, where=np.isnan(totals))
        return totals

    def passed(
        self, block: Block, completion: Integers, climbed: Climbed, totals: Floats, *, own_scale: bool
    ) -> Booleans:
        """(d, n) who passes. Off the standard's own scale as many reach a cut-off as do as things stand."""
        places = completion - block.first
        needed = block.needed[places, self.here] if own_scale else self._linked(block, places, totals)
        passed = block.free[places, self.here] & (totals >= needed) & (totals > _NOBODY)
        fulls = {group.code: group.worth for group in self.result.standard.all_groups}
        for code, least in plan_of(self.result.standard).minima:
            if own_scale and code in climbed.groups:
                points = climbed.groups[code][:, self.here] * fulls[code]
            else:
                points = block.groups[code][places, self.here]
            passed &= ~(points < least - TOLERANCE)
        return np.asarray(passed, bool)

    def _linked(self, block: Block, places: Integers, totals: Floats) -> Floats:
        """(d, n), or (d, 1) for all alike, what stands for the total needed on the scale of these totals."""
        reach = self._reach(block)
        ranked = totals[:, self.ranked]
        # The total of the last one that reaches each cut-off; nobody, or everybody, reaches the ends.
        inside = np.unique(np.clip(reach.counts, 1, ranked.shape[1]))
        ordered = np.partition(ranked, ranked.shape[1] - inside, axis=1)
        cuts = ordered[:, ranked.shape[1] - np.clip(reach.counts, 1, ranked.shape[1])]
        cuts[:, reach.counts == 0] = np.inf
        cuts[:, reach.counts < 0] = -np.inf
        if len(reach.counts) == 1:
            return np.asarray(cuts)
        return np.asarray(np.take_along_axis(cuts, reach.which[places], axis=1))

    def _reach(self, block: Block) -> _Reach:
        """How many of the ranked reach what each region needs, as things stand; worked out once a block."""
        if self._kept is None or self._kept[0] is not block:
            now = np.sort(self.result.total[self.rows][self.ranked])
            needed = block.needed[:, self.here]
            counts = len(now) - np.searchsorted(now, needed, side="left")
            counts[needed == -np.inf] = -1
            different, which = np.unique(counts, return_inverse=True)
            self._kept = block, _Reach(different, which.reshape(counts.shape).astype(np.int64))
        return self._kept[1]


class _Reach(NamedTuple):
    """How many regions reach each different cut-off, -1 for none asked for; and which is each region's."""

    counts: Integers
    which: Integers
