"""The values that an indicator of a village may be brought to, each with what that costs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from liangcun_standards.indicators import Indicator
from liangcun_standards.planning.costs import Cost, Way
from liangcun_standards.planning.reach import Reach, useful_reaches
from liangcun_standards.planning.village import OnRecord, Village
from liangcun_standards.table import Floats, Input
from liangcun_standards.text import Text, format_number

# A finer grid than this is widened tenfold.
MOST_LEVELS = 4_000
# Values are decimals: a billionth of a step is noise.
_NOISE = 1e-9
_DECIMALS = 9


@dataclass(frozen=True)
class Levels:
    """The values to which one indicator may be brought.

    `values`, `costs`: (k,), the first being what is on record, NaN where that isn't one exact value, at no
    cost; then side by side, each side away from it, in steps of `step`. `sides`: where each side begins.
    `start`: the value from which costs are reckoned. `cut`: whether there are more that weren't looked at.
    """

    indicator: Indicator
    cost: Cost
    values: Floats
    costs: Floats
    sides: tuple[int, ...]
    start: float
    step: float
    cut: bool = False

    def __len__(self) -> int:
        return len(self.values)

    @property
    def remark(self) -> Text | None:
        """What is to be said of how far, and in which steps, it was looked at."""
        name, name_en = self.indicator.name, self.indicator.name_en
        if self.cut:
            return Text(
                f"{name}没有改动的上限，只算了最近的 {MOST_LEVELS:,} 步；请在成本表里限定范围",
                f"{name_en} may change without end: the nearest {MOST_LEVELS:,} steps were looked at; limit "
                "the change in the cost table",
            )
        if self.step > self.cost.spacing(self.indicator) * (1 + _NOISE):
            shown = format_number(self.step)
            return Text(
                f"{name}可改的范围太大，按 {shown} 一步算；要更细，请在成本表里限定范围",
                f"{name_en} may change too far for its steps, and was taken in steps of {shown}: limit the "
                "change in the cost table for finer ones",
            )
        return None


@dataclass(frozen=True)
class Fixed:
    """An indicator that stays as it is, though the cost table has it, and why.

    `by_choice`: to change it might be cheaper, which isn't looked at.
    """

    indicator: Indicator
    reason: Text
    by_choice: bool = False


def levels_of(village: Village, costs: Sequence[Cost]) -> tuple[dict[str, Levels], list[Fixed]]:
    """What each indicator that the standard rests on may be brought to, by code, and what stays and why."""
    open_: dict[str, Levels] = {}
    fixed: list[Fixed] = []
    asked = []
    for one in costs:
        if one.indicator in village.held:
            fixed.append(_held(village, one.indicator))
        elif Input(one.indicator) in village.on_record:
            asked.append(one)
    ways = [one for cost in asked for one in _endless(village, cost)]
    reaches = useful_reaches(village, ways, [one.indicator for one in asked])
    for cost in asked:
        found = _levels(village, cost, village.on_record[Input(cost.indicator)], reaches)
        if isinstance(found, Fixed):
            fixed.append(found)
        elif len(found) > 1:
            open_[cost.indicator] = found
    return open_, fixed


def _held(village: Village, code: str) -> Fixed:
    """An indicator that is left alone because other villages move what it earns."""
    indicator = village.indicators[code]
    return Fixed(
        indicator,
        Text(
            f"{indicator.name}的得分要与其他村比（相对平均或名次），改了得几分说不准，不列入方案",
            f"what {indicator.name_en} earns is measured against other villages (their mean, or by rank), so "
            "that nobody can tell what a change would earn: it is left out of plans",
        ),
        by_choice=True,
    )


def _endless(village: Village, cost: Cost) -> Iterator[Reach]:
    """The sides of an indicator that are too long to be looked at to their end."""
    indicator, known = village.indicators[cost.indicator], village.on_record[Input(cost.indicator)]
    way = cost.way(indicator)
    start = None if cost.answers else _start(cost, known, way)
    step = cost.spacing(indicator)
    for up in (True, False):
        if start is not None and way in ("both", "up" if up else "down"):
            length = abs(_limit(cost, indicator, start, up=up) - start)
            if length / step > MOST_LEVELS:
                yield Reach(indicator.code, start, step, up)


def _levels(
    village: Village, cost: Cost, known: OnRecord, reaches: Mapping[tuple[str, bool], float | None]
) -> Levels | Fixed:
    indicator = village.indicators[cost.indicator]
    factor = _factor(village, cost, indicator)
    if isinstance(factor, Fixed):
        return factor
    if cost.answers:
        return _answers(indicator, cost, known, factor)
    way = cost.way(indicator)
    start = _start(cost, known, way)
    if start is None:
        return Fixed(
            indicator,
            Text(
                f"{indicator.name}缺报，又没有上限，估不出费用；请先核实，或在成本表里写 assumed",
                f"{indicator.name_en} isn't on record and has no limit, so that its cost can't be told: find "
                "it out first, or write assumed in the cost table",
            ),
        )
    values, costs, sides = [known.low if known.exact else math.nan], [0.0], []
    step, cut = cost.spacing(indicator), False
    for up in (True, False):
        if way not in ("both", "up" if up else "down"):
            continue
        reach = reaches.get((indicator.code, up), math.inf)
        cut |= reach is None
        side, spacing = _side(village, cost, start, reach, up=up)
        step = max(step, spacing)
        sides.append(len(values))
        values += side
        costs += [cost.fixed_cost + (cost.unit_cost or 0.0) * factor * abs(one - start) for one in side]
    return Levels(indicator, cost, np.array(values), np.array(costs), tuple(sides), start, step, cut)


def _factor(village: Village, cost: Cost, indicator: Indicator) -> float | Fixed:
    """How many of what `per` names a unit of the indicator stands for."""
    if cost.per is None:
        return 1.0
    value = village.exact_value(cost.per)
    if math.isnan(value):
        name = village.indicators[cost.per]
        return Fixed(
            indicator,
            Text(
                f"{indicator.name}按{name.name}计价，而{name.name}没有确切的填报值",
                f"{indicator.name_en} costs by {name.name_en}, of which there is no exact value",
            ),
        )
    return value / 100.0 if indicator.unit == "percent" else value


def _answers(indicator: Indicator, cost: Cost, known: OnRecord, factor: float) -> Levels:
    """Of a choice: each answer that has a cost, but for the one on record."""
    reached = {indicator.choice_value(code): price for code, price in cost.answers.items()}
    if known.exact:
        reached.pop(known.low, None)
    own = known.low if known.exact else math.nan
    values = np.array([own, *reached])
    costs = np.array([0.0, *(cost.fixed_cost + price * factor for price in reached.values())])
    # Answers have no order: each stands by itself.
    return Levels(indicator, cost, values, costs, tuple(range(1, len(values))), own, 1.0)


def _start(cost: Cost, known: OnRecord, way: Way) -> float | None:
    """The value from which a change is reckoned: where it isn't known, the worst; None where that is open."""
    if known.exact:
        return known.low
    if cost.assumed is not None and known.low <= cost.assumed <= known.high:
        return cost.assumed
    worst = {"up": known.low, "down": known.high, "both": math.nan}[way]
    limit = 1e9
    return worst if abs(worst) < limit else None


