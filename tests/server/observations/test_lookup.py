"""Looking observations up: the newest of each key, their history, and what was known at a revision."""

from __future__ import annotations

from liangcun_server.observations import repository
from liangcun_server.observations.model import NewObservation, ObservationKey
from liangcun_server.observations.recording import record_observations
from liangcun_server.regions.repository import codes_within
from liangcun_server.storage.database import Database
from liangcun_server.storage.statements import count_statements
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel, RegionLevel, SourceStatus

MENGGU = "220722201204"
ERSHIHAO = "220722207201"
YEAR = Period.parse("2023")


async def record(
    database: Database,
    catalogue: IndicatorCatalogue,
    region: str,
    indicator: str,
    value: float,
    *,
    period: Period = YEAR,
    level: AssessorLevel = AssessorLevel.COUNTY,
) -> int:
    observation = NewObservation(
        region_code=region,
        indicator=indicator,
        period=period,
        value=value,
        assessor_level=level,
        source_status=SourceStatus.INTERPRETATION,
    )
    report = await record_observations(database, catalogue, [observation], author="检查组", reason="检查")
    assert report.revision is not None
    return report.revision


async def test_values_are_filtered_by_period_indicator_and_level(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await record(changling, catalogue, MENGGU, "lamps", 60)
    await record(changling, catalogue, MENGGU, "lamps", 50, period=YEAR.previous())
    await record(changling, catalogue, MENGGU, "lamps", 70, level=AssessorLevel.SELF)
    await record(changling, catalogue, MENGGU, "lit_rate", 80)

    async def values(**filters: object) -> list[float | None]:
        async with changling.read() as connection:
            found = await repository.current(connection, [MENGGU], **filters)  # type: ignore[arg-type]
        return [one.value for one in found[MENGGU]]

    assert await values() == [50, 70, 60, 80]
    assert await values(periods=[YEAR]) == [70, 60, 80]
    assert await values(indicators=["lamps"]) == [50, 70, 60]
    assert await values(assessor_level=AssessorLevel.SELF) == [70]
    assert await values(periods=[YEAR], indicators=["lamps"], assessor_level=AssessorLevel.COUNTY) == [60]
    assert await values(periods=[]) == []
    assert await values(indicators=[]) == []


async def test_what_was_known_at_a_revision(changling: Database, catalogue: IndicatorCatalogue) -> None:
    first = await record(changling, catalogue, MENGGU, "lamps", 60)
    second = await record(changling, catalogue, MENGGU, "lamps", 64)
    key = ObservationKey(MENGGU, "lamps", YEAR, AssessorLevel.COUNTY)
    async with changling.read() as connection:
        for revision, expected, superseded in ((first - 1, [], []), (first, [60], []), (second, [64], [60])):
            found = await repository.current(connection, [MENGGU], as_of_revision=revision)
            history = await repository.history(connection, [key], as_of_revision=revision)
            assert [one.value for one in found[MENGGU]] == expected
            assert [one.value for one in history[key]] == superseded


async def test_every_region_asked_for_has_an_answer(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await record(changling, catalogue, MENGGU, "lamps", 60)
    async with changling.read() as connection:
        found = await repository.current(connection, [ERSHIHAO, MENGGU, "000000000000"])
    assert {code: len(values) for code, values in found.items()} == {
        ERSHIHAO: 0,
        MENGGU: 1,
        "000000000000": 0,
    }


async def test_history_keeps_to_the_keys_asked_for(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    for region in (MENGGU, ERSHIHAO):
        for indicator in ("lamps", "lit_rate"):
            for value in (10, 20):
                await record(changling, catalogue, region, indicator, value)
    keys = [
        ObservationKey(MENGGU, "lamps", YEAR, AssessorLevel.COUNTY),
        ObservationKey(ERSHIHAO, "lit_rate", YEAR, AssessorLevel.COUNTY),
        ObservationKey(ERSHIHAO, "income", YEAR, AssessorLevel.COUNTY),
    ]
    async with changling.read() as connection:
        history = await repository.history(connection, keys)
    assert {key: [one.value for one in values] for key, values in history.items()} == {
        keys[0]: [10],
        keys[1]: [10],
        keys[2]: [],
    }


async def test_any_number_of_regions_takes_one_statement(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    async with changling.read() as connection:
        villages = await codes_within(connection, "220722", RegionLevel.VILLAGE)
        keys = [ObservationKey(code, "lamps", YEAR, AssessorLevel.COUNTY) for code in villages]
        with count_statements(changling) as statements:
            await repository.current(connection, villages, periods=[YEAR], indicators=["lamps", "plan"])
            assert len(statements) == 1
            await repository.history(connection, keys)
            assert len(statements) == 2
            await repository.current(connection, [])
            await repository.history(connection, [])
            assert len(statements) == 2


async def test_more_regions_than_a_statement_has_parameters(changling: Database) -> None:
    codes = [str(220722201000 + number) for number in range(70_000)]
    async with changling.read() as connection:
        found = await repository.current(connection, codes)
    assert len(found) == 70_000
