"""Villages as plain readings, for the reference, and the same villages as the engine's tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

import numpy as np
from tests.standards.scoring.catalogue import INDICATORS

from liangcun_standards import (
    Bounds,
    Column,
    Exempt,
    Indicator,
    IndicatorTable,
    Input,
    Period,
    ScoreResult,
    Standard,
    score,
)

TOP = 1e15


class Reading(NamedTuple):
    """What is on record: the value itself, or one end of it."""

    kind: Literal["exact", "at_least", "at_most"]
    value: float


Readings = Mapping[Input, Reading]


@dataclass(frozen=True)
class Scene:
    """Villages to score. `main` and each of `parts` (by sub-period) hold one set of readings a village.

    `waived`, `not_applicable`: by criterion, the places of exempt villages.
    """

    period: Period
    codes: Sequence[str]
    peers: Sequence[int]
    main: Sequence[Readings]
    parts: Mapping[str, Sequence[Readings]] = field(default_factory=dict)
    waived: Mapping[str, frozenset[int]] = field(default_factory=dict)
    not_applicable: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def only(self, places: Sequence[int]) -> Scene:
        """The villages at `places`, in that order, and nobody else."""
        new = {old: place for place, old in enumerate(places)}

        def moved(exempt: Mapping[str, frozenset[int]]) -> dict[str, frozenset[int]]:
            return {
                code: frozenset(new[place] for place in rows if place in new) for code, rows in exempt.items()
            }

        return Scene(
            self.period,
            [self.codes[place] for place in places],
            [self.peers[place] for place in places],
            [self.main[place] for place in places],
            {name: [part[place] for place in places] for name, part in self.parts.items()},
            moved(self.waived),
            moved(self.not_applicable),
        )


def possible_range(reading: Reading | None, indicator: Indicator) -> tuple[float, float]:
    """Between which values the true one lies."""
    bottom, top = indicator.range
    low, high = max(bottom, -TOP), min(top, TOP)
    if reading is None:
        return low, high
    if reading.kind == "exact":
        return reading.value, reading.value
    return (reading.value, high) if reading.kind == "at_least" else (low, reading.value)


def table_of(
    scene: Scene, readings: Sequence[Readings], indicators: Mapping[str, Indicator]
) -> IndicatorTable:
    """The engine's table of one period; a column that nobody has a reading for is left out."""
    names = sorted({source for one in readings for source in one})
    columns = {
        name: _column([one.get(name) for one in readings], indicators[name.indicator]) for name in names
    }
    return IndicatorTable(scene.period, list(scene.codes), columns, np.asarray(scene.peers, np.int64))


def _column(readings: Sequence[Reading | None], indicator: Indicator) -> Column:
    bottom, top = indicator.range
    values = [one.value if one and one.kind == "exact" else np.nan for one in readings]
    bounded = [(row, one) for row, one in enumerate(readings) if one and one.kind != "exact"]
    bounds = Bounds(
        np.asarray([row for row, _ in bounded], np.int64),
        np.asarray([one.value if one.kind == "at_least" else bottom for _, one in bounded], np.float64),
        np.asarray([one.value if one.kind == "at_most" else top for _, one in bounded], np.float64),
    )
    return Column(np.asarray(values, np.float64), bottom, top, bounds if bounded else None)


def exempt_of(scene: Scene) -> dict[str, Exempt]:
    """The exemptions as the engine takes them."""
    return {
        code: Exempt(
            np.asarray(sorted(scene.waived.get(code, ())), np.int64),
            np.asarray(sorted(scene.not_applicable.get(code, ())), np.int64),
        )
        for code in {*scene.waived, *scene.not_applicable}
    }


def scored(standard: Standard, scene: Scene) -> ScoreResult:
    """What the engine makes of a scene."""
    return score(
        standard,
        table_of(scene, scene.main, INDICATORS),
        INDICATORS,
        exempt_of(scene),
        {
            name: table_of(replace(scene, period=Period.parse(name)), readings, INDICATORS)
            for name, readings in scene.parts.items()
        },
    )
