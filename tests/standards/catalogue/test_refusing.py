"""What can't be resolved: the error names file, line, column and what is wrong there, in both languages."""

from __future__ import annotations

from datetime import date

import pytest
from tests.standards.catalogue.publications import (
    SOLAR,
    TREE,
    catalogue,
    publication,
    resolved,
    standard,
    tailored,
)

from liangcun_standards.catalogue import Publication
from liangcun_standards.document import read_standard
from liangcun_standards.errors import InvalidDocument

BASE = standard("220000")


def refusal(*publications: Publication) -> InvalidDocument:
    with pytest.raises(InvalidDocument) as caught:
        resolved(*publications)
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "en", "zh"),
    [
        (
            "indicator: lamps_working_rate",
            "indicator: lamp_working_rate",
            "220000-1.yaml:20:15: lamps-working: there is no indicator 'lamp_working_rate'; "
            "did you mean lamps_working_rate?",
            "220000-1.yaml:20:15: lamps-working: 没有指标“lamp_working_rate”；是否指 lamps_working_rate？",
        ),
        (
            "rule: {kind: linear, indicator: lit_lanes_rate, from: 0, to: 90}",
            "rule: {kind: formula, formula: lit_lanes_rate / lit_lane}",
            "220000-1.yaml:14:15: lit-lanes, column 18: ",
            "220000-1.yaml:14:15: lit-lanes, column 18: ",
        ),
        (
            "from: 0, to: 90}",
            "from: 0, to: 90, least: 70}",
            "220000-1.yaml:14:15: lit-lanes: least 70 is above max_score 60",
            "least 70 高于条目满分 60",
        ),
        (
            "{indicator: lamps_working_rate, at_least: 95}",
            "{indicator: lamps_working_rate, is: good}",
            "220000-1.yaml:20:15: lamps-working: lamps_working_rate is no choice indicator",
            "不是选项类",
        ),
        (
            "level: village\n",
            "level: village\nclasses: {indicator: lit_lanes_rate}\n",
            "classes: lit_lanes_rate is no choice indicator and can't class villages",
            "不能用来分类",
        ),
    ],
)
def test_a_standard_that_does_not_fit_the_indicators_there_are(old: str, new: str, en: str, zh: str) -> None:
    error = refusal(standard("220000", tree=TREE.replace(old, new)))
    assert en in str(error)
    assert zh in error.text("zh")


def test_an_unknown_indicator_of_an_entry_condition_and_of_an_adjustment() -> None:
    rest = "title: a, title_en: a, source: {status: interpretation, text: a}"
    entry = f"entry: [{{code: a, {rest}, require: {{indicator: zzz, is: present}}}}]\n"
    assert str(refusal(standard("220000", tree=entry + TREE))).startswith(
        "220000-1.yaml:8:16: a: there is no indicator 'zzz'"
    )
    event = "kind: penalty, indicator: zzz, per: 1, cap: 2"
    penalty = f"adjustments: [{{code: b, {rest}, {event}}}]\n"
    assert str(refusal(standard("220000", tree=penalty + TREE))).startswith(
        "220000-1.yaml:8:22: b: there is no indicator 'zzz'"
    )


def test_a_circle_of_standards_is_told_in_full() -> None:
    county = tailored("220722", "220722201/lamps")
    township = tailored("220722201", "220722/lamps")
    error = refusal(county, township)
    assert str(error) == (
        "220722201-1.yaml:8:10: extends runs in a circle: "
        "220722201/lamps@1 → 220722/lamps@1 → 220722201/lamps@1"
    )
    assert "extends 形成循环" in error.text("zh")


def test_a_standard_that_extends_itself_runs_in_a_circle() -> None:
    assert "220722/lamps@1 → 220722/lamps@1" in str(refusal(tailored("220722", "220722/lamps")))


def test_a_standard_may_extend_an_earlier_version_of_itself() -> None:
    later = tailored("220000", "220000/lamps@1", version="2", start="2023-01-01")
    assert resolved(BASE, later).name == "220000/lamps@2"


def test_an_unknown_base_is_told_what_there_is() -> None:
    error = refusal(BASE, tailored("220722", "220000/lamp"))
    assert str(error) == (
        "220722-1.yaml:8:10: extends: there is no standard '220000/lamp'; "
        "there are: 220000/lamps, 220722/lamps"
    )
    assert error.text("zh").startswith("220722-1.yaml:8:10: extends: 没有标准“220000/lamp”")


def test_a_base_that_was_not_in_force_yet_is_told_its_days() -> None:
    county = tailored("220722", "220000/lamps", start="2019-01-01")
    with pytest.raises(InvalidDocument) as caught:
        catalogue(BASE, county).resolve(county, date(2019, 1, 1))
    assert "220722-1.yaml:8:10: extends: no version of '220000/lamps' answers to 2019-01-01" in str(
        caught.value
    )


