"""docs/standards.md is a way that can be walked: its document, its commands, in their order."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from graphql import parse, validate
from tests.conftest import NewDatabase, installed_plugins
from tests.server.conftest import SCHEMA
from typer.testing import CliRunner

from liangcun_server.cli.app import app
from liangcun_standards.document import read_standard
from liangcun_standards.text import Text

_PAGE = (Path(__file__).parents[2] / "docs" / "standards.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return [
        text for tag, text in re.findall(r"^```(\w*)\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)
        if tag == language
    ]  # fmt: skip


def test_the_commands_run_in_their_order_on_the_document_shown(
    new_sqlite_database: NewDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    document, *_ = _blocks("yaml")
    commands = [line for block in _blocks("") for line in block.splitlines()]
    assert len(commands) == 9
    with new_sqlite_database("demonstration") as address:
        monkeypatch.setenv("LIANGCUN_DATABASE_URL", address)
        for command in commands:
            typed, _, file = command.removeprefix("liangcun ").partition(" > ")
            done = CliRunner().invoke(app, shlex.split(typed))
            assert done.exit_code == 0, (command, done.stderr)
            if file:
                assert "jiuyou-liuwu" in done.stdout
                # From here on the page goes on with the document that it shows.
                (tmp_path / file).write_text(document, encoding="utf-8")
    assert "220722" in (tmp_path / "影响.csv").read_text(encoding="utf-8-sig")


def test_the_indicators_shown_are_ones_that_a_document_may_define() -> None:
    document, measured, worked_out = _blocks("yaml")
    [own] = read_standard(document + measured, "own.yaml").indicators
    assert own.label == Text("整洁庭院率", "整洁庭院率")
    [derived] = read_standard(document + worked_out, "own.yaml").indicators
    assert derived.comes_of == ("street_lamps", "households")
    assert set(derived.comes_of) <= set(installed_plugins().indicators)


def test_the_mutation_is_one_that_the_api_takes() -> None:
    [mutation] = _blocks("graphql")
    assert validate(SCHEMA._schema, parse(mutation)) == []