def _side(
    village: Village, cost: Cost, start: float, reach: float | None, *, up: bool
) -> tuple[list[float], float]:
    """The values on one side of `start`, nearest first, and the step between them.

    They are multiples of the step, and the limit itself; none beyond `reach`, and without one the nearest.
    """
    indicator = village.indicators[cost.indicator]
    known = village.on_record[Input(cost.indicator)]
    sign = 1.0 if up else -1.0
    step = cost.spacing(indicator)
    limit = _limit(cost, indicator, start, up=up)
    # From here on in units away from zero, so that both sides read alike.
    begin, end = sign * start, sign * limit
    if end <= begin:
        # What isn't known may already be the best there is: to measure it is a change all the same.
        return ([start] if not known.exact and end == begin else []), step
    if reach is None:
        end_used = begin + MOST_LEVELS * step
    else:
        end_used = min(end, sign * reach if math.isfinite(reach) else end)
    while (end_used - begin) / step > MOST_LEVELS:
        step *= 10
    first = math.floor(begin / step + _NOISE) + 1
    last = math.floor(end_used / step + _NOISE)
    side = [round(place * step, _DECIMALS) for place in range(first, last + 1)]
    if end_used == end and (not side or side[-1] < end - _NOISE):
        side.append(end)
    if not known.exact:
        side.insert(0, begin)
    return [sign * one + 0.0 for one in side], step


def _limit(cost: Cost, indicator: Indicator, start: float, *, up: bool) -> float:
    """How far a change may go."""
    low, high = indicator.range
    if up:
        ends = [high, math.inf if cost.maximum is None else cost.maximum]
        ends.append(math.inf if cost.max_change is None else start + cost.max_change)
        end = min(ends)
        return math.floor(end + _NOISE) if indicator.whole and math.isfinite(end) else end
    ends = [low, -math.inf if cost.minimum is None else cost.minimum]
    ends.append(-math.inf if cost.max_change is None else start - cost.max_change)
    end = max(ends)
    return math.ceil(end - _NOISE) if indicator.whole and math.isfinite(end) else end
