"""五个全覆盖（吉林）: five coverage rates, each to reach 100%."""

from __future__ import annotations

import pytest

from liangcun_standards import load_plugins
from liangcun_standards.vocabulary import IndicatorKind, RegionLevel, SourceStatus
from liangcun_standards.worked_examples import WorkedExample, check_example, load_examples, read_example

REGISTRY = load_plugins()
STANDARD = REGISTRY.standards.find("220000/wuge-quanfugai@2021").standard


def test_the_plugin_is_found_by_its_entry_point() -> None:
    plugin = REGISTRY.plugin("wuge-quanfugai")
    assert plugin is not None
    assert plugin.error is None
    assert [one.name for one in plugin.publications] == ["220000/wuge-quanfugai@2021"]


@pytest.mark.parametrize("example", load_examples("liangcun_wuge_quanfugai"), ids=lambda one: one.title)
def test_a_worked_example_comes_out_as_written(example: WorkedExample) -> None:
    assert check_example(example, REGISTRY.standards, REGISTRY.indicators) == []


def test_the_five_are_those_that_jilin_s_counties_report() -> None:
    assert [criterion.title for criterion in STANDARD.criteria] == [
        "干净人家评选全覆盖",
        "道德银行（爱心超市）全覆盖",
        "文化大院（农家书屋）全覆盖",
        "村庄规划全覆盖",
        "十户一组全覆盖",
    ]
    assert STANDARD.jurisdiction == "220000000000"
    assert STANDARD.level is RegionLevel.VILLAGE


def test_each_is_a_rate_that_earns_20_points_at_100_percent() -> None:
    for criterion in STANDARD.criteria:
        assert criterion.max_score == 20
        assert REGISTRY.indicators[criterion.inputs[-1].indicator].kind is IndicatorKind.RATE
    assert STANDARD.worth == 100


@pytest.mark.parametrize(
    "coverage", ["clean_household_award", "points_shop", "cultural_yard", "village_plan", "household_group"]
)
def test_99_percent_is_not_yet_full_coverage(coverage: str) -> None:
    full = (
        "clean_household_award_coverage: 100, points_shop_coverage: 100, cultural_yard_coverage: 100, "
        "village_plan_coverage: 100, household_group_coverage: 100"
    )
    example = read_example(
        f"""
title: 差一个百分点
standard: 220000/wuge-quanfugai
period: 2023
common: {{award_review_state: announced, {full}}}
regions:
  - {{name: 全覆盖, expect: {{tier: complete}}}}
  - {{name: 差一点, values: {{{coverage}_coverage: 99}}, expect: {{tier: complete}}}}
""",
        "example.yaml",
    )
    (difference,) = check_example(example, REGISTRY.standards, REGISTRY.indicators)
    assert difference.zh.startswith("差一点：tier 应为 complete")


def test_every_coverage_is_a_working_interpretation() -> None:
    assert {criterion.source.status for criterion in STANDARD.criteria} == {SourceStatus.INTERPRETATION}
    for criterion in STANDARD.criteria:
        assert criterion.source.text_en
        assert criterion.definition
        assert criterion.data_source
        assert criterion.methods
