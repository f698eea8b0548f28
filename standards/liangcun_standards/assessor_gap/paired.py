"""Two assessor levels over the same villages, criterion by criterion, in paired differences.

A village is compared on a criterion when both levels have put on record everything that it rests on: what
one of them never looked at says nothing of how strictly it judges. The total's gap is the sum over those
criteria, in points of the total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from liangcun_standards.indicators import Indicator
from liangcun_standards.regions import SIGNIFICANT_DIGITS
from liangcun_standards.scoring import ScoreResult
from liangcun_standards.scoring.derivation import unfolded
from liangcun_standards.table import Booleans, Floats, Input, Integers
from liangcun_standards.vocabulary import RegionLevel

# Differences of points that are sums of decimals: below this they are none.
_SAME = 1e-9
# So few differences can't come out below the usual one in twenty, whatever they are.
FEWEST = 6
LEVEL = 0.05


@dataclass(frozen=True)
class Gap:
    """Paired differences, the lower level's points less the upper's.

    `count`: how many pairs. `mean`, `median`: of the differences, in points. `higher`, `lower`: in how many
    pairs the lower level gives more, or less. `p_value`: of the Wilcoxon signed-rank test that differences
    lie evenly around nothing, two-sided; None for fewer than six that differ. `adjusted`: the same among all
    criteria that were tested, by Benjamini and Hochberg.
    """

    count: int
    mean: float
    median: float
    higher: int
    lower: int
    p_value: float | None
    adjusted: float | None

    @property
    def systematic(self) -> bool:
        """Whether it is hardly chance: at most one in twenty such findings would be."""
        told = self.p_value if self.adjusted is None else self.adjusted
        return told is not None and told < LEVEL and abs(self.mean) > _SAME


@dataclass(frozen=True)
class VillageGap:
    """One village: its gap over the criteria compared, and those that differ, the farthest first.

    `criteria`: the place, the lower level's points and the upper's.
    """

    region: str
    gap: float
    compared: int
    criteria: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True)
class GapPair:
    """Two levels over n villages: `a` is the lower level's result, `b` the upper's, of the same regions.

    `compared`: (m, n) where both have everything on record that a criterion rests on.
    """

    a: ScoreResult
    b: ScoreResult
    rows: Integers
    compared: Booleans

    @property
    def regions(self) -> list[str]:
        """The villages, all of a place."""
        return [self.a.table.regions[row] for row in self.rows]

    @cached_property
    def differences(self) -> Floats:
        """(m, n) the lower level's points less the upper's, NaN where they aren't compared."""
        found: Floats = np.where(
            self.compared, self.a.points[:, self.rows] - self.b.points[:, self.rows], np.nan
        )
        return found

    @cached_property
    def gaps(self) -> Floats:
        """(n,) of the total, over the criteria compared; NaN where there is none."""
        standard = self.a.standard
        factors = np.array([standard.stakes[one.code] / one.scale for one in standard.criteria])
        total = np.nansum(self.differences * factors[:, None], axis=0)
        return np.where(self.compared.any(axis=0), total, np.nan)

    @cached_property
    def total(self) -> Gap:
        """The gap of the total."""
        return _gap(self.gaps)

    @cached_property
    def criteria(self) -> dict[int, Gap]:
        """The gap of each criterion that any village is compared on, by its place in the document."""
        found = {place: _gap(row) for place, row in enumerate(self.differences) if not np.isnan(row).all()}
        tested = [place for place, one in found.items() if one.p_value is not None]
        if tested:
            from scipy.stats import false_discovery_control

            adjusted = false_discovery_control([found[place].p_value for place in tested])
            for place, value in zip(tested, adjusted, strict=True):
                found[place] = replace(found[place], adjusted=float(value))
        return found

    @cached_property
    def townships(self) -> dict[str, Gap]:
        """The gap of the total in each township, by its full code; none where no villages are scored."""
        if self.a.standard.level is not RegionLevel.VILLAGE:
            return {}
        digits = SIGNIFICANT_DIGITS[RegionLevel.TOWNSHIP]
        codes = np.array([code[:digits].ljust(12, "0") for code in self.regions])
        found = {}
        for code in dict.fromkeys(codes.tolist()):
            gaps = self.gaps[codes == code]
            if not np.isnan(gaps).all():
                found[code] = _gap(gaps)
        return found

    def largest(self, first: int) -> list[VillageGap]:
        """The villages that differ most, whichever way, by code where as much; at most `first`."""
        size = np.abs(np.nan_to_num(self.gaps))
        order = np.lexsort((np.arange(len(size)), -size))[:first]
        return [self._village(int(at)) for at in order if size[at] > _SAME]

    def _village(self, at: int) -> VillageGap:
        row, differences = self.rows[at], np.nan_to_num(self.differences[:, at])
        places = [int(place) for place in np.argsort(-np.abs(differences), kind="stable")]
        return VillageGap(
            region=self.a.table.regions[row],
            gap=float(self.gaps[at]),
            compared=int(self.compared[:, at].sum()),
            criteria=tuple(
                (place, float(self.a.points[place, row]), float(self.b.points[place, row]))
                for place in places
                if abs(differences[place]) > _SAME
            ),
        )


def _gap(differences: Floats) -> Gap:
    """Of paired differences, NaN for what isn't compared.

    Source of the test: Wilcoxon, Individual comparisons by ranking methods, Biometrics Bulletin 1 (1945), by
    scipy.stats: differences of nothing are left out.
    """
    known = differences[~np.isnan(differences)]
    if not len(known):
        return Gap(0, 0.0, 0.0, 0, 0, None, None)
    differing = known[np.abs(known) > _SAME]
    p_value = None
    if len(differing) >= FEWEST:
        from scipy.stats import wilcoxon  # a third of a second, for those who compare

        p_value = float(wilcoxon(np.round(differing, 9)).pvalue)
    return Gap(
        count=len(known),
        mean=float(known.mean()),
        median=float(np.median(known)),
        higher=int((known > _SAME).sum()),
        lower=int((known < -_SAME).sum()),
        p_value=p_value,
        adjusted=None,
    )


def gap_between(
    a: ScoreResult, b: ScoreResult, indicators: Mapping[str, Indicator], rows: Sequence[int] | Integers
) -> GapPair:
    """The gap between two results of one standard, each scored from one assessor level's values alone.

    `rows`: which regions of the two tables, which hold the same ones. Raises ValueError when they don't.
    """
    if list(a.table.regions) != list(b.table.regions):
        raise ValueError("the two results are of different regions")
    chosen = np.asarray(rows, np.int64)
    known = a.standard.known(indicators)
    compared = []
    for place, criterion in enumerate(a.standard.criteria):
        sources = [one for one in unfolded(criterion.inputs, known) if known[one.indicator].formula is None]
        here = np.ones(len(chosen), bool)
        for result in (a, b):
            for source in sources:
                here &= _on_record(result, source, chosen)
            here &= ~np.isnan(result.points[place, chosen])
        compared.append(here & bool(criterion.max_score))
    return GapPair(a, b, chosen, np.stack(compared))


def _on_record(result: ScoreResult, source: Input, rows: Integers) -> Booleans:
    """(n,) where the value, or a bound of it, is on record."""
    column = result.table.columns.get(source)
    if column is None:
        return np.zeros(len(rows), bool)
    known = ~np.isnan(column.values)
    if column.bounds is not None:
        known[column.bounds.rows] = True
    return known[rows]
