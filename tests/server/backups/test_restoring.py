"""A backup made while others write comes back whole, into either kind of database, or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import resource
import signal
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import IntegrityError
from tests.conftest import NewDatabase, installed_plugins

from liangcun_server.application import Application
from liangcun_server.assessments.verifying import verify as verify_assessment
from liangcun_server.audit.verifying import verify as verify_chain
from liangcun_server.backups.format import TABLES, InvalidBackup
from liangcun_server.backups.restoring import RestoreRefused, checked, restore
from liangcun_server.backups.writing import BackupFailed, write_backup
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.scorecards.service import Question
from liangcun_server.settings import Settings
from liangcun_server.storage.address import parse_address
from liangcun_server.storage.database import Database
from liangcun_server.storage.sealing import GENESIS
from liangcun_server.storage.tables import evidence, observation, region_change
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import SourceStatus

YEAR = Period.parse("2023")
MENGGU = "220722201204"


def lamps(number: int) -> NewObservation:
    return NewObservation(
        region_code=MENGGU,
        indicator="street_lamps",
        period="2023",
        value=number,
        source_status=SourceStatus.INTERPRETATION,
    )


async def record(application: Application, number: int) -> None:
    await record_observations(
        application.database,
        application.plugins.indicators,
        [lamps(number)],
        author="检查组",
        reason=f"{number} 盏",
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """Where to restore: the other kind's address too."""
    if request.param == "sqlite":
        yield parse_address(f"sqlite:///{tmp_path}/restored.db")
        return
    new: NewDatabase = request.getfixturevalue("new_postgresql_database")
    with new("blank") as address:
        yield parse_address(address)


async def told(application: Application) -> dict[str, object]:
    """What a database holds: rows, chain, ranking, assessment."""
    async with application.database.read() as connection:
        counts = {
            table.name: await connection.scalar(select(func.count()).select_from(table)) for table in TABLES
        }
        chain = await verify_chain(connection)
    resolved = application.plugins.standards.find("220722/jiuyou-liuwu")
    scores = await application.scoring.scores(Question(resolved, "220722000000", YEAR))
    proof = await verify_assessment(application.database, application.plugins, 1)
    return {
        "counts": counts,
        "head": chain.head,
        "holds": chain.holds,
        "ranking": scores.result.digest,
        "assessment": proof.holds,
    }


async def test_what_comes_back_is_what_was_there_at_one_moment(
    application: Application, elsewhere: URL, tmp_path: Path
) -> None:
    resolved = application.plugins.standards.find("220722/jiuyou-liuwu")
    number = await application.assessments.begin(
        resolved, "220722201000", YEAR, author="王敏", reason="年度考核"
    )
    await application.assessments.wait(number)
    before = await told(application)
    stop = asyncio.Event()

    async def write_on() -> int:
        count = 0
        while not stop.is_set():
            count += 1
            await record(application, 1_000 + count)
        return count

    writing = asyncio.create_task(write_on())
    manifest = await write_backup(application.database, tmp_path / "b.zip")
    stop.set()
    assert await writing > 0
    after = await told(application)
    assert after["head"] != before["head"]

    await restore(tmp_path / "b.zip", elsewhere)
    settings = Settings(database_url=elsewhere.render_as_string(hide_password=False))
    restored = Application.open(settings, installed_plugins())
    try:
        found = await told(restored)
        assert (found["holds"], found["assessment"], found["head"]) == (True, True, manifest.head)
        assert sum(part.rows for part in manifest.parts.values()) == sum(found["counts"].values())  # type: ignore[attr-defined]
        # It goes on from there: rows can be added, and none changed.
        await record(restored, 77)
        assert (await told(restored))["holds"]
        with pytest.raises(IntegrityError, match="append-only"):
            async with restored.database.write(author="a", reason="b", kind="test") as (connection, _):
                await connection.execute(observation.delete())
    finally:
        await restored.close()


async def test_nothing_is_written_over_unless_it_is_said(application: Application, tmp_path: Path) -> None:
    file, address = tmp_path / "b.zip", application.database.url
    await write_backup(application.database, file)
    before = await application.database.latest_revision()
    with pytest.raises(RestoreRefused):
        await restore(file, address)
    await record(application, 55)
    assert await application.database.latest_revision() > before
    await application.database.close()
    await restore(file, address, replace=True)
    async with Database(address) as database:
        assert await database.latest_revision() == before
    if application.database.is_sqlite:
        (kept,) = Path(address.database or "").parent.glob(f"{Path(address.database or '').name}.before-*")
        async with Database(f"sqlite:///{kept}") as database:
            assert await database.latest_revision() > before
        kept.unlink()


async def test_a_file_that_a_server_has_open_isn_t_replaced(
    new_sqlite_database: NewDatabase, tmp_path: Path
) -> None:
    with new_sqlite_database("changling") as address:
        async with Database(address) as database, database.read() as connection:
            await connection.scalar(select(func.count()).select_from(observation))
            async with Database(address) as another:
                await write_backup(another, tmp_path / "b.zip")
            with pytest.raises(RestoreRefused, match="in use"):
                await restore(tmp_path / "b.zip", database.url, replace=True)
            assert not list(tmp_path.glob(".*restoring*"))


