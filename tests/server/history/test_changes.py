"""What changed between two revisions, over either database."""

from __future__ import annotations

from typing import Any

from liangcun_server.history.changes import Span, ValueChange, changes_page
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.storage.database import Database
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.vocabulary import AssessorLevel, SourceStatus

MENGGU, ERSHIHAO = "220722201204", "220722207201"


async def record(
    database: Database, catalogue: IndicatorCatalogue, reason: str, *values: tuple[Any, ...], **fields: Any
) -> int:
    """Record (region, indicator, value)s of 2023; returns the newest revision."""
    new = [
        NewObservation(
            **(
                {
                    "region_code": region,
                    "indicator": indicator,
                    "period": "2023",
                    "value": value,
                    "source_status": SourceStatus.INTERPRETATION,
                }
                | fields
            )
        )
        for region, indicator, value in values
    ]
    await record_observations(database, catalogue, new, author="检查组", reason=reason)
    return await database.latest_revision()


async def changes(
    database: Database, span: Span, within: str = "220722000000", **options: Any
) -> list[ValueChange]:
    async with database.read() as connection:
        page = await changes_page(connection, within, span, **({"first": 100} | options))
    return list(page.items)


def told(found: list[ValueChange]) -> list[tuple[str, str, float | None, float | None, str]]:
    return [
        (
            one.key.region_code,
            one.key.indicator,
            None if one.before is None else one.before.value,
            one.after.value,
            one.reason,
        )
        for one in found
    ]


async def test_each_value_that_stands_otherwise_is_told_with_why(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    start = await record(changling, catalogue, "年初", (MENGGU, "lamps", 10), (MENGGU, "lit_rate", 50))
    await record(changling, catalogue, "夜查", (MENGGU, "lamps", 12), (ERSHIHAO, "lamps", 5))
    await record(changling, catalogue, "复查", (MENGGU, "lamps", 13))
    end = await record(changling, catalogue, "撤回", (MENGGU, "lit_rate", None))
    await record(changling, catalogue, "以后", (MENGGU, "lamps", 99))
    assert told(await changes(changling, Span(start, end))) == [
        (MENGGU, "lamps", 10.0, 13.0, "复查"),
        (MENGGU, "lit_rate", 50.0, None, "撤回"),
        (ERSHIHAO, "lamps", None, 5.0, "夜查"),
    ]
    assert told(await changes(changling, Span(start, end), within=ERSHIHAO)) == [
        (ERSHIHAO, "lamps", None, 5.0, "夜查")
    ]
    assert [one[1] for one in told(await changes(changling, Span(start, end), indicators=["lit_rate"]))] == [
        "lit_rate"
    ]


async def test_what_was_put_back_is_no_change(changling: Database, catalogue: IndicatorCatalogue) -> None:
    start = await record(changling, catalogue, "年初", (MENGGU, "lamps", 10))
    await record(changling, catalogue, "误报", (MENGGU, "lamps", 12))
    end = await record(changling, catalogue, "改回", (MENGGU, "lamps", 10))
    assert await changes(changling, Span(start, end)) == []


async def test_levels_change_each_for_itself(changling: Database, catalogue: IndicatorCatalogue) -> None:
    start = await record(changling, catalogue, "县", (MENGGU, "lamps", 10))
    end = await record(changling, catalogue, "自评", (MENGGU, "lamps", 20), assessor_level=AssessorLevel.SELF)
    (only,) = await changes(changling, Span(start, end))
    assert (only.key.assessor_level, only.before) == (AssessorLevel.SELF, None)


async def test_pages_go_on_past_what_was_put_back(changling: Database, catalogue: IndicatorCatalogue) -> None:
    villages = [f"220722201{number}" for number in range(200, 207)]
    start = await record(changling, catalogue, "年初", *((one, "lamps", 1) for one in villages))
    await record(changling, catalogue, "误报", *((one, "lamps", 2) for one in villages))
    end = await record(changling, catalogue, "改回", *((one, "lamps", 1) for one in villages[:5]))
    first = await changes(changling, Span(start, end), first=1)
    assert [one.key.region_code for one in first] == [villages[5]]
    second = await changes(changling, Span(start, end), first=1, after=first[0].key)
    assert [one.key.region_code for one in second] == [villages[6]]
    assert await changes(changling, Span(start, end), first=1, after=second[0].key) == []
