"""The cache of indicator tables: loaded once, kept up with what is written, bounded in memory."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator

import pytest

from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.observations.table_cache import LoadedTable, TableCache
from liangcun_server.regions.loading import load_regions
from liangcun_server.regions.region import Region
from liangcun_server.storage.database import Database
from liangcun_server.storage.statements import count_statements
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.table import Input
from liangcun_standards.vocabulary import AssessorLevel, RegionLevel, SourceStatus

CHANGLING = "220722000000"
GUANGMING = "220722201000"
MENGGU = "220722201204"
YEAR = Period.parse("2023")
LAMPS, LIT = Input("lamps"), Input("lit_rate")


@pytest.fixture
async def cache(changling: Database, catalogue: IndicatorCatalogue) -> AsyncIterator[TableCache]:
    cache = TableCache(changling, catalogue)
    yield cache
    await cache.close()


async def record(
    database: Database,
    catalogue: IndicatorCatalogue,
    indicator: str,
    value: float,
    level: AssessorLevel = AssessorLevel.COUNTY,
) -> int:
    observation = NewObservation(
        region_code=MENGGU,
        indicator=indicator,
        period=YEAR,
        value=value,
        assessor_level=level,
        source_status=SourceStatus.INTERPRETATION,
    )
    report = await record_observations(database, catalogue, [observation], author="检查组", reason="检查")
    assert report.revision is not None
    return report.revision


def lamps(loaded: LoadedTable) -> float:
    return float(loaded.table.columns[LAMPS].values[loaded.table.row_of[MENGGU]])


async def test_a_table_covers_the_scope(cache: TableCache) -> None:
    county = await cache.table(CHANGLING, YEAR, [LAMPS])
    township = await cache.table(GUANGMING, YEAR, [LAMPS])
    itself = await cache.table(CHANGLING, YEAR, [Input("ditches")], level=RegionLevel.COUNTY)
    assert len(county.table) == 255
    assert {code[:9] for code in township.table.regions} == {"220722201"}
    assert itself.table.regions == (CHANGLING,)


async def test_an_unchanged_table_is_given_again_without_a_statement_of_its_own(
    changling: Database, catalogue: IndicatorCatalogue, cache: TableCache
) -> None:
    revision = await record(changling, catalogue, "lamps", 64)
    first = await cache.table(CHANGLING, YEAR, [LAMPS])
    with count_statements(changling) as statements:
        second = await cache.table(CHANGLING, YEAR, [LAMPS])
    assert statements == []
    assert second.table is first.table
    assert first.revision == revision


async def test_a_correction_is_seen_at_once(
    changling: Database, catalogue: IndicatorCatalogue, cache: TableCache
) -> None:
    for value in (60, 64):
        revision = await record(changling, catalogue, "lamps", value)
        loaded = await cache.table(CHANGLING, YEAR, [LAMPS, LIT])
        assert (lamps(loaded), loaded.revision) == (value, revision)


async def test_a_correction_elsewhere_leaves_the_table_as_it_is(
    changling: Database, catalogue: IndicatorCatalogue, cache: TableCache
) -> None:
    await record(changling, catalogue, "lamps", 64)
    first = await cache.table(CHANGLING, YEAR, [LAMPS])
    revision = await record(changling, catalogue, "lit_rate", 80)
    second = await cache.table(CHANGLING, YEAR, [LAMPS])
    assert second.table is first.table
    assert second.revision == revision


async def test_each_assessor_level_has_its_own_table(
    changling: Database, catalogue: IndicatorCatalogue, cache: TableCache
) -> None:
    await record(changling, catalogue, "lamps", 70, AssessorLevel.SELF)
    await record(changling, catalogue, "lamps", 64)
    assert lamps(await cache.table(CHANGLING, YEAR, [LAMPS])) == 64
    own = await cache.table(CHANGLING, YEAR, [LAMPS], assessor_level=AssessorLevel.SELF)
    assert lamps(own) == 70
    await record(changling, catalogue, "lamps", 71, AssessorLevel.SELF)
    own = await cache.table(CHANGLING, YEAR, [LAMPS], assessor_level=AssessorLevel.SELF)
    assert lamps(own) == 71
    assert lamps(await cache.table(CHANGLING, YEAR, [LAMPS])) == 64


async def test_the_past_stays_as_it_was(
    changling: Database, catalogue: IndicatorCatalogue, cache: TableCache
) -> None:
    then = await record(changling, catalogue, "lamps", 60)
    now = await record(changling, catalogue, "lamps", 64)

    async def at(revision: int) -> float:
        return lamps(await cache.table(CHANGLING, YEAR, [LAMPS], as_of_revision=revision))

    assert [await at(then), await at(now), await at(now + 100)] == [60, 64, 64]
    assert math.isnan(await at(then - 1))
    await record(changling, catalogue, "lamps", 65)
    assert [await at(then), await at(now), await at(now + 100)] == [60, 64, 65]


async def test_a_new_village_joins_its_table(
    changling: Database, catalogue: IndicatorCatalogue, cache: TableCache
) -> None:
    before = await record(changling, catalogue, "lamps", 64)
    await cache.table(CHANGLING, YEAR, [LAMPS])
    await cache.table(CHANGLING, YEAR, [LAMPS], as_of_revision=before - 1)
    new = Region("220722201299", "新村", RegionLevel.VILLAGE, GUANGMING)
    await load_regions(changling, [new], author="王敏", reason="新设村")
    loaded = await cache.table(CHANGLING, YEAR, [LAMPS])
    past = await cache.table(CHANGLING, YEAR, [LAMPS], as_of_revision=before - 1)
    assert new.code in loaded.table.regions
    assert new.code in past.table.regions
    assert lamps(loaded) == 64


async def test_many_askers_at_once_load_once(changling: Database, cache: TableCache) -> None:
    with count_statements(changling) as statements:
        loaded = await asyncio.gather(*(cache.table(CHANGLING, YEAR, [LAMPS]) for _ in range(8)))
    assert len({id(one.table) for one in loaded}) == 1
    assert sum("UNION ALL" in statement for statement in statements) == 1


async def test_an_asker_who_leaves_takes_nothing_from_the_others(cache: TableCache) -> None:
    leaving = asyncio.create_task(cache.table(CHANGLING, YEAR, [LAMPS]))
    staying = asyncio.create_task(cache.table(CHANGLING, YEAR, [LAMPS]))
    await asyncio.sleep(0.005)
    leaving.cancel()
    assert len((await staying).table) == 255


async def test_a_failed_load_is_told_to_all_and_tried_again(
    changling: Database, catalogue: IndicatorCatalogue, cache: TableCache
) -> None:
    asking = [cache.table(CHANGLING, YEAR, [Input("houses")]) for _ in range(3)]
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [KeyError] * 3
    assert len((await cache.table(CHANGLING, YEAR, [LAMPS])).table) == 255


async def test_a_write_during_a_load_is_not_missed(
    changling: Database, catalogue: IndicatorCatalogue, cache: TableCache
) -> None:
    async def write_and_ask(value: int) -> bool:
        revision = await record(changling, catalogue, "lamps", value)
        return (await cache.table(CHANGLING, YEAR, [LAMPS])).revision >= revision

    assert all(await asyncio.gather(*(write_and_ask(value) for value in range(6))))


async def test_the_longest_unused_table_gives_way(changling: Database, catalogue: IndicatorCatalogue) -> None:
    measuring = TableCache(changling, catalogue)
    await measuring.table(CHANGLING, YEAR, [LAMPS])
    cache = TableCache(changling, catalogue, limit_bytes=int(measuring.size * 2.5))
    first = await cache.table(CHANGLING, YEAR, [LAMPS])
    second = await cache.table(CHANGLING, YEAR, [LIT])
    assert (await cache.table(CHANGLING, YEAR, [LAMPS])).table is first.table
    await cache.table(CHANGLING, YEAR, [Input("plan")])
    assert len(cache) == 2
    assert (await cache.table(CHANGLING, YEAR, [LAMPS])).table is first.table
    assert (await cache.table(CHANGLING, YEAR, [LIT])).table is not second.table


async def test_a_table_above_the_limit_is_given_and_not_kept(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    cache = TableCache(changling, catalogue, limit_bytes=100)
    assert len((await cache.table(CHANGLING, YEAR, [LAMPS])).table) == 255
    assert len(cache) == 0


async def test_peers_share_the_region_above_them(cache: TableCache) -> None:
    county = await cache.table(CHANGLING, YEAR, [LAMPS])
    townships = await cache.table(CHANGLING, YEAR, [LAMPS], peers=RegionLevel.TOWNSHIP)
    assert set(county.table.peers.tolist()) == {0}
    groups = zip(townships.table.regions, townships.table.peers.tolist(), strict=True)
    assert len({(code[:9], group) for code, group in groups}) == len(set(townships.table.peers.tolist())) > 1
