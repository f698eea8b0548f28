"""Large long files as columns: read and checked with no object for a value.

A file goes this way when all of it is plain: region, indicator, figure and perhaps period, each as it is
stored, nothing twice, nothing out of its range. Anything else, and every fault, is for the way that looks at
each cell and has the words for it; so both ways take the same files and mean the same by them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from liangcun_server.importing.headings import Headings
from liangcun_server.importing.model import FileRead
from liangcun_server.importing.resolving import as_code
from liangcun_server.importing.tables import Table
from liangcun_server.importing.values import read_period
from liangcun_server.regions.region import Region
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.table import LARGEST_VALUE

# Below it, looking at each cell takes no time to speak of.
SMALLEST = 200_000
_FIELDS = frozenset({"region", "indicator", "value", "period"})

# Places in lists of what there is, and numbers of rows and of what values are about.
Places = npt.NDArray[np.int32]
Keys = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PlainColumns:
    """The values of a file: `region`, `indicator` and `period` are places in the lists of what there is.

    The periods before those of the file are listed as well.
    """

    codes: list[str]
    indicators: list[str]
    periods: list[Period]
    region: Places
    indicator: Places
    period: Places
    value: npt.NDArray[np.float64]

    def keys(self) -> Keys:
        """One number for each value, the same for values about the same."""
        keys = self.region.astype(np.int64)
        keys *= len(self.indicators)
        keys += self.indicator
        keys *= len(self.periods)
        keys += self.period
        return keys

    def at(self, rows: Keys) -> PlainColumns:
        """The values at those places, in that order."""
        return replace(
            self,
            region=self.region[rows],
            indicator=self.indicator[rows],
            period=self.period[rows],
            value=self.value[rows],
        )

    def used_periods(self) -> list[Period]:
        """The periods that there are values of."""
        return [self.periods[at] for at in np.flatnonzero(np.bincount(self.period))]


def read_columns(path: Path, headings: Headings, period: Period | None) -> PlainColumns | None:
    """A CSV or Parquet file as columns; None for one that isn't plain."""
    try:
        if path.stat().st_size < SMALLEST:
            return None
        is_parquet = path.suffix.lower() == ".parquet"
        table = _parquet(path, headings) if is_parquet else _csv(path, headings)
        if table is None or not len(table):
            return None
        return _columns(table, headings, period)
    except (pa.ArrowException, OSError, ValueError, LiangcunError):
        return None


def _named(titles: list[str], headings: Headings) -> dict[str, str] | None:
    """Our names and the file's, None where it has other columns than the plain ones."""
    layout = Table(FileRead(), headings).layout(titles, "")
    if not layout.is_long or not set(layout.fields) <= _FIELDS or len(layout.fields) < len(titles):
        return None
    return {name: titles[at] for name, at in layout.fields.items()}


def _parquet(path: Path, headings: Headings) -> Any:
    schema = pq.read_schema(path)
    named = _named(schema.names, headings)
    if named is None:
        return None
    kind = schema.field(named["value"]).type
    if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
        return None
    texts = [title for name, title in named.items() if name != "value"]
    table = pq.read_table(path, columns=list(named.values()), read_dictionary=texts)
    return table.rename_columns(list(named))


def _csv(path: Path, headings: Headings) -> Any:
    with path.open("rb") as file:
        titles = file.readline().decode("utf-8-sig").strip().split(",")
    named = _named(titles, headings)
    if named is None:
        return None
    word = pa.dictionary(pa.int32(), pa.string())
    types = {title: pa.float64() if name == "value" else word for name, title in named.items()}
    options = pa_csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True)
    table = pa_csv.read_csv(path, convert_options=options)
    return table.select(list(named.values())).rename_columns(list(named))


def _columns(table: Any, headings: Headings, period: Period | None) -> PlainColumns | None:
    table = table.filter(pc.is_valid(table["value"]))
    if any(table[name].null_count for name in table.column_names):
        return None
    region, codes = _places(table["region"], _required_code)
    indicator, indicators = _places(table["indicator"], headings.indicator)
    if "period" in table.column_names:
        when, periods = _places(table["period"], read_period)
    elif period is not None:
        when, periods = np.zeros(len(table), dtype=np.int32), [period]
    else:
        return None
    # There is one zero: SQLite keeps no other.
    value = table["value"].cast(pa.float64()).to_numpy() + 0.0
    periods = list(dict.fromkeys([*periods, *(one.previous() for one in periods)]))
    return PlainColumns(codes, indicators, periods, region, indicator, when, value)


def _required_code(text: str) -> str:
    code = as_code(text)
    if code is None:
        raise ValueError(text)
    return code


def _places(column: Any, meaning: Callable[[str], Any]) -> tuple[Places, list[Any]]:
    """For each row the place of what its word means among all meanings. Each word is looked at once."""
    words = column.combine_chunks()
    if isinstance(words, pa.ChunkedArray):
        words = words.unify_dictionaries().combine_chunks()
    if not pa.types.is_dictionary(words.type):
        words = words.cast(pa.string()).dictionary_encode()
    meanings: dict[Any, int] = {}
    of_word = [meanings.setdefault(meaning(str(one)), len(meanings)) for one in words.dictionary.to_pylist()]
    places = np.asarray(of_word, dtype=np.int32)[words.indices.to_numpy(zero_copy_only=False)]
    return places, list(meanings)


def is_sound(columns: PlainColumns, catalogue: IndicatorCatalogue, regions: Mapping[str, Region]) -> bool:
    """Whether every value can be recorded as it stands: what `check_observations` says, over columns."""
    known = [catalogue[code] for code in columns.indicators]
    if any(one.formula is not None for one in known) or len(regions) < len(columns.codes):
        return False
    levels = {level: place for place, level in enumerate({one.level for one in known})}
    wanted = np.array([levels[one.level] for one in known])
    found = np.array([levels.get(regions[code].level, -1) for code in columns.codes])
    low, high = np.array([one.range for one in known]).T
    whole = np.array([one.whole for one in known])
    value, at = columns.value, columns.indicator
    sound = (
        np.isfinite(value)
        & (np.abs(value) <= LARGEST_VALUE)
        & (value >= low[at])
        & (value <= high[at])
        & (~whole[at] | (value == np.trunc(value)))
        & (found[columns.region] == wanted[at])
    )
    return bool(sound.all()) and _are_distinct(columns.keys())


def _are_distinct(keys: Keys) -> bool:
    keys.sort()
    return bool((keys[1:] != keys[:-1]).all())
