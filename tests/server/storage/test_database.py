"""Transactions and revisions, on both databases."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Self

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError

from liangcun_server.storage import revisions
from liangcun_server.storage.database import Database
from liangcun_server.storage.errors import DatabaseUnavailable
from liangcun_server.storage.facts import read_fact, write_fact
from liangcun_server.storage.statements import count_statements
from liangcun_server.storage.tables import indicator, revision
from liangcun_standards.errors import LiangcunError

BY = {"author": "王敏", "reason": "测试", "kind": "test"}


async def recorded_times(database: Database) -> list[datetime]:
    async with database.read() as connection:
        return list(await connection.scalars(select(revision.c.recorded_at).order_by(revision.c.id)))


async def indicators(database: Database) -> set[str]:
    async with database.read() as connection:
        return set(await connection.scalars(select(indicator.c.code)))


class TestWriting:
    async def test_every_write_gets_the_next_revision_with_its_author_reason_and_time(
        self, database: Database
    ) -> None:
        before = datetime.now(UTC)
        async with database.write(author="王敏", reason="更正路灯数", kind="correction") as (_, first):
            pass
        async with database.write(**BY) as (_, second):
            pass

        assert second > first > 0
        async with database.read() as connection:
            row = (await connection.execute(select(revision).where(revision.c.id == first))).one()
        assert (row.author, row.reason, row.kind) == ("王敏", "更正路灯数", "correction")
        assert before <= row.recorded_at <= datetime.now(UTC)
        assert await database.latest_revision() == second

    async def test_an_exception_undoes_everything_the_revision_included(self, database: Database) -> None:
        async def fail_halfway() -> None:
            async with database.write(**BY) as (connection, _):
                await connection.execute(insert(indicator).values(code="lamps"))
                raise RuntimeError("halfway")

        with pytest.raises(RuntimeError, match="halfway"):
            await fail_halfway()

        assert await indicators(database) == set()
        assert await database.latest_revision() == 0

    async def test_a_cancelled_write_is_undone_and_the_next_one_goes_through(
        self, database: Database
    ) -> None:
        started = asyncio.Event()

        async def write_forever() -> None:
            async with database.write(**BY) as (connection, _):
                await connection.execute(insert(indicator).values(code="lamps"))
                started.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(write_forever())
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with database.write(**BY) as (connection, _):
            await connection.execute(insert(indicator).values(code="roads"))

        assert await indicators(database) == {"roads"}

    @pytest.mark.parametrize(("author", "reason"), [("", "测试"), ("王敏", " \n")])
    async def test_a_write_without_author_or_reason_is_refused(
        self, database: Database, author: str, reason: str
    ) -> None:
        with pytest.raises(LiangcunError, match="who made it and why"):
            async with database.write(author=author, reason=reason, kind="test"):
                pass

    async def test_a_reader_does_not_see_a_write_that_is_under_way(self, database: Database) -> None:
        async with database.write(**BY) as (connection, _):
            await connection.execute(insert(indicator).values(code="lamps"))
            assert await indicators(database) == set()

        assert await indicators(database) == {"lamps"}

    async def test_all_statements_of_a_reader_see_the_same_state(self, database: Database) -> None:
        counting = select(func.count()).select_from(indicator)
        async with database.read() as reader:
            before = await reader.scalar(counting)
            async with database.write(**BY) as (connection, _):
                await connection.execute(insert(indicator).values(code="lamps"))
            assert await reader.scalar(counting) == before == 0

    async def test_many_writers_at_once_take_turns(self, database: Database) -> None:
        seen: list[tuple[int, int]] = []

        async def write(number: int) -> None:
            async with database.write(**BY) as (connection, own):
                known = await connection.scalar(select(func.count()).select_from(indicator)) or 0
                await connection.execute(insert(indicator).values(code=f"indicator_{number}"))
                await asyncio.sleep(0)
                seen.append((own, known))

        await asyncio.gather(*(write(number) for number in range(12)))

        # Each writer found what all revisions below its own had left.
        assert [known for _, known in sorted(seen)] == list(range(12))
        times = await recorded_times(database)
        assert times == sorted(set(times))

    async def test_writers_of_two_processes_take_turns_too(self, database: Database) -> None:
        async with Database(database.url) as other:
            await other.check()

            async def write(where: Database) -> int:
                async with where.write(**BY) as (connection, _):
                    found = await connection.scalar(select(func.count()).select_from(revision)) or 0
                    await asyncio.sleep(0.01)
                    return found

            found = await asyncio.gather(*(write(where) for where in (database, other) * 4))

        assert sorted(found) == list(range(1, 9))


class TestRevisions:
    async def test_time_never_goes_back_even_if_the_clock_does(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class SlowClock(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Self:
                return cls(2001, 1, 1, tzinfo=tz)

        async with database.write(**BY):
            pass
        monkeypatch.setattr(revisions, "datetime", SlowClock)
        async with database.write(**BY):
            pass

        first, second = await recorded_times(database)
        assert second == first + timedelta(microseconds=1)

    async def test_a_past_moment_finds_the_revision_of_then(self, database: Database) -> None:
        numbers = []
        for _ in range(3):
            async with database.write(**BY) as (_, number):
                numbers.append(number)
        times = await recorded_times(database)

        assert [await database.revision_at(moment) for moment in times] == numbers
        assert await database.revision_at(times[1] - timedelta(microseconds=1)) == numbers[0]
        assert await database.revision_at(times[0] - timedelta(microseconds=1)) == 0
        assert await database.revision_at(times[2] + timedelta(days=1)) == numbers[2]

    async def test_the_time_zone_of_a_moment_counts(self, database: Database) -> None:
        async with database.write(**BY) as (_, number):
            pass
        (recorded_at,) = await recorded_times(database)
        beijing = recorded_at.astimezone(timezone(timedelta(hours=8)))

        assert await database.revision_at(beijing) == number
        assert await database.revision_at(beijing - timedelta(seconds=1)) == 0

    async def test_the_first_and_last_moments_there_are_have_an_answer(self, database: Database) -> None:
        async with database.write(**BY) as (_, number):
            pass
        east, west = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))

        assert await database.revision_at(datetime.min.replace(tzinfo=east)) == 0
        assert await database.revision_at(datetime.max.replace(tzinfo=west)) == number

    async def test_a_moment_without_a_time_zone_is_refused(self, database: Database) -> None:
        with pytest.raises(LiangcunError, match="lacks its zone") as caught:
            await database.revision_at(datetime(2026, 1, 31, 12))

        assert caught.value.code == "INVALID_MOMENT"


class TestReading:
    async def test_what_a_reader_writes_is_never_kept(self, database: Database) -> None:
        # PostgreSQL refuses it, SQLite forgets it.
        with suppress(DatabaseUnavailable):
            async with database.read() as connection:
                await connection.execute(insert(indicator).values(code="lamps"))

        assert await indicators(database) == set()

    async def test_statements_are_counted_without_the_transactions_around_them(
        self, database: Database
    ) -> None:
        with count_statements(database) as statements:
            async with database.read() as connection:
                await connection.execute(text("SELECT 1"))
                await connection.execute(text("SELECT 2"))
        async with database.read() as connection:
            await connection.execute(text("SELECT 3"))

        assert statements == ["SELECT 1", "SELECT 2"]

    async def test_foreign_keys_are_enforced(self, database: Database) -> None:
        with pytest.raises(IntegrityError):
            async with database.write(**BY) as (connection, _):
                await connection.execute(
                    text("INSERT INTO region VALUES ('220722000000', '长岭县', 'county', '220700000000')")
                )


async def test_facts_are_kept_and_replaced(database: Database) -> None:
    async with database.write(**BY) as (connection, _):
        assert await read_fact(connection, "within") is None
        await write_fact(connection, "within", "220722")
        await write_fact(connection, "within", "2207")

    async with database.read() as connection:
        assert await read_fact(connection, "within") == "2207"
