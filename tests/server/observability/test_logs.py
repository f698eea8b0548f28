"""Log lines: one form for the program and its libraries, and no secrets in them."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.conftest import NewDatabase

from liangcun_server.observability.logs import configure_logs
from liangcun_server.settings import Settings
from liangcun_server.storage.database import Database

# `read = written(log_format="json")`: what was written since, line by line.
Written = Callable[..., Callable[[], list[str]]]
_LIBRARIES = ("uvicorn.access", "aiosqlite", "sqlalchemy.engine", "sqlalchemy.pool", "psycopg", "asyncio")


@pytest.fixture
def written() -> Iterator[Written]:
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers, root.level
    libraries = [(one, one.level, one.disabled) for one in map(logging.getLogger, _LIBRARIES)]
    root.handlers = []

    def writing(**settings: Any) -> Callable[[], list[str]]:
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        configure_logs(Settings(**settings), out)
        return lambda: out.buffer.getvalue().decode().splitlines()  # type: ignore[attr-defined]

    yield writing
    structlog.configure(**before)
    logging.captureWarnings(False)
    root.handlers, root.level = handlers, level
    for one, own_level, disabled in libraries:
        one.level, one.disabled = own_level, disabled
    root.manager._clear_cache()  # type: ignore[attr-defined]


def test_a_line_for_machines_is_json_with_time_level_logger_and_request(written: Written) -> None:
    read = written(log_format="json")

    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger("liangcun.test").info("done", status=200, name="长岭县")

    (line,) = map(orjson.loads, read())
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "done",
        "level": "info",
        "logger": "liangcun.test",
        "request_id": "r-1",
        "status": 200,
        "name": "长岭县",
    }


def test_lines_of_libraries_have_the_same_form(written: Written) -> None:
    read = written(log_format="json")

    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        logging.getLogger("uvicorn.error").warning("took %s s", 3)

    (line,) = map(orjson.loads, read())
    assert (line["event"], line["level"], line["logger"]) == ("took 3 s", "warning", "uvicorn.error")
    assert line["request_id"] == "r-1"


def test_a_line_for_people_stands_on_one_line(written: Written) -> None:
    read = written(log_format="console")

    structlog.get_logger("liangcun.test").info("done", status=200, path="/a b\nc")

    (line,) = read()
    assert "done" in line
    assert "status=200" in line


@pytest.mark.parametrize(("level", "kept"), [("debug", 3), ("info", 2), ("warning", 1), ("critical", 0)])
def test_the_level_decides_what_is_written(written: Written, level: str, kept: int) -> None:
    read = written(log_level=level)
    log = structlog.get_logger("liangcun.test")

    log.debug("one")
    log.info("two")
    log.warning("three")

    assert len(read()) == kept


def test_what_libraries_do_step_by_step_is_left_out(written: Written) -> None:
    read = written(log_level="info")

    logging.getLogger("uvicorn.error").info("Waiting for application startup.")
    logging.getLogger("uvicorn.access").warning("127.0.0.1 - GET /graphql?variables=secret")

    assert read() == []


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_shows_no_local_variables(written: Written, form: str) -> None:
    read = written(log_format=form)
    name = "".join(["张", "三"])

    try:
        raise ValueError(f"{len(name)} characters")
    except ValueError:
        structlog.get_logger("liangcun.test").exception("failed")

    shown = "\n".join(read())
    assert "2 characters" in shown
    assert "test_logs.py" in shown
    assert "张三" not in shown


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("can't open postgresql+psycopg://clerk:h-u_sh@db.example:5432/villages now", "clerk:***@db.example"),
        ("can't open postgresql://clerk:h-u_sh@2@db.example/villages", "clerk:***@db.example"),
        ("connection failed: host=db.example password=h-u_sh user=clerk", "user=clerk"),
        ("conninfo password='h-u_sh' host=db.example", "host=db.example"),
        ("PASSWORD: h-u_sh", "PASSWORD: ***"),
    ],
)
def test_passwords_are_struck_out(written: Written, form: str, said: str, kept: str) -> None:
    read = written(log_format=form)

    structlog.get_logger("liangcun.test").info("told", detail=said)
    try:
        raise OSError(said)
    except OSError:
        logging.getLogger("uvicorn.error").exception(said)

    shown = "\n".join(read())
    assert "h-u_sh" not in shown
    assert kept in shown


def test_an_address_without_a_password_is_left_as_it_is(written: Written) -> None:
    read = written()

    structlog.get_logger("liangcun.test").info("see https://example.org/a?mail=clerk@example.org")

    assert "https://example.org/a?mail=clerk@example.org" in read()[0]


async def test_even_those_who_debug_see_no_values_of_statements(
    written: Written, new_database: NewDatabase
) -> None:
    read = written(log_level="debug", log_format="json")

    with new_database("migrated") as address:
        async with Database(address) as database, database.read() as connection:
            await connection.execute(text("SELECT :name"), {"name": "张三"})
    structlog.get_logger("liangcun.test").debug("over")

    shown = "\n".join(read())
    assert "over" in shown
    assert "张三" not in shown


async def test_a_statement_that_fails_is_logged_without_its_values(
    written: Written, new_database: NewDatabase
) -> None:
    read = written(log_format="json")

    with new_database("migrated") as address:
        async with Database(address) as database, database.read() as connection:
            try:
                await connection.execute(text("SELECT :name FROM nowhere"), {"name": "张三"})
            except DBAPIError:
                structlog.get_logger("liangcun.test").exception("failed")

    shown = "\n".join(read())
    assert "nowhere" in shown
    assert "张三" not in shown
