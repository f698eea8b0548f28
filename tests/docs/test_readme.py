"""What the READMEs show is what one gets."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import orjson
import pytest
from openpyxl import load_workbook
from tests.conftest import NewDatabase
from tests.server.conftest import Ask, ask
from typer.testing import CliRunner

from liangcun_server.cli.app import app

_ROOT = Path(__file__).parents[2]
_READMES = ("README.md", "README.zh-CN.md")

__all__ = ["ask"]


def _blocks(name: str, language: str) -> list[str]:
    text = (_ROOT / name).read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return [block for tag, block in blocks if tag == language]


def _commands(name: str) -> list[tuple[str, list[str]]]:
    """Each `$ .venv/bin/liangcun …` of a README, with the lines shown under it."""
    found: list[tuple[str, list[str]]] = []
    for block in _blocks(name, ""):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *shown = part.splitlines()
            if command.startswith(".venv/bin/liangcun "):
                found.append(
                    (command.removeprefix(".venv/bin/liangcun "), [line for line in shown if line != "…"])
                )
    return found


@pytest.mark.parametrize("name", _READMES)
async def test_the_query_gives_the_answer_shown(ask: Ask, name: str) -> None:
    [query], [answer] = _blocks(name, "graphql"), _blocks(name, "json")
    reply = await ask(query)
    assert {"data": reply.data} == orjson.loads(answer)


@pytest.mark.parametrize(("name", "language"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_the_commands_print_what_is_shown(
    new_sqlite_database: NewDatabase, monkeypatch: pytest.MonkeyPatch, name: str, language: str
) -> None:
    commands = _commands(name)
    assert len(commands) == 2
    with new_sqlite_database("demonstration") as address:
        monkeypatch.setenv("LIANGCUN_DATABASE_URL", address)
        monkeypatch.setenv("LIANGCUN_LANGUAGE", language)
        for command, shown in commands:
            printed = CliRunner().invoke(app, shlex.split(command)).stdout.splitlines()
            assert [line.rstrip() for line in printed[: len(shown)]] == shown


@pytest.mark.parametrize(("name", "language"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_a_standard_of_one_s_own_goes_the_way_shown(
    new_sqlite_database: NewDatabase,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    language: str,
) -> None:
    lines = [line for block in _blocks(name, "") for line in block.splitlines()]
    ours = re.compile(r"\.venv/bin/liangcun (standards|plugin) ")
    shown = [line.partition("  #")[0] for line in lines if ours.match(line)]
    assert len(shown) == 6
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIANGCUN_LANGUAGE", language)
    monkeypatch.setenv("LIANGCUN_WITHIN", "220722")
    with new_sqlite_database("demonstration") as address:
        monkeypatch.setenv("LIANGCUN_DATABASE_URL", address)
        for command in shown:
            typed, _, file = command.removeprefix(".venv/bin/liangcun ").partition(" > ")
            if typed.startswith("standards preview"):
                typed += " --within 220722"  # this database was made for no place
            done = CliRunner().invoke(app, shlex.split(typed))
            assert done.exit_code == 0, (command, done.stderr)
            if file:
                own = done.stdout.replace("version: 2023", "version: 2024", 1)
                assert own != done.stdout
                (tmp_path / file.strip()).write_text(own, encoding="utf-8")


@pytest.mark.parametrize(("name", "language"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_a_workbook_that_is_filled_in_comes_back_the_way_shown(
    new_sqlite_database: NewDatabase,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    language: str,
) -> None:
    lines = [line for block in _blocks(name, "") for line in block.splitlines()]
    ours = re.compile(r"\.venv/bin/liangcun (template|import) ")
    template, bring = (shlex.split(line.partition("  #")[0])[1:] for line in lines if ours.match(line))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIANGCUN_LANGUAGE", language)
    with new_sqlite_database("demonstration") as address:
        monkeypatch.setenv("LIANGCUN_DATABASE_URL", address)
        assert CliRunner().invoke(app, template).exit_code == 0
        (file,) = tmp_path.iterdir()
        workbook = load_workbook(file)
        sheet = workbook.worksheets[1]
        column = next(cell.column for cell in sheet[1] if str(cell.value).endswith("lit_lanes_rate"))
        sheet.cell(2, column).value = 12.5
        workbook.save(file)
        corrected = {"en": "1 corrected", "zh": "更正 1"}[language]
        written = {"en": "written as revision", "zh": "已写入，修订号"}[language]
        assert bring[-1] == "--dry-run"
        for command, is_written in ((bring, False), (bring[:-1], True)):
            done = CliRunner().invoke(app, command)
            assert done.exit_code == 0, done.stderr
            assert (corrected in done.stdout, written in done.stdout) == (True, is_written)
