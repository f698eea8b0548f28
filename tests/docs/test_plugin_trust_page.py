"""docs/plugins/trust.md says what holds a plugin's Python, as the program has it."""

from __future__ import annotations

from pathlib import Path

from liangcun_standards.isolation import DEFAULTS
from liangcun_standards.isolation.nursery import _ENVIRONMENT

_PAGE = (Path(__file__).parents[2] / "docs" / "plugins" / "trust.md").read_text(encoding="utf-8")


def test_the_limits_are_those_of_the_code() -> None:
    assert f"超过 {DEFAULTS.load_seconds:g} 秒处理器时间" in _PAGE
    assert f"（或 {DEFAULTS.by_the_clock(DEFAULTS.load_seconds):g} 秒时钟）" in _PAGE
    assert f"一次调用超过 {DEFAULTS.call_seconds:g} 秒" in _PAGE
    assert DEFAULTS.memory == 1 << 30
    assert "内存超过 1 GiB" in _PAGE


def test_the_variables_that_a_worker_sees_are_those_that_the_page_speaks_of() -> None:
    assert "环境变量只留 `PATH`、`HOME`、语言等几个，数据库地址不在其中" in _PAGE
    assert {"PATH", "HOME", "LANG"} < set(_ENVIRONMENT)
    assert not any(name.startswith("LIANGCUN") for name in _ENVIRONMENT)