@pytest.fixture
async def backup(new_sqlite_database: NewDatabase, tmp_path: Path) -> Path:
    """A backup of 长岭县's regions."""
    with new_sqlite_database("changling") as address:
        async with Database(address) as database:
            await write_backup(database, tmp_path / "b.zip")
    return tmp_path / "b.zip"


def rewritten(file: Path, name: str, change: bytes, into: bytes) -> None:
    """Change a part of a backup, with the archive itself in order."""
    with zipfile.ZipFile(file) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    assert change in parts[name]
    parts[name] = parts[name].replace(change, into, 1)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, data in parts.items():
            archive.writestr(one, data)


async def refused(file: Path, folder: Path) -> str:
    with pytest.raises(InvalidBackup) as raised:
        await restore(file, parse_address(f"sqlite:///{folder}/new.db"))
    assert not list(folder.glob("*.db*"))
    assert not list(folder.glob(".new*"))
    return raised.value.text("en")


async def test_what_isn_t_as_it_was_written_restores_nothing(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    with zipfile.ZipFile(backup) as archive:
        rows = archive.getinfo("tables/region.jsonl")
    start, end = rows.header_offset + 200, rows.header_offset + rows.compress_size
    for place in range(start, end, (end - start) // 8):
        changed = bytearray(whole)
        changed[place] ^= 0x20
        backup.write_bytes(changed)
        await refused(backup, tmp_path)
    for length in (0, 10, len(whole) // 2, len(whole) - 5):
        backup.write_bytes(whole[:length])
        await refused(backup, tmp_path)


async def test_what_was_rewritten_is_found_all_the_same(backup: Path, tmp_path: Path) -> None:
    rewritten(backup, "tables/region.jsonl", "光明乡".encode(), "黑暗乡".encode())
    assert "tables/region.jsonl" in await refused(backup, tmp_path)


async def test_a_newer_one_is_refused_with_the_way_out(backup: Path, tmp_path: Path) -> None:
    head = checked(backup).schema.encode()
    rewritten(backup, "manifest.json", b'"schema": "' + head, b'"schema": "9' + head[1:])
    assert "update the program" in await refused(backup, tmp_path)


@pytest.mark.parametrize(("name", "content"), [("words.txt", b"words"), ("other.zip", None)])
async def test_what_is_no_backup_is_said(tmp_path: Path, name: str, content: bytes | None) -> None:
    file = tmp_path / name
    if content is None:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a", "a")
    else:
        file.write_bytes(content)
    await refused(file, tmp_path)
    await refused(tmp_path / "nothing.zip", tmp_path)


async def test_a_full_disk_leaves_no_half_backup(new_sqlite_database: NewDatabase, tmp_path: Path) -> None:
    folder = tmp_path / "full"
    with new_sqlite_database("changling") as address:
        async with Database(address) as database:
            await database.check()
            soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
            before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, hard))
            try:
                with pytest.raises(BackupFailed, match="no half"):
                    await write_backup(database, folder / "b.zip")
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
                signal.signal(signal.SIGXFSZ, before)
    assert list(folder.iterdir()) == []


async def test_a_backup_of_an_older_program_is_brought_up_to_date(backup: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(backup) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    manifest = orjson.loads(parts["manifest.json"])
    manifest["schema"] = "0005"
    for name in [one for one in manifest["parts"] if one.startswith(("evidence", "region_change"))]:
        del manifest["parts"][name], parts[f"tables/{name}.jsonl"]
    # Its regions weren't on the chain; of what was is left out that a seal of now has them.
    manifest["parts"]["audit_entry"] |= {"rows": 0, "sha256": hashlib.sha256().hexdigest()}
    parts["tables/audit_entry.jsonl"], manifest["head"] = b"", GENESIS
    parts["manifest.json"] = orjson.dumps(manifest)
    with zipfile.ZipFile(backup, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    await restore(backup, parse_address(f"sqlite:///{tmp_path}/new.db"))
    async with Database(f"sqlite:///{tmp_path}/new.db") as database:
        await database.check()
        async with database.read() as connection:
            assert await connection.scalar(select(func.count()).select_from(evidence)) == 0
            assert (await verify_chain(connection)).holds
            taken_down = select(func.count()).select_from(region_change)
            assert await connection.scalar(taken_down) == manifest["parts"]["region"]["rows"]


def test_a_restored_file_is_one_file(backup: Path, tmp_path: Path) -> None:
    asyncio.run(restore(backup, parse_address(f"sqlite:///{tmp_path}/new.db")))
    assert [one.name for one in tmp_path.glob("new*")] == ["new.db"]
    with closing(sqlite3.connect(tmp_path / "new.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
