"""A table's rows in another order or some of them alone, and peer groups for made-up villages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from liangcun_standards.table import Bounds, Column, IndicatorTable, Integers

# Peer groups of a made-up table, on average.
_GROUP = 150


def in_groups(table: IndicatorTable, random: np.random.Generator) -> IndicatorTable:
    """The table with its villages in peer groups of all sizes, each group's rows together."""
    size = len(table)
    first = np.zeros(size, np.int64)
    first[random.choice(np.arange(1, size), max(1, size // _GROUP), replace=False)] = 1
    return replace(table, peers=np.cumsum(first))


def rows_of(table: IndicatorTable, rows: Integers) -> IndicatorTable:
    """A table of these rows of a table, in this order, under the codes of its first rows.

    `rows`: numbers of rows, each once. Peer groups are numbered anew from 0.
    """
    columns = {}
    for source, column in table.columns.items():
        bounds = None if column.bounds is None else _bounds_of(column.bounds, rows)
        columns[source] = Column(column.values[rows], column.minimum, column.maximum, bounds)
    peers = np.unique(table.peers[rows], return_inverse=True)[1].astype(np.int64)
    # Codes ascend in every table, and no rule sees them.
    return IndicatorTable(table.period, table.regions[: len(rows)], columns, peers)


def _bounds_of(bounds: Bounds, rows: Integers) -> Bounds | None:
    """The bounds that lie in these rows; None where none does."""
    places = np.minimum(np.searchsorted(bounds.rows, rows), len(bounds.rows) - 1)
    here = np.flatnonzero(bounds.rows[places] == rows)
    if not len(here):
        return None
    taken = places[here]
    return Bounds(here, bounds.low[taken], bounds.high[taken])
