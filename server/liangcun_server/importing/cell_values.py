"""What each filled cell says by itself, before a database is asked: its value, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from liangcun_server.importing.model import Entry, ImportOptions, Row
from liangcun_server.importing.resolving import as_code
from liangcun_server.importing.values import CellReader, plain, read_period
from liangcun_server.observations.model import NewObservation
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel, Method, Qualifier, SourceStatus

_TEXTS = ("source", "original_text", "scope_note", "note")
_SHOWN = 40
Word = TypeVar("Word", bound=StrEnum)


def read_cells(
    catalogue: IndicatorCatalogue, entries: Iterable[Entry], options: ImportOptions
) -> list[NewObservation | Text]:
    """The value of each entry, of the region that its code names, or why it has none.

    Whether there is such a region, and of that name, is still to be seen.
    """
    cells = _Cells(catalogue, options)
    return [cells.value(entry) for entry in entries]


class _Cells:
    def __init__(self, catalogue: IndicatorCatalogue, options: ImportOptions) -> None:
        self._catalogue = catalogue
        self._options = options
        self._periods: dict[Any, Period] = {}
        self._readers: dict[str, CellReader] = {}
        self._row: Row | None = None
        self._region_code = ""
        self._about: Period | Text = Text("", "")

    def value(self, entry: Entry) -> NewObservation | Text:
        """The value of an entry, or why it has none."""
        row = entry.row
        if row is not self._row:
            self._row = row
            self._region_code = as_code(row.region) or ""
            self._about = self._period(row)
        period = self._about
        if not isinstance(period, Period):
            return period
        try:
            return self._said(entry, period) if row.fields else self._plain(entry, period)
        except LiangcunError as error:
            return error.message

    def _reader(self, entry: Entry) -> CellReader:
        reader = self._readers.get(entry.indicator)
        if reader is None:
            indicator = self._catalogue[entry.indicator]
            reader = CellReader(indicator, accept_units=self._options.accept_units)
            self._readers[entry.indicator] = reader
        return reader

    def _plain(self, entry: Entry, period: Period) -> NewObservation:
        """The value of an entry whose row says no more of it than the figure. Raises LiangcunError."""
        reading = self._reader(entry).read(entry.value)
        return NewObservation(
            region_code=self._region_code,
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

    def _said(self, entry: Entry, period: Period) -> NewObservation:
        """The value of an entry whose row says more of it than the figure. Raises LiangcunError."""
        fields, options, cell = entry.row.fields, self._options, entry.value
        unit = fields.get("unit")
        if unit is not None and not isinstance(cell, bool):
            cell = f"{cell}{unit}"
        reading = self._reader(entry).read(cell)
        said = fields.get("qualifier")
        qualifier = reading.qualifier if said is None else _word(Qualifier, said)
        level, status, method = (fields.get(name) for name in ("assessor_level", "source_status", "method"))
        texts: dict[str, str | None] = {"source": options.source, "original_text": reading.original}
        texts |= {name: str(fields[name]) for name in _TEXTS if name in fields}
        return NewObservation(
            region_code=self._region_code,
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

    def _period(self, row: Row) -> Period | Text:
        """The period that a row is about, or why that isn't known."""
        if row.period is None or not str(row.period).strip():
            if self._options.period is None:
                return Text("没有写时期，请用 --period 指明", "it has no period; name it with --period")
            return self._options.period
        known = self._periods.get(row.period)
        if known is None:
            try:
                known = self._periods[row.period] = read_period(row.period)
            except LiangcunError as error:
                return error.message
        return known


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
