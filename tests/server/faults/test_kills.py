"""A writer ended by kill -9 loses nothing that it acknowledged, doubles nothing, leaves no half."""

from __future__ import annotations

import asyncio

from benchmarks.faults import survive
from tests.conftest import NewDatabase
from tests.server.audit.test_verifying import audited
from tests.server.observations.test_recording import value_of

from liangcun_server.observations.recording import record_observations
from liangcun_server.storage.database import Database
from liangcun_standards.indicators import IndicatorCatalogue


def test_what_was_acknowledged_is_there_once_and_whole(new_database: NewDatabase) -> None:
    with new_database("changling") as address:
        counts = survive(address, kills=5, seed=20231105)
    assert counts.kills == 5
    # Every other writer ended after it had begun to bring in a file.
    assert counts.imported + sum(counts.cut_short.values()) >= 3
    assert counts.holds, counts


async def test_two_who_send_the_same_at_once_record_it_once(
    changling: Database, catalogue: IndicatorCatalogue
) -> None:
    async def send() -> int:
        batch = [value_of("lamps", number, f"220722201{number}") for number in range(200, 207)]
        async with Database(changling.url) as database:
            report = await record_observations(database, catalogue, batch, author="检查组", reason="夜查")
        return report.recorded

    assert sorted(await asyncio.gather(*(send() for _ in range(4)))) == [0, 0, 0, 7]
    assert (await audited(changling)).holds
