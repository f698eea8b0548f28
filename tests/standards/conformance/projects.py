"""A plugin's project as a county writes it, and ways to spoil it."""

from __future__ import annotations

from pathlib import Path

PYPROJECT = """\
[project]
name = "liangcun-lamps"
version = "1.2.0"
dependencies = ["liangcun-standards>=0.1,<0.2"]

[project.entry-points.liangcun]
lamps = "county_lamps"
"""

MODULE = '''\
"""Lamps, as the county counts them."""

from liangcun_standards import Indicator, StandardText, documents_in, hookimpl


@hookimpl
def liangcun_standards() -> list[StandardText]:
    return documents_in(__name__)


@hookimpl
def liangcun_indicators() -> list[Indicator]:
    return [
        Indicator(
            code="county_lit_lanes_rate",
            name="亮化率",
            name_en="lanes lit",
            kind="rate",
            unit="percent",
            definition="有路灯的巷道所占比例",
            definition_en="share of lanes that have lamps",
            source="县城管局",
        )
    ]
'''

DOCUMENT = """\
jurisdiction: 220722
code: county-lamps
version: 2024
title: 亮化考核
title_en: Lamps
effective: {from: 2024-01-01}
source: {status: interpretation, text: 县城管局的算法}
level: village
groups:
  - code: lamps
    title: 路灯
    title_en: Lamps
    criteria:
      - code: lit-lanes
        title: 巷道亮化
        title_en: Lanes lit
        max_score: 10
        rule: {kind: linear, indicator: county_lit_lanes_rate, from: 0, to: 100}
        source: {status: interpretation, text: 县城管局的算法}
        methods: [on_site]
        definition: 有路灯的巷道所占比例
        data_source: 县城管局
grades:
  - {code: good, title: 达标, title_en: Good, min_score: 6}
passing: {grade: good}
"""

EXAMPLE = """\
title: 半数巷道有灯
standard: 220722/county-lamps
period: 2024
regions:
  - name: 甲村
    values: {county_lit_lanes_rate: 50}
    expect: {total: 5, passed: false}
"""

INIT = "county_lamps/__init__.py"
YAML = "county_lamps/standards/lamps.yaml"
HOOK = "@hookimpl\ndef liangcun_indicators"

RULE = """
from collections.abc import Sequence
from typing import Literal
import numpy as np
from liangcun_standards import CurveRule, Floats, Rule, Text

class Own(CurveRule):
    kind: Literal["own"] = "own"
    def turns(self) -> Sequence[float]:
        return ()
    def curve(self, values: Floats, max_score: float) -> Floats:
        BODY
    def describe(self, indicators: object, max_score: float) -> Text:
        return Text("自定", "own")

@hookimpl
def liangcun_rules() -> list[type[Rule]]:
    return [Own]
"""

FILES = {
    "pyproject.toml": PYPROJECT,
    "county_lamps/__init__.py": MODULE,
    "county_lamps/standards/lamps.yaml": DOCUMENT,
    "county_lamps/examples/half.yaml": EXAMPLE,
}


def write_project(folder: Path, *changes: tuple[str, str, str]) -> Path:
    """A project that reaches gold but for the changes: (file, what stands there, what is to)."""
    files = dict(FILES)
    for name, before, after in changes:
        assert before in files[name], (name, before)
        files[name] = files[name].replace(before, after)
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def own_rule(body: str, more: str = "") -> tuple[tuple[str, str, str], ...]:
    """The changes by which the project has a rule of its own in Python: what its curve does, and more."""
    rule = RULE.replace("BODY", body.replace("\n", "\n        "))
    return (
        (INIT, HOOK, f"{rule}\n{more}\n{HOOK}"),
        (YAML, "kind: linear", "kind: lamps.own"),
        (YAML, ", from: 0, to: 100}", "}"),
    )
