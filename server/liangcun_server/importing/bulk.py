"""Bringing plain columns in: compared with what stands, held back where doubtful, written.

In one revision, or in one for so many values each. Some periods are looked at at a time, so that what a large
file needs beside its own columns stays small.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.importing.column_comparing import Comparison, compare
from liangcun_server.importing.column_rows import COPIED, ColumnRows
from liangcun_server.importing.model import Change, ImportOptions, ImportReport
from liangcun_server.importing.plain_columns import Keys, PlainColumns, is_sound
from liangcun_server.ladder.repository import locks
from liangcun_server.observations import repository
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import COLUMNS, Undone, indicator_ids
from liangcun_server.regions.repository import by_codes
from liangcun_server.storage.bulk import copy_blocks, first_number, insert_batches, loading_observations
from liangcun_server.storage.database import Database
from liangcun_server.storage.sealing import WrittenObservations
from liangcun_server.storage.tables import observation
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.vocabulary import Qualifier

_BLOCK = 50_000
# How many values are compared at a time, or all of one period where they are more.
_COMPARED_AT_ONCE = 1_000_000
# How many corrections are told with what they correct; of more, the number alone.
_MOST_TOLD = 10_000

# Called with how many values are done.
Told = Callable[[int], None]


class _NotPlain(Exception):
    """Raised where a value needs to be looked at by itself."""


async def import_columns(
    database: Database,
    catalogue: IndicatorCatalogue,
    columns: PlainColumns,
    options: ImportOptions,
    *,
    author: str,
    reason: str,
    told: Told = lambda done: None,
) -> ImportReport | None:
    """Record plain columns; None where a value needs to be looked at by itself.

    That is a value that can't be recorded as it stands, one of a level that may be locked, and one whose
    source is to be stated anew. Nothing is written then, unless it comes up between two revisions.
    """
    bringing = _Bringing(catalogue, columns, options, told)
    size = options.values_at_once
    if size is None or options.dry_run:
        revisions = [[_Part(unit) for unit in _units(columns, _COMPARED_AT_ONCE)]]
    else:
        revisions = [[part] for unit in _units(columns, size) for part in _cut(columns, unit, size)]
    try:
        for parts in revisions:
            await bringing.one_revision(database, parts, author=author, reason=reason)
    except _NotPlain:
        return None
    return bringing.report()


@dataclass(frozen=True)
class _Part:
    """Values of some periods (their places) that are compared together.

    Those from the place `start` to before `end` are to be written.
    """

    periods: Sequence[int]
    start: int = 0
    end: int | None = None

    def rows(self, columns: PlainColumns) -> Keys:
        """The places of their rows, in the order of the index, which then grows at its end."""
        wanted = np.zeros(len(columns.periods), dtype=bool)
        wanted[list(self.periods)] = True
        rows = np.flatnonzero(wanted[columns.period])
        names = np.argsort(np.argsort(columns.codes))
        keys = (columns.indicator[rows], names[columns.region[rows]], columns.period[rows])
        places: Keys = rows[np.lexsort(keys)]
        return places


def _units(columns: PlainColumns, size: int) -> list[list[int]]:
    """The periods, together where they have no more than `size` values."""
    counts = np.bincount(columns.period, minlength=len(columns.periods))
    units: list[list[int]] = []
    held = 0
    for place in sorted(map(int, np.flatnonzero(counts)), key=lambda one: str(columns.periods[one])):
        if not units or held + counts[place] > size:
            units.append([])
            held = 0
        units[-1].append(place)
        held += counts[place]
    return units


def _cut(columns: PlainColumns, unit: Sequence[int], size: int) -> Iterator[_Part]:
    """A unit in parts of `size` values."""
    count = int(np.isin(columns.period, unit).sum())
    for start in range(0, count, size):
        yield _Part(unit, start, start + size)


class _Bringing:
    """An import under way, and what it did so far."""

    def __init__(
        self, catalogue: IndicatorCatalogue, columns: PlainColumns, options: ImportOptions, told: Told
    ) -> None:
        self._catalogue = catalogue
        self._columns = columns
        self._options = options
        self._told = told
        self._is_sound = False
        self._revisions: list[int] = []
        self._new = self._corrected = self._unchanged = self._as_before = self._looked_at = 0
        self._changes: list[Change] = []
        self._held: list[NewObservation] = []

    async def one_revision(
        self, database: Database, parts: Sequence[_Part], *, author: str, reason: str
    ) -> None:
        """Bring some parts in, in one revision, which isn't made where nothing is new or all is only tried.

        Raises _NotPlain.
        """
        observations = WrittenObservations()
        try:
            async with database.write(
                author=author, reason=reason, kind="import", observations=observations
            ) as (connection, revision):
                await self._check(connection)
                for part in parts:
                    await self._bring(connection, revision, observations, part)
                if not observations.rows:
                    raise Undone
            self._revisions.append(revision)
        except Undone:
            pass

    async def _check(self, connection: AsyncConnection) -> None:
        columns = self._columns
        if await locks(connection, columns.used_periods(), {self._options.level}):
            raise _NotPlain
        if self._is_sound:
            return
        regions = await by_codes(connection, columns.codes)
        for unit in _units(columns, _COMPARED_AT_ONCE):
            part = columns.at(_Part(unit).rows(columns))
            if not await asyncio.to_thread(is_sound, part, self._catalogue, regions):
                raise _NotPlain
        self._is_sound = True

    async def _bring(
        self, connection: AsyncConnection, revision: int, observations: WrittenObservations, part: _Part
    ) -> None:
        columns = self._columns.at(await asyncio.to_thread(part.rows, self._columns))
        own = [*self._revisions, revision]
        found = await compare(connection, columns, self._catalogue, self._options, apart_from=own)
        if found is None:
            raise _NotPlain
        asked = np.arange(len(columns.value))[part.start : part.end]
        places = asked[found.written[asked]]
        await self._tell(connection, columns, found, places)
        self._unchanged += len(asked) - len(places)
        self._as_before += int(found.as_before[asked].sum())
        before, self._looked_at = self._looked_at, self._looked_at + len(asked)
        if len(places) and not self._options.dry_run:
            ids = await indicator_ids(connection, columns.indicators)
            numbers = [ids[code] for code in columns.indicators]
            first = await first_number(connection, observation, len(places))
            rows = ColumnRows(columns, numbers, found.doubtful, self._options, revision, first)
            await _write(connection, rows, places, observations, lambda done: self._told(before + done))
        self._told(self._looked_at)

    async def _tell(
        self, connection: AsyncConnection, columns: PlainColumns, found: Comparison, places: Keys
    ) -> None:
        """Take down what is new, corrected and held back among the rows written."""
        corrected = places[found.corrects[places] > 0]
        shown = corrected[: max(0, _MOST_TOLD - self._corrected)].tolist()
        before = await repository.numbered(
            connection, found.corrects[shown].tolist(), found.corrects_of[shown].tolist()
        )
        self._corrected += len(corrected)
        self._new += len(places) - len(corrected)
        self._changes += [
            Change(_value(columns, row, found.doubtful.get(row), self._options), before[number])
            for row, number in zip(shown, found.corrects[shown].tolist(), strict=True)
        ]
        written = np.zeros(len(columns.value), dtype=bool)
        written[places] = True
        for row, why in found.doubtful.items():
            if written[row]:
                value = _value(columns, row, why, self._options)
                self._held.append(value)
                if not found.corrects[row]:
                    self._changes.append(Change(value, None))

    def report(self) -> ImportReport:
        """What was done."""
        return ImportReport(
            changes=self._changes,
            new=self._new,
            corrections=self._corrected,
            unchanged=self._unchanged,
            problems=(),
            held=self._held,
            ignored=(),
            as_before=self._as_before,
            revision=self._revisions[-1] if self._revisions else None,
            refused=False,
            parts=len(self._revisions),
        )


def _value(columns: PlainColumns, row: int, why: str | None, options: ImportOptions) -> NewObservation:
    return NewObservation(
        region_code=columns.codes[columns.region[row]],
        indicator=columns.indicators[columns.indicator[row]],
        period=columns.periods[columns.period[row]],
        value=float(columns.value[row]),
        qualifier=Qualifier.EXACT if why is None else Qualifier.SUSPECT,
        assessor_level=options.level,
        source_status=options.source_status,
        source=options.source,
        note=why,
    )


async def _write(
    connection: AsyncConnection,
    rows: ColumnRows,
    places: Keys,
    observations: WrittenObservations,
    told: Told,
) -> None:
    """Write the rows at `places`, and take them down for the seal."""
    async with loading_observations(connection):
        if connection.dialect.name == "postgresql":
            await copy_blocks(connection, observation, COPIED, _ahead(rows, places, observations, told))
            return
        for start in range(0, len(places), _BLOCK):
            part = places[start : start + _BLOCK]
            observations.add(await asyncio.to_thread(rows.sealed, part, start), len(part))
            await insert_batches(connection, observation, ("id", *COLUMNS), rows.tuples(part, start))
            told(start + len(part))


async def _ahead(
    rows: ColumnRows, places: Keys, observations: WrittenObservations, told: Told
) -> AsyncIterator[memoryview]:
    """Blocks to be copied, each put together while the one before it is being taken."""

    def made(start: int) -> memoryview:
        part = places[start : start + _BLOCK]
        observations.add(rows.sealed(part, start), len(part))
        return rows.copied(part, start)

    following = asyncio.ensure_future(asyncio.to_thread(made, 0))
    try:
        for start in range(0, len(places), _BLOCK):
            block = await following
            if start + _BLOCK < len(places):
                following = asyncio.ensure_future(asyncio.to_thread(made, start + _BLOCK))
            yield block
            told(min(start + _BLOCK, len(places)))
    finally:
        # A thread outlives whoever gives up waiting for it.
        await asyncio.gather(following, return_exceptions=True)
