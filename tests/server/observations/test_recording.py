"""Recording observations: all or nothing, nothing lost, nothing twice."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from liangcun_server.observations import repository
from liangcun_server.observations.checking import InvalidObservations
from liangcun_server.observations.model import NewObservation, Observation, ObservationKey
from liangcun_server.observations.recording import (
    NotSuspect,
    RecordReport,
    UnknownObservation,
    confirm_observation,
    record_observations,
)
from liangcun_server.storage.database import Database
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel, Method, Qualifier, SourceStatus

MENGGU = "220722201204"
ERSHIHAO = "220722207201"
CHANGLING = "220722000000"
YEAR = Period.parse("2023")


def value_of(indicator: str, value: Any, region: str = MENGGU, **fields: Any) -> NewObservation:
    return NewObservation(
        **{
            "region_code": region,
            "indicator": indicator,
            "period": YEAR,
            "value": value,
            "source_status": SourceStatus.INTERPRETATION,
            **fields,
        }
    )


async def record(
    database: Database, catalogue: IndicatorCatalogue, *observations: NewObservation
) -> RecordReport:
    return await record_observations(database, catalogue, observations, author="检查组", reason="月度检查")


async def standing(database: Database, region: str = MENGGU) -> list[Observation]:
    async with database.read() as connection:
        return (await repository.current(connection, [region]))[region]


async def test_a_value_is_kept_with_who_and_when(changling: Database, catalogue: IndicatorCatalogue) -> None:
    full = value_of(
        "lamps",
        64,
        source="台账",
        original_text="64 盏",
        scope_note="全村",
        method=Method.ON_SITE,
        note="夜间查看",
    )
    report = await record(changling, catalogue, full)
    (kept,) = await standing(changling)
    for field in dataclasses.fields(NewObservation):
        if field.name != "place":
            assert getattr(kept, field.name) == getattr(full, field.name), field.name
    assert report == RecordReport(revision=kept.revision, recorded=1, unchanged=0)
    assert kept.recorded_by == "检查组"
    assert kept.recorded_at.tzinfo is not None


async def test_the_same_again_makes_no_revision(changling: Database, catalogue: IndicatorCatalogue) -> None:
    await record(changling, catalogue, value_of("lamps", 64))
    before = await changling.latest_revision()
    report = await record(changling, catalogue, value_of("lamps", 64.0))
    assert report == RecordReport(revision=None, recorded=0, unchanged=1)
    assert await changling.latest_revision() == before


async def test_only_what_differs_is_recorded(changling: Database, catalogue: IndicatorCatalogue) -> None:
    await record(changling, catalogue, value_of("lamps", 64), value_of("lit_rate", 80))
    report = await record(changling, catalogue, value_of("lamps", 64), value_of("lit_rate", 85))
    assert (report.recorded, report.unchanged) == (1, 1)


async def test_another_source_for_the_same_figure_is_a_new_row(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await record(changling, catalogue, value_of("lamps", 64, source="台账"))
    report = await record(changling, catalogue, value_of("lamps", 64, source="现场"))
    assert report.recorded == 1


async def test_a_correction_leaves_what_it_supersedes(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    for lamps in (60, 62, 64):
        await record(changling, catalogue, value_of("lamps", lamps))
    (kept,) = await standing(changling)
    async with changling.read() as connection:
        history = await repository.history(connection, [kept.key])
    assert kept.value == 64
    assert [old.value for old in history[kept.key]] == [62, 60]


async def test_levels_stand_side_by_side(changling: Database, catalogue: IndicatorCatalogue) -> None:
    await record(
        changling,
        catalogue,
        value_of("lamps", 70, assessor_level=AssessorLevel.SELF),
        value_of("lamps", 64, assessor_level=AssessorLevel.COUNTY),
    )
    assert [(one.assessor_level, one.value) for one in await standing(changling)] == [
        (AssessorLevel.SELF, 70),
        (AssessorLevel.COUNTY, 64),
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (value_of("lamps", float("nan")), "value"),
        (value_of("lamps", float("inf")), "value"),
        (value_of("lamps", 10**400), "value"),
        (value_of("lamps", "many"), "value"),
        (value_of("lamps", 1.5), "value"),
        (value_of("lamps", -1), "value"),
        (value_of("lit_rate", 101), "value"),
        (value_of("class", 2), "value"),
        (value_of("houses", 1), "indicator"),
        (value_of("lamps", 1, region="110101001001"), "region_code"),
        (value_of("lamps", 1, region="22072220120\x00"), "region_code"),
        (value_of("lamps", 1, region=CHANGLING), "region_code"),
        (value_of("ditches", 1), "region_code"),
        (value_of("lamps", 1, period="2023-13"), "period"),
        (value_of("plan", 1, qualifier=Qualifier.AT_LEAST), "qualifier"),
        (value_of("lamps", None, qualifier=Qualifier.SUSPECT), "qualifier"),
        (value_of("lamps", 1, note="\x00"), "note"),
        (value_of("lamps", 1, source="\ud800"), "source"),
    ],
)
async def test_a_wrong_value_is_refused_with_its_field(
    changling: Database, catalogue: IndicatorCatalogue, wrong: NewObservation, field: str
) -> None:
    with pytest.raises(InvalidObservations) as caught:
        await record(changling, catalogue, value_of("lamps", 64), wrong)
    (error,) = caught.value.errors
    assert (error.index, error.field) == (1, field)
    assert error.where == f"observations[1], {field}"
    assert await standing(changling) == []


async def test_every_fault_of_a_batch_is_told(changling: Database, catalogue: IndicatorCatalogue) -> None:
    batch = [value_of("lamps", -number - 1, place=f"values.csv, line {number + 2}") for number in range(8)]
    with pytest.raises(InvalidObservations) as caught:
        await record(changling, catalogue, *batch)
    assert len(caught.value.errors) == 8
    assert "values.csv, line 2, value: " in caught.value.message.en
    assert "and 3 more" in caught.value.message.en
    assert "另有 3 处" in caught.value.message.zh


async def test_two_values_about_the_same_thing_are_refused(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    with pytest.raises(InvalidObservations, match=r"observations\[0\] is about the same value"):
        await record(changling, catalogue, value_of("lamps", 64), value_of("lamps", 64, period="2023"))


async def test_a_refused_batch_makes_no_revision(changling: Database, catalogue: IndicatorCatalogue) -> None:
    before = await changling.latest_revision()
    with pytest.raises(InvalidObservations):
        await record(changling, catalogue, value_of("lamps", -1))
    assert await changling.latest_revision() == before


async def test_an_author_must_be_named(changling: Database, catalogue: IndicatorCatalogue) -> None:
    with pytest.raises(LiangcunError, match="who made it and why"):
        await record_observations(
            changling, catalogue, [value_of("lamps", 64)], author=" ", reason="月度检查"
        )


async def test_an_empty_batch_does_nothing(changling: Database, catalogue: IndicatorCatalogue) -> None:
    assert await record(changling, catalogue) == RecordReport(revision=None, recorded=0, unchanged=0)


async def test_a_withdrawn_value_keeps_its_history(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await record(changling, catalogue, value_of("lamps", 64))
    await record(changling, catalogue, value_of("lamps", None, note="记到了别的村"))
    (kept,) = await standing(changling)
    async with changling.read() as connection:
        history = await repository.history(connection, [kept.key])
    assert kept.value is None
    assert [old.value for old in history[kept.key]] == [64]


def ditches(**fields: Any) -> NewObservation:
    return value_of(
        "ditches",
        3_010_000,
        region=CHANGLING,
        source_status=SourceStatus.PUBLISHED,
        source="报道",
        **{
            "qualifier": Qualifier.SUSPECT,
            "original_text": "屯内排水沟 301 万延长米",
            "scope_note": "示范村",
            **fields,
        },
    )


DITCHES = ObservationKey(CHANGLING, "ditches", YEAR, AssessorLevel.COUNTY)


async def confirm(database: Database, catalogue: IndicatorCatalogue, **fields: Any) -> RecordReport:
    said = {**DITCHES._asdict(), "author": "县住建局", "reason": "已核对台账", **fields}
    return await confirm_observation(database, catalogue, **said)


async def test_a_suspect_value_is_recorded_with_a_warning(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    report = await record(changling, catalogue, ditches(place="facts.csv, line 22"))
    (warning,) = report.warnings
    assert report.recorded == 1
    assert warning.place == "facts.csv, line 22"
    assert "存疑" in warning.message.zh
    assert "屯内排水沟 301 万延长米" in warning.message.en


async def test_a_suspect_value_can_be_confirmed(changling: Database, catalogue: IndicatorCatalogue) -> None:
    await record(changling, catalogue, ditches())
    await confirm(changling, catalogue)
    (kept,) = await standing(changling, CHANGLING)
    assert (kept.value, kept.qualifier) == (3_010_000, Qualifier.EXACT)
    assert (kept.source, kept.original_text, kept.scope_note) == ("报道", "屯内排水沟 301 万延长米", "示范村")
    assert kept.note == "由 县住建局 确认：已核对台账"
    async with changling.read() as connection:
        (suspect,) = (await repository.history(connection, [DITCHES]))[DITCHES]
    assert suspect.qualifier is Qualifier.SUSPECT


async def test_a_suspect_value_can_be_corrected(changling: Database, catalogue: IndicatorCatalogue) -> None:
    await record(changling, catalogue, ditches(note="疑为单位错误"))
    await confirm(changling, catalogue, value=301_000)
    (kept,) = await standing(changling, CHANGLING)
    assert (kept.value, kept.qualifier) == (301_000, Qualifier.EXACT)
    assert kept.note == "疑为单位错误；由 县住建局 更正（原为 3010000）：已核对台账"


async def test_what_is_not_suspect_is_not_confirmed(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await record(changling, catalogue, ditches(qualifier=Qualifier.EXACT))
    with pytest.raises(NotSuspect):
        await confirm(changling, catalogue)


async def test_what_was_never_recorded_is_not_confirmed(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    with pytest.raises(UnknownObservation, match="220722000000, ditches, 2023, county"):
        await confirm(changling, catalogue)


async def test_a_correction_must_be_possible(changling: Database, catalogue: IndicatorCatalogue) -> None:
    await record(changling, catalogue, ditches())
    with pytest.raises(InvalidObservations):
        await confirm(changling, catalogue, value=float("nan"))
    (kept,) = await standing(changling, CHANGLING)
    assert kept.qualifier is Qualifier.SUSPECT
