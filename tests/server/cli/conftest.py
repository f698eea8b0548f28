"""Running commands as a user does, on a database of 长岭县 with its demonstration data."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from liangcun_server.cli.app import app
from liangcun_server.plugins import loading
from liangcun_server.settings import PREFIX, Settings
from liangcun_standards.plugins import GROUP, PluginRegistry, load_plugins


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str
    out_bytes: bytes

    @property
    def lines(self) -> list[str]:
        """The answer, line by line."""
        return self.out.splitlines()


# `liangcun("score", "--standard", "sanhua")`
Liangcun = Callable[..., Answer]


@pytest.fixture(autouse=True)
def _a_machine_without_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    # Where the log of unexpected errors goes.
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session", autouse=True)
def _plugins_loaded_once() -> Iterator[None]:
    """The plugins don't change from one test to the next; reading them is most of a small command's time."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(loading, "load_plugins", _loaded_once)
        yield


def _loaded_once(points: Callable[[], Iterable[EntryPoint]], **options: Any) -> PluginRegistry:
    """What is installed for good is loaded once; what a test has installed each time anew."""
    found = sorted(points(), key=repr)
    if found != sorted(entry_points(group=GROUP), key=repr):
        return load_plugins(points, **options)
    return _kept(**options)


@cache
def _kept(**options: Any) -> PluginRegistry:
    return load_plugins(**options)


@pytest.fixture(scope="session")
def run(_plugins_loaded_once: None) -> Liangcun:
    """Runs a command; whatever it ends in, nothing may look like a traceback."""
    runner = CliRunner()

    def running(*arguments: str) -> Answer:
        result = runner.invoke(app, list(arguments), prog_name="liangcun")
        assert "Traceback" not in result.stderr
        return Answer(result.exit_code, result.stdout, result.stderr, result.stdout_bytes)

    return running


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory, run: Liangcun) -> Path:
    """A database of 长岭县 with demonstration data; to be copied, not changed."""
    file = tmp_path_factory.mktemp("demonstration") / "changling.db"
    done = run("init", "--demo", "--database-url", f"sqlite:///{file}")
    assert done.code == 0, done.err
    return file


@pytest.fixture
def liangcun(run: Liangcun, demonstration: Path, monkeypatch: pytest.MonkeyPatch) -> Liangcun:
    """Runs a command that only reads on the demonstration database."""
    monkeypatch.setenv("LIANGCUN_DATABASE_URL", f"sqlite:///{demonstration}")
    return run


@pytest.fixture
def own_liangcun(
    run: Liangcun, demonstration: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Liangcun:
    """Runs a command that may write, on a copy of the demonstration database."""
    copy = tmp_path / "own.db"
    shutil.copyfile(demonstration, copy)
    monkeypatch.setenv("LIANGCUN_DATABASE_URL", f"sqlite:///{copy}")
    return run
