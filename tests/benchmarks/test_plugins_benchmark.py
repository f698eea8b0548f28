"""What the benchmark of plugins measures is there to be measured."""

from __future__ import annotations

from importlib.metadata import distributions
from pathlib import Path

import pytest

from benchmarks import plugins
from liangcun_standards.plugins import PluginStatus, load_plugins


@pytest.mark.parametrize("rules", [False, True])
def test_its_plugins_are_active_and_have_what_they_are_named_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: bool
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    plugins.write_plugins(tmp_path, 2, rules=rules)
    points = [one for found in distributions(path=[str(tmp_path)]) for one in found.entry_points]
    registry = load_plugins(points)
    try:
        assert [one.status for one in registry.plugins] == [PluginStatus.ACTIVE] * 2
        assert len(registry.own.rules) == (2 if rules else 0)
        assert registry.standards.ids() == ["220722/county-0", "220722/county-1"]
    finally:
        registry.close()


def test_every_way_to_a_county_s_scores_is_measured() -> None:
    found = plugins.measure_scoring(1, 1)
    assert set(found) == {
        "directly",
        "directly, seconds",
        "through the registry",
        "through the registry, apart",
        "a rule that ships",
        "a rule that ships, seconds",
        "a plugin's rule, here",
        "a plugin's rule, apart",
    }
    assert all(figure > 0 for figure in found.values())
