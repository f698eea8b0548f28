"""The kit in pytest: one test a rule where that is wanted, and nothing at all where it isn't."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from tests.standards.conformance.projects import PYPROJECT, YAML, write_project

from liangcun_standards.conformance import RULES, Level

_ALWAYS = '\n[tool.pytest.ini_options]\nliangcun_check = true\nliangcun_level = "silver"\n'
_SILVER = [one.code for one in RULES if one.level is not Level.GOLD]


def _pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _collected(folder: Path, *arguments: str) -> list[str]:
    """What pytest would run there."""
    told = _pytest(folder, "--collect-only", "-q", *arguments).stdout
    return [line for line in told.splitlines() if "::" in line]


def _project(folder: Path, settings: str = "") -> Path:
    write_project(folder, ("pyproject.toml", PYPROJECT, PYPROJECT + settings))
    (folder / "test_lamps.py").write_text("def test_lamps() -> None:\n    assert True\n")
    return folder


def test_pytest_finds_the_kit_by_its_entry_point() -> None:
    assert [one.value for one in entry_points(group="pytest11", name="liangcun")] == ["pytest_liangcun"]


def test_without_being_asked_pytest_runs_what_it_always_ran_and_loads_no_sdk(tmp_path: Path) -> None:
    folder = _project(tmp_path)
    (folder / "test_lamps.py").write_text(
        "import sys\n\n\ndef test_lamps() -> None:\n    assert 'liangcun_standards' not in sys.modules\n"
    )

    done = _pytest(folder, "-q")

    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_each_rule_is_a_test_where_it_is_asked_for(tmp_path: Path) -> None:
    found = _collected(_project(tmp_path), "--liangcun-check", "test_lamps.py")

    rules = [f"pyproject.toml::lamps::{one.code}" for one in RULES]
    assert found == ["test_lamps.py::test_lamps", *rules]


def test_a_rule_that_does_not_hold_fails_with_what_was_found_and_what_to_do(tmp_path: Path) -> None:
    folder = _project(tmp_path)
    document = folder / YAML
    document.write_text(document.read_text(encoding="utf-8").replace("        title_en: Lanes lit\n", ""))

    done = _pytest(folder, "--liangcun-check", "-q", "-rA")

    assert done.returncode == 1
    assert f"1 failed, {len(RULES)} passed" in done.stdout
    assert "FAILED pyproject.toml::lamps::english-labels" in done.stdout
    assert "220722/county-lamps@2024 lit-lanes has no English title" in done.stdout
    assert "what to do: write title_en" in done.stdout
    assert "Traceback" not in done.stdout
    assert "10000 villages in" in done.stdout


def test_a_project_s_setting_adds_the_rules_up_to_its_level(tmp_path: Path) -> None:
    folder = _project(tmp_path, _ALWAYS)

    rules = [f"pyproject.toml::lamps::{code}" for code in _SILVER]
    assert sorted(_collected(folder)) == sorted(["test_lamps.py::test_lamps", *rules])


def test_the_setting_leaves_a_run_alone_that_names_its_tests(tmp_path: Path) -> None:
    folder = _project(tmp_path, _ALWAYS)

    assert _collected(folder, "test_lamps.py") == ["test_lamps.py::test_lamps"]
    assert _collected(folder, "pyproject.toml::lamps::pure") == ["pyproject.toml::lamps::pure"]


@pytest.mark.parametrize("workers", ["load", "loadgroup"])
def test_rules_are_run_by_several_workers_too(tmp_path: Path, workers: str) -> None:
    done = _pytest(_project(tmp_path, _ALWAYS), "-q", "-n", "2", "--dist", workers)

    assert done.returncode == 0, done.stdout
    assert f"{len(_SILVER) + 1} passed" in done.stdout


def test_what_is_no_level_is_said_so(tmp_path: Path) -> None:
    done = _pytest(_project(tmp_path), "--liangcun-check", "--liangcun-level", "iron")

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "'iron' is none of bronze, silver, gold" in done.stderr


def test_a_project_without_a_plugin_is_said_to_have_none(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")

    done = _pytest(tmp_path, "--liangcun-check")

    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert "there is no [project.entry-points.liangcun]" in done.stdout


def test_a_folder_below_that_has_a_project_without_a_plugin_is_passed_over(tmp_path: Path) -> None:
    folder = _project(tmp_path, _ALWAYS)
    (folder / "other").mkdir()
    (folder / "other" / "pyproject.toml").write_text("[project]\nname = 'x'\n")

    assert len(_collected(folder, "--liangcun-check")) == len(_SILVER) + 1
