"""Loading demonstration data into a database: published figures first, then simulated values beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
from sqlalchemy import BigInteger, cast, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.demonstration import facts
from liangcun_server.demonstration.generator import SimulatedColumn, simulate, simulated_indicators
from liangcun_server.observations import repository
from liangcun_server.observations.model import NewObservation, ObservationKey
from liangcun_server.observations.recording import (
    COLUMNS,
    RecordReport,
    RecordWarning,
    indicator_ids,
    record_observations,
    suspect_warning,
)
from liangcun_server.regions.region import UnknownRegion
from liangcun_server.regions.repository import by_codes, codes_within
from liangcun_server.settings import DEMO_SEED
from liangcun_server.storage.bulk import insert_batches
from liangcun_server.storage.database import Database
from liangcun_server.storage.lists import among
from liangcun_server.storage.tables import indicator, observation
from liangcun_standards.indicators import Indicator, IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.regions import full_code
from liangcun_standards.table import Integers
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel, Qualifier, RegionLevel, SourceStatus

DEFAULT_SEED = DEMO_SEED
AUTHOR = "liangcun"
_ASSESSOR = AssessorLevel.COUNTY
_NOBODY = np.empty(0, np.int64)
_ROWS_AT_ONCE = 20_000

# Called with how many of how many indicator columns are done.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class DemonstrationReport:
    """What a load did.

    `published` and `simulated` values were recorded now; `already_there` values of either kind stood under
    their key and were left alone; `left_missing` are those that the generator leaves out.
    """

    villages: int
    published: int
    simulated: int
    already_there: int
    left_missing: int
    warnings: tuple[RecordWarning, ...]


async def load_demonstration(
    database: Database,
    catalogue: IndicatorCatalogue,
    *,
    within: str,
    period: Period,
    seed: int = DEFAULT_SEED,
    progress: Progress | None = None,
) -> DemonstrationReport:
    """Give the villages within a region simulated values for `period` and the one before.

    Every simulated value is SIMULATED, by the county as assessor, and its source names the seed. Where 长岭县
    lies within the region, the article's figures are recorded too, PUBLISHED. What already stands under a
    key, from anyone, is left alone, so a second load does nothing. Raises UnknownRegion.
    """
    code = full_code(within)
    async with database.read() as connection:
        if not await by_codes(connection, [code]):
            raise UnknownRegion(Text(f"没有行政区划“{within}”", f"there is no region '{within}'"))
        villages = await codes_within(connection, code, RegionLevel.VILLAGE)
        counties = await codes_within(connection, code, RegionLevel.COUNTY)
    figures = facts.published_facts() if facts.COUNTY in counties else []
    published = await _record_published(database, catalogue, figures, set(villages))
    imitated = [one for one in catalogue.values() if one.simulation and one.simulation.imitates(code)]
    simulated = await _record_simulated(database, imitated, villages, period, seed, progress)
    return DemonstrationReport(
        villages=len(villages),
        published=published.recorded,
        simulated=simulated.recorded,
        already_there=published.unchanged + simulated.already_there,
        left_missing=simulated.left_missing,
        warnings=published.warnings,
    )


async def _record_published(
    database: Database, catalogue: IndicatorCatalogue, figures: Sequence[facts.Fact], villages: set[str]
) -> RecordReport:
    """Record the figures and the two villages' status where nothing stands in their place."""
    published, undefined = facts.observations_of(figures, catalogue)
    if facts.DEMONSTRATION_VILLAGE in catalogue:
        published += [one for one in facts.named_villages() if one.region_code in villages]
    async with database.read() as connection:
        regions = {one.region_code for one in published}
        standing = await repository.current(connection, regions, periods=[facts.PERIOD])
    known = {value.key: value for values in standing.values() for value in values}
    new = [one for one in published if _key(one) not in known]
    warnings = [
        suspect_warning(catalogue, known[_key(one)], one.place or one.region_code)
        for one in published
        if _key(one) in known and known[_key(one)].qualifier is Qualifier.SUSPECT
    ]
    warnings += [_undefined(fact) for fact in undefined]
    report = RecordReport(None, 0, 0)
    if new:
        report = await record_observations(
            database, catalogue, new, author=AUTHOR, reason=f"公开报道数据：{facts.SOURCE}", kind="published"
        )
    already_there = len(published) - report.recorded
    return RecordReport(report.revision, report.recorded, already_there, (*report.warnings, *warnings))


def _key(value: NewObservation) -> ObservationKey:
    return ObservationKey(value.region_code, value.indicator, facts.PERIOD, value.assessor_level)


