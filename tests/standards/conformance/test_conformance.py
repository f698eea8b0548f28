"""The conformance kit: a sound plugin reaches gold, and each fault is found by the rule for it."""

from __future__ import annotations

import sys
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from tests.standards.conformance.projects import FILES, HOOK, INIT, YAML, own_rule, write_project

from liangcun_standards.conformance import (
    RULES,
    Finding,
    Level,
    Report,
    check_apart,
    check_plugin,
    find_subject,
)
from liangcun_standards.conformance.imports import foreign_imports
from liangcun_standards.conformance.subject import UnknownPlugin

_EXAMPLE = "county_lamps/examples/half.yaml"
_DEFINED = """\
indicators:
  - {code: county_lit_yards_rate, name: 院落亮化率, kind: rate, unit: percent, definition: 举例, source: 举例}
"""
_INSIDE = "from liangcun_standards.scoring.engine import score  # noqa\n\n\n"


def _report_here(folder: Path, *changes: tuple[str, str, str]) -> Report:
    """The same in this process, which is quicker; the plugin's own code runs in workers all the same."""
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(str(folder))
        [subject] = find_subject(str(write_project(folder, *changes)))
        return check_plugin(subject)


def _report(folder: Path, *changes: tuple[str, str, str], seconds: float = 120.0) -> Report:
    [subject] = find_subject(str(write_project(folder, *changes)))
    return check_apart(subject, seconds=seconds)


def _broken(report: Report) -> dict[str, Finding]:
    return {one.code: one for one in report.findings if not one.holds}


def test_a_sound_plugin_reaches_gold(tmp_path: Path) -> None:
    report = _report(tmp_path)

    assert _broken(report) == {}
    assert (report.plugin, report.version, report.level) == ("lamps", "1.2.0", Level.GOLD)
    assert [one.code for one in report.findings] == [one.code for one in RULES]


@pytest.mark.parametrize("name", sorted(point.name for point in entry_points(group="liangcun")))
def test_every_shipped_plugin_reaches_gold(name: str) -> None:
    [subject] = find_subject(name)

    report = check_apart(subject)

    assert _broken(report) == {}
    assert report.level is Level.GOLD


@pytest.mark.parametrize(
    ("changes", "code", "words", "level"),
    [
        pytest.param(
            [(YAML, "max_score: 10", "max_score: ten")],
            "loads",
            "lamps.yaml:",
            Level.NONE,
            id="a bad document",
        ),
        pytest.param(
            [(INIT, '"""Lamps', 'raise RuntimeError("no lamps")\n"""Lamps')],
            "loads",
            "no lamps",
            Level.NONE,
            id="an import error",
        ),
        pytest.param(
            [(YAML, "definition: 有路灯", "source_: 有路灯")],
            "loads",
            "source_",
            Level.NONE,
            id="an unknown field",
        ),
        pytest.param(
            [
                (
                    YAML,
                    "        source: {status: interpretation, text: 县城管局的算法}",
                    "        source: {status: interpretation, text: x}",
                ),
            ],
            "sourced",
            "lit-lanes",
            Level.NONE,
            id="a source that says nothing",
        ),
        pytest.param(
            [(YAML, "title: 巷道亮化", "title: Lanes")],
            "chinese-labels",
            "Lanes",
            Level.NONE,
            id="no Chinese",
        ),
        pytest.param(
            [(_EXAMPLE, "total: 5", "total: 7")],
            "worked-examples",
            "7",
            Level.BRONZE,
            id="an example that fails",
        ),
        pytest.param(
            [(_EXAMPLE, "standard: 220722/county-lamps", "standard: 220000/sanhua")],
            "worked-examples",
            "220722/county-lamps@2024",
            Level.BRONZE,
            id="a standard without example",
        ),
        pytest.param(
            [("pyproject.toml", "liangcun-standards>=0.1,<0.2", "liangcun-standards>=9")],
            "sdk-range",
            ">=9",
            Level.BRONZE,
            id="another SDK",
        ),
        pytest.param(
            [("pyproject.toml", "liangcun-standards>=0.1,<0.2", "liangcun-standards>=0.1")],
            "sdk-range",
            "<0.2",
            Level.BRONZE,
            id="an SDK range without end",
        ),
        pytest.param(
            [("pyproject.toml", '"liangcun-standards>=0.1,<0.2"', "")],
            "sdk-range",
            "declare",
            Level.BRONZE,
            id="no SDK",
        ),
        pytest.param(
            [(INIT, HOOK, f"{_INSIDE}{HOOK}")],
            "public-imports",
            "liangcun_standards.scoring.engine",
            Level.BRONZE,
            id="the inside of the SDK",
        ),
        pytest.param(
            [(YAML, "        title_en: Lanes lit\n", "")],
            "english-labels",
            "lit-lanes",
            Level.SILVER,
            id="no English",
        ),
        pytest.param(
            [(INIT, 'name_en="lanes lit"', 'name_en="亮化率"')],
            "english-labels",
            "county_lit_lanes_rate",
            Level.SILVER,
            id="no English name of an indicator",
        ),
        pytest.param(
            [
                (YAML, "level: village\n", f"level: village\n{_DEFINED}"),
                (YAML, "indicator: county_lit_lanes_rate", "indicator: county_lit_yards_rate"),
                (_EXAMPLE, "county_lit_lanes_rate", "county_lit_yards_rate"),
            ],
            "english-labels",
            "county_lit_yards_rate",
            Level.SILVER,
            id="no English of what the document defines",
        ),
        pytest.param(
            [(YAML, "        data_source: 县城管局\n", "")],
            "measurable",
            "data_source",
            Level.SILVER,
            id="no data source",
        ),
        pytest.param(
            own_rule("return np.random.default_rng().uniform(0, max_score, len(values))"),
            "pure",
            "another result",
            Level.BRONZE,
            id="chance",
        ),
        pytest.param(
            own_rule("return max_score * (values >= np.nanmean(values))"),
            "vectorised",
            "alone",
            Level.BRONZE,
            id="a look at others",
        ),
    ],
)
def test_each_fault_is_found_by_the_rule_for_it(
    tmp_path: Path, changes: list[tuple[str, str, str]], code: str, words: str, level: Level
) -> None:
    report = _report_here(tmp_path, *changes)

    assert code in _broken(report)
    assert any(words in fault.en for fault in _broken(report)[code].faults)
    assert report.level is level


