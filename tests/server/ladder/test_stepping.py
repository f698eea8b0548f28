"""The ladder over either database: which step leads where, and that an accepted level can't be changed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from liangcun_server.ladder.locking import LockedObservations
from liangcun_server.ladder.model import LadderAction, LadderLevel, LadderState, Subject
from liangcun_server.ladder.repository import levels_of
from liangcun_server.ladder.stepping import InvalidStep, take_step
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import confirm_observation, record_observations
from liangcun_server.regions.region import UnknownRegion
from liangcun_server.storage.database import Database
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel, Qualifier, SourceStatus

YEAR = Period.parse("2023")
TOWNSHIP, MENGGU, ELSEWHERE = "220722201000", "220722201204", "220722207201"
SUBJECT = Subject(TOWNSHIP, "220722/jiuyou-liuwu", YEAR)
SELF, COUNTY = AssessorLevel.SELF, AssessorLevel.COUNTY


async def step(database: Database, *actions: str, level: AssessorLevel = SELF, **fields: Any) -> LadderLevel:
    for action in actions:
        standing = await take_step(
            database,
            SUBJECT,
            level,
            LadderAction(action),
            author="王敏",
            reason="年度考核",
            indicators=["lamps", "village_plan"],
            **fields,
        )
    return standing


async def record(database: Database, catalogue: IndicatorCatalogue, lamps: int, **fields: Any) -> None:
    new: dict[str, Any] = {
        "region_code": MENGGU,
        "indicator": "lamps",
        "period": YEAR,
        "value": lamps,
        "assessor_level": SELF,
        "source_status": SourceStatus.INTERPRETATION,
    }
    value = NewObservation(**(new | fields))
    await record_observations(database, catalogue, [value], author="村委会", reason="自评")


@pytest.mark.parametrize(
    ("actions", "state"),
    [
        (["submit"], LadderState.SUBMITTED),
        (["submit", "return"], LadderState.RETURNED),
        (["submit", "return", "submit", "accept"], LadderState.ACCEPTED),
        (["submit", "accept", "unlock"], LadderState.OPEN),
    ],
)
async def test_steps_lead_from_state_to_state(
    changling: Database, actions: list[str], state: LadderState
) -> None:
    standing = await step(changling, *actions)
    assert standing.state is state
    assert [one.action.value for one in standing.steps] == actions
    async with changling.read() as connection:
        levels = (await levels_of(connection, [SUBJECT]))[SUBJECT]
    assert [one.state for one in levels if one.assessor_level is not SELF] == [LadderState.OPEN] * 4


@pytest.mark.parametrize(
    "actions", [["accept"], ["return"], ["unlock"], ["submit", "submit"], ["submit", "accept", "return"]]
)
async def test_a_step_out_of_order_is_refused(changling: Database, actions: list[str]) -> None:
    *before, last = actions
    if before:
        await step(changling, *before)
    revision = await changling.latest_revision()
    with pytest.raises(InvalidStep) as raised:
        await step(changling, last)
    assert "要在“" in raised.value.message.zh
    assert await changling.latest_revision() == revision


async def test_an_accepted_level_is_locked_until_it_is_unlocked(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await record(changling, catalogue, 10)
    await step(changling, "submit")
    await record(changling, catalogue, 11)
    await step(changling, "accept")
    with pytest.raises(LockedObservations) as raised:
        await record(changling, catalogue, 12)
    assert MENGGU in raised.value.message.zh
    assert "unlock" in raised.value.message.en
    # The same again changes nothing, and other levels, places, periods and indicators are open.
    await record(changling, catalogue, 11)
    await record(changling, catalogue, 12, assessor_level=COUNTY)
    await record(changling, catalogue, 12, region_code=ELSEWHERE)
    await record(changling, catalogue, 12, period="2024")
    await record(changling, catalogue, 12, indicator="income")
    await step(changling, "unlock")
    await record(changling, catalogue, 13)


async def test_a_locked_value_that_is_suspect_can_t_be_confirmed_either(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    await record(changling, catalogue, 900, qualifier=Qualifier.SUSPECT)
    await step(changling, "submit", "accept")
    with pytest.raises(LockedObservations):
        await confirm_observation(
            changling,
            catalogue,
            region_code=MENGGU,
            indicator="lamps",
            period=YEAR,
            assessor_level=SELF,
            author="王敏",
            reason="核对",
        )


async def test_a_deadline_that_has_passed_is_overdue_until_submitted(changling: Database) -> None:
    today = date(2026, 11, 26)
    standing = await step(changling, "deadline", deadline=today - timedelta(days=1))
    assert standing.is_overdue(today)
    standing = await step(changling, "deadline", deadline=today)
    assert not standing.is_overdue(today)
    assert (await step(changling, "submit")).is_overdue(today + timedelta(days=9)) is False


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"action": LadderAction.SUBMIT, "deadline": date(2026, 1, 1)}, InvalidStep),
        ({"action": LadderAction.DEADLINE}, InvalidStep),
        ({"action": LadderAction.SUBMIT, "reason": " "}, LiangcunError),
        ({"action": LadderAction.SUBMIT, "subject": Subject("370783000000", "x", YEAR)}, UnknownRegion),
    ],
)
async def test_what_makes_no_step_is_refused(
    changling: Database, fields: dict[str, Any], error: type[LiangcunError]
) -> None:
    asked = {"subject": SUBJECT, "level": SELF, "author": "王敏", "reason": "考核"} | fields
    with pytest.raises(error):
        await take_step(changling, asked.pop("subject"), asked.pop("level"), asked.pop("action"), **asked)
