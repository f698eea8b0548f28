"""Holding what can't well be true: beside the same village's period before, and its peers of the same period.

A figure that is `ratio` times the one before, or `ratio` times the median of at least five peers (regions of
the same level in the same county, those of the file included), is kept as suspect until somebody confirms
it. So is a rate of at most 1 where the median of its peers is above `ratio`: 85% that a spreadsheet program
keeps as 0.85.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.observations.model import NewObservation, ObservationKey
from liangcun_server.storage.lists import among
from liangcun_server.storage.tables import indicator, observation
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.regions import code_range
from liangcun_standards.text import format_number
from liangcun_standards.vocabulary import IndicatorKind, Qualifier

FEWEST_PEERS = 5
_COUNTY_DIGITS = 6
AMOUNTS = frozenset({IndicatorKind.COUNT, IndicatorKind.QUANTITY, IndicatorKind.RATE})
# What a figure is compared within: an indicator and a period.
_Within = tuple[str, Period]
# Figures by the codes of their regions.
_Figures = dict[str, float]


async def held_back(
    connection: AsyncConnection,
    catalogue: IndicatorCatalogue,
    values: Mapping[ObservationKey, NewObservation],
    ratio: float,
) -> dict[ObservationKey, NewObservation]:
    """The implausible ones among `values`, as suspect, with the reason in their note. One statement."""
    if not ratio:
        return {}
    within = _grouped(catalogue, values)
    if not within:
        return {}
    known = await _known(connection, within)
    held = {}
    for (name, period), group in within.items():
        before = known.get((name, period.previous()), {})
        usual = _medians({key.region_code: one.value for key, one in group}, known.get((name, period), {}))
        kind = catalogue[name].kind
        for key, value in group:
            code = key.region_code
            told = why(value.value, before.get(code), usual.get(code[:_COUNTY_DIGITS]), ratio, kind)
            if told is not None:
                note = told if value.note is None else f"{value.note}；{told}"
                held[key] = replace(value, qualifier=Qualifier.SUSPECT, note=note)
    return held


def _grouped(
    catalogue: IndicatorCatalogue, values: Mapping[ObservationKey, NewObservation]
) -> dict[_Within, list[tuple[ObservationKey, NewObservation]]]:
    """The amounts that are said to be exact."""
    amounts = {name for name in {key.indicator for key in values} if catalogue[name].kind in AMOUNTS}
    within: dict[_Within, list[tuple[ObservationKey, NewObservation]]] = {}
    for key, value in values.items():
        if value.qualifier is Qualifier.EXACT and key.indicator in amounts:
            within.setdefault((key.indicator, key.period), []).append((key, value))
    return within


def why(
    value: float, before: float | None, usual: float | None, ratio: float, kind: IndicatorKind
) -> str | None:
    """Why a value is doubted, beside the one before and the median of its peers; None where it isn't."""
    if before is not None and before > 0 and value >= ratio * before:
        earlier, now = format_number(before), format_number(value)
        return f"上期为 {earlier}，本期 {now}，达 {format_number(ratio)} 倍，待核实"
    if usual is None or usual <= 0:
        return None
    if value >= ratio * usual:
        doubt = f"达 {format_number(ratio)} 倍"
    elif kind is IndicatorKind.RATE and 0 < value <= 1 and usual > ratio:
        doubt = "疑为把百分数写成了小数"
    else:
        return None
    return f"本县同期中位数为 {format_number(usual)}，此值 {format_number(value)}，{doubt}，待核实"


def _medians(given: _Figures, standing: _Figures) -> dict[str, float]:
    """The median of each county, by the first digits of its code; what is given goes before what stands."""
    peers: dict[str, list[float]] = {code[:_COUNTY_DIGITS]: [] for code in given}
    for code, figure in (standing | given).items():
        county = peers.get(code[:_COUNTY_DIGITS])
        if county is not None:
            county.append(figure)
    return {county: median(figures) for county, figures in peers.items() if len(figures) >= FEWEST_PEERS}


async def _known(
    connection: AsyncConnection,
    within: Mapping[_Within, Sequence[tuple[ObservationKey, NewObservation]]],
) -> dict[_Within, _Figures]:
    """What stands in the counties concerned, this period and the one before, the newest of each."""
    asked = {key.region_code[:_COUNTY_DIGITS] for group in within.values() for key, _ in group}
    low, high = (one.ljust(12, "0") for one in (min(asked), max(asked)))
    periods = {str(one): one for _, period in within for one in (period, period.previous())}
    rows = await connection.execute(
        select(
            observation.c.region_code,
            indicator.c.code,
            observation.c.period,
            observation.c.value,
            observation.c.qualifier,
        )
        .join(indicator, indicator.c.id == observation.c.indicator_id)
        .where(
            observation.c.region_code.between(code_range(low)[0], code_range(high)[1]),
            among(connection, observation.c.period, periods),
            among(connection, indicator.c.code, {name for name, _ in within}),
        )
        .order_by(observation.c.revision_id)
    )
    known: dict[_Within, _Figures] = {}
    named: dict[tuple[str, str], _Figures] = {}
    for code, name, period, value, qualifier in rows:
        figures = named.get((name, period))
        if figures is None:
            figures = named[name, period] = known[name, periods[period]] = {}
        if value is not None and qualifier == Qualifier.EXACT.value:
            figures[code] = value
        else:
            figures.pop(code, None)
    return known
