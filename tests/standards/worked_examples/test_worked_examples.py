"""Worked examples: read with their lines, scored, and every difference told in words."""

from __future__ import annotations

import pytest
from tests.standards.catalogue.publications import INDICATORS, TREE, catalogue, standard

from liangcun_standards.catalogue import StandardCatalogue
from liangcun_standards.errors import InvalidDocument, UnknownStandard
from liangcun_standards.indicators import Choice, Indicator
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import IndicatorKind
from liangcun_standards.worked_examples import check_example, read_example

SIZE = Indicator(
    code="size",
    name="规模",
    name_en="Size",
    kind=IndicatorKind.CHOICE,
    choices=(
        Choice(code="small", title="小", title_en="small"),
        Choice(code="large", title="大", title_en="large"),
    ),
    definition="举例",
    definition_en="example",
    source="举例",
)
EVERY = {**INDICATORS, "size": SIZE}
LAMPS = catalogue(standard("220000"))


def example(regions: str, head: str = "") -> str:
    return f"title: 举例\nstandard: 220000/lamps\nperiod: 2023\n{head}regions:\n{regions}"


def differences(text: str, standards: StandardCatalogue = LAMPS) -> list[Text]:
    return check_example(read_example(text, "a.yaml"), standards, EVERY)


ONE = "  - {name: 甲村, values: {lit_lanes_rate: 45, lamps_working_rate: 96}, expect: {%s}}\n"


@pytest.mark.parametrize(
    "expected",
    [
        "total: 70",
        "total: 70, lowest: 70, highest: 70, grade: pass, tier: null, passed: true, verdict: pass",
        "completeness: 1, rank: 1, groups: {lit: 70}",
        "criteria: {lit-lanes: 30, lamps-working: {points: 40, status: pass}}",
        "",
    ],
)
def test_what_comes_out_as_expected_is_not_mentioned(expected: str) -> None:
    assert differences(example(ONE % expected)) == []


@pytest.mark.parametrize(
    ("expected", "zh", "en"),
    [
        ("total: 71", "甲村：total 应为 71，实为 70", "甲村: total should be 71, not 70"),
        ("total: null", "甲村：total 应为 null，实为 70", "甲村: total should be null, not 70"),
        ("grade: fail", "甲村：grade 应为 fail，实为 pass", "甲村: grade should be fail, not pass"),
        ("passed: false", "甲村：passed 应为 false，实为 true", "甲村: passed should be false, not true"),
        (
            "verdict: undecided",
            "甲村：verdict 应为 undecided，实为 pass",
            "甲村: verdict should be undecided, not pass",
        ),
        ("rank: null", "甲村：rank 应为 null，实为 1", "甲村: rank should be null, not 1"),
        ("groups: {lit: 1}", "甲村：lit 应为 1，实为 70", "甲村: lit should be 1, not 70"),
        (
            "criteria: {lit-lanes: 31}",
            "甲村：lit-lanes 应为 31，实为 30",
            "甲村: lit-lanes should be 31, not 30",
        ),
        (
            "criteria: {lit-lanes: {status: pass}}",
            "甲村：lit-lanes status 应为 pass，实为 partial",
            "甲村: lit-lanes status should be pass, not partial",
        ),
    ],
)
def test_what_does_not_is_told_in_words(expected: str, zh: str, en: str) -> None:
    assert differences(example(ONE % expected)) == [Text(zh, en)]


def test_figures_agree_to_half_a_hundredth() -> None:
    third = ONE.replace("45", "40")
    assert differences(example(third % "criteria: {lit-lanes: 26.67}")) == []
    assert len(differences(example(third % "criteria: {lit-lanes: 26.68}"))) == 1


def test_a_bound_a_doubt_and_nothing_at_all_differ_from_a_value() -> None:
    regions = """\
  - name: 至少
    values: {lit_lanes_rate: {at_least: 45}, lamps_working_rate: 96}
    expect: {total: 70, highest: 100, completeness: 1}
  - name: 至多
    values: {lit_lanes_rate: {at_most: 45}, lamps_working_rate: 96}
    expect: {total: 40, highest: 70}
  - name: 存疑
    values: {lit_lanes_rate: {suspect: 45}, lamps_working_rate: 96}
    expect: {total: 40, highest: 100, completeness: 0.5}
  - name: 缺报
    values: {lit_lanes_rate: missing, lamps_working_rate: 96}
    expect: {total: 40, highest: 100}
  - name: 没有写
    values: {lamps_working_rate: 96}
    expect: {total: 40, completeness: 0.5}
"""
    assert differences(example(regions)) == []


def test_what_is_common_holds_unless_a_region_says_otherwise() -> None:
    regions = """\
  - {name: 甲村, expect: {total: 100, rank: 1}}
  - {name: 乙村, expect: {total: 100, rank: 1}}
  - {name: 丙村, values: {lit_lanes_rate: 45}, expect: {total: 70, rank: 3}}
  - {name: 丁村, values: {lamps_working_rate: null}, expect: {total: 60, completeness: 0.5}}
"""
    assert differences(example(regions, "common: {lit_lanes_rate: 90, lamps_working_rate: 95}\n")) == []


def test_a_choice_is_written_by_its_code_and_a_yes_by_true() -> None:
    tree = TREE.replace(
        "rule: {kind: threshold, when: {indicator: lamps_working_rate, at_least: 95}}",
        "rule: {kind: threshold, when: {indicator: size, is: large}}",
    )
    regions = "  - {name: 甲村, values: {size: large, lit_lanes_rate: true}, expect: {total: 40.67}}\n"
    standards = StandardCatalogue([standard("220000", tree=tree)], EVERY)
    assert differences(example(regions), standards) == []


