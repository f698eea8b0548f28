"""The shipped divisions of China: a place with all that lies within it and above it."""

from __future__ import annotations

from importlib.resources import as_file, files

import pyarrow.compute as pc
import pyarrow.parquet as pq

from liangcun_server.regions.region import Region, UnknownRegion, codes_above
from liangcun_standards.errors import InvalidRegionCode
from liangcun_standards.regions import code_range, full_code, short_code
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import RegionLevel

_FILE = "regions-cn-2023.parquet"
_COLUMNS = ["code", "name", "level", "parent_code"]
_NAMED_LEVELS = ["province", "prefecture", "county"]
_SUGGESTIONS = 5


def divisions_within(place: str) -> list[Region]:
    """The division with the code `place`, short or full, its ancestors and all within it, by code.

    They are as of 2023-06-30; data/PROVENANCE.md says where they come from. Raises InvalidRegionCode for
    what is no code, and UnknownRegion with the nearest divisions for a code that isn't there or for the
    name of a place.
    """
    try:
        code = full_code(place)
    except InvalidRegionCode:
        named = _named(str(place).strip())
        if not named:
            raise
        raise _unknown(place, named) from None
    low, high = code_range(code)
    within = (pc.field("code") >= low) & (pc.field("code") <= high)
    rows = _read(within | pc.field("code").isin([code, *codes_above(code)]))
    if all(row.code != code for row in rows):
        raise _unknown(place, _nearest(code, rows))
    return rows


def _named(name: str) -> list[Region]:
    """The counties and above whose name has `name` in it, the closest match first."""
    if len(name) < 2:
        return []
    found = [row for row in _read(pc.field("level").isin(_NAMED_LEVELS)) if name in row.name]
    return sorted(found, key=lambda row: (row.name != name, not row.name.startswith(name), row.code))


def _nearest(code: str, above: list[Region]) -> list[Region]:
    """The divisions directly under the lowest existing ancestor, the numerically nearest first."""
    beside = pc.field("parent_code") == above[-1].code if above else pc.field("level") == "province"
    return sorted(_read(beside), key=lambda row: abs(int(row.code) - int(code)))


def _unknown(place: str, suggestions: list[Region]) -> UnknownRegion:
    shown = "、".join(f"{short_code(row.code)} {row.name}" for row in suggestions[:_SUGGESTIONS])
    return UnknownRegion(
        Text(
            f"内置区划（2023-06-30）中没有代码“{place[:40]}”；是否指：{shown}",
            f"the shipped divisions (2023-06-30) have no code '{place[:40]}'; did you mean: {shown}",
        )
    )


def _read(wanted: pc.Expression) -> list[Region]:
    with as_file(files("liangcun_server") / "data" / _FILE) as path:
        table = pq.read_table(path, columns=_COLUMNS, filters=wanted)
    columns = (table.column(name).to_pylist() for name in _COLUMNS)
    return [
        Region(code, name, RegionLevel(level), parent)
        for code, name, level, parent in zip(*columns, strict=True)
    ]
