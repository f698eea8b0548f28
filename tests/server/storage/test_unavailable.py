"""A database that can't be used: what the operator reads, and that no password is in it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from liangcun_server.storage import database as database_module
from liangcun_server.storage.address import InvalidDatabaseUrl, parse_address
from liangcun_server.storage.database import Database
from liangcun_server.storage.errors import DatabaseNotInitialised, DatabaseUnavailable

NewDatabase = Callable[[str], AbstractContextManager[str]]

BY = {"author": "王敏", "reason": "测试", "kind": "test"}


async def unavailable(address: str, code: str = "DATABASE_UNAVAILABLE") -> str:
    async with Database(address) as database:
        with pytest.raises(DatabaseUnavailable) as caught:
            await database.upgrade()
    assert caught.value.code == code
    assert "LIANGCUN_DATABASE_URL" in caught.value.message.zh
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        ("sqlite:///var/liangcun.db", "sqlite+aiosqlite:///var/liangcun.db"),
        (" sqlite+aiosqlite:////data/a.db ", "sqlite+aiosqlite:////data/a.db"),
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p@h:5433/d?sslmode=require", "postgresql+psycopg://u:p@h:5433/d?sslmode=require"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
    ],
)
def test_addresses_are_read_as_people_write_them(written: str, understood: str) -> None:
    assert parse_address(written).render_as_string(hide_password=False) == understood


@pytest.mark.parametrize(
    "written",
    [
        "",
        "secret",
        "mysql://u:secret@h/d",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://u:secret@h:port/d",
    ],
)
def test_other_addresses_are_refused_without_repeating_a_password(written: str) -> None:
    with pytest.raises(InvalidDatabaseUrl) as caught:
        parse_address(written)

    assert "secret" not in caught.value.message.zh + caught.value.message.en


async def test_a_missing_file_is_not_initialised_and_not_created(tmp_path: Path) -> None:
    async with Database(f"sqlite:///{tmp_path}/none.db") as database:
        with pytest.raises(DatabaseNotInitialised):
            await database.latest_revision()

    assert os.listdir(tmp_path) == []


async def test_upgrading_makes_the_directory_of_the_file(tmp_path: Path) -> None:
    async with Database(f"sqlite:///{tmp_path}/var/data/liangcun.db") as database:
        await database.upgrade()

    assert (tmp_path / "var/data/liangcun.db").stat().st_size > 0


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_bytes(b"Dear county, " * 200)

    message = await unavailable(f"sqlite:///{path}", "DATABASE_DAMAGED")

    assert "file is not a database" in message
    assert str(path) in message
    assert path.read_bytes() == b"Dear county, " * 200


async def test_a_directory_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    assert "unable to open database file" in await unavailable(f"sqlite:///{tmp_path}")


async def test_a_file_in_place_of_the_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")

    assert str(tmp_path / "var") in await unavailable(f"sqlite:///{tmp_path}/var/liangcun.db")


async def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        message = await unavailable(f"postgresql://u:secret@127.0.0.1:{port}/d")

    assert f"127.0.0.1:{port}" in message
    assert "secret" not in message


async def test_an_unknown_database_is_named(postgresql_server: str) -> None:
    address = postgresql_server.replace("/postgres?", "/no_such_county?")

    assert "no_such_county" in await unavailable(address)


async def test_a_wrong_password_is_never_shown(postgresql_server: str) -> None:
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute("CREATE ROLE locked_out LOGIN PASSWORD 'right' CONNECTION LIMIT 0")
    address = postgresql_server.replace("postgres:@/", "locked_out:wrong-secret@/")

    message = await unavailable(address)

    assert "locked_out" in message
    assert "wrong-secret" not in message


async def test_a_connection_lost_halfway_is_explained(new_postgresql_database: NewDatabase) -> None:
    async def lose_connection(database: Database) -> None:
        async with database.read() as connection:
            own = await connection.scalar(text("SELECT pg_backend_pid()"))
            async with database.read() as other:
                await other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
            await connection.execute(text("SELECT 1"))

    with new_postgresql_database("migrated") as address:
        async with Database(address) as database:
            with pytest.raises(DatabaseUnavailable, match="terminating connection"):
                await lose_connection(database)
            assert await database.latest_revision() == 0


async def test_a_writer_that_waits_too_long_is_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "_LOCK_WAIT_SECONDS", 0.05)
    monkeypatch.setattr(database_module, "_SQLITE_PRAGMAS", ("PRAGMA busy_timeout = 50",))
    async with Database(database.url) as impatient, database.write(**BY):
        with pytest.raises(DatabaseUnavailable, match="lock"):
            async with impatient.write(**BY):
                pass
