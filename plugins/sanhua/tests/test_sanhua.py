"""三化: 绿化, 美化 and 亮化, each out of 100, weighted 3 to 4 to 3."""

from __future__ import annotations

import pytest

from liangcun_standards import load_plugins
from liangcun_standards.vocabulary import RegionLevel, SourceStatus
from liangcun_standards.worked_examples import WorkedExample, check_example, load_examples

REGISTRY = load_plugins()
STANDARD = REGISTRY.standards.find("220000/sanhua@2021").standard


def test_the_plugin_is_found_by_its_entry_point() -> None:
    plugin = REGISTRY.plugin("sanhua")
    assert plugin is not None
    assert plugin.error is None
    assert [one.name for one in plugin.publications] == ["220000/sanhua@2021"]


@pytest.mark.parametrize("example", load_examples("liangcun_sanhua"), ids=lambda one: one.title)
def test_a_worked_example_comes_out_as_written(example: WorkedExample) -> None:
    assert check_example(example, REGISTRY.standards, REGISTRY.indicators) == []


def test_green_tidy_and_lit_are_each_worth_100_and_weigh_3_4_3() -> None:
    assert [(group.title, group.worth, group.weight) for group in STANDARD.groups] == [
        ("绿化", 100, 0.3),
        ("美化", 100, 0.4),
        ("亮化", 100, 0.3),
    ]
    assert STANDARD.aggregation.method == "weighted_mean"
    assert STANDARD.worth == 100
    assert STANDARD.level is RegionLevel.VILLAGE


def test_none_of_the_three_may_fall_below_half() -> None:
    assert [group.min_score for group in STANDARD.groups] == [50, 50, 50]


def test_growth_of_exactly_a_tenth_counts_as_a_tenth() -> None:
    planted = next(one for one in STANDARD.criteria if one.code == "trees-planted")
    assert "1.1" not in planted.rule.model_dump_json()


def test_mountain_villages_are_judged_green_by_a_measure_of_their_own() -> None:
    green = next(one for one in STANDARD.criteria if one.code == "greening-rate")
    words = green.rule.describe(REGISTRY.indicators, green.scale)
    assert "平原：绿化覆盖率从 10%（0 分）到 40%（50 分）" in words.zh
    assert "山区：绿化覆盖率从 20%（0 分）到 50%（50 分）" in words.zh


def test_every_item_is_a_working_interpretation() -> None:
    assert {criterion.source.status for criterion in STANDARD.criteria} == {SourceStatus.INTERPRETATION}
    for criterion in STANDARD.criteria:
        assert criterion.source.text_en
        assert criterion.definition
        assert criterion.data_source
        assert criterion.department
        assert criterion.methods
