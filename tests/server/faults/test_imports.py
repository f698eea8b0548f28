"""Files brought in while the disk gets full, and by two programs at once, cell by cell and as columns."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest
from benchmarks.fault_files import FaultFile, fault_files, options_of
from sqlalchemy import func, select, text
from tests.conftest import NewDatabase, installed_plugins
from tests.server.audit.test_verifying import audited

from liangcun_server.importing.importing import import_files
from liangcun_server.importing.model import ImportReport
from liangcun_server.storage import database as database_module
from liangcun_server.storage.database import Database
from liangcun_server.storage.errors import DatabaseUnavailable
from liangcun_server.storage.tables import observation, revision

_WAITING = text(
    "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
    "WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted"
)


@pytest.fixture(params=["cells", "columns"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> FaultFile:
    """A file that goes either way."""
    made = fault_files(tmp_path, installed_plugins().indicators)
    return next(one for one in made if one.way == request.param)


async def bring(database: Database, file: FaultFile) -> ImportReport:
    catalogue = installed_plugins().indicators
    return await import_files(database, catalogue, [file.path], options_of(0), author="县", reason="月报")


async def imports(database: Database) -> int:
    async with database.read() as connection:
        return int(await connection.scalar(select(func.count()).where(revision.c.kind == "import")) or 0)


async def kept(database: Database) -> tuple[int, int]:
    """How many observations there are, and how many things they are about."""
    things = observation.c.region_code, observation.c.indicator_id, observation.c.period
    async with database.read() as connection:
        rows = (await connection.execute(select(*things))).all()
    return len(rows), len(set(rows))


async def pages(address: str) -> int:
    async with Database(address) as database, database.read() as connection:
        return int(await connection.scalar(text("PRAGMA page_count")) or 0)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
async def test_a_disk_that_gets_full_amid_a_file_keeps_nothing_of_it(
    new_sqlite_database: NewDatabase,
    file: FaultFile,
    share: float,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with new_sqlite_database("changling") as address:
        before = await pages(address)
        copy = tmp_path / "roomy.db"
        shutil.copyfile(address.removeprefix("sqlite:///"), copy)
        async with Database(f"sqlite:///{copy}") as roomy:
            await bring(roomy, file)
        needed = await pages(f"sqlite:///{copy}") - before
        # Full at the first page that is missing, halfway, and at the last one.
        room = max(0, min(needed - 1, round(share * needed)))
        pragmas = (*database_module._SQLITE_PRAGMAS, f"PRAGMA max_page_count = {before + room}")
        with monkeypatch.context() as patched:
            patched.setattr(database_module, "_SQLITE_PRAGMAS", pragmas)
            async with Database(address) as full:
                with pytest.raises(DatabaseUnavailable, match="full"):
                    await bring(full, file)
                assert await kept(full) == (0, 0)
                async with full.read() as connection:
                    assert (
                        await connection.scalar(select(func.count()).where(revision.c.kind == "import")) == 0
                    )
                assert (await audited(full)).holds
        async with Database(address) as database:
            done = await bring(database, file)
            assert (done.new, done.refused) == (file.values, False)
            assert await kept(database) == (file.values, file.values)
            assert (await audited(database)).holds


async def _both_wait(database: Database, importers: list[Process]) -> None:
    """Until both wait for their turn to write, or one has ended."""
    for _ in range(600):
        await asyncio.sleep(0.1)
        if any(one.returncode is not None for one in importers):
            return
        if database.is_sqlite:
            if all(_has_open(one.pid, str(database.url.database)) for one in importers):
                # Where SQLite waits nobody sees; what comes before takes less.
                await asyncio.sleep(1.5)
                return
        else:
            async with database.read() as connection:
                if await connection.scalar(_WAITING) == len(importers):
                    return


def _has_open(process: int, file: str) -> bool:
    folder = Path(f"/proc/{process}/fd")
    try:
        return any(os.path.realpath(one) == os.path.realpath(file) for one in folder.iterdir())
    except OSError:
        # It has ended, or the system has no such folder.
        return True


class _GivenUp(Exception):
    """Undoes the revision that kept the importers waiting."""


async def _imported_at_once(database: Database, file: FaultFile, home: Path) -> list[str]:
    """What two programs say that wait for the same writer before them."""
    environment = {
        **os.environ,
        "LIANGCUN_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "HOME": str(home),
    }
    asked = [str(file.path), "--source-status", "simulated", "--period", str(options_of(0).period)]
    command = [sys.executable, "-m", "liangcun_server", "import", *asked, "--reason", "月报", "--by", "县"]
    importers: list[Process] = []
    try:
        async with database.write(author="a", reason="b", kind="test"):
            importers = [
                await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=PIPE)
                for _ in range(2)
            ]
            await _both_wait(database, importers)
            raise _GivenUp
    except _GivenUp:
        pass
    said = await asyncio.gather(*(one.communicate() for one in importers))
    assert [one.returncode for one in importers] == [0, 0], [err.decode() for _, err in said]
    return [out.decode() for out, _ in said]


async def test_two_programs_that_bring_in_the_same_file_at_once_record_it_once(
    new_database: NewDatabase, file: FaultFile, tmp_path: Path
) -> None:
    with new_database("changling") as address:
        async with Database(address) as database:
            said = await _imported_at_once(database, file, tmp_path)
            nothing, something = sorted(said, key=lambda out: "已写入" in out)
            assert f"新增 {file.values}，更正 0，不变 0" in something
            assert f"没有变化：新增 0，更正 0，不变 {file.values}" in nothing
            assert await kept(database) == (file.values, file.values)
            assert await imports(database) == 1
            assert (await audited(database)).holds


async def test_what_another_wrote_in_the_meantime_is_told_as_corrected(
    changling: Database, tmp_path: Path
) -> None:
    catalogue = installed_plugins().indicators
    files = [tmp_path / name for name in ("a.csv", "b.csv")]
    for lamps, path in enumerate(files, start=5):
        path.write_text(f"region,indicator,value\n220722201204,street_lamps,{lamps}\n")
    async with Database(changling.url) as other:
        # Both compare before either writes.
        async with changling.write(author="a", reason="b", kind="test"):
            bringing = [
                asyncio.create_task(
                    import_files(one, catalogue, [path], options_of(0), author="县", reason="月报")
                )
                for one, path in zip((changling, other), files, strict=True)
            ]
            await asyncio.sleep(1.0)
        done = sorted(await asyncio.gather(*bringing), key=lambda one: one.revision or 0)
    assert [(one.new, len(one.corrected)) for one in done] == [(1, 0), (0, 1)]
    (first,), (second,) = (one.changes for one in done)
    assert second.before is not None
    assert second.before.value == first.after.value
