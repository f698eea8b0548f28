"""docs/plugins/publishing.md shows what an upgrade changes, as installing it does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from tests.conftest import NewDatabase
from tests.docs.walking import fits, steps_of
from typer.testing import CliRunner

from liangcun_server.cli.app import app
from liangcun_server.cli.plugin.project import Project, write_project
from liangcun_server.cli.plugin.wheel import build_wheel

_PAGES = Path(__file__).parents[2] / "docs" / "plugins"
_PAGE = (_PAGES / "publishing.md").read_text(encoding="utf-8")
_TUTORIAL = (_PAGES / "tutorial.md").read_text(encoding="utf-8")


def test_the_upgrade_shown_changes_what_the_page_says(
    new_sqlite_database: NewDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIANGCUN_PLUGIN_FOLDER", "plugins")
    monkeypatch.setenv("LIANGCUN_LANGUAGE", "zh")
    named = Project.checked("changling-liangjing", title="亮净村", title_en="Lit", jurisdiction="220722")
    project = write_project(named, tmp_path)
    for step in steps_of(_TUTORIAL):
        if step.file is not None:
            Path(step.file).write_text(step.shown, encoding="utf-8")
    build_wheel(project, Path("wheels"))
    _change(project)
    build_wheel(project, Path("wheels"))
    [(typed, shown)] = re.findall(r"^```console\n\$ liangcun (.+)\n((?:.*\n)*?)```$", _PAGE, re.MULTILINE)
    with new_sqlite_database("demonstration") as address:
        monkeypatch.setenv("LIANGCUN_DATABASE_URL", address)
        # What an upgrade changes is looked at over the place that a database was made for.
        assert CliRunner().invoke(app, ["init", "--within", "220722"]).exit_code == 0
        first = CliRunner().invoke(app, shlex.split(typed.replace("0.2.0", "0.1.0")))
        assert first.exit_code == 0, first.stderr
        waiting = CliRunner().invoke(app, shlex.split(typed.removesuffix(" --yes")))
        assert (waiting.exit_code, "--yes" in waiting.stderr) == (2, True)
        done = CliRunner().invoke(app, shlex.split(typed))
        assert done.exit_code == 0, done.stderr
        assert fits(shown, done.output), done.output


def _change(project: Path) -> None:
    """Make the change that the page shows."""
    [change] = re.findall(r"^```diff\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)
    pairs = re.findall(r"^-(.+)\n\+(.+)$", change, re.MULTILINE)
    assert len(pairs) == 2
    texts = {file: file.read_text(encoding="utf-8") for file in project.rglob("*") if file.is_file()}
    for before, after in pairs:
        [file] = [file for file, text in texts.items() if f"{before}\n" in text]
        texts[file] = texts[file].replace(before, after)
        file.write_text(texts[file], encoding="utf-8")
