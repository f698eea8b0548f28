"""新五个全覆盖（山西）: five coverages of its own, beside 吉林's of the same code."""

from __future__ import annotations

import pytest

from liangcun_standards import load_plugins
from liangcun_standards.vocabulary import SourceStatus
from liangcun_standards.worked_examples import WorkedExample, check_example, load_examples

REGISTRY = load_plugins()
STANDARD = REGISTRY.standards.find("140000/wuge-quanfugai@2011").standard
JILIN = REGISTRY.standards.find("220000/wuge-quanfugai@2021").standard


def test_the_plugin_is_found_by_its_entry_point() -> None:
    plugin = REGISTRY.plugin("shanxi-wuge-quanfugai")
    assert plugin is not None
    assert plugin.error is None
    assert [one.name for one in plugin.publications] == ["140000/wuge-quanfugai@2011"]


@pytest.mark.parametrize(
    "example", load_examples("liangcun_shanxi_wuge_quanfugai"), ids=lambda one: one.title
)
def test_a_worked_example_comes_out_as_written(example: WorkedExample) -> None:
    assert check_example(example, REGISTRY.standards, REGISTRY.indicators) == []


def test_the_five_are_those_of_shanxi() -> None:
    assert [criterion.title for criterion in STANDARD.criteria] == [
        "街巷硬化全覆盖",
        "便民连锁商店全覆盖",
        "文化体育场所全覆盖",
        "中职免费教育全覆盖",
        "新农保全覆盖",
    ]
    assert STANDARD.worth == 100
    assert {one.source.status for one in STANDARD.criteria} == {SourceStatus.INTERPRETATION}


def test_a_bare_code_means_the_one_of_the_region_asked_about() -> None:
    found = {
        place: REGISTRY.standards.find("wuge-quanfugai", region=place).standard.jurisdiction
        for place in ("140100000000", "140000000000", "220722000000", "220000000000")
    }
    assert found == {
        "140100000000": "140000000000",
        "140000000000": "140000000000",
        "220722000000": "220000000000",
        "220000000000": "220000000000",
    }


def test_the_two_of_one_code_share_no_indicator_and_no_criterion() -> None:
    assert not set(STANDARD.inputs) & set(JILIN.inputs)
    assert not {one.code for one in STANDARD.criteria} & {one.code for one in JILIN.criteria}
