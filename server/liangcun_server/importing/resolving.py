"""From what stands in files to values that can be recorded, each fault with its place and a suggestion."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.importing.model import Entry, ImportOptions, Problem, Row
from liangcun_server.importing.values import CellReader, plain, read_period
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
from liangcun_standards.vocabulary import AssessorLevel, Method, Qualifier, RegionLevel, SourceStatus

_ENDINGS = ("村民委员会", "居民委员会", "村委会", "居委会", "社区", "村")
_SHOWN = 40
_TEXTS = ("source", "original_text", "scope_note", "note")
_SUGGESTED = 3
Word = TypeVar("Word", bound=StrEnum)


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
    options: ImportOptions,
) -> Resolved:
    """What entries mean, in their order. Two statements at the most."""
    rows = _rows(entries)
    regions = await by_codes(connection, {code for row in rows if (code := as_code(row.region))})
    lost = {_bare(str(row.name)) for row in rows if row.name and _is_lost(row, regions)}
    by_name = await _named(connection, lost)
    return _Resolving(catalogue, options, regions, by_name).resolved(entries)


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
        options: ImportOptions,
        regions: Mapping[str, Region],
        by_name: Mapping[str, list[Region]],
    ) -> None:
        self._catalogue = catalogue
        self._options = options
        self._regions = regions
        self._by_name = by_name
        self._problems: list[Problem] = []
        self._periods: dict[Any, Period] = {}
        self._readers: dict[str, CellReader] = {}

    def resolved(self, entries: Sequence[Entry]) -> Resolved:
        """One value a key; two that agree are one, two that don't are both left out, and told."""
        first: dict[ObservationKey, NewObservation] = {}
        places: dict[ObservationKey, Entry] = {}
        clashing: set[ObservationKey] = set()
        for key, value, entry in self._values(entries):
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

    def _values(self, entries: Sequence[Entry]) -> Iterator[tuple[ObservationKey, NewObservation, Entry]]:
        """What each entry means; a problem is told of those that mean nothing."""
        row: Row | None = None
        about: tuple[str, Period] | LiangcunError = ("", Period(1900, "year", 1))
        for entry in entries:
            if entry.row is not row:
                row = entry.row
                about = self._about(row)
            if isinstance(about, LiangcunError):
                self._problems.append(Problem(entry.place, entry.column, about.message))
                continue
            try:
                value = self._value(entry, *about)
            except LiangcunError as error:
                self._problems.append(Problem(entry.place, entry.column, error.message))
                continue
            yield ObservationKey(about[0], entry.indicator, about[1], value.assessor_level), value, entry

    def _about(self, row: Row) -> tuple[str, Period] | LiangcunError:
        """The region and the period that a row is about, or why that isn't known."""
        try:
            return self._region(row), self._period(row)
        except LiangcunError as error:
            return error

    def _value(self, entry: Entry, region_code: str, period: Period) -> NewObservation:
        """The value of an entry. Raises LiangcunError."""
        reader = self._readers.get(entry.indicator)
        if reader is None:
            indicator = self._catalogue[entry.indicator]
            reader = CellReader(indicator, accept_units=self._options.accept_units)
            self._readers[entry.indicator] = reader
        if entry.row.fields:
            return self._said(entry, reader, region_code, period)
        reading = reader.read(entry.value)
        return NewObservation(
            region_code=region_code,
            indicator=entry.indicator,
            period=period,
            value=reading.value,
            qualifier=reading.qualifier,
            assessor_level=self._options.level,
            source_status=self._options.source_status,
            source=self._options.source,
            original_text=reading.original,
            place=entry.place,
        )

    def _said(self, entry: Entry, reader: CellReader, region_code: str, period: Period) -> NewObservation:
        """The value of an entry whose row says more of it than the figure."""
        fields, options, cell = entry.row.fields, self._options, entry.value
        unit = fields.get("unit")
        if unit is not None and not isinstance(cell, bool):
            cell = f"{cell}{unit}"
        reading = reader.read(cell)
        said = fields.get("qualifier")
        qualifier = reading.qualifier if said is None else _word(Qualifier, said)
        level, status, method = (fields.get(name) for name in ("assessor_level", "source_status", "method"))
        texts: dict[str, str | None] = {"source": options.source, "original_text": reading.original}
        texts |= {name: str(fields[name]) for name in _TEXTS if name in fields}
        return NewObservation(
            region_code=region_code,
            indicator=entry.indicator,
            period=period,
            value=reading.value,
            qualifier=qualifier,
            assessor_level=options.level if level is None else _word(AssessorLevel, level),
            source_status=options.source_status if status is None else _word(SourceStatus, status),
            method=None if method is None else _word(Method, method),
            place=entry.place,
            **texts,
        )

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

    def _region(self, row: Row) -> str:
        found = self._regions.get(as_code(row.region) or "")
        written = "" if row.region is None else plain(row.region).removesuffix(".0")[:_SHOWN]
        name = "" if row.name is None else str(row.name).strip()[:_SHOWN]
        if found is not None:
            if name and _bare(found.name) != _bare(name):
                other = Text(
                    f"代码 {written} 是{found.name}，而村名写的是“{name}”",
                    f"{written} is {found.name}, not '{name}'",
                )
                raise LiangcunError(_joined(other, self._suggested(name)))
            return found.code
        if "E+" in written.upper():
            raise LiangcunError(
                Text(
                    f"代码 {written} 被表格软件改成了科学记数，请把该列设为文本重填",
                    f"a spreadsheet program shortened the code to {written}; make its column text and "
                    "fill it anew",
                )
            )
        if written:
            what = Text(f"没有行政区划“{written}”", f"there is no region '{written}'")
        else:
            what = Text("缺少区划代码", "the region's code is missing")
        raise LiangcunError(_joined(what, self._suggested(name)))

    def _suggested(self, name: str) -> Text | None:
        """Which codes villages of that name have: for a person to choose, never taken by itself."""
        found = self._by_name.get(_bare(name), []) if name else []
        if not found:
            return None
        listed = "、".join(f"{one.code} {one.name}" for one in found[:_SUGGESTED])
        return Text(f"；是否指 {listed}？", f"; is {listed} meant?")

    def _period(self, row: Row) -> Period:
        if row.period is None or not str(row.period).strip():
            if self._options.period is None:
                raise LiangcunError(
                    Text("没有写时期，请用 --period 指明", "it has no period; name it with --period")
                )
            return self._options.period
        known = self._periods.get(row.period)
        if known is None:
            known = self._periods[row.period] = read_period(row.period)
        return known


