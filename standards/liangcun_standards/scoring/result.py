"""The result of scoring: one scorecard a row, column by column, with ranks and a canonical digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from liangcun_standards.document.standard import Standard
from liangcun_standards.regions import code_range
from liangcun_standards.scoring.criteria import STATUSES, Exempt, Open, Statuses
from liangcun_standards.scoring.outcome import Places
from liangcun_standards.scoring.plan import plan_of
from liangcun_standards.table import Booleans, Floats, IndicatorTable, Integers
from liangcun_standards.vocabulary import ResultStatus, Verdict

VERDICTS: tuple[Verdict, ...] = (Verdict.FAIL, Verdict.UNDECIDED, Verdict.PASS)

# Digests take figures to the millionth: below that lies the noise of different processors.
_DIGEST_SCALE = 1e6

# From so many villages on, counting how often each total occurs beats sorting them.
_COUNTED = 2_048
# Rows a piece: what is worked out of them stays in the processor's cache.
_PIECE = 32_768


@dataclass(frozen=True)
class CriterionScore:
    """One criterion of one scorecard. `score` is None where the criterion doesn't count."""

    score: float | None
    status: ResultStatus
    lowest: float
    highest: float


@dataclass(frozen=True)
class ScoreResult:
    """All scorecards of one standard over one table; n rows, m criteria in the order of the document.

    `points`: (m, n), NaN where a criterion doesn't count. `status`: (m, n) places in STATUSES. `open`: for
    each criterion the unsettled rows. `groups`: (n,) points for each group. `total`, `lowest`, `highest`,
    `completeness`: (n,). `grade`, `tier`: (n,) places in the document, -1 for none. `verdict`: (n,) places in
    VERDICTS. `admitted`: (n,) no entry condition is known to fail. `village_class`: (n,) the answer by which
    villages are ranked apart, -1 where unknown; None where they are ranked together.
    """

    standard: Standard
    table: IndicatorTable
    points: Floats
    status: Statuses
    open: tuple[Open | None, ...]
    exempt: Mapping[str, Exempt]
    groups: Mapping[str, Floats]
    adjustments: Mapping[str, Floats]
    total: Floats
    lowest: Floats
    highest: Floats
    completeness: Floats
    grade: Places
    tier: Places
    passed: Booleans
    verdict: Statuses
    admitted: Booleans
    village_class: Places | None
    tables: tuple[IndicatorTable, ...] = ()

    def __len__(self) -> int:
        return len(self.total)

    def criterion(self, row: int, place: int) -> CriterionScore:
        """What the criterion at `place` of the document came to for `row`."""
        criterion = self.standard.criteria[place]
        points = float(self.points[place, row])
        status = STATUSES[self.status[place, row]]
        counted = None if np.isnan(points) else points if criterion.max_score else 0.0
        low = high = counted or 0.0
        open_ = self.open[place]
        if open_ is not None:
            at = int(np.searchsorted(open_.rows, row))
            if at < len(open_.rows) and open_.rows[at] == row and criterion.max_score:
                low, high = float(open_.low[at]), float(open_.high[at])
        return CriterionScore(counted, status, low, high)

    @cached_property
    def ranked(self) -> Booleans:
        """(n,) who may be ranked: admitted, scored, complete enough and of a known class."""
        ranked = self.admitted & ~np.isnan(self.total)
        ranked &= self.completeness >= self.standard.min_completeness - 1e-12
        if self.village_class is not None:
            ranked &= self.village_class >= 0
        return ranked

    def rows_within(self, within: str) -> slice:
        """The rows that lie in a region (a twelve-digit code): regions ascend, so they stand together."""
        codes = self._codes
        low, high = code_range(within)
        start = int(np.searchsorted(codes, low, side="left"))
        return slice(start, int(np.searchsorted(codes, high, side="right")))

    @cached_property
    def _codes(self) -> npt.NDArray[np.str_]:
        return np.asarray(self.table.regions, dtype="<U12")

    def ranks(self, within: str | None = None) -> Integers:
        """(n,) places among the rows within a region, from 1, 0 for who isn't ranked or not within.

        Villages of different classes are ranked apart; ties share a place, and the places they take up are
        left out after them (`ties: competition`) or not (`dense`).
        """
        rows = slice(0, len(self)) if within is None else self.rows_within(within)
        dense = self.standard.ties == "dense"
        ranked = self.ranked[rows]
        everyone = self.village_class is None and bool(ranked.all())
        if everyone and len(ranked) == len(self):
            return self.places(self.total, dense=dense)
        ranks = np.zeros(len(self), np.int64)
        if everyone:
            ranks[rows] = self.places(self.total[rows], dense=dense)
            return ranks
        chosen = np.flatnonzero(ranked) + rows.start
        if self.village_class is None:
            ranks[chosen] = self.places(self.total[chosen], dense=dense)
            return ranks
        classes = self.village_class[chosen]
        for one in np.unique(classes):
            members = chosen[classes == one]
            ranks[members] = self.places(self.total[members], dense=dense)
        return ranks

    def places(self, totals: Floats, *, dense: bool) -> Integers:
        """(n,) places from 1 among totals of this standard, which are rounded as it says.

        A place is how many totals are higher, or with `dense` how many different ones, and one.
        """
        if not len(totals):
            return np.zeros(0, np.int64)
        if len(totals) >= _COUNTED:
            scale = 10.0**self.standard.decimals
            lowest = np.rint(totals.min() * scale)
            different = int(np.rint(totals.max() * scale) - lowest) + 1
            if different <= 4 * len(totals):
                return _places_by_counting(_Units(totals, scale, lowest), different, dense)
        ordered = np.unique(totals) if dense else np.sort(totals)
        return len(ordered) + 1 - np.searchsorted(ordered, totals, side="right")

    @cached_property
    def told(self) -> Mapping[str, Floats]:
        """What the standard's scorer tells of its criteria: (m, n) for each figure, NaN for nothing.

        Raises PluginFailed.
        """
        scorer, node = self.standard.own_scorer, plan_of(self.standard).over_all
        if scorer is None or node is None:
            return {}
        counted = list(node.counted)
        shares = [self.points[place] / full for place, full in zip(counted, node.worths, strict=True)]
        present = [~np.isnan(share) for share in shares]
        told = scorer.told(shares, node.weights, present, self.table.peers)
        figures = {}
        for code, values in told.items():
            figures[code] = np.full(self.points.shape, np.nan)
            figures[code][counted] = values
        return figures

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the standard, the tables, and every figure and decision of the result.

        Figures are taken to the millionth, so that the same inputs give the same digest on every machine.
        """
        digest = hashlib.sha256(self.standard.digest.encode())
        for table in self.tables or (self.table,):
            digest.update(table.digest().encode())
        for figures in (self.points, self.total, self.lowest, self.highest, self.completeness):
            digest.update(_canonical(figures))
        for decisions in (self.status, self.grade, self.tier, self.passed, self.verdict, self.admitted):
            digest.update(np.ascontiguousarray(decisions, dtype="<i1").tobytes())
        digest.update(np.ascontiguousarray(self.ranks(), dtype="<i8").tobytes())
        return digest.hexdigest()


@dataclass(frozen=True)
class _Units:
    """Totals as whole numbers of their last decimal, from 0 up, worked out piece by piece."""

    totals: Floats
    scale: float
    lowest: float

    def __iter__(self) -> Iterator[tuple[slice, Integers]]:
        """Each piece of rows with its (…,) units."""
        for first in range(0, len(self.totals), _PIECE):
            rows = slice(first, first + _PIECE)
            units = self.totals[rows] * self.scale
            np.rint(units, out=units)
            units -= self.lowest
            yield rows, units.astype(np.int64)


def _places_by_counting(units: _Units, different: int, dense: bool) -> Integers:
    """(n,) places by how often each of the `different` possible totals occurs."""
    counts = np.zeros(different, np.int64)
    for _, piece in units:
        counts += np.bincount(piece, minlength=different)
    if dense:
        counts = (counts > 0).astype(np.int64)
    places = counts.sum() + 1 - np.cumsum(counts)
    found = np.empty(len(units.totals), np.int64)
    for rows, piece in units:
        found[rows] = places[piece]
    return found


def _canonical(figures: Floats) -> bytes:
    scaled = np.rint(figures * _DIGEST_SCALE)
    scaled[np.isnan(scaled)] = -1.0
    return np.ascontiguousarray(scaled, dtype="<i8").tobytes()
