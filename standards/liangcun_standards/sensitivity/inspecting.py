"""What to find out first: of what is missing or bounded, the observations that narrow results most.

Each value that isn't known is tried at several of those that it can have, everything else left as it is, and
the village is scored again: by how much its lowest and highest possible totals, and places, move together,
and whether its verdict is decided. Every value tried counts alike.

Under TOPSIS, entropy weights or a scorer relative to peers one open village keeps all of them open, so that
no value by itself narrows anything. There the criteria's own ends count, by their weights in the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from liangcun_standards.indicators import Indicator
from liangcun_standards.scoring import VERDICTS, ScoreResult
from liangcun_standards.scoring.plan import plan_of
from liangcun_standards.sensitivity.asking import InvalidSensitivity
from liangcun_standards.sensitivity.completing import Unknowns
from liangcun_standards.sensitivity.stacking import observed_inputs, scored_anew, tables_of
from liangcun_standards.table import Bounds, Column, Floats, IndicatorTable, Input, Integers, Span
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import Verdict

# Values tried of each unknown one, both ends included.
TRIED = 7
# Rows scored again, in all and at a time.
MOST_ROWS = 4_000_000
_ROWS = 400_000
_UNDECIDED = VERDICTS.index(Verdict.UNDECIDED)
_SMALL = 1e-9


class Order(StrEnum):
    """By what the observations are put in order."""

    VERDICT = "verdict"
    SCORE = "score"
    RANK = "rank"


class Ends(NamedTuple):
    """The lowest and the highest that something can come to."""

    low: float
    high: float


@dataclass(frozen=True)
class Worth:
    """One observation that isn't known exactly, and what knowing it is worth.

    `period`: of the table that it is missing from; `known`: between which ends it lies, None where nothing at
    all is known. `score`, `rank`: the ends as things stand; `rank` None for who isn't ranked. `narrows`: by
    how many points their distance shrinks, at least, on average and at most; `rank_narrows`: by how many
    places on average. `verdict`: as things stand. `decides`: in what share of the values tried an undecided
    verdict is decided. `reaches`: the verdicts that it may come to. `by_weights`: whether what narrows is the
    weighted sum of the criteria's ends, because the total's depend on other regions.
    """

    region: str
    source: Input
    period: str
    known: Ends | None
    score: Ends
    rank: tuple[int, int] | None
    narrows_least: float
    narrows: float
    narrows_most: float
    rank_narrows: float
    verdict: Verdict
    decides: float
    reaches: tuple[Verdict, ...]
    by_weights: bool


class _Cell(NamedTuple):
    """One unknown value: its table by number, its column, its row, and the values to try."""

    table: int
    source: Input
    row: int
    values: Floats


def inspect_first(
    result: ScoreResult,
    indicators: Mapping[str, Indicator],
    within: str | None = None,
    order: Order = Order.VERDICT,
) -> list[Worth]:
    """The unknown observations of the regions within a place that are worth knowing, the most so first.

    `indicators` are those of plugins. Raises InvalidSensitivity for more than can be tried, PluginFailed.
    """
    rows = slice(0, len(result)) if within is None else result.rows_within(within)
    unknowns = Unknowns(result, indicators, rows)
    cells = list(_cells(unknowns))
    around = _Around(result, rows)
    found = [_worth(unknowns, around, cell, outcome) for cell, outcome in _outcomes(unknowns, cells)]
    telling = [one for one in found if one.narrows_most > _SMALL or one.decides or one.rank_narrows > _SMALL]
    keys = {
        Order.VERDICT: lambda one: (-one.decides, -one.narrows, -one.rank_narrows),
        Order.SCORE: lambda one: (-one.narrows, -one.decides, -one.rank_narrows),
        Order.RANK: lambda one: (-one.rank_narrows, -one.decides, -one.narrows),
    }
    telling.sort(key=lambda one: (*keys[order](one), one.region, one.source, one.period))
    return telling


def _cells(unknowns: Unknowns) -> Iterator[_Cell]:
    result, within = unknowns.result, unknowns.within
    for number, table in enumerate(tables_of(result)):
        for source in observed_inputs(result, unknowns.known):
            open_ = unknowns.open_cells(table, source)
            rows = np.flatnonzero(open_[within]) + within.start
            if not len(rows):
                continue
            ends = unknowns.span(table, source, rows)
            indicator = unknowns.known[source.indicator]
            for row, low, high in zip(rows.tolist(), ends.low.tolist(), ends.high.tolist(), strict=True):
                yield _Cell(number, source, row, tried(indicator, low, high))


def tried(indicator: Indicator, low: float, high: float) -> Floats:
    """The values to try between two ends: all of them where they are few, both ends among them."""
    if indicator.whole:
        first, last = np.ceil(low), np.floor(high)
        if last < first:
            return np.array([low])
        if last - first < TRIED:
            return np.arange(first, last + 1)
        return np.unique(np.rint(np.linspace(first, last, TRIED)))
    return np.unique(np.linspace(low, high, TRIED))


class _Outcome(NamedTuple):
    """What a village comes to with each of the values tried."""

    lowest: Floats
    highest: Floats
    verdict: Integers


def _outcomes(unknowns: Unknowns, cells: list[_Cell]) -> Iterator[tuple[_Cell, _Outcome]]:
    """Every cell tried, as many at a time as there is room for."""
    sizes = [len(cell.values) * len(_rows_of(unknowns.result, cell)) for cell in cells]
    if sum(sizes) > MOST_ROWS:
        raise InvalidSensitivity(
            Text(
                f"这里未知的数据太多：要试算 {sum(sizes):,} 行，最多 {MOST_ROWS:,} 行；请缩小范围",
                f"too much isn't known here: {sum(sizes):,} rows would be tried, at most {MOST_ROWS:,}; name "
                "a smaller place",
            )
        )
    part: list[_Cell] = []
    size = 0
    for cell, own in zip(cells, sizes, strict=True):
        part.append(cell)
        size += own
        if size >= _ROWS:
            yield from _tried_out(unknowns, part)
            part, size = [], 0
    if part:
        yield from _tried_out(unknowns, part)


def _rows_of(result: ScoreResult, cell: _Cell) -> Integers:
    """The rows that are scored with a village: itself, or all its peers where they bear on it."""
    if not result.standard.peer_relative:
        return np.array([cell.row])
    return np.flatnonzero(result.table.peers == result.table.peers[cell.row])


def _tried_out(unknowns: Unknowns, cells: list[_Cell]) -> Iterator[tuple[_Cell, _Outcome]]:
    result = unknowns.result
    tables = tables_of(result)
    rows: list[Integers] = []
    peers: list[Integers] = []
    targets: list[Integers] = []
    changed: dict[tuple[int, Input], tuple[list[int], list[float]]] = {}
    size = 0
    for cell in cells:
        own = _rows_of(result, cell)
        place = int(np.searchsorted(own, cell.row))
        mine = size + place + len(own) * np.arange(len(cell.values))
        rows.append(np.tile(own, len(cell.values)))
        at, values = changed.setdefault((cell.table, cell.source), ([], []))
        at += mine.tolist()
        values += cell.values.tolist()
        peers.append(np.repeat(len(peers) + np.arange(len(cell.values)) + size, len(own)))
        targets.append(mine)
        size += len(own) * len(cell.values)

    def change(table: IndicatorTable, source: Input, column: Column) -> Column:
        number = next(place for place, one in enumerate(tables) if one is table)
        if (number, source) not in changed:
            return column
        at, values = changed[number, source]
        column.values[at] = values
        return Column(column.values, column.minimum, column.maximum, _without(column, np.array(at)))

    numbers = np.unique(np.concatenate(peers), return_inverse=True)[1].astype(np.int64)
    anew = scored_anew(result, unknowns.indicators, np.concatenate(rows), numbers, change)
    lowest, highest = _ends(anew)
    for cell, mine in zip(cells, targets, strict=True):
        yield cell, _Outcome(lowest[mine], highest[mine], anew.verdict[mine].astype(np.int64))


def _by_weights(result: ScoreResult) -> bool:
    return plan_of(result.standard).tree_relative


def _ends(result: ScoreResult) -> tuple[Floats, Floats]:
    """(n,) the lowest and the highest totals or, where they depend on others, the criteria's by weight."""
    if not _by_weights(result):
        return result.lowest, result.highest
    low, high = np.zeros(len(result)), np.zeros(len(result))
    for place, criterion in enumerate(result.standard.criteria):
        point = result.standard.stakes[criterion.code] / criterion.scale
        ends = [np.nan_to_num(result.points[place]) for _ in range(2)]
        open_ = result.open[place]
        if open_ is not None:
            ends[0][open_.rows], ends[1][open_.rows] = open_.low, open_.high
        low += point * ends[0]
        high += point * ends[1]
    return low, high


