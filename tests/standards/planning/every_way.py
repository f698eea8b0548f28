"""Planning by trying everything: every combination of values that a cost table allows, each scored."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np
from tests.standards.scoring.catalogue import INDICATORS
from tests.standards.scoring.scene import Reading, Readings, Scene, possible_range, scored

from liangcun_standards import Indicator, Input, Standard
from liangcun_standards.planning import Cost, Target

# A value, None for what is on record, and what it costs.
Option = tuple[float | None, float]


def options(cost: Cost, reading: Reading | None) -> list[Option] | None:
    """What an indicator can be brought to; None where it can't be told from where."""
    indicator = INDICATORS[cost.indicator]
    low, high = possible_range(reading, indicator)
    exact = reading is not None and reading.kind == "exact"
    found: list[Option] = [(None, 0.0)]
    if cost.answers:
        for code, price in cost.answers.items():
            value = indicator.choice_value(code)
            if not (exact and value == low):
                found.append((value, cost.fixed_cost + price))
        return found
    way = cost.direction or "up"
    if exact:
        start = low
    elif way == "both":
        return None
    else:
        start = low if way == "up" else high
        if abs(start) >= 1e9:
            return None
    for sign in (1, -1):
        if way in ("both", "up" if sign > 0 else "down"):
            found += _side(cost, indicator, start, sign, exact=exact)
    return found


def _side(cost: Cost, indicator: Indicator, start: float, sign: int, *, exact: bool) -> list[Option]:
    assert cost.step is not None
    assert cost.unit_cost is not None
    bottom, top = indicator.range
    if sign > 0:
        end = min(top, math.inf if cost.maximum is None else cost.maximum)
        values = [end] if end >= start else []
    else:
        end = max(bottom, -math.inf if cost.minimum is None else cost.minimum)
        values = [end] if end <= start else []
    if indicator.whole:
        values = [math.floor(end) if sign > 0 else math.ceil(end)] if values else []
    nearest, farthest = sorted((start, end))
    place = math.ceil(nearest / cost.step - 1e-9)
    while place * cost.step <= farthest + 1e-9 and values:
        values.append(round(place * cost.step, 9))
        place += 1
    if not exact and values:
        values.append(start)
    kept = {value for value in values if exact is False or value != start}
    kept = {value for value in kept if (value - start) * sign >= 0}
    return [(value, cost.fixed_cost + cost.unit_cost * abs(value - start)) for value in sorted(kept)]


def cheapest(
    standard: Standard, readings: Readings, exempt: Scene, costs: Sequence[Cost], target: Target
) -> float | None:
    """The least that it costs to reach the target, None where nothing does."""
    read = {source.indicator for source in standard.inputs if source.lag == 0}
    ways: list[tuple[str, list[Option]]] = []
    for cost in costs:
        found = options(cost, readings.get(Input(cost.indicator))) if cost.indicator in read else None
        if found is not None:
            ways.append((cost.indicator, found))
    combinations = list(itertools.product(*(found for _, found in ways)))
    villages = [
        _changed(readings, {code: value for (code, _), (value, _) in zip(ways, one, strict=True)})
        for one in combinations
    ]
    size = len(villages)
    everyone = frozenset(range(size))
    scene = Scene(
        exempt.period,
        [f"220722{place:06d}" for place in range(size)],
        [0] * size,
        villages,
        waived={code: everyone for code, rows in exempt.waived.items() if 0 in rows},
        not_applicable={code: everyone for code, rows in exempt.not_applicable.items() if 0 in rows},
    )
    result = scored(standard, scene)
    good = result.passed if target.grade is None else (result.grade >= 0) & (result.grade <= target.grade)
    spent = np.array([sum(price for _, price in one) for one in combinations])
    return float(spent[good].min()) if good.any() else None


def _changed(readings: Readings, values: Mapping[str, float | None]) -> Readings:
    given = {Input(code): Reading("exact", value) for code, value in values.items() if value is not None}
    return {**readings, **given}