def test_the_period_before_is_given_apart() -> None:
    tree = TREE.replace(
        "rule: {kind: linear, indicator: lit_lanes_rate, from: 0, to: 90}",
        "rule: {kind: formula, formula: change(lit_lanes_rate) * 2}",
    )
    regions = """\
  - name: 甲村
    values: {lit_lanes_rate: 45}
    before: {lit_lanes_rate: 40}
    expect: {criteria: {lit-lanes: 10}}
"""
    assert differences(example(regions), catalogue(standard("220000", tree=tree))) == []


def test_sub_periods_are_given_for_a_blend() -> None:
    tree = "blend: [{over: quarters, weight: 0.7}, {over: period, weight: 0.3}]\n" + TREE
    regions = """\
  - name: 甲村
    values: {lit_lanes_rate: 90}
    parts: {2023-Q1: {lit_lanes_rate: 45}, 2023-Q2: {lit_lanes_rate: 0}}
    expect: {criteria: {lit-lanes: 28.5}}
"""
    assert differences(example(regions), catalogue(standard("220000", tree=tree))) == []


def test_an_exempt_region_is_not_bound() -> None:
    regions = """\
  - name: 甲村
    values: {lit_lanes_rate: 90}
    exempt: {lamps-working: not_applicable}
    expect: {total: 100}
  - name: 乙村
    values: {lit_lanes_rate: 45}
    exempt: {lamps-working: waived}
    expect: {total: 50, criteria: {lamps-working: {points: null, status: waived}}}
"""
    assert differences(example(regions)) == []


def test_villages_of_two_counties_are_no_peers() -> None:
    tree = TREE.replace(
        "rule: {kind: linear, indicator: lit_lanes_rate, from: 0, to: 90}",
        "rule: {kind: rank, indicator: lit_lanes_rate, best: 60, worst: 0}",
    )
    regions = """\
  - {name: 甲县甲村, code: 220722201204, values: {lit_lanes_rate: 90}, expect: {criteria: {lit-lanes: 60}}}
  - {name: 甲县乙村, code: 220722201205, values: {lit_lanes_rate: 80}, expect: {criteria: {lit-lanes: 0}}}
  - {name: 乙县甲村, code: 220721201204, values: {lit_lanes_rate: 70}, expect: {criteria: {lit-lanes: 60}}}
"""
    assert differences(example(regions), catalogue(standard("220000", tree=tree))) == []


@pytest.mark.parametrize(
    ("regions", "told"),
    [
        ("  - {name: 甲村, colour: red}\n", "a.yaml:5:24: regions.0.colour: there is no such field"),
        ("  - {values: {}}\n", "a.yaml:5:5: regions.0.name: is missing"),
        (
            "  - {name: 甲村, code: 22072}\n",
            "a.yaml:5:22: regions.0.code: the region code '22072' has 5 digits",
        ),
        ("  - {name: 甲村}\n  - {name: 甲村}\n", "a.yaml:6:12: regions.1.name: '甲村' stands twice"),
        (
            "  - {name: 甲村, values: {a: {at_least: 1, at_most: 2}}}\n",
            "needs exactly one of at_least, at_most, suspect",
        ),
        (
            "  - {name: 甲村, exempt: {a: maybe}}\n",
            "a.yaml:5:28: regions.0.exempt.a: should be waived or not_applicable",
        ),
        ("  - {name: 甲村, parts: {2023-Q5: {}}}\n", "the period '2023-Q5' can't be read"),
        ("  []\n", "a.yaml:5:3: regions: needs 1 or more"),
        ("  - {name: 甲村, values: {unlit: 1}}\n", "a.yaml: 甲村: there is no indicator 'unlit'"),
        (
            "  - {name: 甲村, values: {lit_lanes_rate: 101}}\n",
            "a.yaml: 甲村: 101 is outside the range of lit_lanes_rate, 0 – 100",
        ),
        ("  - {name: 甲村, values: {size: huge}}\n", "a.yaml: 甲村: size has no answer 'huge'"),
        ("  - {name: 甲村, exempt: {lit: waived}}\n", "a.yaml: 甲村: the standard has no criterion 'lit'"),
        ("  - {name: 甲村, expect: {criteria: {lit: 1}}}\n", "甲村: the standard has no criterion 'lit'"),
        ("  - {name: 甲村, expect: {groups: {lamps: 1}}}\n", "甲村: the standard has no group 'lamps'"),
    ],
)
def test_an_example_that_can_t_be_meant_is_refused(regions: str, told: str) -> None:
    with pytest.raises(InvalidDocument) as caught:
        differences(example(regions))
    assert told in str(caught.value)


def test_an_example_of_a_standard_that_is_not_there_is_told_so() -> None:
    with pytest.raises(UnknownStandard):
        differences(example("  - {name: 甲村}\n").replace("220000/lamps", "220000/lights"))


def test_the_period_picks_the_version() -> None:
    later = standard("220000", "2", "2023-06-01", tree=TREE.replace("max_score: 60", "max_score: 160"))
    both = catalogue(standard("220000"), later)
    regions = "  - {name: 甲村, values: {lit_lanes_rate: 90, lamps_working_rate: 95}, expect: {total: %s}}\n"
    assert differences(example(regions % 200), both) == []
    assert differences(example(regions % 100).replace("period: 2023", "period: 2023-Q1"), both) == []
