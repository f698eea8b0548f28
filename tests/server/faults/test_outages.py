"""A full disk, a database that goes away, an upload that breaks off: told, and nothing is half there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select, text
from tests.conftest import NewDatabase, installed_plugins
from tests.server.audit.test_verifying import audited
from tests.server.evidence.pictures import photo
from tests.server.observations.test_recording import value_of

from liangcun_server.application import Application
from liangcun_server.http.app import create_app
from liangcun_server.observations.recording import record_observations
from liangcun_server.operators.tokens import issue_token
from liangcun_server.settings import Settings
from liangcun_server.storage import database as database_module
from liangcun_server.storage.address import parse_address
from liangcun_server.storage.database import Database
from liangcun_server.storage.errors import DatabaseUnavailable
from liangcun_server.storage.tables import observation
from liangcun_standards.indicators import IndicatorCatalogue

VILLAGES = [f"220722201{number}" for number in range(200, 207)]


async def record(
    database: Database, catalogue: IndicatorCatalogue, lamps: int, note: str | None = None
) -> int:
    """Record a value for every village; returns the revision."""
    batch = [value_of("lamps", lamps, village, note=note) for village in VILLAGES]
    report = await record_observations(database, catalogue, batch, author="检查组", reason=f"{lamps} 盏")
    assert report.revision is not None
    return report.revision


async def values(database: Database) -> list[float]:
    async with database.read() as connection:
        return sorted(await connection.scalars(select(observation.c.value)))


async def test_a_full_disk_is_told_and_leaves_nothing_half(
    new_sqlite_database: NewDatabase, catalogue: IndicatorCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_sqlite_database("changling") as address:
        async with Database(address) as database:
            await record(database, catalogue, 1)
            async with database.read() as connection:
                pages = int(await connection.scalar(text("PRAGMA page_count")) or 0)
        pragmas = (*database_module._SQLITE_PRAGMAS, f"PRAGMA max_page_count = {pages + 1}")
        with monkeypatch.context() as patched:
            patched.setattr(database_module, "_SQLITE_PRAGMAS", pragmas)
            async with Database(address) as full:
                with pytest.raises(DatabaseUnavailable, match="full"):
                    await record(full, catalogue, 2, note="很长的说明" * 2_000)
                assert await values(full) == [1.0] * 7
        async with Database(address) as database:
            await record(database, catalogue, 3)
            assert await values(database) == [1.0] * 7 + [3.0] * 7
            assert (await audited(database)).holds


async def test_a_database_that_goes_and_comes_back_loses_nothing_acknowledged(
    new_postgresql_database: NewDatabase, postgresql_server: str, catalogue: IndicatorCatalogue
) -> None:
    with new_postgresql_database("changling") as address:
        name = parse_address(address).database
        acknowledged: list[int] = []
        refused = 0
        over = asyncio.Event()

        async def write_on(database: Database) -> None:
            nonlocal refused
            number = 0
            while not over.is_set():
                number += 1
                try:
                    await record(database, catalogue, number)
                    acknowledged.append(number)
                except DatabaseUnavailable:
                    refused += 1
                    await asyncio.sleep(0.05)

        async with Database(address) as database:
            writing = asyncio.create_task(write_on(database))
            await asyncio.sleep(0.5)
            before = len(acknowledged)
            with psycopg.connect(postgresql_server, autocommit=True) as server:
                server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
                server.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
                )
                await asyncio.sleep(10)
                server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            gone = len(acknowledged)
            await asyncio.sleep(1.5)
            over.set()
            await writing
            assert before > 0
            assert refused > 0
            assert len(acknowledged) > gone
            async with database.read() as connection:
                counts = await connection.execute(
                    select(observation.c.value, func.count()).group_by(observation.c.value)
                )
                found = {int(value): count for value, count in counts}
            assert set(acknowledged) <= set(found)
            assert set(found.values()) == {7}
            assert (await audited(database)).holds


async def test_an_upload_that_breaks_off_leaves_nothing(
    new_sqlite_database: NewDatabase, tmp_path: Path
) -> None:
    with new_sqlite_database("demonstration") as address:
        settings = Settings(database_url=address, evidence_store=str(tmp_path / "files"))
        application = Application.open(settings, installed_plugins())
        token = await issue_token(application.database, author="王敏", reason="测试")
        revision = await application.database.latest_revision()
        data = photo(size=(400, 300))
        query = "region=220722201204&indicator=street_lamps&period=2023&name=a.jpg&author=a&reason=b"
        coming = [
            {"type": "http.request", "body": data[: len(data) // 2], "more_body": True},
            {"type": "http.disconnect"},
        ]
        sent = []

        async def receive() -> dict[str, object]:
            return coming.pop(0)

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/evidence",
            "raw_path": b"/evidence",
            "query_string": query.encode(),
            "headers": [
                (b"authorization", f"Bearer {token}".encode()),
                (b"content-length", str(len(data)).encode()),
            ],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await create_app(application)(scope, receive, send)  # type: ignore[arg-type]
        assert sent[0]["status"] == 400
        assert await application.database.latest_revision() == revision
        assert not (tmp_path / "files").exists()
        await application.close()
