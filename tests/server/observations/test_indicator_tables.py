"""Indicator tables: which value speaks for a cell, what is only bounded, and keeping up with new values."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from liangcun_server.observations import cell_rows
from liangcun_server.observations.indicator_tables import load_table, refresh_table
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.observations.repository import current
from liangcun_server.regions.repository import codes_within
from liangcun_server.storage.database import Database
from liangcun_server.storage.statements import count_statements
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.table import IndicatorTable, Input
from liangcun_standards.vocabulary import AssessorLevel, Qualifier, RegionLevel, SourceStatus

MENGGU = "220722201204"
ERSHIHAO = "220722207201"
BOTH = (MENGGU, ERSHIHAO)
YEAR = Period.parse("2023")
LAMPS, LIT = Input("lamps"), Input("lit_rate")
LAMPS_BEFORE = Input("lamps", 1)


def value_of(region: str, indicator: str, value: float | None, **fields: Any) -> NewObservation:
    said = {"period": YEAR, "source_status": SourceStatus.INTERPRETATION, **fields}
    return NewObservation(region_code=region, indicator=indicator, value=value, **said)


async def record(database: Database, catalogue: IndicatorCatalogue, *observations: NewObservation) -> None:
    await record_observations(database, catalogue, observations, author="检查组", reason="检查")


async def table_of(
    database: Database,
    catalogue: IndicatorCatalogue,
    inputs: Sequence[Input] = (LAMPS,),
    regions: Sequence[str] = BOTH,
    **asked: Any,
) -> IndicatorTable:
    async with database.read() as connection:
        return await load_table(connection, catalogue, regions, YEAR, inputs, **asked)


def values(table: IndicatorTable, name: Input = LAMPS) -> list[float | None]:
    return [None if math.isnan(value) else value for value in table.columns[name].values.tolist()]


def spans(table: IndicatorTable, name: Input = LAMPS) -> list[tuple[float, float]]:
    span = table.columns[name].span(np.arange(len(table)))
    return list(zip(span.low.tolist(), span.high.tolist(), strict=True))


async def test_a_table_has_a_row_for_every_region_and_a_column_for_every_input(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await record(
        changling,
        catalogue,
        value_of(MENGGU, "lamps", 64),
        value_of(ERSHIHAO, "lamps", 50, period=YEAR.previous()),
        value_of(ERSHIHAO, "lit_rate", 80.5),
    )
    table = await table_of(changling, catalogue, [LAMPS, LAMPS_BEFORE, LIT, Input("plan")])
    assert tuple(table.regions) == BOTH
    assert values(table, LAMPS) == [64, None]
    assert values(table, LAMPS_BEFORE) == [None, 50]
    assert values(table, LIT) == [None, 80.5]
    assert values(table, Input("plan")) == [None, None]
    assert (table.columns[LIT].minimum, table.columns[LIT].maximum) == (0, 100)


async def test_the_newest_value_counts(changling: Database, catalogue: IndicatorCatalogue) -> None:
    for lamps in (60, 90, 64):
        await record(changling, catalogue, value_of(MENGGU, "lamps", lamps))
    assert values(await table_of(changling, catalogue)) == [64, None]


async def test_the_level_with_the_most_authority_speaks_for_each_indicator(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await record(
        changling,
        catalogue,
        value_of(MENGGU, "lamps", 62, assessor_level=AssessorLevel.PREFECTURE),
        value_of(MENGGU, "lamps", 64, assessor_level=AssessorLevel.COUNTY),
        value_of(MENGGU, "lit_rate", 90, assessor_level=AssessorLevel.TOWNSHIP),
    )
    await record(changling, catalogue, value_of(MENGGU, "lamps", 70, assessor_level=AssessorLevel.SELF))
    table = await table_of(changling, catalogue, [LAMPS, LIT])
    assert (values(table, LAMPS)[0], values(table, LIT)[0]) == (62, 90)


async def test_one_level_can_be_asked_for(changling: Database, catalogue: IndicatorCatalogue) -> None:
    await record(
        changling,
        catalogue,
        value_of(MENGGU, "lamps", 62, assessor_level=AssessorLevel.PROVINCE),
        value_of(MENGGU, "lamps", 70, assessor_level=AssessorLevel.SELF),
    )
    own = await table_of(changling, catalogue, assessor_level=AssessorLevel.SELF)
    county = await table_of(changling, catalogue, assessor_level=AssessorLevel.COUNTY)
    assert (values(own), values(county)) == ([70, None], [None, None])


async def test_a_suspect_value_counts_as_missing(changling: Database, catalogue: IndicatorCatalogue) -> None:
    await record(changling, catalogue, value_of(MENGGU, "lamps", 64, qualifier=Qualifier.SUSPECT))
    table = await table_of(changling, catalogue)
    assert values(table) == [None, None]
    assert table.columns[LAMPS].bounds is None


async def test_at_least_and_at_most_bound_a_value(changling: Database, catalogue: IndicatorCatalogue) -> None:
    await record(
        changling,
        catalogue,
        value_of(MENGGU, "lit_rate", 85, qualifier=Qualifier.AT_LEAST),
        value_of(ERSHIHAO, "lit_rate", 40, qualifier=Qualifier.AT_MOST),
    )
    table = await table_of(changling, catalogue, [LIT])
    assert values(table, LIT) == [None, None]
    assert spans(table, LIT) == [(85, 100), (0, 40)]


async def test_a_bound_on_an_open_range_is_open(changling: Database, catalogue: IndicatorCatalogue) -> None:
    income = Input("income")
    await record(
        changling,
        catalogue,
        value_of(MENGGU, "income", 5, qualifier=Qualifier.AT_LEAST),
        value_of(ERSHIHAO, "income", 5, qualifier=Qualifier.AT_MOST),
    )
    table = await table_of(changling, catalogue, [income])
    assert spans(table, income) == [(5, math.inf), (-math.inf, 5)]


async def test_a_withdrawn_value_leaves_the_word_to_other_levels(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await record(changling, catalogue, value_of(MENGGU, "lamps", 64), value_of(ERSHIHAO, "lamps", 8))
    await record(changling, catalogue, value_of(MENGGU, "lamps", 70, assessor_level=AssessorLevel.SELF))
    await record(changling, catalogue, value_of(MENGGU, "lamps", None), value_of(ERSHIHAO, "lamps", None))
    assert values(await table_of(changling, catalogue)) == [70, None]


async def test_a_table_as_of_a_revision(changling: Database, catalogue: IndicatorCatalogue) -> None:
    await record(changling, catalogue, value_of(MENGGU, "lamps", 60))
    then = await changling.latest_revision()
    await record(changling, catalogue, value_of(MENGGU, "lamps", 64), value_of(ERSHIHAO, "lamps", 9))
    assert values(await table_of(changling, catalogue, as_of_revision=then)) == [60, None]
    assert values(await table_of(changling, catalogue)) == [64, 9]


async def test_regions_that_were_not_asked_for_stay_out(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await record(changling, catalogue, value_of(MENGGU, "lamps", 64), value_of(ERSHIHAO, "lamps", 9))
    between = "220722202000"
    assert values(await table_of(changling, catalogue, regions=[between])) == [None]
    assert values(await table_of(changling, catalogue, regions=[ERSHIHAO])) == [9]
    empty = await table_of(changling, catalogue, regions=[])
    assert len(empty) == 0
    assert len(empty.columns[LAMPS].values) == 0


async def test_an_input_outside_the_catalogue_is_refused(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    with pytest.raises(KeyError):
        await table_of(changling, catalogue, [Input("houses")])


async def test_a_table_takes_one_statement(changling: Database, catalogue: IndicatorCatalogue) -> None:
    async with changling.read() as connection:
        villages = await codes_within(connection, "220722", RegionLevel.VILLAGE)
        with count_statements(changling) as statements:
            table = await load_table(connection, catalogue, villages, YEAR, [LAMPS, LAMPS_BEFORE, LIT])
            assert len(statements) == 1
            await refresh_table(table, connection, catalogue, since_revision=0)
            assert len(statements) == 2


async def test_more_regions_than_fit_in_a_statement_go_in_several(
    changling: Database, catalogue: IndicatorCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    await record(changling, catalogue, value_of(MENGGU, "lamps", 64), value_of(ERSHIHAO, "lamps", 9))
    async with changling.read() as connection:
        villages = await codes_within(connection, "220722", RegionLevel.VILLAGE)
    whole = await table_of(changling, catalogue, [LAMPS, LIT], villages)
    monkeypatch.setattr(cell_rows, "REGIONS_AT_ONCE", 100)
    with count_statements(changling) as statements:
        in_parts = await table_of(changling, catalogue, [LAMPS, LIT], villages)
    assert len(statements) == 3
    assert in_parts.digest() == whole.digest()


async def refreshed(
    database: Database, catalogue: IndicatorCatalogue, table: IndicatorTable, since: int, **asked: Any
) -> IndicatorTable:
    async with database.read() as connection:
        return await refresh_table(table, connection, catalogue, since_revision=since, **asked)


async def test_a_refresh_copies_only_the_columns_that_changed(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await record(changling, catalogue, value_of(MENGGU, "lamps", 60), value_of(MENGGU, "lit_rate", 80))
    old = await table_of(changling, catalogue, [LAMPS, LIT])
    since = await changling.latest_revision()
    await record(changling, catalogue, value_of(ERSHIHAO, "lamps", 9))
    new = await refreshed(changling, catalogue, old, since)
    assert values(new) == [60, 9]
    assert values(old) == [60, None]
    assert new.columns[LIT] is old.columns[LIT]


async def test_a_refresh_without_a_change_gives_the_table_back(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await record(changling, catalogue, value_of(MENGGU, "lamps", 60))
    table = await table_of(changling, catalogue)
    since = await changling.latest_revision()
    await record(changling, catalogue, value_of(MENGGU, "lit_rate", 80))
    assert await refreshed(changling, catalogue, table, since) is table


async def test_a_refresh_lets_the_higher_level_keep_the_word(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await record(changling, catalogue, value_of(MENGGU, "lamps", 60, assessor_level=AssessorLevel.PROVINCE))
    table = await table_of(changling, catalogue)
    since = await changling.latest_revision()
    await record(changling, catalogue, value_of(MENGGU, "lamps", 99, assessor_level=AssessorLevel.SELF))
    assert values(await refreshed(changling, catalogue, table, since)) == [60, None]


def _random_batch(random_source: random.Random, regions: Sequence[str]) -> list[NewObservation]:
    batch = {}
    for _ in range(40):
        region, indicator = random_source.choice(regions), random_source.choice(["lamps", "lit_rate"])
        period = random_source.choice([YEAR, YEAR.previous()])
        level = random_source.choice(list(AssessorLevel))
        qualifier = random_source.choice([*Qualifier, Qualifier.EXACT])
        value = None if random_source.random() < 0.1 else float(random_source.randrange(101))
        batch[region, indicator, period, level] = value_of(
            region,
            indicator,
            value,
            period=period,
            assessor_level=level,
            qualifier=Qualifier.EXACT if value is None else qualifier,
        )
    return list(batch.values())


async def _expected_span(
    database: Database, region: str, name: Input, catalogue: IndicatorCatalogue, asked: AssessorLevel | None
) -> tuple[float, float]:
    """What is known of one cell, worked out one observation at a time."""
    period = YEAR.previous() if name.lag else YEAR
    async with database.read() as connection:
        found = await current(
            connection, [region], periods=[period], indicators=[name.indicator], assessor_level=asked
        )
    low, high = catalogue[name.indicator].range
    for one in sorted(found[region], key=lambda one: -one.assessor_level.authority):
        if one.value is None:
            continue
        if one.qualifier is Qualifier.EXACT:
            return one.value, one.value
        if one.qualifier is Qualifier.AT_LEAST:
            return one.value, high
        if one.qualifier is Qualifier.AT_MOST:
            return low, one.value
        return low, high
    return low, high


@pytest.mark.parametrize("level", [None, AssessorLevel.TOWNSHIP])
async def test_loading_and_refreshing_agree_with_working_out_each_cell(
    changling: Database, catalogue: IndicatorCatalogue, level: AssessorLevel | None
) -> None:
    async with changling.read() as connection:
        villages = await codes_within(connection, "220722", RegionLevel.VILLAGE)
    regions = villages[:3] + villages[-2:]
    inputs = [LAMPS, LAMPS_BEFORE, LIT, Input("lit_rate", 1)]
    random_source = random.Random(7)
    table = await table_of(changling, catalogue, inputs, regions, assessor_level=level)
    since = await changling.latest_revision()
    for _ in range(6):
        await record(changling, catalogue, *_random_batch(random_source, regions))
        table = await refreshed(changling, catalogue, table, since, assessor_level=level)
        since = await changling.latest_revision()
    loaded = await table_of(changling, catalogue, inputs, regions, assessor_level=level)
    assert table.digest() == loaded.digest()
    for name in inputs:
        expected = [await _expected_span(changling, code, name, catalogue, level) for code in regions]
        assert spans(loaded, name) == expected
