"""A plugin's own scorer: it puts all criteria together and tells of each, here or in a worker alike."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from tests.standards.plugins.packages import Packages, packages

from liangcun_standards import (
    Column,
    IndicatorTable,
    Input,
    InvalidDocument,
    Period,
    PluginFailed,
    ScoreResult,
    explain,
    read_standard,
    score,
)
from liangcun_standards.document.own_names import own_names
from liangcun_standards.plugins import PluginRegistry, PluginStatus, load_plugins
from liangcun_standards.sensitivity import Asked, Choice, Combination, Normalisation, analyse

__all__ = ["packages"]  # a fixture, found by its name

NAN = np.nan
MODULE = "county_scorer"
LACKING = 'return {"lacking": (1.0 - shares) * weights[:, None]}'


@pytest.fixture(params=[False, True], ids=["here", "apart"])
def registry(packages: Packages, request: pytest.FixtureRequest) -> Iterator[PluginRegistry]:
    """The county's plugin, its Python in this process or in a worker."""
    packages.install(MODULE)
    loaded = load_plugins(packages.points(), isolate=request.param)
    yield loaded
    loaded.close()


def scored(registry: PluginRegistry) -> ScoreResult:
    """Four villages: both known; the first too low for its group; one missing; both missing."""
    regions = [f"2207220000{row:02}" for row in range(4)]
    columns = {
        Input("county_lit_rate"): Column(np.array([80.0, 20.0, 90.0, NAN]), 0.0, 100.0),
        Input("county_lamps_rate"): Column(np.array([60.0, 100.0, NAN, NAN]), 0.0, 100.0),
    }
    table = IndicatorTable(Period.parse("2023"), regions, columns)
    return score(registry.standards.find("220722/weakest").standard, table, registry.indicators)


def with_module(packages: Packages, before: str, after: str) -> PluginRegistry:
    """The plugin with a piece of its Python put another way, in a worker."""
    packages.install(MODULE)
    (file,) = packages.folder.glob("*county_scorer/__init__.py")
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")
    return load_plugins(packages.points(), isolate=True)


def test_the_total_is_the_scorer_s_and_what_hangs_on_it_follows(registry: PluginRegistry) -> None:
    plugin = registry.plugin("county-scorer")
    assert plugin is not None
    assert plugin.status is PluginStatus.ACTIVE
    result = scored(registry)
    # The mean of 0.8 and 0.6 of 100 points; the points of criteria and groups stay the rules'.
    assert result.total[:2].tolist() == [70.0, 60.0]
    assert result.points[:, 0].tolist() == [48.0, 24.0, 1.0]
    assert result.groups["lit"].tolist()[:2] == [48.0, 12.0]
    # 60 points make the grade, but the first group has less than its 30.
    assert result.passed[:2].tolist() == [True, False]
    assert result.ranks()[:2].tolist() == [1, 2]


def test_what_is_missing_leaves_the_total_open_between_the_scorer_s_ends(registry: PluginRegistry) -> None:
    result = scored(registry)
    assert (result.lowest[2], result.highest[2]) == (45.0, 95.0)
    assert (result.lowest[3], result.highest[3]) == (0.0, 100.0)


def test_what_the_scorer_tells_stands_in_the_explanation(registry: PluginRegistry) -> None:
    result = scored(registry)
    assert result.told["lacking"][:, 0].tolist() == pytest.approx([12.0, 16.0, NAN], nan_ok=True)
    words = explain(result, registry.indicators, 0, 1)
    assert "差距：16%" in words.zh
    assert "lacking: 16%" in words.en
    # A pure check counts nowhere, so nothing is told of it.
    assert "差距" not in explain(result, registry.indicators, 0, 2).zh


def test_the_standard_knows_whose_python_it_runs(registry: PluginRegistry) -> None:
    assert own_names(registry.standards.find("220722/weakest").standard) == {"county-scorer.weakest"}


def test_a_village_alone_comes_out_as_among_others(registry: PluginRegistry) -> None:
    whole = scored(registry)
    for row in range(4):
        columns = {
            name: Column(column.values[row : row + 1], 0.0, 100.0)
            for name, column in whole.table.columns.items()
        }
        table = IndicatorTable(whole.table.period, [whole.table.regions[row]], columns)
        alone = score(whole.standard, table, registry.indicators)
        assert np.array_equal(alone.total, whole.total[row : row + 1], equal_nan=True)
        assert alone.lowest[0] == whole.lowest[row]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("scorer: county-scorer.best", "'county-scorer.best'.*county-scorer.weakest"),
        ("scorer: weakest", "no scorer 'weakest'"),
        ("scorer: county-scorer.weakest\naggregation: {method: minimum}", "takes no aggregation"),
    ],
)
def test_a_scorer_that_does_not_fit_is_refused_with_its_place(
    registry: PluginRegistry, line: str, told: str
) -> None:
    plugin = registry.plugin("county-scorer")
    assert plugin is not None
    text = plugin.publications[0].text
    with pytest.raises(InvalidDocument, match=told) as caught:
        read_standard(text.replace("scorer: county-scorer.weakest", line), "x.yaml", registry.own)
    assert str(caught.value).startswith("x.yaml:1")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("np.divide(total, counted", "np.divide(total * 9, counted", "0 – 1"),
        ("    return np.divide(total", "    return total[:1]\n    np.divide(total", r"float64 \(4,\)"),
        ("    counted = np.isfinite", "    raise KeyError('x')\n    counted = np.isfinite", "KeyError"),
    ],
    ids=["beyond-1", "one-figure-too-few", "raises"],
)
def test_a_scorer_that_goes_wrong_breaks_its_plugin_alone(
    packages: Packages, before: str, after: str, told: str
) -> None:
    registry = with_module(packages, before, after)
    try:
        with pytest.raises(PluginFailed, match=told):
            scored(registry)
        assert registry.plugin("county-scorer").status is PluginStatus.BROKEN  # type: ignore[union-attr]
    finally:
        registry.close()


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ('return {"other": shares}', "lacking"),
        ('return {"lacking": shares[0]}', "float64"),
        ("raise KeyError('x')", "KeyError"),
    ],
)
def test_figures_that_are_none_are_refused(packages: Packages, after: str, told: str) -> None:
    registry = with_module(packages, LACKING, after)
    try:
        with pytest.raises(PluginFailed, match=told):
            _ = scored(registry).told
        assert registry.plugin("county-scorer").status is PluginStatus.BROKEN  # type: ignore[union-attr]
    finally:
        registry.close()


def test_figures_declared_and_not_given_break_the_plugin(packages: Packages) -> None:
    registry = with_module(packages, "            figures=lacking,\n", "")
    try:
        plugin = registry.plugin("county-scorer")
        assert plugin is not None
        assert plugin.status is PluginStatus.BROKEN
        assert plugin.error is not None
        assert "tells and figures go together" in plugin.error.en
    finally:
        registry.close()


def test_how_firm_places_are_under_a_scorer_moves_with_what_is_not_known_alone(
    registry: PluginRegistry,
) -> None:
    own = Asked(draws=40, normalisations=(Normalisation.RULES,), combinations=(Combination.OWN,))
    found = analyse(scored(registry), registry.indicators, own)
    assert any("county-scorer.weakest" in one.zh for one in found.not_varied)
    assert Choice.UNKNOWN in found.varied
    # The two whose figures are all known keep their order in every run.
    assert found.high[0] <= 4
    assert found.low[0] <= found.low[1]
