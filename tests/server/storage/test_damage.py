"""A SQLite file with a torn page or a missing end is told, with what to do, before anything is served."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import NewDatabase

from liangcun_server.storage.database import Database
from liangcun_server.storage.errors import DatabaseDamaged, DatabaseUnavailable

PAGE = 4096


@pytest.fixture
def file(new_sqlite_database: NewDatabase, tmp_path: Path) -> Path:
    """A copy of a database of 长岭县."""
    copy = tmp_path / "own.db"
    with new_sqlite_database("changling") as address:
        copy.write_bytes(Path(address.removeprefix("sqlite:///")).read_bytes())
    return copy


async def test_a_whole_file_is_whole(file: Path) -> None:
    async with Database(f"sqlite:///{file}") as database:
        await database.check_whole()


@pytest.mark.parametrize("damage", ["torn page", "cut short", "overwritten"])
async def test_damage_is_told_with_the_way_out(file: Path, damage: str) -> None:
    data = bytearray(file.read_bytes())
    if damage == "torn page":
        # The first half of a page with data is what another was: what a power cut can leave.
        place = data.index(b"220722201204") // PAGE * PAGE
        data[place : place + PAGE // 2] = data[place + PAGE : place + PAGE + PAGE // 2]
    elif damage == "cut short":
        del data[len(data) // 2 :]
    else:
        data[:PAGE] = b"x" * PAGE
    file.write_bytes(data)
    async with Database(f"sqlite:///{file}") as database:
        with pytest.raises(DatabaseDamaged) as raised:
            await database.check_whole()
        assert "liangcun restore" in raised.value.message.zh
        if damage == "overwritten":
            with pytest.raises(DatabaseUnavailable):
                await database.check()