def _joined(what: Text, hint: Text | None) -> Text:
    return what if hint is None else Text(what.zh + hint.zh, what.en + hint.en)


def _clash(earlier: Entry, later: Entry) -> Text:
    one, other = str(earlier.value)[:_SHOWN], str(later.value)[:_SHOWN]
    return Text(
        f"与 {earlier.place} 重复而不一致：那里是 {one}，这里是 {other}；两处都不采用",
        f"{earlier.place} says {one} of the same, and this {other}; neither is taken",
    )


def _word(kind: type[Word], cell: Any) -> Word:
    """The member of a word list that a cell names, by its code or its label."""
    written = plain(cell).lower().replace("-", "_")
    code = _codes(kind).get(written)
    if code is not None:
        return kind(code)
    known = "、".join(kind)
    raise LiangcunError(
        Text(f"“{written[:_SHOWN]}”不在可选范围内，可选：{known}", f"'{written[:_SHOWN]}' is none of {known}")
    )


@cache
def _codes(kind: type[StrEnum]) -> Mapping[str, str]:
    """The code of each member by what it may be called."""
    codes: dict[str, str] = {}
    for one in kind:
        label: Text = one.label  # type: ignore[attr-defined]
        for called in (one.value, plain(label.zh), plain(label.en).lower()):
            codes.setdefault(called, one.value)
    return codes
