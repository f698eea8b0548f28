"""Scoring: a standard over an indicator table, the same code for one village and for a nation."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from liangcun_standards.document.standard import Standard
from liangcun_standards.indicators import Indicator
from liangcun_standards.scoring.blend import weigh
from liangcun_standards.scoring.criteria import Exempt, Open, Statuses
from liangcun_standards.scoring.outcome import NONE, Places
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
    tables = weigh(standard, table, parts or {})
    whole = standard.peer_relative or len(tables) > 1
    size = max(len(table), 1) if whole else _RUN
    runs = [
        Run(standard, tables, table, slice(start, min(start + size, len(table))), indicators, exempt)
        for start in range(0, max(len(table), 1), size)
    ]
    arrays = _Arrays.empty(standard, len(table))
    if len(runs) > _WORKERS:
        for column in table.columns.values():
            _ = column.unknown  # computed once, before the workers share it
        with ThreadPoolExecutor(_WORKERS) as pool:
            opens = list(pool.map(lambda run: arrays.write(run.score()), runs))
    else:
        opens = [arrays.write(run.score()) for run in runs]
    return ScoreResult(
        standard=standard,
        table=table,
        points=arrays.points,
        status=arrays.status,
        open=tuple(_joined([run[place] for run in opens]) for place in range(len(standard.criteria))),
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

    def write(self, run: RunScores) -> list[Open | None]:
        """Take in a run; returns each criterion's unsettled rows, counted over the whole table."""
        rows = run.rows
        for place, one in enumerate(run.columns):
            self.points[place, rows] = one.points
            self.status[place, rows] = one.status
        for code, branch in run.totals.groups.items():
            self.groups[code][rows] = branch.points
            if branch.absent is not None:
                self.groups[code][rows][branch.absent] = np.nan
        for code, adjustment in run.adjustments.items():
            self.adjustments[code][rows] = adjustment.now
        now = run.now
        self.total[rows], self.grade[rows], self.tier[rows] = now.total, now.grade, now.tier
        self.passed[rows], self.completeness[rows] = now.passed, run.completeness
        self.verdict[rows] = np.where(now.passed, _PASSED, _FAILED)
        self.lowest[rows] = self.highest[rows] = np.nan_to_num(now.total)
        if run.admission is not None:
            self.admitted[rows] = run.admission.may
        if run.possible is not None:
            worst, best, at = run.possible.worst, run.possible.best, run.possible.rows + rows.start
            self.lowest[at], self.highest[at] = np.nan_to_num(worst.total), np.nan_to_num(best.total)
            decided = np.where(best.passed, _UNDECIDED, _FAILED)
            self.verdict[at] = np.where(worst.passed, _PASSED, decided)
        return [
            None if one.open is None else Open(one.open.rows + rows.start, one.open.low, one.open.high)
            for one in run.columns
        ]


def _joined(parts: list[Open | None]) -> Open | None:
    found = [part for part in parts if part is not None]
    if not found:
        return None
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