def _without(column: Column, rows: Integers) -> Bounds | None:
    """The column's bounds but for some rows."""
    bounds = column.bounds
    if bounds is None:
        return None
    keep = ~np.isin(bounds.rows, rows)
    return Bounds(bounds.rows[keep], bounds.low[keep], bounds.high[keep])


class _Around:
    """The lowest and highest possible totals of those whom a region is ranked among.

    `ends`: those of all rows by which narrowing is measured.
    """

    def __init__(self, result: ScoreResult, rows: slice) -> None:
        self._result = result
        self.ends = _ends(result)
        ranked = np.flatnonzero(result.ranked[rows]) + rows.start
        own = np.zeros(len(ranked), np.int64)
        if result.village_class is not None:
            own = result.village_class[ranked].astype(np.int64)
        self._sorted = {
            int(one): (
                np.sort(result.lowest[ranked[own == one]]),
                np.sort(result.highest[ranked[own == one]]),
            )
            for one in np.unique(own)
        }

    def places(self, row: int, lowest: Floats, highest: Floats) -> tuple[Integers, Integers] | None:
        """The best and worst places with these ends, the others' as they are; None for who isn't ranked."""
        result = self._result
        if not result.ranked[row]:
            return None
        own = 0 if result.village_class is None else int(result.village_class[row])
        lows, highs = self._sorted[own]
        above = len(lows) - np.searchsorted(lows, highest, side="right")
        may = len(highs) - np.searchsorted(highs, lowest, side="right")
        # The region itself stands among them, with the ends that it has now.
        above = above - (result.lowest[row] > highest)
        may = may - (result.highest[row] > lowest)
        return above + 1, may + 1


