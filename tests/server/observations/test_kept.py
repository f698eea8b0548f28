"""Observations and regions kept in memory: as the database has them, whoever writes into it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from liangcun_server.application import Application
from liangcun_server.graphql.context import RequestContext
from liangcun_server.observations.kept import CurrentObservations
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.regions.loading import load_regions
from liangcun_server.regions.region import Region
from liangcun_server.storage.database import Database
from liangcun_server.storage.statements import count_statements
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import RegionLevel, SourceStatus

GUANGMING, MENGGU, OTHER = "220722201000", "220722201204", "220722100001"
YEAR = Period.parse("2023")


@pytest.fixture
async def elsewhere(application: Application) -> AsyncIterator[Database]:
    """The same database as another process has it."""
    async with Database(application.database.url) as database:
        yield database


async def record(database: Database, application: Application, value: float | None) -> None:
    observation = NewObservation(
        region_code=MENGGU,
        indicator="cleaners",
        period=YEAR,
        value=value,
        source_status=SourceStatus.INTERPRETATION,
    )
    catalogue = application.plugins.indicators
    await record_observations(database, catalogue, [observation], author="检查组", reason="检查")


async def cleaners(
    application: Application, context: RequestContext, code: str = MENGGU
) -> list[float | None]:
    found = await application.current_observations.of(context, [code], period=YEAR, indicators=["cleaners"])
    return [one.value for one in found[0]]


async def cleaners_now(application: Application) -> list[float | None]:
    async with RequestContext(application) as context:
        return await cleaners(application, context)


async def test_what_another_process_writes_is_seen_by_the_next_request(
    application: Application, elsewhere: Database
) -> None:
    seen = []
    for value in (61.0, 62.0, None, 63.0):
        await record(elsewhere, application, value)
        seen.append(await cleaners_now(application))
    assert seen == [[61.0], [62.0], [], [63.0]]


async def test_a_request_sees_one_state_whatever_is_written_meanwhile(
    application: Application, elsewhere: Database
) -> None:
    await record(elsewhere, application, 61)
    async with RequestContext(application) as begun_before:
        assert await cleaners(application, begun_before) == [61.0]
        await record(elsewhere, application, 62)
        assert await cleaners_now(application) == [62.0]

        assert await cleaners(application, begun_before) == [61.0]
    assert await cleaners_now(application) == [62.0]


async def test_a_value_read_before_a_later_write_is_not_kept_for_those_after_it(
    application: Application, elsewhere: Database
) -> None:
    await record(elsewhere, application, 61)
    async with RequestContext(application) as begun_before:
        await begun_before.newest_revision()
        await record(elsewhere, application, 62)
        assert await cleaners(application, begun_before) == [61.0]

    assert await cleaners_now(application) == [62.0]


async def test_only_regions_that_were_written_about_are_read_again(
    application: Application, elsewhere: Database
) -> None:
    for code in (MENGGU, OTHER):
        async with RequestContext(application) as context:
            await cleaners(application, context, code)
    await record(elsewhere, application, 62)

    with count_statements(application.database) as statements:
        async with RequestContext(application) as context:
            await cleaners(application, context, OTHER)

    # What was written about, and nothing more.
    assert len(statements) == 1


async def test_memory_is_bounded(application: Application) -> None:
    small = CurrentObservations(most=100)
    async with RequestContext(application) as context:
        villages = await application.known_regions.page(
            context, within="220722", level=RegionLevel.VILLAGE, name_contains=None, first=50, after=None
        )
        codes = [one.code for one in villages.items]
        found = await small.of(context, codes)
        again = await small.of(context, codes)

    assert again == found
    assert 0 < len(small) < 50


async def test_a_new_name_of_a_region_is_seen_by_the_next_request(
    application: Application, elsewhere: Database
) -> None:
    async def name() -> str:
        async with RequestContext(application) as context:
            return (await application.known_regions.by_codes(context, [MENGGU]))[MENGGU].name

    before = await name()
    renamed = Region(MENGGU, "新名村", RegionLevel.VILLAGE, GUANGMING)
    await load_regions(elsewhere, [renamed], author="民政局", reason="更名")

    assert (before != "新名村", await name()) == (True, "新名村")
