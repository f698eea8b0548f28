"""`liangcun plugin check`: the report, its formats and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

from tests.standards.conformance.projects import write_project


def test_a_project_is_checked_rule_by_rule(run, tmp_path: Path) -> None:
    spoilt = ("county_lamps/standards/lamps.yaml", "        title_en: Lanes lit\n", "")
    done = run("plugin", "check", str(write_project(tmp_path, spoilt)))

    assert done.code == 0
    assert done.lines[0] == "lamps 1.2.0：银级"
    assert any(one.startswith("      220722/county-lamps@2024：10000 个村 ") for one in done.lines)
    assert "  ✓ 每个标准有算例，且算得出  worked-examples（银级）" in done.lines
    assert "  ✗ 名称都有英文  english-labels（金级）" in done.lines
    assert any(one.startswith("      办法：写 title_en") for one in done.lines)


def test_a_level_that_is_not_reached_fails(run, tmp_path: Path) -> None:
    spoilt = ("county_lamps/standards/lamps.yaml", "        title_en: Lanes lit\n", "")
    folder = str(write_project(tmp_path, spoilt))

    assert run("plugin", "check", folder, "--level", "silver").code == 0
    assert run("plugin", "check", folder, "--level", "gold").code == 1
    assert run("plugin", "check", folder, "--level", "iron").code == 2


def test_the_report_comes_as_json(run, tmp_path: Path) -> None:
    done = run("plugin", "check", str(write_project(tmp_path)), "--format", "json")

    [report] = json.loads(done.out)
    assert (report["plugin"], report["level"]) == ("lamps", "gold")


def test_what_is_no_plugin_is_said_with_exit_code_2(run) -> None:
    done = run("plugin", "check", "no-such-plugin")

    assert done.code == 2
    assert "没有插件“no-such-plugin”" in done.err
