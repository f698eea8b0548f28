"""How far changing an indicator without end goes on making a difference, by the standard's own bounds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from liangcun_standards.indicators import Indicator
from liangcun_standards.planning.village import Responses, Village
from liangcun_standards.scoring.derivation import unfolded
from liangcun_standards.scoring.run import entry_truth
from liangcun_standards.scoring.views import ExactRows
from liangcun_standards.table import Booleans, IndicatorTable, Input

# How often a step is doubled on the way to where nothing asks for more.
_DOUBLINGS = 40


class Reach(NamedTuple):
    """One way that an indicator may go from `start`, in steps that are doubled."""

    indicator: str
    start: float
    step: float
    up: bool


def useful_reaches(
    village: Village, ways: Sequence[Reach], moving: Collection[str]
) -> dict[tuple[str, bool], float | None]:
    """For each way, a value beyond which everything that reads the indicator comes to the same.

    None where there is no such value. It holds whatever the others that may be changed, `moving`, are
    brought to. All ways are looked at in one table, each in rows of its own.
    """
    if not ways:
        return {}
    size = _DOUBLINGS * len(ways)
    spans = {}
    for code in moving:
        low, high = village.on_record[Input(code)].range
        spans[code] = np.full(size, low), np.full(size, high)
    tried = []
    for number, way in enumerate(ways):
        rows = slice(number * _DOUBLINGS, (number + 1) * _DOUBLINGS)
        low, high = village.on_record[Input(way.indicator)].range
        steps = way.step * 2.0 ** np.arange(_DOUBLINGS)
        values = np.minimum(way.start + steps, high) if way.up else np.maximum(way.start - steps, low)
        spans[way.indicator][0 if way.up else 1][rows] = values
        tried.append((way, rows, values))
    table = village.within_spans(spans, size)
    responses = village.respond(table)
    found: dict[tuple[str, bool], float | None] = {}
    for way, rows, values in tried:
        beyond = np.flatnonzero(_settled(village, table, responses, way.indicator)[rows])
        found[way.indicator, way.up] = float(values[beyond[0]]) if len(beyond) else None
    return found


def _settled(village: Village, table: IndicatorTable, responses: Responses, code: str) -> Booleans:
    """(n,) where everything that reads the indicator is settled, whatever it is within its ends."""
    standard, size = village.standard, len(table)
    settled = np.ones(size, bool)
    for place, criterion in enumerate(standard.criteria):
        open_ = responses.result.open[place]
        if open_ is not None and _reads(criterion.inputs, code, village.indicators):
            settled[open_.rows] = False
    for adjustment in standard.adjustments:
        if _reads((Input(adjustment.indicator),), code, village.indicators):
            low = table.columns[Input(adjustment.indicator)].span(np.arange(size)).low
            settled &= low >= adjustment.cap / adjustment.per
    view = ExactRows(table, slice(0, size), village.indicators)
    for entry in standard.entry:
        if _reads(entry.require.inputs(), code, village.indicators):
            truth = entry_truth(entry, view)
            settled &= truth.must == truth.may
    return settled


def _reads(sources: Sequence[Input], code: str, indicators: Mapping[str, Indicator]) -> bool:
    """Whether any of the columns is the indicator's in the period itself, or comes of it."""
    return Input(code) in unfolded(sources, indicators)
