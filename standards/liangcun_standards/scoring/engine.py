"""Scoring: a standard over an indicator table, the same code for one village and for a nation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from liangcun_standards.compiled import machine
from liangcun_standards.document.standard import Standard
from liangcun_standards.indicators import Indicator
from liangcun_standards.scoring.arrays import Arrays, layout_of
from liangcun_standards.scoring.blend import weigh
from liangcun_standards.scoring.criteria import Exempt, Open
from liangcun_standards.scoring.derivation import derived
from liangcun_standards.scoring.outcome import NONE, Places
from liangcun_standards.scoring.plan import plan_of
from liangcun_standards.scoring.recorded import recorded
from liangcun_standards.scoring.result import ScoreResult
from liangcun_standards.scoring.run import Run
from liangcun_standards.table import IndicatorTable, Input

Result = TypeVar("Result")

# Rows a run: what a run reads and writes stays in the processor's cache.
_RUN = 16_384
_WORKERS = 2


def score(
    standard: Standard,
    table: IndicatorTable,
    indicators: Mapping[str, Indicator],
    exempt: Mapping[str, Exempt] | None = None,
    parts: Mapping[str, IndicatorTable] | None = None,
) -> ScoreResult:
    """Score every row of `table`; `indicators` are those of plugins, to which the standard adds its own.

    `exempt`: by criterion code, the rows that it doesn't bind. `parts`: for a standard that blends periods,
    a table with the same regions for each of `sub_periods(standard, table.period)`, by the period's name.
    A standard relative to peers needs every village of each peer group in the table.
    Same inputs, same bytes. Raises ValueError when a part has other regions than the table.
    """
    exempt = dict(exempt or {})
    indicators = standard.known(indicators)
    table = derived(table, standard.inputs, indicators)
    parts = {name: derived(part, standard.inputs, indicators) for name, part in (parts or {}).items()}
    plan = plan_of(standard)
    tables = weigh(standard, table, parts)
    whole = plan.peer_relative or len(tables) > 1
    size = max(len(table), 1) if whole else _RUN
    runs = [
        Run(standard, plan, tables, table, slice(start, min(start + size, len(table))), indicators, exempt)
        for start in range(0, max(len(table), 1), size)
    ]
    arrays = Arrays(layout_of(standard), len(table))
    plain = not exempt and len(tables) == 1 and tables[0].table is table
    left = _left_by_program(runs, arrays) if plain else runs
    ends = arrays.unsettled() if left else arrays.settled()
    opens = _each(lambda run: arrays.score(run, ends), left)
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
        lowest=ends.lowest,
        highest=ends.highest,
        completeness=ends.completeness,
        grade=arrays.grade,
        tier=arrays.tier,
        passed=arrays.passed,
        verdict=arrays.verdict,
        admitted=arrays.admitted,
        village_class=_classes(standard, table),
        tables=tuple(one.table for one in tables),
    )


def _left_by_program(runs: Sequence[Run], arrays: Arrays) -> Sequence[Run]:
    """Score what is plain by the standard's program; returns the runs that are left for NumPy."""
    compiled, first = machine(), runs[0]
    if compiled is None:
        return runs
    program = recorded(first.standard, first.plan, first.indicators)
    if program is None or not program.fits(first.table):
        return runs
    settled = _each(lambda run: program.score(compiled, run, arrays), runs)
    return [run for run, done in zip(runs, settled, strict=True) if not done]


def _each(job: Callable[[Run], Result], runs: Sequence[Run]) -> list[Result]:
    """The job done for each run, by two workers where there are many."""
    if len(runs) <= _WORKERS:
        return [job(run) for run in runs]
    _ = runs[0].table.known  # worked out once, before the workers share it
    with ThreadPoolExecutor(_WORKERS) as pool:
        return list(pool.map(job, runs))


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
