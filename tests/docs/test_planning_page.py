"""What docs/planning.md shows is what can be typed and asked."""

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
from liangcun_standards.planning import Cost

_PAGE = (Path(__file__).parents[2] / "docs" / "planning.md").read_text(encoding="utf-8")


def test_every_query_is_one_that_the_api_takes() -> None:
    queries = re.findall(r"^```graphql\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)
    assert queries
    assert [validate(SCHEMA._schema, parse(one)) for one in queries] == [[]] * len(queries)


def test_every_key_of_a_cost_is_explained() -> None:
    named = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?`) \|", _PAGE, re.MULTILINE))))
    assert set(Cost.model_fields) - {"indicator", "note", "note_en"} <= named


def test_the_commands_run(
    new_sqlite_database: NewDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^(liangcun .*)$", _PAGE, re.MULTILINE)
    assert len(commands) >= 6
    with new_sqlite_database("demonstration") as address:
        monkeypatch.setenv("LIANGCUN_DATABASE_URL", address)
        for command in commands:
            done = CliRunner().invoke(app, shlex.split(command)[1:])
            assert done.exit_code == 0, (command, done.stderr)
    assert (tmp_path / "方案.xlsx").stat().st_size > 0
