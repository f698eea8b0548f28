"""The columns of a result in two blocks, filled run by run, by NumPy or by a recorded program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from liangcun_standards.document.standard import Standard
from liangcun_standards.scoring.criteria import Open, Statuses
from liangcun_standards.scoring.lent_memory import lend
from liangcun_standards.scoring.outcome import Places
from liangcun_standards.scoring.possible import Possible
from liangcun_standards.scoring.result import VERDICTS
from liangcun_standards.scoring.run import Run, RunScores
from liangcun_standards.table import Booleans, Floats
from liangcun_standards.vocabulary import Verdict

_FAILED = VERDICTS.index(Verdict.FAIL)
_UNDECIDED = VERDICTS.index(Verdict.UNDECIDED)
PASSED = VERDICTS.index(Verdict.PASS)

# One of each, to be seen as a column of any length.
_WHOLE = np.ones(1)
_WHOLE.flags.writeable = False


class Layout:
    """Which row of the blocks holds what: m criteria, then the rest by name.

    `figures`, of float64: points, groups, adjustments, the total. `small`, of bytes: status, grade, tier,
    passed, verdict, admitted.
    """

    def __init__(self, standard: Standard) -> None:
        self.criteria = len(standard.criteria)
        groups = [group.code for group in standard.all_groups]
        adjustments = [adjustment.code for adjustment in standard.adjustments]
        self.groups = {code: self.criteria + place for place, code in enumerate(groups)}
        first = self.criteria + len(groups)
        self.adjustments = {code: first + place for place, code in enumerate(adjustments)}
        self.total = first + len(adjustments)
        self.figures = self.total + 1
        self.grade, self.tier, self.passed, self.verdict, self.admitted = range(
            self.criteria, self.criteria + 5
        )
        self.small = self.criteria + 5


def layout_of(standard: Standard) -> Layout:
    """The layout of a standard, the same one each time."""
    layout = standard.kept.get(Layout)
    if not isinstance(layout, Layout):
        layout = standard.kept[Layout] = Layout(standard)
    return layout


@dataclass(frozen=True)
class Ends:
    """What can differ from the total only where something isn't settled, and how much is known; all (n,)."""

    lowest: Floats
    highest: Floats
    completeness: Floats


class Arrays:
    """The result as it is filled; no two runs write the same rows."""

    def __init__(self, layout: Layout, size: int) -> None:
        self.layout = layout
        self.figures: Floats = lend((layout.figures, size), np.float64)
        self.small: Statuses = lend((layout.small, size), np.uint8)
        self.points = self.figures[: layout.criteria]
        self.status = self.small[: layout.criteria]
        self.total: Floats = self.figures[layout.total]
        self.grade: Places = self.small[layout.grade].view(np.int8)
        self.tier: Places = self.small[layout.tier].view(np.int8)
        self.passed: Booleans = self.small[layout.passed].view(bool)
        self.verdict: Statuses = self.small[layout.verdict]
        self.admitted: Booleans = self.small[layout.admitted].view(bool)

    @property
    def groups(self) -> dict[str, Floats]:
        """(n,) points for each group."""
        return {code: self.figures[row] for code, row in self.layout.groups.items()}

    @property
    def adjustments(self) -> dict[str, Floats]:
        """(n,) points for each bonus and penalty."""
        return {code: self.figures[row] for code, row in self.layout.adjustments.items()}

    def settled(self) -> Ends:
        """The ends where every row is settled: the total itself, all of it known."""
        size = len(self.total)
        whole: Floats = np.ndarray((size,), np.float64, _WHOLE, 0, (0,))
        return Ends(self.total, self.total, whole)

    def unsettled(self) -> Ends:
        """The ends to write into, until then as if every row were settled."""
        return Ends(self.total.copy(), self.total.copy(), np.ones(len(self.total)))

    def score(self, run: Run, ends: Ends) -> dict[int, Open]:
        """Score a run by NumPy; returns each criterion's unsettled rows, counted over the whole table."""
        rows, layout = run.rows, self.layout
        scores = run.score(self.points[:, rows], self.status[:, rows])
        for code, branch in scores.totals.groups.items():
            row = self.figures[layout.groups[code], rows]
            row[:] = branch.points
            if branch.absent is not None:
                row[branch.absent] = np.nan
        for code, adjustment in scores.adjustments.items():
            self.figures[layout.adjustments[code], rows] = adjustment.now
        now = scores.now
        self.total[rows], self.grade[rows], self.tier[rows] = now.total, now.grade, now.tier
        self.passed[rows] = now.passed
        np.multiply(now.passed, PASSED, out=self.verdict[rows], casting="unsafe")
        self.admitted[rows] = True if scores.admission is None else scores.admission.may
        ends.completeness[rows] = 1.0 if scores.completeness is None else scores.completeness
        ends.lowest[rows] = ends.highest[rows] = _counted(scores, now.total)
        if scores.possible is not None:
            self._write_possible(scores.possible, ends, rows.start)
        first = rows.start
        return {place: Open(one.rows + first, one.low, one.high) for place, one in scores.scores.open.items()}

    def _write_possible(self, possible: Possible, ends: Ends, first: int) -> None:
        at = possible.rows + first
        ends.lowest[at] = np.nan_to_num(possible.worst.total)
        ends.highest[at] = np.nan_to_num(possible.best.total)
        decided = np.where(possible.best.passed, _UNDECIDED, _FAILED)
        self.verdict[at] = np.where(possible.worst.passed, PASSED, decided)


def _counted(scores: RunScores, total: Floats) -> Floats:
    """The total, nothing where there is none."""
    return total if scores.totals.whole.absent is None else np.nan_to_num(total)
