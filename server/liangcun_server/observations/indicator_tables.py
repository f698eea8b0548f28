"""Loading indicator tables: the observations of many regions as contiguous columns, in one statement."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.observations.cell_rows import CellQuery, CellRows, Standing, fetch_cell_rows
from liangcun_standards.indicators import Indicator
from liangcun_standards.periods import Period
from liangcun_standards.table import Booleans, Bounds, Column, Floats, IndicatorTable, Input, Integers
from liangcun_standards.vocabulary import AssessorLevel


async def load_table(
    connection: AsyncConnection,
    catalogue: Mapping[str, Indicator],
    regions: Sequence[str],
    period: Period,
    inputs: Collection[Input],
    *,
    assessor_level: AssessorLevel | None = None,
    as_of_revision: int | None = None,
    peers: Integers | None = None,
) -> IndicatorTable:
    """The table of `regions` (full codes of one level, ascending) for `period`; one statement.

    The newest value of each key counts. With `assessor_level` None, of several levels the one with the most
    authority speaks for each indicator; a withdrawn value speaks for nobody. A suspect value is missing. At
    least v is missing with the bounds [v, the range's maximum], at most v with [the range's minimum, v].
    `peers` are the regions' peer groups, all one group when left out. Raises KeyError for an input that is
    not in the catalogue.
    """
    query = CellQuery(
        tuple(regions), period, sorted(set(inputs)), assessor_level, as_of_revision=as_of_revision
    )
    rows = await fetch_cell_rows(connection, query)
    return await asyncio.to_thread(table_of, catalogue, query, rows, peers)


def table_of(
    catalogue: Mapping[str, Indicator], query: CellQuery, rows: CellRows, peers: Integers | None = None
) -> IndicatorTable:
    """The table that the rows of a query make, its inputs ascending."""
    frame = _Frame(catalogue, tuple(query.regions), list(query.inputs))
    columns = frame.columns(rows)
    return IndicatorTable(
        query.period, frame.regions, columns, np.empty(0, np.int64) if peers is None else peers
    )


async def refresh_table(
    table: IndicatorTable,
    connection: AsyncConnection,
    catalogue: Mapping[str, Indicator],
    *,
    since_revision: int,
    assessor_level: AssessorLevel | None = None,
) -> IndicatorTable:
    """`table`, loaded at `since_revision` for the same assessor level, with what was written after it.

    A new table that shares every unchanged column with the old one, or the old one itself when nothing in
    it changed. One statement, over the cells that were written alone.
    """
    frame = _Frame(catalogue, tuple(table.regions), sorted(table.columns))
    query = CellQuery(
        frame.regions, table.period, frame.inputs, assessor_level, since_revision=since_revision
    )
    rows = await fetch_cell_rows(connection, query)
    changed = await asyncio.to_thread(frame.changed_columns, table.columns, rows)
    if not changed:
        return table
    return IndicatorTable(table.period, table.regions, {**table.columns, **changed}, table.peers)


@dataclass(frozen=True, slots=True)
class _Cells:
    """What each cell says now: one entry a cell, ordered by slot and row."""

    slot: Integers
    row: Integers
    standing: Integers
    value: Floats

    def of(self, slot: int) -> _Cells:
        """The cells of one column."""
        start, end = np.searchsorted(self.slot, [slot, slot + 1])
        part = slice(start, end)
        return _Cells(self.slot[part], self.row[part], self.standing[part], self.value[part])


class _Frame:
    """The rows and columns that a table is to have."""

    def __init__(
        self, catalogue: Mapping[str, Indicator], regions: tuple[str, ...], inputs: list[Input]
    ) -> None:
        self.regions = regions
        self.inputs = inputs
        self._ranges = [catalogue[name.indicator].range for name in inputs]
        self._numbers = np.array([int(code) for code in regions], np.int64)

    def columns(self, rows: CellRows) -> dict[Input, Column]:
        """Every column, from nothing."""
        cells = self._cells(rows)
        missing = np.full(len(self.regions), np.nan)
        return {
            name: self._column(slot, missing.copy(), None, cells.of(slot))
            for slot, name in enumerate(self.inputs)
        }

    def changed_columns(self, columns: Mapping[Input, Column], rows: CellRows) -> dict[Input, Column]:
        """The columns that the rows touch, copied and changed."""
        cells = self._cells(rows)
        changed = {}
        for slot in np.unique(cells.slot).tolist():
            old = columns[self.inputs[slot]]
            changed[self.inputs[slot]] = self._column(slot, old.values.copy(), old.bounds, cells.of(slot))
        return changed

    def _cells(self, rows: CellRows) -> _Cells:
        """The newest row of each cell and level, then of each cell the one with the most authority."""
        row = np.minimum(np.searchsorted(self._numbers, rows.number), max(len(self._numbers) - 1, 0))
        wanted = np.flatnonzero(self._numbers[row] == rows.number) if len(row) else row
        cell = rows.slot * len(self.regions) + row
        order = wanted[np.lexsort((rows.revision[wanted], rows.authority[wanted], cell[wanted]))]
        newest = order[_ends_of_runs(cell[order], rows.authority[order])]
        withdrawn = rows.standing[newest] == Standing.WITHDRAWN
        if withdrawn.any():
            rank = np.where(withdrawn, -1, rows.authority[newest])
            newest = newest[np.lexsort((rank, cell[newest]))]
        speaking = newest[_ends_of_runs(cell[newest])]
        return _Cells(rows.slot[speaking], row[speaking], rows.standing[speaking], rows.value[speaking])

    def _column(self, slot: int, values: Floats, old_bounds: Bounds | None, cells: _Cells) -> Column:
        """A column of `values`, which it takes over and changes at the cells."""
        low, high = self._ranges[slot]
        values[cells.row] = np.where(cells.standing == Standing.EXACT, cells.value, np.nan)
        at_least = cells.standing == Standing.AT_LEAST
        bounded = at_least | (cells.standing == Standing.AT_MOST)
        bounds = Bounds(
            cells.row[bounded],
            np.where(at_least, cells.value, low)[bounded],
            np.where(at_least, high, cells.value)[bounded],
        )
        if old_bounds is not None:
            bounds = _merged(old_bounds, cells.row, bounds)
        return Column(values, low, high, bounds if len(bounds.rows) else None)


def _merged(old: Bounds, touched: Integers, new: Bounds) -> Bounds:
    """The old bounds of the rows that were not touched, and the new ones."""
    kept = ~np.isin(old.rows, touched)
    rows = np.concatenate([old.rows[kept], new.rows])
    order = np.argsort(rows)
    low = np.concatenate([old.low[kept], new.low])
    high = np.concatenate([old.high[kept], new.high])
    return Bounds(rows[order], low[order], high[order])


def _ends_of_runs(*keys: npt.NDArray[Any]) -> Booleans:
    """Which places end a run of equal keys."""
    ends = np.ones(len(keys[0]), np.bool_)
    if len(ends) > 1:
        ends[:-1] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return ends
