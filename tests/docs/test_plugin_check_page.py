"""docs/plugin-check.md names every rule of the kit as the program does."""

from __future__ import annotations

import re
from pathlib import Path

from liangcun_standards.conformance import RULES

_PAGE = (Path(__file__).parents[2] / "docs" / "plugin-check.md").read_text(encoding="utf-8")


def test_every_rule_stands_on_the_page_with_its_level_and_what_to_do() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| \S+ (\w+) \| (.+?)。.*? \| (.+?)。.*? \|$", _PAGE, re.MULTILINE)

    assert rows == [(one.code, one.level.value, one.title.zh, one.advice.zh) for one in RULES]
