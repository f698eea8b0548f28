"""What docs/comparing.md shows is what can be typed and asked."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from graphql import parse, validate
from tests.conftest import NewDatabase
from tests.server.conftest import SCHEMA
from typer.testing import CliRunner

from liangcun_server.cli.app import app

_PAGE = (Path(__file__).parents[2] / "docs" / "comparing.md").read_text(encoding="utf-8")


def _block(language: str) -> str:
    [block] = re.findall(rf"^```{language}\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)
    return str(block)


def test_the_query_is_one_that_the_api_takes() -> None:
    assert validate(SCHEMA._schema, parse(_block("graphql"))) == []


def test_the_commands_run(
    new_sqlite_database: NewDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = re.search(r"^```\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)
    assert commands is not None
    with new_sqlite_database("demonstration") as address:
        monkeypatch.setenv("LIANGCUN_DATABASE_URL", address)
        for command in commands[1].splitlines():
            done = CliRunner().invoke(app, shlex.split(command.removeprefix("liangcun ")))
            assert done.exit_code == 0, (command, done.stderr)
    assert (tmp_path / "变动.xlsx").stat().st_size > 0
