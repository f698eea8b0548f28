"""Indicator tables kept in memory, brought up to date by revision when they are asked for."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from liangcun_server.observations.indicator_tables import load_table, refresh_table
from liangcun_server.regions.repository import codes_within
from liangcun_server.storage.database import Database
from liangcun_server.storage.revisions import latest_revision
from liangcun_standards.indicators import Indicator, IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.regions import SIGNIFICANT_DIGITS
from liangcun_standards.table import IndicatorTable, Input, Integers
from liangcun_standards.vocabulary import AssessorLevel, RegionLevel

DEFAULT_LIMIT_BYTES = 512 * 1024 * 1024
_CODE_LENGTH = 12
# What a code costs: the text object and its place in the tuple.
_BYTES_OF_A_CODE = 72


class LoadedTable(NamedTuple):
    """A table and the newest revision that it takes into account."""

    table: IndicatorTable
    revision: int


@dataclass(frozen=True, slots=True)
class _Key:
    scope: str
    level: RegionLevel
    period: Period
    inputs: frozenset[Input]
    definitions: frozenset[Indicator]
    assessor_level: AssessorLevel | None
    peers: RegionLevel
    as_of_revision: int | None


class TableCache:
    """Tables by scope, level, period, inputs and assessor level, for one event loop.

    At most `limit_bytes` of them are kept, the longest unused dropped first; a table larger than that is
    loaded each time. However many ask for a table at once, it is loaded once.
    """

    def __init__(
        self, database: Database, catalogue: IndicatorCatalogue, *, limit_bytes: int = DEFAULT_LIMIT_BYTES
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._limit = limit_bytes
        self._kept: OrderedDict[_Key, LoadedTable] = OrderedDict()
        self._running: dict[_Key, asyncio.Task[LoadedTable]] = {}

    def know(self, catalogue: IndicatorCatalogue) -> None:
        """Go by these indicators from now on: plugins come and go."""
        self._catalogue = catalogue

    @property
    def size(self) -> int:
        """The bytes of the tables kept."""
        return sum(_size(loaded.table) for loaded in self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)

    async def table(
        self,
        scope: str,
        period: Period,
        inputs: Collection[Input],
        *,
        definitions: Collection[Indicator] = (),
        level: RegionLevel = RegionLevel.VILLAGE,
        assessor_level: AssessorLevel | None = None,
        peers: RegionLevel = RegionLevel.COUNTY,
        as_of_revision: int | None = None,
        newest: int | None = None,
    ) -> LoadedTable:
        """The table of the regions of `level` within `scope` (a full code) as `load_table` makes it.

        It holds everything that was written up to the revision `newest`, or before the call. Regions are
        peers when they share the region at the level `peers`. `definitions` are indicators besides those of
        plugins, as a standard's document defines them. With `as_of_revision`, the values as they were
        then, for today's regions.
        """
        if newest is None:
            newest = await self._database.latest_revision()
        if as_of_revision is not None and as_of_revision >= newest:
            as_of_revision = None
        own = frozenset(definitions)
        key = _Key(scope, level, period, frozenset(inputs), own, assessor_level, peers, as_of_revision)
        loaded = self._kept.get(key)
        while loaded is None or loaded.revision < newest:
            # A load that began before the last write is waited for and then brought up to date.
            loaded = await asyncio.shield(self._load_once(key))
        if key in self._kept:
            self._kept.move_to_end(key)
        return loaded

    async def close(self) -> None:
        """Stop what is loading and forget every table."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self._kept.clear()

    def _load_once(self, key: _Key) -> asyncio.Task[LoadedTable]:
        task = self._running.get(key)
        # A task that is done stays here until the loop calls back; awaiting it would give the past again.
        if task is None or task.done():
            task = asyncio.create_task(self._load(key))
            self._running[key] = task
            task.add_done_callback(lambda done: self._finished(key, done))
        return task

    def _finished(self, key: _Key, task: asyncio.Task[LoadedTable]) -> None:
        if self._running.get(key) is task:
            del self._running[key]
        if not task.cancelled():
            # Looked at here, since everyone who waited for it may be gone.
            task.exception()

    async def _load(self, key: _Key) -> LoadedTable:
        kept = self._kept.get(key)
        catalogue = {**self._catalogue, **{one.code: one for one in key.definitions}}
        async with self._database.read(at_length=True) as connection:
            revision = await latest_revision(connection)
            codes = await codes_within(connection, key.scope, key.level)
            if kept is None or list(kept.table.regions) != codes:
                table = await load_table(
                    connection,
                    catalogue,
                    codes,
                    key.period,
                    key.inputs,
                    assessor_level=key.assessor_level,
                    as_of_revision=key.as_of_revision,
                    peers=peer_groups(codes, key.peers),
                )
            elif key.as_of_revision is not None:
                table = kept.table
            else:
                table = await refresh_table(
                    kept.table,
                    connection,
                    catalogue,
                    since_revision=kept.revision,
                    assessor_level=key.assessor_level,
                )
        loaded = LoadedTable(table, revision)
        self._keep(key, loaded)
        return loaded

    def _keep(self, key: _Key, loaded: LoadedTable) -> None:
        self._kept.pop(key, None)
        room = self._limit - _size(loaded.table)
        if room < 0:
            return
        while self._kept and self.size > room:
            self._kept.popitem(last=False)
        self._kept[key] = loaded


def peer_groups(codes: Sequence[str], level: RegionLevel) -> Integers:
    """The number of each region's group: those that share the region above them at `level`."""
    beyond = 10 ** (_CODE_LENGTH - SIGNIFICANT_DIGITS[level])
    numbers = np.array([int(code[:_CODE_LENGTH]) for code in codes], np.int64)
    groups: Integers = np.unique(numbers // beyond, return_inverse=True)[1].astype(np.int64)
    return groups


def _size(table: IndicatorTable) -> int:
    """The bytes that a table keeps in memory, near enough."""
    size = table.peers.nbytes + len(table.regions) * _BYTES_OF_A_CODE
    for column in table.columns.values():
        size += column.values.nbytes
        if column.bounds is not None:
            size += column.bounds.rows.nbytes + column.bounds.low.nbytes + column.bounds.high.nbytes
    return size