def _worth(unknowns: Unknowns, around: _Around, cell: _Cell, outcome: _Outcome) -> Worth:
    result, row = unknowns.result, cell.row
    table = tables_of(result)[cell.table]
    lowest, highest = around.ends
    shrinks = (highest[row] - lowest[row]) - (outcome.highest - outcome.lowest)
    low, high = float(result.lowest[row]), float(result.highest[row])
    now = around.places(row, np.array([low]), np.array([high]))
    # Where the total's ends depend on others, no value by itself narrows the places.
    after = now if _by_weights(result) else around.places(row, outcome.lowest, outcome.highest)
    rank, rank_narrows = None, 0.0
    if now is not None and after is not None:
        rank = (int(now[0][0]), int(now[1][0]))
        rank_narrows = float((rank[1] - rank[0]) - (after[1] - after[0]).mean())
    verdict = int(result.verdict[row])
    decided = outcome.verdict != _UNDECIDED
    return Worth(
        region=result.table.regions[row],
        source=cell.source,
        period=str(table.period if cell.source.lag == 0 else table.period.previous()),
        known=_known(table, cell),
        score=Ends(low, high),
        rank=rank,
        narrows_least=float(shrinks.min()),
        narrows=float(shrinks.mean()),
        narrows_most=float(shrinks.max()),
        rank_narrows=rank_narrows,
        verdict=VERDICTS[verdict],
        decides=float(decided.mean()) if verdict == _UNDECIDED else 0.0,
        reaches=tuple(VERDICTS[one] for one in np.unique(outcome.verdict)),
        by_weights=_by_weights(result),
    )


def _known(table: IndicatorTable, cell: _Cell) -> Ends | None:
    column = table.columns.get(cell.source)
    if column is None or column.bounds is None or cell.row not in column.bounds.rows:
        return None
    ends: Span = column.span(np.array([cell.row]))
    return Ends(float(ends.low[0]), float(ends.high[0]))
