"""障碍度模型: totals by entropy weights, and what of each village's gap lies with which criterion."""

from __future__ import annotations

import numpy as np
import pytest

from liangcun_obstacle_degree.scoring import obstacle_degrees, total
from liangcun_standards import (
    Column,
    IndicatorTable,
    Input,
    Period,
    ScoreResult,
    explain,
    load_plugins,
    score,
)
from liangcun_standards.worked_examples import WorkedExample, check_example, load_examples

REGISTRY = load_plugins()
STANDARD = REGISTRY.standards.find("220000/village-obstacles@2023").standard
SHARES = np.array([[1.0, 0.5, 0.0], [0.5, 0.5, 0.5], [0.2, 0.4, 0.9]])
EVERYONE = np.ones(SHARES.shape, bool)
EQUAL = np.ones(3)
PEERS = np.zeros(3, np.int64)
COUNTIES = np.repeat([0, 1], 20)


def scored(seed: int = 3) -> ScoreResult:
    """Forty villages in two counties, each figure known."""
    rng = np.random.default_rng(seed)
    codes = [f"22072220{one:04}" for one in range(20)] + [f"22072320{one:04}" for one in range(20)]
    columns = {source: Column(rng.uniform(0, 100, 40).round(), 0.0, 100.0) for source in STANDARD.inputs}
    table = IndicatorTable(Period.parse("2023"), codes, columns, COUNTIES)
    return score(STANDARD, table, REGISTRY.indicators)


def test_the_plugin_brings_a_scorer() -> None:
    plugin = REGISTRY.plugin("obstacle-degree")
    assert plugin is not None
    assert plugin.error is None
    assert "liangcun_scorers" in plugin.hooks
    assert STANDARD.scorer == "obstacle-degree.entropy"


@pytest.mark.parametrize("example", load_examples("liangcun_obstacle_degree"), ids=lambda one: one.title)
def test_a_worked_example_comes_out_as_written(example: WorkedExample) -> None:
    assert check_example(example, REGISTRY.standards, REGISTRY.indicators) == []


def test_the_figures_are_those_of_the_formula_worked_out_by_hand() -> None:
    logs = [[x * np.log(x) if x else 0.0 for x in row / row.sum()] for row in SHARES]
    divergence = [1 + sum(row) / np.log(3) for row in logs]
    weights = np.array(divergence) / sum(divergence)
    told = obstacle_degrees(SHARES, EQUAL, EVERYONE, PEERS)
    assert told["weight"][:, 0] == pytest.approx(weights * 100, abs=1e-9)
    gap = weights[:, None] * (1 - SHARES)
    assert told["obstacle_degree"] == pytest.approx(gap / gap.sum(axis=0) * 100, abs=1e-7)
    assert total(SHARES, EQUAL, EVERYONE, PEERS) == pytest.approx(weights @ SHARES, abs=1e-9)


def test_obstacle_degrees_of_a_village_add_up_to_all_of_its_gap() -> None:
    degrees = scored().told["obstacle_degree"]
    assert degrees.sum(axis=0) == pytest.approx(np.full(40, 100.0))


def test_a_village_with_nothing_lacking_has_no_obstacles() -> None:
    shares = np.array([[1.0, 0.5], [1.0, 0.1]])
    told = obstacle_degrees(shares, np.ones(2), np.ones(shares.shape, bool), np.zeros(2, np.int64))
    assert np.isnan(told["obstacle_degree"][:, 0]).all()
    assert told["obstacle_degree"][:, 1].sum() == pytest.approx(100)


def test_what_does_not_count_for_a_village_is_no_obstacle_to_it() -> None:
    present = EVERYONE.copy()
    present[0, 2] = False
    told = obstacle_degrees(np.where(present, SHARES, 0.0), EQUAL, present, PEERS)
    assert told["obstacle_degree"][0, 2] == 0
    assert told["obstacle_degree"][:, 2].sum() == pytest.approx(100)
    assert np.isnan(total(SHARES * 0, EQUAL, np.zeros(SHARES.shape, bool), PEERS)).all()


def test_each_county_has_weights_of_its_own() -> None:
    weights = scored().told["weight"]
    assert np.ptp(weights[:, :20], axis=1) == pytest.approx(np.zeros(10))
    assert np.ptp(weights[:, 20:], axis=1) == pytest.approx(np.zeros(10))
    assert not np.allclose(weights[:, 0], weights[:, 20])


def test_the_explanation_says_the_degree_in_both_languages() -> None:
    result = scored()
    degree = round(float(result.told["obstacle_degree"][0, 5]), 2)
    words = explain(result, REGISTRY.indicators, 5, 0)
    assert f"障碍度：{degree:g}%" in words.zh
    assert f"obstacle degree: {degree:g}%" in words.en


def test_a_missing_figure_leaves_every_peer_open() -> None:
    result = scored()
    columns = dict(result.table.columns)
    source = Input("lit_lanes_rate")
    values = columns[source].values.copy()
    values[0] = np.nan
    columns[source] = Column(values, 0.0, 100.0)
    table = IndicatorTable(result.table.period, result.table.regions, columns, COUNTIES)
    opened = score(STANDARD, table, REGISTRY.indicators)
    assert (opened.lowest[:20] == 0).all()
    assert (opened.highest[:20] == 100).all()
    assert (opened.lowest[20:] == opened.total[20:]).all()
