"""What a database and the installed plugins hold, in figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.application import Application
from liangcun_server.initialising import place_of
from liangcun_server.observations import repository
from liangcun_server.observations.model import Observation
from liangcun_server.regions.region import Region
from liangcun_server.regions.repository import by_codes, within_page
from liangcun_server.standards.at_hand import load_standards
from liangcun_server.storage.tables import indicator, observation, region
from liangcun_standards.catalogue import ResolvedStandard
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import Qualifier, RegionLevel, SourceStatus


@dataclass(frozen=True, slots=True)
class Inventory:
    """`records` counts every observation recorded, superseded ones too; `suspect` awaits confirmation.

    `standards` are those for the place or, where there are none, all. `village` is one to try things with.
    """

    place: Region | None
    regions: Mapping[RegionLevel, int]
    records: Mapping[SourceStatus, int]
    suspect: tuple[Observation, ...]
    standards: tuple[ResolvedStandard, ...]
    village: Region | None
    indicators: IndicatorCatalogue


async def inventory(application: Application) -> Inventory:
    """Count what there is, in a few statements."""
    async with application.database.read() as connection:
        code = await place_of(connection)
        place = None if code is None else (await by_codes(connection, [code])).get(code)
        page = await within_page(connection, within=code, level=RegionLevel.VILLAGE, first=1)
        levels = await _counts(connection, region.c.level)
        statuses = await _counts(connection, observation.c.source_status)
        suspect = await _suspect(connection)
        known = await load_standards(connection, application.plugins)
    standards = known.listed(code) or known.listed()
    return Inventory(
        place=place,
        regions={level: levels[level.value] for level in RegionLevel if level.value in levels},
        records={status: statuses[status.value] for status in SourceStatus if status.value in statuses},
        suspect=suspect,
        standards=tuple(standards),
        village=page.items[0] if page.items else None,
        indicators=known.indicators,
    )


async def _counts(connection: AsyncConnection, column: object) -> dict[str, int]:
    rows = await connection.execute(select(column, func.count()).group_by(column))  # type: ignore[call-overload]
    return {str(value): int(count) for value, count in rows}


async def _suspect(connection: AsyncConnection) -> tuple[Observation, ...]:
    """The suspect values that nothing has superseded, by region and indicator."""
    newer = observation.alias("newer")
    superseded = exists().where(
        newer.c.region_code == observation.c.region_code,
        newer.c.indicator_id == observation.c.indicator_id,
        newer.c.period == observation.c.period,
        newer.c.assessor_level == observation.c.assessor_level,
        newer.c.revision_id > observation.c.revision_id,
    )
    cells = await connection.execute(
        select(observation.c.region_code, indicator.c.code, observation.c.period)
        .join(indicator, indicator.c.id == observation.c.indicator_id)
        .where(observation.c.qualifier == Qualifier.SUSPECT.value, ~superseded)
        .order_by(observation.c.region_code, indicator.c.code)
    )
    listed = [(code, what, Period.parse(period)) for code, what, period in cells]
    found = await repository.current(
        connection,
        {code for code, _, _ in listed},
        periods={period for _, _, period in listed},
        indicators={what for _, what, _ in listed},
    )
    return tuple(
        value for values in found.values() for value in values if value.qualifier is Qualifier.SUSPECT
    )
