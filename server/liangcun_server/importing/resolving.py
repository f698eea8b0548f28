"""From what stands in files to values that can be recorded, each fault with its place and a suggestion."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.importing.model import Entry, ImportOptions, Problem
from liangcun_server.importing.values import plain, read_period, read_value
from liangcun_server.observations.checking import InvalidObservations, check_observations
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


async def resolve(
    connection: AsyncConnection,
    catalogue: IndicatorCatalogue,
    entries: Sequence[Entry],
    options: ImportOptions,
) -> tuple[dict[ObservationKey, NewObservation], dict[ObservationKey, str], list[Problem]]:
    """The values that can be recorded, the columns that they stand in, and every problem of the others."""
    resolving = _Resolving(catalogue, options)
    resolving.regions = await by_codes(connection, {code for one in entries if (code := as_code(one.region))})
    lost = {_bare(str(one.name)) for one in entries if one.name and resolving.is_lost(one)}
    resolving.by_name = await _named(connection, lost)
    places = [(value, one) for one in entries if (value := resolving.value(one)) is not None]
    return *resolving.distinct(places), resolving.problems


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
    try:
        return _full(f"{cell:.0f}" if isinstance(cell, float) else plain(cell).removesuffix(".0"))
    except (LiangcunError, ValueError):
        return None


_full = lru_cache(maxsize=65_536)(full_code)


@lru_cache(maxsize=65_536)
def _bare(name: str) -> str:
    bare = plain(name)
    for ending in _ENDINGS:
        if bare.endswith(ending) and len(bare) > len(ending):
            return bare.removesuffix(ending)
    return bare


class _Resolving:
    def __init__(self, catalogue: IndicatorCatalogue, options: ImportOptions) -> None:
        self.catalogue = catalogue
        self.options = options
        self.regions: Mapping[str, Region] = {}
        self.by_name: Mapping[str, list[Region]] = {}
        self.problems: list[Problem] = []
        self._periods: dict[Any, Period] = {}

    def is_lost(self, entry: Entry) -> bool:
        """Whether the code names nothing, or another village than the name."""
        found = self.regions.get(as_code(entry.region) or "")
        return found is None or _bare(found.name) != _bare(str(entry.name))

    def value(self, entry: Entry) -> NewObservation | None:
        """The value of an entry; None, with the problem told, where it has none."""
        indicator = self.catalogue[entry.indicator]
        try:
            code = self._region(entry)
            period = self._period(entry)
            fields = dict(entry.fields)
            unit = fields.pop("unit", None)
            cell = entry.value
            if unit is not None and not isinstance(cell, bool):
                cell = f"{cell}{unit}"
            reading = read_value(indicator, cell, accept_units=self.options.accept_units)
            said = fields.pop("qualifier", None)
            qualifier = reading.qualifier if said is None else _word(Qualifier, said)
            level = fields.pop("assessor_level", None)
            status = fields.pop("source_status", None)
            method = fields.pop("method", None)
            texts = {name: str(fields[name]) for name in _TEXTS if name in fields}
            texts.setdefault("source", self.options.source)  # type: ignore[arg-type]
            if reading.original is not None:
                texts.setdefault("original_text", reading.original)
            return NewObservation(
                region_code=code,
                indicator=entry.indicator,
                period=period,
                value=reading.value,
                qualifier=qualifier,
                assessor_level=self.options.level if level is None else _word(AssessorLevel, level),
                source_status=self.options.source_status if status is None else _word(SourceStatus, status),
                method=None if method is None else _word(Method, method),
                place=entry.place,
                **texts,
            )
        except LiangcunError as error:
            self.problems.append(Problem(entry.place, entry.column, error.message))
            return None

    def distinct(
        self, found: Sequence[tuple[NewObservation, Entry]]
    ) -> tuple[dict[ObservationKey, NewObservation], dict[ObservationKey, str]]:
        """One value a key; two that agree are one, two that don't are both left out, and told."""
        first: dict[ObservationKey, tuple[NewObservation, Entry]] = {}
        clashing: set[ObservationKey] = set()
        for value, entry in found:
            assert isinstance(value.period, Period)
            key = ObservationKey(value.region_code, value.indicator, value.period, value.assessor_level)
            earlier, at = first.setdefault(key, (value, entry))
            if earlier.value != value.value or earlier.qualifier is not value.qualifier:
                clashing.add(key)
                self.problems.append(Problem(entry.place, entry.column, _clash(at, entry)))
        values = [value for key, (value, _) in first.items() if key not in clashing]
        columns = {key: entry.column for key, (_, entry) in first.items()}
        return self._checked(values, columns), columns

    def _checked(
        self, values: list[NewObservation], columns: Mapping[ObservationKey, str]
    ) -> dict[ObservationKey, NewObservation]:
        """What recording will take; what it would refuse is a problem here."""
        try:
            return check_observations(self.catalogue, self.regions, values)
        except InvalidObservations as error:
            bad = {fault.index for fault in error.errors}
            for fault in error.errors:
                value = values[fault.index]
                assert isinstance(value.period, Period)
                key = ObservationKey(value.region_code, value.indicator, value.period, value.assessor_level)
                self.problems.append(Problem(value.place or "", columns[key], fault.message))
            kept = [value for index, value in enumerate(values) if index not in bad]
            return check_observations(self.catalogue, self.regions, kept)

    def _region(self, entry: Entry) -> str:
        written = "" if entry.region is None else plain(entry.region).removesuffix(".0")[:_SHOWN]
        code = as_code(entry.region)
        found = self.regions.get(code or "")
        name = "" if entry.name is None else str(entry.name).strip()[:_SHOWN]
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
        found = self.by_name.get(_bare(name), []) if name else []
        if not found:
            return None
        listed = "、".join(f"{one.code} {one.name}" for one in found[:_SUGGESTED])
        return Text(f"；是否指 {listed}？", f"; is {listed} meant?")

    def _period(self, entry: Entry) -> Period:
        if entry.period is None or not str(entry.period).strip():
            if self.options.period is None:
                raise LiangcunError(
                    Text("没有写时期，请用 --period 指明", "it has no period; name it with --period")
                )
            return self.options.period
        known = self._periods.get(entry.period)
        if known is None:
            known = self._periods[entry.period] = read_period(entry.period)
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
    for one in kind:
        label: Text = one.label  # type: ignore[attr-defined]
        if written in {one.value, plain(label.zh), plain(label.en).lower()}:
            return one
    known = "、".join(kind)
    raise LiangcunError(
        Text(f"“{written[:_SHOWN]}”不在可选范围内，可选：{known}", f"'{written[:_SHOWN]}' is none of {known}")
    )
