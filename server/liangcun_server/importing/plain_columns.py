"""Large long files as columns: read and checked with no object for a value.

A file goes this way when all of it is plain: region, indicator, figure and perhaps period, each as it is
stored, nothing twice, nothing out of its range. Anything else, and every fault, is for the way that looks at
each cell and has the words for it; so both ways take the same files and mean the same by them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
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
_ROWS_AT_ONCE = 1 << 18
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
        named, batches = _parquet(path, headings) if is_parquet else _csv(path, headings)
        if named is None or ("period" not in named and period is None):
            return None
        reading = _Reading(named, headings, period)
        return reading.columns() if all(map(reading.take, batches)) else None
    except (pa.ArrowException, csv.Error, StopIteration, OSError, ValueError, LiangcunError):
        return None


# Our names and the file's, None where it has other columns than the plain ones; and its rows.
_Opened = tuple[Mapping[str, str] | None, Iterable[Any]]


def _named(titles: list[str], headings: Headings) -> dict[str, str] | None:
    layout = Table(FileRead(), headings).layout(titles, "")
    if not layout.is_long or not set(layout.fields) <= _FIELDS or len(layout.fields) < len(titles):
        return None
    return {name: titles[at] for name, at in layout.fields.items()}


def _parquet(path: Path, headings: Headings) -> _Opened:
    schema = pq.read_schema(path)
    named = _named(schema.names, headings)
    if named is None:
        return None, ()
    kind = schema.field(named["value"]).type
    if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
        return None, ()
    texts = [title for name, title in named.items() if name != "value"]
    file = pq.ParquetFile(path, read_dictionary=texts)
    return named, file.iter_batches(_ROWS_AT_ONCE, columns=list(named.values()))


def _csv(path: Path, headings: Headings) -> _Opened:
    with path.open(encoding="utf-8-sig", newline="") as file:
        titles = next(csv.reader(file))
    named = _named(titles, headings)
    if named is None:
        return None, ()
    word = pa.dictionary(pa.int32(), pa.string())
    types = {title: pa.float64() if name == "value" else word for name, title in named.items()}
    options = pa_csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True)
    return named, pa_csv.open_csv(path, convert_options=options)


class _Reading:
    """A file being read, some rows at a time: the whole of it would be in memory twice."""

    def __init__(self, named: Mapping[str, str], headings: Headings, period: Period | None) -> None:
        self._named = named
        self._period = period
        self._words = {
            "region": _Words(_required_code),
            "indicator": _Words(headings.indicator),
            "period": _Words(read_period),
        }
        self._places: dict[str, list[Places]] = {name: [] for name in self._words}
        self._values: list[npt.NDArray[np.float64]] = []

    def take(self, batch: Any) -> bool:
        """Take some rows; whether they are plain."""
        batch = batch.filter(pc.is_valid(batch[self._named["value"]]))
        for name, words in self._words.items():
            title = self._named.get(name)
            if title is None:
                self._places[name].append(np.zeros(len(batch), dtype=np.int32))
                continue
            if batch[title].null_count:
                return False
            self._places[name].append(words.places(batch[title]))
        # There is one zero: SQLite keeps no other.
        self._values.append(batch[self._named["value"]].cast(pa.float64()).to_numpy() + 0.0)
        return True

    def columns(self) -> PlainColumns | None:
        """All that was taken; None for nothing."""
        if not sum(map(len, self._values)):
            return None
        periods: list[Any] = list(self._words["period"].meanings) or [self._period]
        return PlainColumns(
            codes=list(self._words["region"].meanings),
            indicators=list(self._words["indicator"].meanings),
            periods=list(dict.fromkeys([*periods, *(one.previous() for one in periods)])),
            region=_emptied(self._places["region"]),
            indicator=_emptied(self._places["indicator"]),
            period=_emptied(self._places["period"]),
            value=_emptied(self._values),
        )


def _emptied(parts: list[Any]) -> Any:
    """The parts as one, which then don't stay beside it."""
    whole = np.concatenate(parts)
    parts.clear()
    return whole


def _required_code(text: str) -> str:
    code = as_code(text)
    if code is None:
        raise ValueError(text)
    return code


class _Words:
    """The words of a column and what they mean, each looked at once."""

    def __init__(self, meaning: Callable[[str], Any]) -> None:
        self._meaning = meaning
        self._place_of: dict[str, int] = {}
        self.meanings: dict[Any, int] = {}

    def places(self, column: Any) -> Places:
        """For each row the place of what its word means among all meanings."""
        words = (
            column if pa.types.is_dictionary(column.type) else column.cast(pa.string()).dictionary_encode()
        )
        of_word = [self._place(str(one)) for one in words.dictionary.to_pylist()]
        places: Places = np.array(of_word, dtype=np.int32)[words.indices.to_numpy(zero_copy_only=False)]
        return places

    def _place(self, word: str) -> int:
        place = self._place_of.get(word)
        if place is None:
            place = self.meanings.setdefault(self._meaning(word), len(self.meanings))
            self._place_of[word] = place
        return place


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