def _undefined(fact: facts.Fact) -> RecordWarning:
    return RecordWarning(
        fact.place,
        Text(
            f"没有插件定义指标 {fact.indicator}，未加载该数据",
            f"no plugin defines the indicator {fact.indicator}; its figure was not loaded",
        ),
    )


@dataclass(slots=True)
class _Counts:
    recorded: int = 0
    already_there: int = 0
    left_missing: int = 0


class _NewValues(NamedTuple):
    """Values of one column to record, and the places of their villages."""

    column: SimulatedColumn
    rows: Integers


async def _record_simulated(
    database: Database,
    imitated: Sequence[Indicator],
    villages: Sequence[str],
    period: Period,
    seed: int,
    progress: Progress | None,
) -> _Counts:
    """Record simulated values where nothing stands in their place, a column at a time."""
    counts = _Counts()
    codes = [indicator.code for indicator, _ in simulated_indicators(imitated)]
    if not villages or not codes:
        return counts
    async with database.read() as connection:
        standing = await _standing(connection, villages, codes, period)
    columns = simulate(imitated, villages, period, seed)
    if progress is not None:
        columns = _reported(columns, 2 * len(codes), progress)
    new = _new_values(columns, villages, standing, counts)
    # No revision is begun unless there is something for it.
    first = await asyncio.to_thread(next, new, None)
    if first is None:
        return counts
    reason = f"模拟数据，种子 {seed}"
    async with database.write(author=AUTHOR, reason=reason, kind="demonstration") as (connection, revision):
        ids = await indicator_ids(connection, codes)
        rows = _rows(chain([first], new), villages, ids, seed, revision)
        counts.recorded = await insert_batches(connection, observation, COLUMNS, rows)
    return counts


async def _standing(
    connection: AsyncConnection, villages: Sequence[str], codes: Sequence[str], period: Period
) -> dict[tuple[str, str], Integers]:
    """The villages, as numbers, that have a value already, by indicator and period. One statement."""
    statement = select(
        indicator.c.code, observation.c.period, cast(observation.c.region_code, BigInteger)
    ).where(
        observation.c.indicator_id == indicator.c.id,
        observation.c.period.in_([str(period), str(period.previous())]),
        observation.c.region_code.between(villages[0], villages[-1]),
        observation.c.assessor_level == _ASSESSOR.value,
        among(connection, indicator.c.code, codes),
    )
    found: dict[tuple[str, str], list[int]] = {}
    async with connection.stream(statement) as result:
        async for rows in result.partitions(_ROWS_AT_ONCE):
            for code, moment, number in rows:
                found.setdefault((code, moment), []).append(number)
    return {key: np.array(numbers, np.int64) for key, numbers in found.items()}


def _new_values(
    columns: Iterable[SimulatedColumn],
    villages: Sequence[str],
    standing: Mapping[tuple[str, str], Integers],
    counts: _Counts,
) -> Iterator[_NewValues]:
    """What each column has to record, counting the rest."""
    numbers = np.array([int(code) for code in villages], np.int64)
    named = np.isin(numbers, [int(code) for code in facts.NAMED_VILLAGES])
    for column in columns:
        missing = np.isnan(column.values)
        there = np.isin(numbers, standing.get((column.indicator.code, str(column.period)), _NOBODY))
        of_others = there
        if column.indicator.code == facts.DEMONSTRATION_VILLAGE:
            # What is published of them for one period is no lottery in another.
            column.values[named] = 1.0
            of_others = there & ~named if column.period == facts.PERIOD else there
        counts.left_missing += int(np.count_nonzero(missing & ~there))
        counts.already_there += int(np.count_nonzero(of_others))
        rows = np.flatnonzero(~missing & ~there)
        if len(rows):
            yield _NewValues(column, rows)


def _rows(
    new: Iterable[_NewValues], villages: Sequence[str], ids: Mapping[str, int], seed: int, revision: int
) -> Iterator[Sequence[object]]:
    """Rows of the observation table, in the order of `COLUMNS`."""
    source = f"模拟数据（种子 {seed}），非实测"
    said = (Qualifier.EXACT.value, SourceStatus.SIMULATED.value, source, None, None, None, None, revision)
    for column, rows in new:
        about = (ids[column.indicator.code], str(column.period), _ASSESSOR.value)
        values = column.values[rows].tolist()
        for row, value in zip(rows.tolist(), values, strict=True):
            yield (villages[row], *about, value, *said)


def _reported(
    columns: Iterable[SimulatedColumn], total: int, progress: Progress
) -> Iterator[SimulatedColumn]:
    """The same columns, each reported when the next one is asked for."""
    for done, column in enumerate(columns, start=1):
        yield column
        progress(done, total)
