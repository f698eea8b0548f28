"""Scoring: a standard over an indicator table, the same code for one village and for a nation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from liangcun_standards.document.standard import Standard
from liangcun_standards.indicators import Indicator
from liangcun_standards.scoring.blend import weigh
from liangcun_standards.scoring.criteria import Exempt, Open, Statuses
from liangcun_standards.scoring.outcome import NONE, Places
from liangcun_standards.scoring.plan import plan_of
from liangcun_standards.scoring.possible import Possible
from liangcun_standards.scoring.result import VERDICTS, ScoreResult
from liangcun_standards.scoring.run import Run, RunScores
from liangcun_standards.table import Booleans, Floats, IndicatorTable, Input
from liangcun_standards.vocabulary import Verdict

# Rows a run: what a run reads and writes stays in the processor's cache.
_RUN = 16_384
_WORKERS = 2

_FAILED = VERDICTS.index(Verdict.FAIL)
_UNDECIDED = VERDICTS.index(Verdict.UNDECIDED)
_PASSED = VERDICTS.index(Verdict.PASS)


def score(
    standard: Standard,
    table: IndicatorTable,
    indicators: Mapping[str, Indicator],
    exempt: Mapping[str, Exempt] | None = None,
    parts: Mapping[str, IndicatorTable] | None = None,
) -> ScoreResult:
    """Score every row of `table`.

    `exempt`: by criterion code, the rows that it doesn't bind. `parts`: for a standard that blends periods,
    a table with the same regions for each of `sub_periods(standard, table.period)`, by the period's name.
    A standard relative to peers needs every village of each peer group in the table.
    Same inputs, same bytes. Raises ValueError when a part has other regions than the table.
    """
    exempt = dict(exempt or {})
    plan = plan_of(standard)
    tables = weigh(standard, table, parts or {})
    whole = plan.peer_relative or len(tables) > 1
    size = max(len(table), 1) if whole else _RUN
    runs = [
        Run(standard, plan, tables, table, slice(start, min(start + size, len(table))), indicators, exempt)
        for start in range(0, max(len(table), 1), size)
    ]
    arrays = _Arrays.empty(standard, len(table))
    if len(runs) > _WORKERS:
        _ = table.known  # worked out once, before the workers share it
        with ThreadPoolExecutor(_WORKERS) as pool:
            opens = list(pool.map(arrays.score, runs))
    else:
        opens = [arrays.score(run) for run in runs]
    return ScoreResult(
        standard=standard,
        table=table,
        points=arrays.points,
        status=arrays.status,
        open=_joined(opens, len(standard.criteria)),
        exempt=exempt,
        groups=arrays.groups,
        adjustments=arrays.adjustments,
        total=arrays.total,
        lowest=arrays.lowest,
        highest=arrays.highest,
        completeness=arrays.completeness,
        grade=arrays.grade,
        tier=arrays.tier,
        passed=arrays.passed,
        verdict=arrays.verdict,
        admitted=arrays.admitted,
        village_class=_classes(standard, table),
        tables=tuple(one.table for one in tables),
    )


@dataclass(frozen=True)
class _Arrays:
    """The result, as it is filled run by run; no two runs write the same rows."""

    points: Floats
    status: Statuses
    groups: dict[str, Floats]
    adjustments: dict[str, Floats]
    total: Floats
    lowest: Floats
    highest: Floats
    completeness: Floats
    grade: Places
    tier: Places
    passed: Booleans
    verdict: Statuses
    admitted: Booleans

    @classmethod
    def empty(cls, standard: Standard, size: int) -> _Arrays:
        shape = (len(standard.criteria), size)
        return cls(
            points=np.empty(shape),
            status=np.empty(shape, np.uint8),
            groups={group.code: np.empty(size) for group in standard.all_groups},
            adjustments={adjustment.code: np.empty(size) for adjustment in standard.adjustments},
            total=np.empty(size),
            lowest=np.empty(size),
            highest=np.empty(size),
            completeness=np.empty(size),
            grade=np.empty(size, np.int8),
            tier=np.empty(size, np.int8),
            passed=np.empty(size, bool),
            verdict=np.empty(size, np.uint8),
            admitted=np.ones(size, bool),
        )

    def score(self, run: Run) -> dict[int, Open]:
        """Take in a run; returns each criterion's unsettled rows, counted over the whole table."""
        rows = run.rows
        scores = run.score(self.points[:, rows], self.status[:, rows])
        for code, branch in scores.totals.groups.items():
            self.groups[code][rows] = branch.points
            if branch.absent is not None:
                self.groups[code][rows][branch.absent] = np.nan
        for code, adjustment in scores.adjustments.items():
            self.adjustments[code][rows] = adjustment.now
        now = scores.now
        self.total[rows], self.grade[rows], self.tier[rows] = now.total, now.grade, now.tier
        self.passed[rows] = now.passed
        self.completeness[rows] = 1.0 if scores.completeness is None else scores.completeness
        np.multiply(now.passed, _PASSED, out=self.verdict[rows], casting="unsafe")
        self.lowest[rows] = self.highest[rows] = _counted(scores, now.total)
        if scores.admission is not None:
            self.admitted[rows] = scores.admission.may
        if scores.possible is not None:
            self._write_possible(scores.possible, rows.start)
        first = rows.start
        return {place: Open(one.rows + first, one.low, one.high) for place, one in scores.scores.open.items()}

    def _write_possible(self, possible: Possible, first: int) -> None:
        at = possible.rows + first
        self.lowest[at] = np.nan_to_num(possible.worst.total)
        self.highest[at] = np.nan_to_num(possible.best.total)
        decided = np.where(possible.best.passed, _UNDECIDED, _FAILED)
        self.verdict[at] = np.where(possible.worst.passed, _PASSED, decided)


def _counted(scores: RunScores, total: Floats) -> Floats:
    """The total, nothing where there is none."""
    return total if scores.totals.whole.absent is None else np.nan_to_num(total)


def _joined(parts: Sequence[Mapping[int, Open]], count: int) -> tuple[Open | None, ...]:
    """For each of `count` criteria, its unsettled rows over all runs; None for none."""
    if not any(parts):
        return (None,) * count
    return tuple(_joined_rows(parts, place) for place in range(count))


def _joined_rows(parts: Sequence[Mapping[int, Open]], place: int) -> Open | None:
    found = [part[place] for part in parts if place in part]
    if len(found) < 2:
        return found[0] if found else None
    return Open(
        np.concatenate([part.rows for part in found]),
        np.concatenate([part.low for part in found]),
        np.concatenate([part.high for part in found]),
    )


def _classes(standard: Standard, table: IndicatorTable) -> Places | None:
    if standard.classes is None:
        return None
    column = table.columns.get(Input(standard.classes.indicator))
    if column is None:
        return np.full(len(table), NONE, np.int8)
    return np.nan_to_num(column.values, nan=NONE).astype(np.int8)
