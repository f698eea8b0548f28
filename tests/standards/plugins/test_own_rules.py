"""A plugin's own rules and aggregations: documents use them by name, in this process or in a worker alike."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
from tests.standards.plugins.packages import Packages, packages

from liangcun_standards import (
    Bounds,
    Column,
    IndicatorTable,
    Input,
    InvalidDocument,
    Period,
    ScoreResult,
    explain,
    read_standard,
    score,
)
from liangcun_standards.document.schema import document_schema
from liangcun_standards.explanation import rule_text
from liangcun_standards.plugins import PluginRegistry, PluginStatus, load_plugins
from liangcun_standards.sensitivity import Asked, Choice, analyse, inspect_first

__all__ = ["packages"]  # a fixture, found by its name

NAN = np.nan


@pytest.fixture(params=[False, True], ids=["here", "apart"])
def registry(packages: Packages, request: pytest.FixtureRequest) -> Iterator[PluginRegistry]:
    """The county's plugin, its Python in this process or in a worker."""
    packages.install("county_rules")
    loaded = load_plugins(packages.points(), isolate=request.param)
    yield loaded
    loaded.close()


def scored(registry: PluginRegistry, standard: str = "220722/ladder") -> ScoreResult:
    """Five villages: all known; too few lamps; one figure bounded, one missing, everything missing."""
    regions = [f"2207220000{row:02}" for row in range(5)]
    lit = np.array([55.0, 19.0, NAN, 80.0, NAN])
    working = np.array([91.0, 5.0, 60.0, NAN, NAN])
    bounds = Bounds(np.array([2]), np.array([50.0]), np.array([79.0]))
    columns = {
        Input("county_lit_rate"): Column(lit, 0.0, 100.0, bounds),
        Input("county_lamps_rate"): Column(working, 0.0, 100.0),
    }
    table = IndicatorTable(Period.parse("2023"), regions, columns)
    return score(registry.standards.find(standard).standard, table, registry.indicators)


def test_points_are_the_rule_s_and_totals_the_aggregation_s(registry: PluginRegistry) -> None:
    plugin = registry.plugin("county-rules")
    assert plugin is not None
    assert plugin.status is PluginStatus.ACTIVE
    assert plugin.hooks == (
        "liangcun_standards",
        "liangcun_indicators",
        "liangcun_rules",
        "liangcun_aggregations",
    )
    result = scored(registry)
    # Two of three rungs: half of 60; both of two: all of 40; lamps: 10. The two weakest are 0.5 and 1.
    assert result.points[:, 0].tolist() == [30.0, 40.0, 10.0]
    assert result.total[0] == 110 * 0.75
    # No rung at all, and below 10 nothing: both weakest are 0.
    assert result.points[:, 1].tolist() == [0.0, 0.0, 10.0]
    assert result.total[1] == 0.0


def test_how_firm_places_are_is_told_but_for_what_the_plugin_puts_together(registry: PluginRegistry) -> None:
    found = analyse(scored(registry), registry.indicators, Asked(draws=40))
    assert Choice.UNKNOWN in found.varied
    assert any("county-rules.two_weakest" in one.zh for one in found.not_varied)
    # Two rungs whatever the bounded figure is: nobody is sure of a place but the one who is below all others.
    assert found.low.min() == 1
    assert {one.source.indicator for one in inspect_first(scored(registry), registry.indicators)} == {
        "county_lit_rate",
        "county_lamps_rate",
    }


def test_what_is_not_known_stays_open_between_the_rule_s_ends(registry: PluginRegistry) -> None:
    result = scored(registry)
    # Between 50 and 79: two rungs whatever it is. Missing: anything.
    assert [result.criterion(2, place).lowest for place in range(3)] == [30.0, 20.0, 10.0]
    assert (result.criterion(3, 1).lowest, result.criterion(3, 1).highest) == (0.0, 40.0)
    assert (result.lowest[4], result.highest[4]) == (0.0, 110.0)
    assert (result.lowest[3], result.highest[3]) == (55.0, 110.0)


