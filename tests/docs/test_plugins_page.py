"""docs/plugins.md names every hook with its exact signature, and its examples are plugins that work."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import numpy as np
import pytest
from tests.standards.plugins.packages import Packages, packages

from liangcun_standards import ScoredRegions, Text
from liangcun_standards.isolation import DEFAULTS
from liangcun_standards.plugins import PluginStatus, load_plugins
from liangcun_standards.plugins.hookspecs import Hooks

__all__ = ["packages"]  # a fixture, found by its name

_PAGE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
_HOOKS = {name: hook for name, hook in vars(Hooks).items() if name.startswith("liangcun_")}
_EXAMPLES = re.findall(r"^```python\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)


def _signature(name: str) -> str:
    """The hook as a plugin writes it, without self."""
    shown = inspect.signature(_HOOKS[name])
    own = [one for one in shown.parameters.values() if one.name != "self"]
    return f"{name}{shown.replace(parameters=own)}".replace("'", "")


@pytest.mark.parametrize("name", _HOOKS)
def test_every_hook_is_on_the_page_with_its_signature(name: str) -> None:
    assert f"### `{_signature(name)}`" in _PAGE


def test_the_page_names_no_hook_that_is_gone() -> None:
    assert set(re.findall(r"`(liangcun_\w+)\(", _PAGE)) == set(_HOOKS)


def test_the_examples_make_one_plugin_that_works(packages: Packages) -> None:
    assert len(_EXAMPLES) == 4
    packages.add("county-rules", "\n\n".join(_EXAMPLES))
    registry = load_plugins(packages.points(), isolate=False)
    plugin = registry.plugin("county-rules")
    assert plugin is not None
    assert plugin.status is PluginStatus.ACTIVE, plugin.error
    [written] = re.findall(r"kind: (county-rules\.\w+)", _PAGE)
    assert list(registry.own.rules) == [written]
    rule = registry.own.rules[written].read({"kind": written, "indicator": "street_lamps", "mark": 40})
    assert rule.always_defined
    assert list(registry.own.aggregations) == ["county-rules.best"]
    assert list(registry.own.scorers) == ["county-rules.mean"]
    scorer = registry.own.scorers["county-rules.mean"]
    shares, everyone = [np.array([1.0, 0.5]), np.array([0.5, 0.5])], np.ones(2, bool)
    arguments = (shares, (3.0, 1.0), [everyone, everyone], np.zeros(2, np.int64))
    assert scorer.put_together(*arguments, None).tolist() == [0.875, 0.5]
    regions = ScoredRegions(
        regions=("220722001001", "220722001002"),
        criteria=("roads", "lamps"),
        titles=(Text("道路", "roads"), Text("路灯", "lamps")),
        max_scores=np.array([10.0, 5.0]),
        points=np.array([[10.0, 2.0], [1.0, 4.0]]),
        total=np.array([11.0, 6.0]),
        figures={},
    )
    assert registry.own.queries["county-rules.weakest"].rows(regions) == [
        {"village": "220722001001", "criterion": "路灯", "lost": 4.0},
        {"village": "220722001002", "criterion": "道路", "lost": 8.0},
    ]
    assert scorer.told(*arguments)["lost"].tolist() == [[0.0, 37.5], [12.5, 12.5]]


def test_the_limits_are_those_of_the_code() -> None:
    assert f"超过 {DEFAULTS.load_seconds:g} 秒处理器时间" in _PAGE
    assert f"（或 {DEFAULTS.by_the_clock(DEFAULTS.load_seconds):g} 秒时钟）" in _PAGE
    assert f"一次调用超过 {DEFAULTS.call_seconds:g} 秒" in _PAGE
    assert DEFAULTS.memory == 1 << 30
    assert "内存超过 1 GiB" in _PAGE
