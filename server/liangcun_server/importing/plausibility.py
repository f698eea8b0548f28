"""Holding what can't well be true: beside the same village's period before, and its peers of the same period.

A figure that is `ratio` times the one before, or `ratio` times the median of at least five peers (regions of
the same level in the same county, those of the file included), is kept as suspect until somebody confirms
it. So is a rate of at most 1 where the median of its peers is above `ratio`: 85% that a spreadsheet program
keeps as 0.85.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from statistics import median

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.observations.model import NewObservation, ObservationKey
from liangcun_server.storage.lists import among
from liangcun_server.storage.tables import indicator, observation
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.regions import code_range
from liangcun_standards.text import format_number
from liangcun_standards.vocabulary import IndicatorKind, Qualifier

FEWEST_PEERS = 5
_COUNTY_DIGITS = 6
AMOUNTS = frozenset({IndicatorKind.COUNT, IndicatorKind.QUANTITY, IndicatorKind.RATE})
# Region, indicator, period.
_Standing = dict[tuple[str, str, str], float]
_Group = tuple[str, str, str]


async def held_back(
    connection: AsyncConnection,
    catalogue: IndicatorCatalogue,
    values: Mapping[ObservationKey, NewObservation],
    ratio: float,
) -> dict[ObservationKey, NewObservation]:
    """The implausible ones among `values`, as suspect, with the reason in their note. One statement."""
    asked = {
        key: value
        for key, value in values.items()
        if value.qualifier is Qualifier.EXACT and catalogue[key.indicator].kind in AMOUNTS
    }
    if not asked or not ratio:
        return {}
    known = await _known(connection, asked)
    medians = _medians(asked, known)
    held = {}
    for key, value in asked.items():
        before = known.get((key.region_code, key.indicator, str(key.period.previous())))
        told = why(value.value, before, medians.get(_group(key)), ratio, catalogue[key.indicator].kind)
        if told is not None:
            note = told if value.note is None else f"{value.note}；{told}"
            held[key] = replace(value, qualifier=Qualifier.SUSPECT, note=note)
    return held


def why(
    value: float, before: float | None, usual: float | None, ratio: float, kind: IndicatorKind
) -> str | None:
    """Why a value is doubted, beside the one before and the median of its peers; None where it isn't."""
    shown = format_number(value)
    if before is not None and before > 0 and value >= ratio * before:
        return f"上期为 {format_number(before)}，本期 {shown}，达 {format_number(ratio)} 倍，待核实"
    if usual is None or usual <= 0:
        return None
    if value >= ratio * usual:
        return f"本县同期中位数为 {format_number(usual)}，此值 {shown}，达 {format_number(ratio)} 倍，待核实"
    if kind is IndicatorKind.RATE and 0 < value <= 1 and usual > ratio:
        return f"本县同期中位数为 {format_number(usual)}，此值 {shown}，疑为把百分数写成了小数，待核实"
    return None


def _group(key: ObservationKey) -> _Group:
    return key.region_code[:_COUNTY_DIGITS], key.indicator, str(key.period)


def _medians(asked: Mapping[ObservationKey, NewObservation], known: _Standing) -> dict[_Group, float]:
    both = known | {
        (key.region_code, key.indicator, str(key.period)): value.value for key, value in asked.items()
    }
    wanted = {_group(key) for key in asked}
    peers: dict[_Group, list[float]] = {}
    for (code, name, period), figure in both.items():
        group = (code[:_COUNTY_DIGITS], name, period)
        if group in wanted:
            peers.setdefault(group, []).append(figure)
    return {group: median(figures) for group, figures in peers.items() if len(figures) >= FEWEST_PEERS}


async def _known(connection: AsyncConnection, asked: Mapping[ObservationKey, NewObservation]) -> _Standing:
    """What stands in the counties concerned, this period and the one before, the newest of each."""
    codes = {key.region_code[:_COUNTY_DIGITS].ljust(12, "0") for key in asked}
    low, high = code_range(min(codes))[0], code_range(max(codes))[1]
    periods = {key.period for key in asked}
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
            observation.c.region_code.between(low, high),
            among(connection, observation.c.period, {str(one) for p in periods for one in (p, p.previous())}),
            among(connection, indicator.c.code, {key.indicator for key in asked}),
        )
        .order_by(observation.c.revision_id)
    )
    known: _Standing = {}
    for code, name, period, value, qualifier in rows:
        if value is not None and qualifier == Qualifier.EXACT.value:
            known[code, name, period] = value
        else:
            known.pop((code, name, period), None)
    return known
