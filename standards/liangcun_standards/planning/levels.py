"""The values that an indicator of a village may be brought to, each with what that costs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from liangcun_standards.indicators import Indicator
from liangcun_standards.planning.costs import Cost, Way
from liangcun_standards.planning.village import OnRecord, Village
from liangcun_standards.scoring.criteria import Open
from liangcun_standards.scoring.derivation import unfolded
from liangcun_standards.scoring.run import entry_truth
from liangcun_standards.scoring.views import ExactRows
from liangcun_standards.table import Booleans, Floats, IndicatorTable, Input
from liangcun_standards.text import Text

# A finer grid than this is widened tenfold.
MOST_LEVELS = 4_000
# How often a step is doubled on the way to where no criterion asks for more.
_DOUBLINGS = 40
# Values are decimals: a billionth of a step is noise.
_NOISE = 1e-9
_DECIMALS = 9


@dataclass(frozen=True)
class Levels:
    """The values to which one indicator may be brought.

    `values`, `costs`: (k,), the first being what is on record, NaN where that isn't one exact value, at no
    cost; then side by side, each side away from it, in steps of `step`. `sides`: where each side begins.
    `start`: the value from which costs are reckoned.
    """

    indicator: Indicator
    cost: Cost
    values: Floats
    costs: Floats
    sides: tuple[int, ...]
    start: float
    step: float

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Fixed:
    """An indicator that stays as it is, though the cost table has it, and why."""

    indicator: Indicator
    reason: Text


def levels_of(village: Village, costs: Sequence[Cost]) -> tuple[dict[str, Levels], list[Fixed]]:
    """What each indicator that the standard rests on may be brought to, by code, and what stays and why."""
    open_, fixed = {}, []
    moving = frozenset(cost.indicator for cost in costs)
    for cost in costs:
        known = village.on_record.get(Input(cost.indicator))
        if known is None:
            continue
        found = _levels(village, cost, known, moving)
        if isinstance(found, Fixed):
            fixed.append(found)
        elif len(found) > 1:
            open_[cost.indicator] = found
    return open_, fixed


def _levels(village: Village, cost: Cost, known: OnRecord, moving: frozenset[str]) -> Levels | Fixed:
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
    spacing = cost.spacing(indicator)
    for up in (True, False):
        if way not in ("both", "up" if up else "down"):
            continue
        side, spacing = _side(village, cost, start, moving, up=up)
        sides.append(len(values))
        values += side
        costs += [cost.fixed_cost + (cost.unit_cost or 0.0) * factor * abs(one - start) for one in side]
    return Levels(indicator, cost, np.array(values), np.array(costs), tuple(sides), start, spacing)


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
    village: Village, cost: Cost, start: float, moving: frozenset[str], *, up: bool
) -> tuple[list[float], float]:
    """The values on one side of `start`, nearest first, and the step between them.

    They are multiples of the step, and the limit itself.
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
    end_used = end
    if (end - begin) / step > MOST_LEVELS:
        end_used = min(end, _useful(village, cost, start, step, moving, up=up))
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


def _useful(
    village: Village, cost: Cost, start: float, step: float, moving: frozenset[str], *, up: bool
) -> float:
    """How far from zero a change goes on making a difference, by the standard's own bounds.

    Beyond it every criterion that reads the indicator comes to the same, whatever the others that may be
    changed, `moving`, are brought to.
    """
    indicator = village.indicators[cost.indicator]
    sign, ends = (1.0 if up else -1.0), village.on_record[Input(cost.indicator)].range
    reach = step * 2.0 ** np.arange(_DOUBLINGS)
    away = np.minimum(sign * start + reach, ends[1] if up else -ends[0])
    size = len(away)
    low, high = (away, np.full(size, ends[1])) if up else (np.full(size, ends[0]), -away)
    spans = {
        source.indicator: (np.full(size, one.range[0]), np.full(size, one.range[1]))
        for source, one in village.on_record.items()
        if source.lag == 0 and source.indicator in moving
    }
    table = village.within_spans({**spans, indicator.code: (low, high)}, size)
    settled = _settled(village, table, indicator.code)
    beyond = np.flatnonzero(settled)
    return float(away[beyond[0]]) if len(beyond) else float(away[-1])


def _settled(village: Village, table: IndicatorTable, code: str) -> Booleans:
    """(n,) where everything that reads the indicator is settled, whatever it is within its ends."""
    standard, size = village.standard, len(table)
    settled = np.ones(size, bool)
    responses = village.respond(table)
    for place, criterion in enumerate(standard.criteria):
        if reads(criterion.inputs, code, village.indicators):
            settled &= ~_open_rows(responses.result.open[place], size)
    for adjustment in standard.adjustments:
        if reads((Input(adjustment.indicator),), code, village.indicators):
            enough = adjustment.cap / adjustment.per
            low = table.columns[Input(adjustment.indicator)].span(np.arange(size)).low
            settled &= low >= enough
    view = ExactRows(table, slice(0, size), village.indicators)
    for entry in standard.entry:
        if reads(entry.require.inputs(), code, village.indicators):
            truth = entry_truth(entry, view)
            settled &= truth.must == truth.may
    return settled


def reads(sources: Sequence[Input], code: str, indicators: Mapping[str, Indicator]) -> bool:
    """Whether any of the columns is the indicator's in the period itself, or comes of it."""
    return Input(code) in unfolded(sources, indicators)


def _open_rows(open_: Open | None, size: int) -> Booleans:
    found = np.zeros(size, bool)
    if open_ is not None:
        found[open_.rows] = True
    return found
