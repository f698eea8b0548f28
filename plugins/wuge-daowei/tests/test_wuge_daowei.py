"""五个到位: a county scored on the figures that were published, and on nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from liangcun_standards import explain, load_plugins
from liangcun_standards.vocabulary import RegionLevel, SourceStatus
from liangcun_standards.worked_examples import (
    Bounded,
    WorkedExample,
    check_example,
    load_examples,
    score_example,
)

REGISTRY = load_plugins()
STANDARD = REGISTRY.standards.find("220722/wuge-daowei@2023").standard
EXAMPLES = load_examples("liangcun_wuge_daowei")
CHANGLING = next(example for example in EXAMPLES if example.file == "changling-2023.yaml")
RESULT = score_example(CHANGLING, REGISTRY.standards, REGISTRY.indicators)
PLACES = {criterion.code: place for place, criterion in enumerate(STANDARD.criteria)}
ARTICLE = "《长岭县聚焦“五强化”确保“五到位” 推进“千村示范”创建提质增效》（中国乡村振兴网，2023-07-20）"


def without_qualifiers(example: WorkedExample) -> WorkedExample:
    """The same example, every 以上 and 多 taken for the figure itself."""
    (county,) = example.regions
    values: dict[str, Any] = {
        name: value.at_least if isinstance(value, Bounded) and value.at_least is not None else value
        for name, value in county.values.items()
    }
    return example.model_copy(update={"regions": (county.model_copy(update={"values": values}),)})


def test_the_plugin_is_found_by_its_entry_point() -> None:
    plugin = REGISTRY.plugin("wuge-daowei")
    assert plugin is not None
    assert plugin.error is None
    assert [one.name for one in plugin.publications] == ["220722/wuge-daowei@2023"]
    assert len(plugin.indicators) == 38


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.title)
def test_a_worked_example_comes_out_as_written(example: WorkedExample) -> None:
    assert check_example(example, REGISTRY.standards, REGISTRY.indicators) == []


def test_it_is_a_standard_over_a_county_in_the_article_s_five_parts() -> None:
    assert STANDARD.level is RegionLevel.COUNTY
    assert [group.title for group in STANDARD.groups] == [
        "组织保障",
        "环境整治",
        "产业支持",
        "群众参与",
        "长效保障",
    ]
    assert STANDARD.worth == 100


def test_the_example_holds_all_38_published_figures() -> None:
    (county,) = CHANGLING.regions
    plugin = REGISTRY.plugin("wuge-daowei")
    assert plugin is not None
    assert set(county.values) == {indicator.code for indicator in plugin.indicators}


def test_it_reads_no_village_s_figures() -> None:
    for source in STANDARD.inputs:
        assert REGISTRY.indicators[source.indicator].level is RegionLevel.COUNTY
        assert source.lag == 0


def test_every_criterion_cites_the_article_and_says_that_its_threshold_is_a_reading() -> None:
    for criterion in STANDARD.criteria:
        assert criterion.source.status is SourceStatus.PUBLISHED
        assert criterion.source.document == ARTICLE
        assert "分值和门槛为工作释义" in criterion.source.text
        assert criterion.source.text_en is not None
        assert "points and threshold are a working reading" in criterion.source.text_en


def test_the_standard_as_a_whole_claims_to_be_an_interpretation_only() -> None:
    assert STANDARD.source.status is SourceStatus.INTERPRETATION


def test_the_suspect_drainage_figure_leaves_its_criterion_out_until_confirmed() -> None:
    drainage = RESULT.criterion(0, PLACES["drainage"])
    assert drainage.score is None
    assert (drainage.lowest, drainage.highest) == (0, 3)
    assert "不计入总分" in explain(RESULT, REGISTRY.indicators, 0, PLACES["drainage"]).zh


def test_85_percent_or_more_is_never_taken_for_85_percent() -> None:
    lanes = RESULT.criterion(0, PLACES["main-lanes"])
    assert (lanes.score, lanes.lowest, lanes.highest) == (2.5, 2.5, 4)
    assert "不少于 85%" in explain(RESULT, REGISTRY.indicators, 0, PLACES["main-lanes"]).zh
    exact = score_example(without_qualifiers(CHANGLING), REGISTRY.standards, REGISTRY.indicators)
    assert exact.criterion(0, PLACES["main-lanes"]).highest == 2.5
    assert exact.highest[0] < RESULT.highest[0]


def test_a_county_of_which_nothing_is_known_has_earned_nothing() -> None:
    blank = CHANGLING.regions[0].model_copy(update={"values": {}})
    result = score_example(
        CHANGLING.model_copy(update={"regions": (blank,)}), REGISTRY.standards, REGISTRY.indicators
    )
    assert (result.total[0], result.lowest[0], result.highest[0]) == (0, 0, 100)
    assert not result.ranked[0]


def test_the_county_passes_whatever_the_bounded_and_doubtful_figures_turn_out_to_be() -> None:
    assert RESULT.passed[0]
    assert RESULT.lowest[0] >= 85
    assert np.isclose(RESULT.highest[0] - RESULT.lowest[0], 3 + 1.5 + 1)