@pytest.mark.parametrize("extends", ["lamps", "'Not a name'"])
def test_a_base_is_named_in_full(extends: str) -> None:
    error = refusal(BASE, tailored("220722", extends))
    assert str(error).startswith("220722-1.yaml:8:10: extends: ")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("{change: remove, target: lamp-working, reason: x}", "220722-1.yaml:10:30: changes.0.target"),
        (
            "{change: reweigh, target: lamp-working, weight: 1, reason: x}",
            "220722-1.yaml:10:31: changes.0.target",
        ),
        (
            f"{{change: add, into: lamp-working, criterion: {SOLAR}, reason: x}}",
            "220722-1.yaml:10:25: changes.0.into",
        ),
        (
            f"{{change: add, into: lit, after: lamp-working, criterion: {SOLAR}, reason: x}}",
            "220722-1.yaml:10:37: changes.0.after",
        ),
    ],
)
def test_a_target_that_is_not_in_the_base_is_told_with_its_likeness(change: str, place: str) -> None:
    error = refusal(BASE, tailored("220722", "220000/lamps", change))
    assert str(error) == (
        f"{place}: 'lamp-working' isn't in the standard extended (a later version may have dropped it); "
        "did you mean lamps-working?"
    )
    assert error.text("zh").startswith(f"{place}: 要调整的“lamp-working”在所依据的标准里不存在")


def test_a_target_that_vanishes_with_a_later_version_is_told_for_that_version_alone() -> None:
    without = TREE[: TREE.index("      - code: lamps-working")] + TREE[TREE.index("grades:") :]
    later = standard("220000", "2", "2023-01-01", tree=without)
    county = tailored(
        "220722", "220000/lamps", "{change: reweigh, target: lamps-working, max_score: 1, reason: x}"
    )
    found = catalogue(BASE, later, county)
    assert found.find("220722/lamps", day=date(2022, 1, 1)).standard.worth == 61
    with pytest.raises(InvalidDocument) as caught:
        found.find("220722/lamps", day=date(2023, 1, 1))
    assert "a later version may have dropped it" in str(caught.value)


def test_without_a_day_a_tailoring_stands_over_the_latest_base_that_it_fits() -> None:
    without = TREE[: TREE.index("      - code: lamps-working")] + TREE[TREE.index("grades:") :]
    change = "{change: reweigh, target: lamps-working, max_score: 1, reason: x}"
    county = tailored("220722", "220000/lamps", change)
    found = catalogue(
        BASE,
        standard("220000", "2", "2022-06-01"),
        standard("220000", "3", "2023-01-01", tree=without),
        county,
    )

    newest = found.find("220722/lamps")

    assert newest.extends is not None
    assert newest.extends.name == "220000/lamps@2"
    assert found.find("220722/lamps") is newest


@pytest.mark.parametrize(
    ("change", "en", "zh"),
    [
        (
            "{change: replace, target: lit-lanes, with: {max_score: many}, reason: x}",
            "220722-1.yaml:10:31: the tailored standard does not hold together: "
            "groups.0.criteria.0.max_score: should be a number",
            "应为数字",
        ),
        (
            "{change: replace, target: lit-lanes, reason: x, "
            "with: {rule: {kind: linear, indicator: lit_lanes_rate, to: 9}}}",
            "220722-1.yaml:10:31: the tailored standard does not hold together: "
            "groups.0.criteria.0.rule.from: is missing",
            "缺少必填项",
        ),
        (
            "{change: replace, target: lit-lanes, with: {colour: red}, reason: x}",
            "groups.0.criteria.0.colour: there is no such field",
            "没有这个字段",
        ),
        (
            f"{{change: add, into: lit, criterion: {SOLAR.replace('solar-lamps', 'lit-lanes')}, reason: x}}",
            "groups.0.criteria.2.code: the code 'lit-lanes' stands twice",
            "重复出现",
        ),
        (
            "{change: remove, target: pass, reason: x}",
            "220722-1.yaml:10:3: the tailored standard does not hold together: "
            "passing.grade: passing names the grade 'pass', which isn't there",
            "passing 指明的等次“pass”不存在",
        ),
        (
            "{change: reweigh, target: fail, min_score: 99, reason: x}",
            "grades.1.min_score: grades must stand from the highest",
            "从高到低",
        ),
        (
            "{change: replace, target: lit-lanes, with: {rule: {kind: presence, indicator: zzz}}, reason: x}",
            "220722-1.yaml:10:31: lit-lanes: there is no indicator 'zzz'",
            "没有指标“zzz”",
        ),
        (
            "{change: retitle, target: lit, title: 亮化, reason: x}\n"
            "  - {change: set, passing: {grade: gold}, reason: x}",
            "220722-1.yaml:11:5: the tailored standard does not hold together: "
            "passing.grade: passing names the grade 'gold', which isn't there",
            "passing 指明的等次“gold”不存在",
        ),
    ],
)
def test_what_a_change_breaks_is_told_at_the_change(change: str, en: str, zh: str) -> None:
    error = refusal(BASE, tailored("220722", "220000/lamps", change))
    assert en in str(error)
    assert zh in error.text("zh")
    assert str(error).startswith("220722-1.yaml:")


def test_removing_everything_leaves_nothing_to_score() -> None:
    changes = [f"{{change: remove, target: {code}, reason: x}}" for code in ("lit-lanes", "lamps-working")]
    error = refusal(BASE, tailored("220722", "220000/lamps", *changes))
    assert "the group lit has neither criteria nor groups" in str(error)


def test_what_is_wrong_with_a_base_is_told_of_the_base() -> None:
    bad = standard("220000", tree=TREE.replace("indicator: lamps_working_rate", "indicator: zzz"))
    assert str(refusal(bad, tailored("220722", "220000/lamps"))).startswith(
        "220000-1.yaml:20:15: lamps-working"
    )


def test_a_document_without_its_text_is_known_by_its_name() -> None:
    text = publication(BASE.text.replace("lamps_working_rate", "zzz"), "x.yaml").text
    nameless = Publication(read_standard(text, "x.yaml"), "")
    assert str(refusal(nameless)).startswith("220000/lamps@1: lamps-working: there is no indicator 'zzz'")
