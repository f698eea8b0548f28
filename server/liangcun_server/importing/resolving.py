"""Which of the values read of files can be recorded: of regions that are there, each once, none refused."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.importing.model import Entry, Problem, Row
from liangcun_server.importing.values import plain
from liangcun_server.observations.checking import faults_of
from liangcun_server.observations.model import NewObservation, ObservationKey
from liangcun_server.regions.region import Region
from liangcun_server.regions.repository import as_region, by_codes
from liangcun_server.storage.lists import among
from liangcun_server.storage.tables import region
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.regions import full_code
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import RegionLevel

_ENDINGS = ("村民委员会", "居民委员会", "村委会", "居委会", "社区", "村")
_SHOWN = 40
_SUGGESTED = 3


@dataclass(frozen=True)
class Resolved:
    """`values` that can be recorded, the `entries` that they stand in, and every problem of the others."""

    values: Mapping[ObservationKey, NewObservation]
    entries: Mapping[ObservationKey, Entry]
    problems: Sequence[Problem]


async def resolve(
    connection: AsyncConnection,
    catalogue: IndicatorCatalogue,
    entries: Sequence[Entry],
    read: Sequence[NewObservation | Text],
) -> Resolved:
    """Which of the values read of entries can be recorded. Two statements at the most."""
    rows = _rows(entries)
    regions = await by_codes(connection, {code for row in rows if (code := as_code(row.region))})
    lost = {_bare(str(row.name)) for row in rows if row.name and _is_lost(row, regions)}
    by_name = await _named(connection, lost)
    return await asyncio.to_thread(_Resolving(catalogue, regions, by_name).resolved, entries, read)


def _rows(entries: Sequence[Entry]) -> list[Row]:
    """The rows that entries stand in, one after the other."""
    rows: list[Row] = []
    for entry in entries:
        if not rows or entry.row is not rows[-1]:
            rows.append(entry.row)
    return rows


def _is_lost(row: Row, regions: Mapping[str, Region]) -> bool:
    """Whether the code names nothing, or another village than the name."""
    found = regions.get(as_code(row.region) or "")
    return found is None or _bare(found.name) != _bare(str(row.name))


async def _named(connection: AsyncConnection, names: Collection[str]) -> dict[str, list[Region]]:
    """Villages by their bare names. One statement, none for no names."""
    if not names:
        return {}
    spelled = {name + ending for name in names for ending in ("", *_ENDINGS)}
    columns = (region.c.code, region.c.name, region.c.level, region.c.parent_code)
    rows = await connection.execute(
        select(*columns)
        .where(among(connection, region.c.name, spelled), region.c.level == RegionLevel.VILLAGE.value)
        .order_by(region.c.code)
    )
    found: dict[str, list[Region]] = {}
    for one in map(as_region, rows):
        found.setdefault(_bare(one.name), []).append(one)
    return found


def as_code(cell: Any) -> str | None:
    """The full code that a cell holds; None for what is no code."""
    return _as_code(f"{cell:.0f}" if isinstance(cell, float) else str(cell))


@lru_cache(maxsize=65_536)
def _as_code(written: str) -> str | None:
    try:
        return full_code(plain(written).removesuffix(".0"))
    except (LiangcunError, ValueError):
        return None


@lru_cache(maxsize=65_536)
def _bare(name: str) -> str:
    bare = plain(name)
    for ending in _ENDINGS:
        if bare.endswith(ending) and len(bare) > len(ending):
            return bare.removesuffix(ending)
    return bare


class _Resolving:
    def __init__(
        self,
        catalogue: IndicatorCatalogue,
        regions: Mapping[str, Region],
        by_name: Mapping[str, list[Region]],
    ) -> None:
        self._catalogue = catalogue
        self._regions = regions
        self._by_name = by_name
        self._problems: list[Problem] = []

    def resolved(self, entries: Sequence[Entry], read: Sequence[NewObservation | Text]) -> Resolved:
        """One value a key; two that agree are one, two that don't are both left out, and told."""
        first: dict[ObservationKey, NewObservation] = {}
        places: dict[ObservationKey, Entry] = {}
        clashing: set[ObservationKey] = set()
        for value, entry in self._found(entries, read):
            assert isinstance(value.period, Period)
            key = ObservationKey(value.region_code, value.indicator, value.period, value.assessor_level)
            earlier = first.setdefault(key, value)
            if earlier is value:
                places[key] = entry
            elif earlier.value != value.value or earlier.qualifier is not value.qualifier:
                clashing.add(key)
                self._problems.append(Problem(entry.place, entry.column, _clash(places[key], entry)))
        for key in clashing:
            del first[key]
        for key in self._refused(first, places):
            del first[key]
        return Resolved(first, places, self._problems)

    def _found(
        self, entries: Sequence[Entry], read: Sequence[NewObservation | Text]
    ) -> Iterator[tuple[NewObservation, Entry]]:
        """The values whose regions are there; a problem is told of the others, and of what is no value."""
        row: Row | None = None
        lost: Text | None = None
        for entry, value in zip(entries, read, strict=True):
            if entry.row is not row:
                row = entry.row
                lost = self._fault(row)
            if lost is not None:
                self._problems.append(Problem(entry.place, entry.column, lost))
            elif isinstance(value, Text):
                self._problems.append(Problem(entry.place, entry.column, value))
            else:
                yield value, entry

    def _refused(
        self, values: Mapping[ObservationKey, NewObservation], places: Mapping[ObservationKey, Entry]
    ) -> list[ObservationKey]:
        """Which values recording would refuse; why is a problem here."""
        faults = list(faults_of(self._catalogue, self._regions, values.values()))
        if not faults:
            return []
        keys = list(values)
        for fault in faults:
            entry = places[keys[fault.index]]
            self._problems.append(Problem(entry.place, entry.column, fault.message))
        return [keys[index] for index in {fault.index for fault in faults}]

    def _fault(self, row: Row) -> Text | None:
        """Why a row's region isn't known; None where it is."""
        found = self._regions.get(as_code(row.region) or "")
        written = "" if row.region is None else plain(row.region).removesuffix(".0")[:_SHOWN]
        name = "" if row.name is None else str(row.name).strip()[:_SHOWN]
        if found is not None:
            if not name or _bare(found.name) == _bare(name):
                return None
            other = Text(
                f"代码 {written} 是{found.name}，而村名写的是“{name}”",
                f"{written} is {found.name}, not '{name}'",
            )
            return _joined(other, self._suggested(name))
        if "E+" in written.upper():
            return Text(
                f"代码 {written} 被表格软件改成了科学记数，请把该列设为文本重填",
                f"a spreadsheet program shortened the code to {written}; make its column text and "
                "fill it anew",
            )
        if written:
            what = Text(f"没有行政区划“{written}”", f"there is no region '{written}'")
        else:
            what = Text("缺少区划代码", "the region's code is missing")
        return _joined(what, self._suggested(name))

    def _suggested(self, name: str) -> Text | None:
        """Which codes villages of that name have: for a person to choose, never taken by itself."""
        found = self._by_name.get(_bare(name), []) if name else []
        if not found:
            return None
        listed = "、".join(f"{one.code} {one.name}" for one in found[:_SUGGESTED])
        return Text(f"；是否指 {listed}？", f"; is {listed} meant?")


def _joined(what: Text, hint: Text | None) -> Text:
    return what if hint is None else Text(what.zh + hint.zh, what.en + hint.en)


def _clash(earlier: Entry, later: Entry) -> Text:
    one, other = str(earlier.value)[:_SHOWN], str(later.value)[:_SHOWN]
    return Text(
        f"与 {earlier.place} 重复而不一致：那里是 {one}，这里是 {other}；两处都不采用",
        f"{earlier.place} says {one} of the same, and this {other}; neither is taken",
    )
