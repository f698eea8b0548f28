"""Loading demonstration data: labelled for what it is, once, and never over what someone recorded."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from liangcun_server.demonstration.facts import NAMED_VILLAGES
from liangcun_server.demonstration.loading import DEFAULT_SEED, DemonstrationReport, load_demonstration
from liangcun_server.observations import repository
from liangcun_server.observations.model import NewObservation, Observation
from liangcun_server.observations.recording import confirm_observation, record_observations
from liangcun_server.regions.divisions import divisions_within
from liangcun_server.regions.loading import load_regions
from liangcun_server.regions.region import UnknownRegion
from liangcun_server.regions.repository import codes_within
from liangcun_server.storage.database import Database
from liangcun_server.storage.tables import observation
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel, Qualifier, RegionLevel, SourceStatus

CHANGLING = "220722000000"
MENGGU = "220722201204"
YEAR = Period.parse("2023")


async def load(
    database: Database, catalogue: IndicatorCatalogue, within: str = "220722", period: Period = YEAR
) -> DemonstrationReport:
    return await load_demonstration(database, catalogue, within=within, period=period)


async def standing(database: Database, *regions: str, period: Period = YEAR) -> list[Observation]:
    async with database.read() as connection:
        found = await repository.current(connection, regions, periods=[period])
    return [one for values in found.values() for one in values]


async def test_the_county_gets_figures_and_its_villages_values(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    report = await load(changling, catalogue)
    assert (report.villages, report.published) == (255, 40)
    counting = select(observation.c.source_status, func.count()).group_by(observation.c.source_status)
    async with changling.read() as connection:
        statuses = {row[0]: row[1] for row in await connection.execute(counting)}
    assert statuses == {"published": 40, "simulated": report.simulated}
    told = (
        2
        * 255
        * len([one for one in catalogue.values() if one.simulation and one.simulation.imitates(CHANGLING)])
    )
    # The status of the two villages that the article names is published instead.
    assert report.simulated + report.left_missing + 2 == told
    assert report.already_there == 0


async def test_indicators_of_another_province_are_imitated_there_alone(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await load(changling, catalogue)
    values = {one.indicator for one in await standing(changling, MENGGU)}
    assert "lane_hardened_rate" in values
    elsewhere = {code for code in catalogue if code.startswith("shanxi_")}
    assert elsewhere
    assert not values & elsewhere
    simulation = catalogue["shanxi_chain_shop"].simulation
    assert simulation is not None
    assert simulation.imitates("140105000000")


async def test_published_figures_stay_with_the_county(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await load(changling, catalogue)
    values = await standing(changling, CHANGLING)
    assert len(values) == 38
    assert {one.source_status for one in values} == {SourceStatus.PUBLISHED}
    published = {one.indicator for one in values}
    assert published.isdisjoint(one.indicator for one in await standing(changling, MENGGU))


async def test_every_simulated_value_says_so_with_its_seed(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await load(changling, catalogue)
    for one in await standing(changling, "220722201203", period=YEAR.previous()):
        assert one.source_status is SourceStatus.SIMULATED
        assert one.assessor_level is AssessorLevel.COUNTY
        assert one.source == f"模拟数据（种子 {DEFAULT_SEED}），非实测"


async def test_73_villages_are_demonstration_villages_and_two_are_named(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await load(changling, catalogue)
    async with changling.read() as connection:
        villages = await codes_within(connection, CHANGLING, RegionLevel.VILLAGE)
        found = await repository.current(
            connection, villages, periods=[YEAR], indicators=["demonstration_village"]
        )
    demonstration = {code: one for code, (one,) in found.items() if one.value == 1}
    assert len(demonstration) == 73
    published = {code for code, one in demonstration.items() if one.source_status is SourceStatus.PUBLISHED}
    assert published == set(NAMED_VILLAGES)


async def test_the_drainage_figure_is_warned_about_until_it_is_confirmed(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    for _ in range(2):
        (warning,) = (await load(changling, catalogue)).warnings
        assert warning.place == "changling-2023-facts.csv, line 22"
        assert "屯内排水沟 301 万延长米" in warning.message.zh
    await confirm_observation(
        changling,
        catalogue,
        region_code=CHANGLING,
        indicator="drainage_ditch_built",
        period=YEAR,
        assessor_level=AssessorLevel.COUNTY,
        author="县住建局",
        reason="核对台账",
        value=301_000,
    )
    report = await load(changling, catalogue)
    assert report.warnings == ()
    (drainage,) = [
        one for one in await standing(changling, CHANGLING) if one.indicator == "drainage_ditch_built"
    ]
    assert (drainage.value, drainage.qualifier) == (301_000, Qualifier.EXACT)


async def test_a_second_load_does_nothing(changling: Database, catalogue: IndicatorCatalogue) -> None:
    first = await load(changling, catalogue)
    revision = await changling.latest_revision()
    second = await load(changling, catalogue)
    assert (second.published, second.simulated) == (0, 0)
    assert second.already_there == first.published + first.simulated
    assert second.left_missing == first.left_missing
    assert await changling.latest_revision() == revision


async def test_what_someone_recorded_is_left_alone(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    own = NewObservation(
        region_code=MENGGU,
        indicator="street_lamps",
        period=YEAR,
        value=1,
        source_status=SourceStatus.OFFICIAL,
    )
    await record_observations(changling, catalogue, [own], author="王敏", reason="现场清点")
    await load(changling, catalogue)
    (lamps,) = [one for one in await standing(changling, MENGGU) if one.indicator == "street_lamps"]
    assert (lamps.value, lamps.source_status) == (1, SourceStatus.OFFICIAL)


async def test_a_township_gets_its_own_villages_and_no_county_figures(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    report = await load(changling, catalogue, within="220722201")
    assert report.published == 1
    assert report.villages < 255
    assert await standing(changling, CHANGLING) == []
    assert await standing(changling, "220722207201") == []
    await load(changling, catalogue)
    assert len(await standing(changling, CHANGLING)) == 38


async def test_the_next_period_is_loaded_beside_this_one(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await load(changling, catalogue)
    before = await standing(changling, MENGGU)
    report = await load(changling, catalogue, period=Period.parse("2024"))
    assert report.simulated > 0
    kept = await standing(changling, MENGGU)
    assert [one for one in kept if one.revision <= before[0].revision or one in before] == before
    (status,) = [
        one
        for one in await standing(changling, MENGGU, period=Period.parse("2024"))
        if one.indicator == "demonstration_village"
    ]
    assert (status.value, status.source_status) == (1, SourceStatus.SIMULATED)


async def test_any_other_county_gets_simulated_values_alone(
    database: Database, catalogue: IndicatorCatalogue
) -> None:
    await load_regions(database, divisions_within("220723"), author="王敏", reason="建库")
    report = await load(database, catalogue, within="220723")
    assert report.published == 0
    assert report.warnings == ()
    assert report.simulated > 0


async def test_a_place_that_is_not_there_is_refused(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    with pytest.raises(UnknownRegion, match="no region '110101'"):
        await load(changling, catalogue, within="110101")


async def test_figures_that_no_plugin_defines_are_warned_about(changling: Database) -> None:
    report = await load(changling, IndicatorCatalogue())
    assert report.published == 0
    assert len(report.warnings) == 38
    assert "township_count" in report.warnings[0].message.en


async def test_progress_is_told_column_by_column(changling: Database, catalogue: IndicatorCatalogue) -> None:
    told: list[tuple[int, int]] = []
    await load_demonstration(
        changling,
        catalogue,
        within="220722201",
        period=YEAR,
        progress=lambda done, total: told.append((done, total)),
    )
    total = told[0][1]
    assert told == [(done, total) for done in range(1, total + 1)]
