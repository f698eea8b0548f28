"""docs/plugins/testing.md: its example comes out as it says, its Python runs, its levels are all there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.standards.plugins.packages import INDICATORS, STANDARDS, Packages, hook, packages

from liangcun_standards.conformance import Level
from liangcun_standards.document.yaml_source import read_yaml
from liangcun_standards.worked_examples import check_example
from liangcun_standards.worked_examples.document import read_example

__all__ = ["packages"]  # a fixture, found by its name

_PAGE = (Path(__file__).parents[2] / "docs" / "plugins" / "testing.md").read_text(encoding="utf-8")
_DOCUMENT = """\
jurisdiction: 370783
code: county-lamps
version: 2026
title: 路灯
effective: {from: 2026-01-01}
source: SOURCE
level: village
groups:
  - code: lamps
    title: 路灯
    criteria:
      - {code: lit, title: 亮化, max_score: 100, source: SOURCE, rule: RULE}
"""
_SOURCE = "{status: interpretation, text: 举例}"


def _block(language: str) -> str:
    [text] = re.findall(rf"^```{language}\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)
    return str(text)


def test_the_example_comes_out_as_written_in_a_plugin_loaded_as_shown(packages: Packages) -> None:
    [rule] = re.findall(r"`rule: (\{.+?\})`，100 分", _PAGE)
    indicators = INDICATORS + hook("liangcun_indicators", 'return [rate("county_lit_rate")]')
    documents: dict[str, str | bytes] = {
        "lamps.yaml": _DOCUMENT.replace("RULE", rule).replace("SOURCE", _SOURCE)
    }
    packages.add("county-lamps", indicators + STANDARDS, documents, distribution="county-lamps")
    names: dict[str, Any] = {}
    exec(_block("python"), names)
    registry = names["REGISTRY"]
    [find] = re.findall(r"`REGISTRY(\.standards\.find\(\"\S+?\"\)\.standard)`", _PAGE)
    assert eval(f"REGISTRY{find}.worth", names) == 100
    example = read_example(_block("yaml"), "testing.md")
    assert check_example(example, registry.standards, registry.indicators) == []
    # Each village of the page is one that the example would find out if it came to something else.
    assert len(read_yaml(_block("yaml"), "testing.md").values["regions"]) == 4
    other = read_example(_block("yaml").replace("79.9", "80.1"), "testing.md")
    assert check_example(other, registry.standards, registry.indicators) != []


def test_every_level_is_on_the_page() -> None:
    shown = re.findall(r"^\| (\S+) `(\w+)` \|", _PAGE, re.MULTILINE)
    assert shown == [(one.label.zh, one.value) for one in Level if one is not Level.NONE]
