"""What docs/comparing.md and docs/sensitivity.md show is what can be typed and asked."""

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

_DOCS = Path(__file__).parents[2] / "docs"
_PAGES = {"comparing.md": ["变动.xlsx"], "sensitivity.md": ["试改.xlsx", "稳健.xlsx"]}


def _page(name: str) -> str:
    return (_DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", _PAGES)
def test_the_query_is_one_that_the_api_takes(name: str) -> None:
    [block] = re.findall(r"^```graphql\n(.*?)^```$", _page(name), re.MULTILINE | re.DOTALL)
    assert validate(SCHEMA._schema, parse(block)) == []


@pytest.mark.parametrize(("name", "written"), _PAGES.items())
def test_the_commands_run(
    new_sqlite_database: NewDatabase,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    written: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = re.search(r"^```\n(.*?)^```$", _page(name), re.MULTILINE | re.DOTALL)
    assert commands is not None
    with new_sqlite_database("demonstration") as address:
        monkeypatch.setenv("LIANGCUN_DATABASE_URL", address)
        for command in commands[1].splitlines():
            done = CliRunner().invoke(app, shlex.split(command.removeprefix("liangcun ")))
            assert done.exit_code == 0, (command, done.stderr)
    for file in written:
        assert (tmp_path / file).stat().st_size > 0