def test_a_rule_is_read_out_in_both_languages(registry: PluginRegistry) -> None:
    standard = registry.standards.find("220722/ladder").standard
    words = rule_text(standard.criteria[0], registry.indicators)
    assert words.zh == "亮化率每上一级（20、50、80）得分翻倍，最高 60 分"
    assert words.en == "points double with each rung of county_lit_rate, up to 60"
    nested = rule_text(standard.criteria[1], registry.indicators)
    assert "路灯完好率每上一级（50、90）得分翻倍，最高 40 分" in nested.zh
    assert "亮化率每上一级" in explain(scored(registry), registry.indicators, 0, 0).zh


def test_a_tailoring_changes_what_the_rule_is_worth(registry: PluginRegistry) -> None:
    tailored = registry.standards.find("220724/ladder").standard
    assert rule_text(tailored.criteria[0], registry.indicators).zh.endswith("最高 50 分")
    assert scored(registry, "220724/ladder").points[0, 0] == 25.0


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("kind: county-rules.ladder, indicator: county_lit_rate", "rule.rungs: is missing"),
        ("kind: county-rules.ladder, indicator: county_lit_rate, rungs: [a]", "rungs.0: should be a number"),
        (
            "kind: county-rules.ladder, rungs: [1], indicator: x, colour: red",
            "colour: there is no such field",
        ),
        ("kind: county-rules.slide, rungs: [1]", "no rule kind 'county-rules.slide'"),
        ("kind: nobody.ladder, rungs: [1]", "is its plugin installed, enabled and whole?"),
    ],
)
def test_a_rule_that_does_not_fit_is_refused_with_its_place(
    registry: PluginRegistry, rule: str, told: str
) -> None:
    plugin = registry.plugin("county-rules")
    assert plugin is not None
    text = plugin.publications[1].text
    before = "kind: county-rules.ladder, indicator: county_lit_rate, rungs: [20, 50, 80]"
    assert before in text
    with pytest.raises(InvalidDocument) as caught:
        read_standard(text.replace(before, rule), "x.yaml", registry.own)
    assert "x.yaml:20:" in str(caught.value)
    assert told in str(caught.value)


def test_an_aggregation_that_nobody_brings_is_refused(registry: PluginRegistry) -> None:
    plugin = registry.plugin("county-rules")
    assert plugin is not None
    text = plugin.publications[1].text.replace("county-rules.two_weakest", "county-rules.best")
    with pytest.raises(InvalidDocument, match=r"'county-rules.best'.*county-rules.two_weakest"):
        read_standard(text, "x.yaml", registry.own)


def test_without_the_plugins_a_document_that_needs_them_says_so(registry: PluginRegistry) -> None:
    plugin = registry.plugin("county-rules")
    assert plugin is not None
    with pytest.raises(InvalidDocument, match="no plugin brings any"):
        read_standard(plugin.publications[1].text, "x.yaml")


def test_a_worker_gives_the_same_bytes_as_this_process(packages: Packages) -> None:
    packages.install("county_rules")
    here = load_plugins(packages.points(), isolate=False)
    apart = load_plugins(packages.points(), isolate=True)
    try:
        for name in ("220722/ladder", "220724/ladder"):
            assert here.standards.find(name).standard.digest == apart.standards.find(name).standard.digest
            assert scored(here, name).digest == scored(apart, name).digest
    finally:
        apart.close()


def test_the_schema_of_documents_lists_the_kinds_that_ship_alone(registry: PluginRegistry) -> None:
    assert "county-rules" in registry.standards.find("220722/ladder").standard.model_dump_json()
    assert "county-rules" not in json.dumps(document_schema())


def test_a_plugin_of_documents_alone_keeps_no_worker(packages: Packages) -> None:
    packages.install("prints")
    registry = load_plugins(packages.points(), isolate=True)
    plugin = registry.plugin("prints")
    assert plugin is not None
    assert (plugin.status, plugin.isolated, plugin.worker) == (PluginStatus.ACTIVE, True, None)