def test_a_plugin_that_loops_for_ever_gets_a_report_and_holds_nothing_up(tmp_path: Path) -> None:
    loop = (INIT, '"""Lamps', 'while True:\n    pass\n"""Lamps')

    # It never gets as far as its own limits.
    report = _report(tmp_path, loop, seconds=8.0)

    assert report.level is Level.NONE
    assert not report.findings[0].holds


def test_a_plugin_that_exits_gets_a_report(tmp_path: Path) -> None:
    report = _report(tmp_path, (INIT, '"""Lamps', 'import os\nos._exit(3)\n"""Lamps'))

    assert report.level is Level.NONE
    assert not report.findings[0].holds


def test_a_wheel_is_checked_as_it_is(tmp_path: Path) -> None:
    wheel = tmp_path / "liangcun_lamps-1.2.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as written:
        for name, text in FILES.items():
            if name != "pyproject.toml":
                written.writestr(name, text)
        folder = "liangcun_lamps-1.2.0.dist-info"
        written.writestr(
            f"{folder}/METADATA",
            "Metadata-Version: 2.1\nName: liangcun-lamps\nVersion: 1.2.0\n"
            "Requires-Dist: liangcun-standards>=0.1,<0.2\n",
        )
        written.writestr(f"{folder}/entry_points.txt", "[liangcun]\nlamps = county_lamps\n")

    [subject] = find_subject(str(wheel))
    report = check_apart(subject)

    assert _broken(report) == {}
    assert report.version == "1.2.0"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        pytest.param(
            "pyproject.toml", "[project]\nname = 'x'\n", "entry-points.liangcun", id="no entry point"
        ),
        pytest.param("pyproject.toml", "[project\n", "can't be read", id="no TOML"),
        pytest.param("x.whl", "no zip", "no usable wheel", id="no wheel"),
    ],
)
def test_what_is_no_plugin_is_said_so(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    named = tmp_path if name == "pyproject.toml" else tmp_path / name

    with pytest.raises(UnknownPlugin, match=words):
        find_subject(str(named))


def test_a_name_that_is_not_installed_lists_those_that_are() -> None:
    with pytest.raises(UnknownPlugin, match="sanhua"):
        find_subject("no-such-plugin")


def test_a_package_may_import_what_it_declares_and_itself(tmp_path: Path) -> None:
    folder = write_project(
        tmp_path,
        ("pyproject.toml", '"liangcun-standards>=0.1,<0.2"', '"liangcun-standards>=0.1,<0.2", "orjson"'),
        (
            INIT,
            "from liangcun_standards import",
            "import orjson, json, httpx\nfrom liangcun_standards import",
        ),
    )
    [subject] = find_subject(str(folder))

    assert [one.en for one in foreign_imports(subject)] == [f"{INIT}:3: httpx may not be imported"]
    assert "county_lamps" not in sys.modules


def test_a_report_survives_json(tmp_path: Path) -> None:
    report = _report(tmp_path, (YAML, "        title_en: Lanes lit\n", ""))

    assert Report.of(report.values()) == report
