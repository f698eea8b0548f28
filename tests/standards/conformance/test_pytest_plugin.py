"""The kit in pytest: one test a rule where that is wanted, and nothing at all where it isn't."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest
from tests.standards.conformance.projects import PYPROJECT, YAML, write_project

from liangcun_standards.conformance import RULES, Level

pytest_plugins = ["pytester"]

_ALWAYS = '\n[tool.pytest.ini_options]\nliangcun_check = true\nliangcun_level = "silver"\n'
_SILVER = [one.code for one in RULES if one.level is not Level.GOLD]


# What else is installed for pytest takes longer to start than the kit.
_ALONE = [part for name in ("hypothesispytest", "asyncio", "anyio") for part in ("-p", f"no:{name}")]


def _project(folder: Path, settings: str = "") -> Path:
    write_project(folder, ("pyproject.toml", PYPROJECT, PYPROJECT + settings))
    (folder / "test_lamps.py").write_text("def test_lamps() -> None:\n    assert True\n")
    return folder


def _collected(pytester: pytest.Pytester, *arguments: str) -> list[str]:
    """What pytest would run there."""
    told = pytester.runpytest_inprocess(*_ALONE, "--collect-only", "-q", *arguments)
    return [line for line in told.outlines if "::" in line]


def test_pytest_finds_the_kit_by_its_entry_point() -> None:
    assert [one.value for one in entry_points(group="pytest11", name="liangcun")] == ["pytest_liangcun"]


def test_without_being_asked_pytest_runs_what_it_always_ran_and_loads_no_sdk(
    pytester: pytest.Pytester,
) -> None:
    folder = _project(pytester.path)
    (folder / "test_lamps.py").write_text(
        "import sys\n\n\ndef test_lamps() -> None:\n    assert 'liangcun_standards' not in sys.modules\n"
    )

    pytester.runpytest_subprocess(*_ALONE, "-q").assert_outcomes(passed=1)


def test_each_rule_is_a_test_where_it_is_asked_for(pytester: pytest.Pytester) -> None:
    _project(pytester.path)

    rules = [f"pyproject.toml::lamps::{one.code}" for one in RULES]
    assert _collected(pytester, "--liangcun-check", "test_lamps.py") == ["test_lamps.py::test_lamps", *rules]


def test_a_rule_that_does_not_hold_fails_with_what_was_found_and_what_to_do(
    pytester: pytest.Pytester,
) -> None:
    document = _project(pytester.path) / YAML
    document.write_text(document.read_text(encoding="utf-8").replace("        title_en: Lanes lit\n", ""))

    done = pytester.runpytest_inprocess(*_ALONE, "--liangcun-check", "-q", "-rA")

    done.assert_outcomes(failed=1, passed=len(RULES))
    told = done.stdout.str()
    assert "FAILED pyproject.toml::lamps::english-labels" in told
    assert "220722/county-lamps@2024 lit-lanes has no English title" in told
    assert "what to do: write title_en" in told
    assert "Traceback" not in told
    assert "10000 villages in" in told


def test_a_project_s_setting_adds_the_rules_up_to_its_level(pytester: pytest.Pytester) -> None:
    _project(pytester.path, _ALWAYS)

    rules = [f"pyproject.toml::lamps::{code}" for code in _SILVER]
    assert sorted(_collected(pytester)) == sorted(["test_lamps.py::test_lamps", *rules])


def test_the_setting_leaves_a_run_alone_that_names_its_tests(pytester: pytest.Pytester) -> None:
    _project(pytester.path, _ALWAYS)

    assert _collected(pytester, "test_lamps.py") == ["test_lamps.py::test_lamps"]
    one = "pyproject.toml::lamps::pure"
    assert _collected(pytester, one) == [one]


def test_rules_are_run_by_several_workers_too(pytester: pytest.Pytester) -> None:
    _project(pytester.path, _ALWAYS)

    done = pytester.runpytest_subprocess(*_ALONE, "-q", "-n", "2", "--dist", "loadgroup")

    done.assert_outcomes(passed=len(_SILVER) + 1)


def test_what_is_no_level_is_said_so(pytester: pytest.Pytester) -> None:
    _project(pytester.path)

    done = pytester.runpytest_inprocess(*_ALONE, "--liangcun-check", "--liangcun-level", "iron")

    assert done.ret == pytest.ExitCode.USAGE_ERROR
    assert "'iron' is none of bronze, silver, gold" in done.stderr.str()


def test_a_project_without_a_plugin_is_said_to_have_none(pytester: pytest.Pytester) -> None:
    (pytester.path / "pyproject.toml").write_text("[project]\nname = 'x'\n")

    done = pytester.runpytest_inprocess(*_ALONE, "--liangcun-check")

    assert done.ret == pytest.ExitCode.INTERRUPTED
    assert "there is no [project.entry-points.liangcun]" in done.stdout.str()


def test_a_folder_below_that_has_a_project_without_a_plugin_is_passed_over(
    pytester: pytest.Pytester,
) -> None:
    other = _project(pytester.path, _ALWAYS) / "other"
    other.mkdir()
    (other / "pyproject.toml").write_text("[project]\nname = 'x'\n")

    assert len(_collected(pytester, "--liangcun-check")) == len(_SILVER) + 1
