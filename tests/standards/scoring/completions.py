"""What the villages of a scene may turn out to be once everything is known."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from tests.standards.scoring.catalogue import INDICATORS, figures
from tests.standards.scoring.reference import assessed
from tests.standards.scoring.scene import Reading, Readings, Scene, possible_range

from liangcun_standards import Input, Standard

MAIN = ""


class Cell(NamedTuple):
    """One value that isn't known: in which period (`MAIN` or a sub-period), of which village, and what."""

    period: str
    place: int
    source: Input


def open_cells(standard: Standard, scene: Scene) -> list[Cell]:
    """The values that are missing or only bounded.

    A sub-period that was not assessed stays so, and no record of events that means no event stays none.
    """
    none = {Input(one.indicator) for one in standard.adjustments if one.missing == "none"}
    tables = {MAIN: scene.main, **scene.parts}
    found = []
    for period, table in tables.items():
        for place, readings in enumerate(table):
            if not _assessed(standard, scene, table, place):
                continue
            for source in standard.inputs:
                reading = readings.get(source)
                known = reading is not None and reading.kind == "exact"
                if not known and not (source in none and reading is None):
                    found.append(Cell(period, place, source))
    return found


def _assessed(standard: Standard, scene: Scene, table: Sequence[Readings], place: int) -> bool:
    peers = [other for other, peer in enumerate(scene.peers) if peer == scene.peers[place]]
    if not standard.blend:
        return table is scene.main
    return any(table is one for _, one in assessed(standard, scene, peers))


def values_of(scene: Scene, cell: Cell) -> list[float]:
    """The values to try for a cell: both ends, and figures between them."""
    indicator = INDICATORS[cell.source.indicator]
    low, high = possible_range(_table(scene, cell.period)[cell.place].get(cell.source), indicator)
    tried = {low, high, *figures(indicator.code), low + 1, high - 1}
    return sorted(value for value in tried if low <= value <= high)


def completed(scene: Scene, values: Mapping[Cell, float]) -> Scene:
    """The scene with these values known."""

    def filled(period: str, table: Sequence[Readings]) -> list[Readings]:
        rows: list[Readings] = []
        for place, readings in enumerate(table):
            new = {
                cell.source: Reading("exact", value)
                for cell, value in values.items()
                if cell.period == period and cell.place == place
            }
            rows.append({**readings, **new})
        return rows

    parts = {name: filled(name, table) for name, table in scene.parts.items()}
    return replace(scene, main=filled(MAIN, scene.main), parts=parts)


def some_completions(standard: Standard, scene: Scene, seed: int, most: int = 12) -> Iterator[Scene]:
    """All completions where they are few; otherwise both corners, and a few drawn at random."""
    cells = open_cells(standard, scene)
    options = [values_of(scene, cell) for cell in cells]
    if math.prod(len(values) for values in options) <= most:
        for chosen in itertools.product(*options):
            yield completed(scene, dict(zip(cells, chosen, strict=True)))
        return
    drawn = random.Random(seed)
    for number in range(most):
        corner = {0: 0, 1: -1}.get(number)
        chosen = tuple(drawn.choice(values) if corner is None else values[corner] for values in options)
        yield completed(scene, dict(zip(cells, chosen, strict=True)))


def corners(standard: Standard, scene: Scene) -> Iterator[Scene]:
    """Every completion in which each value stands at one of its ends."""
    cells = open_cells(standard, scene)
    ends = [values_of(scene, cell) for cell in cells]
    for chosen in itertools.product(*[{values[0], values[-1]} for values in ends]):
        yield completed(scene, dict(zip(cells, chosen, strict=True)))


def _table(scene: Scene, period: str) -> Sequence[Readings]:
    return scene.main if period == MAIN else scene.parts[period]
