"""docs/plugin-check.md names every rule of the kit as the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from liangcun_standards.conformance import LIMITS, RULES
from liangcun_standards.conformance.apart import MEMORY, SECONDS

_PAGE = (Path(__file__).parents[2] / "docs" / "plugin-check.md").read_text(encoding="utf-8")


def test_every_rule_stands_on_the_page_with_its_level_and_what_to_do() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| \S+ (\w+) \| (.+?)。.*? \| (.+?)。.*? \|$", _PAGE, re.MULTILINE)

    assert rows == [(one.code, one.level.value, one.title.zh, one.advice.zh) for one in RULES]


def test_the_limits_are_those_of_the_code() -> None:
    assert f"用时不超过 {LIMITS.seconds:g} 秒" in _PAGE
    assert f"At most {LIMITS.seconds:g} seconds" in _PAGE
    assert f"内存不超过 {LIMITS.memory >> 20} MiB" in _PAGE
    assert f"At most {LIMITS.memory >> 20} MiB" in _PAGE
    assert (SECONDS, MEMORY >> 30) == (120, 4)
    assert "限两分钟、4 GB" in _PAGE


def test_every_option_of_pytest_is_on_the_page(pytestconfig: pytest.Config) -> None:
    known = {"--liangcun-check", "--liangcun-level", "liangcun_check", "liangcun_level"}

    assert set(re.findall(r"-{2}liangcun-\w+|\bliangcun_(?:check|level)\b", _PAGE)) == known
    assert {pytestconfig.getoption("liangcun_check"), pytestconfig.getini("liangcun_check")} == {False}
    assert pytestconfig.getini("liangcun_level") == "gold"
