"""Tailoring: what each change does to the standard that it extends, and how later versions flow through."""

from __future__ import annotations

from datetime import date

import pytest
from tests.standards.catalogue.publications import SOLAR, TREE, catalogue, codes, resolved, standard, tailored

from liangcun_standards.document import Passing
from liangcun_standards.rules.checks import Threshold
from liangcun_standards.rules.conditions import Comparison

BASE = standard("220000")
SOLAR_GROUP = f"{{code: solar, title: 太阳能, title_en: Solar, criteria: [{SOLAR}]}}"
TWO_GROUPS = TREE.replace(
    "grades:\n",
    """  - code: kept
    title: 管护
    title_en: Kept up
    criteria:
      - code: repaired
        title: 维修
        title_en: Repaired
        max_score: 10
        rule: {kind: presence, indicator: lit_lanes_rate}
        source: {status: interpretation, text: 举例}
grades:
""",
)


def test_a_tailoring_keeps_what_it_does_not_change_and_takes_its_own_header() -> None:
    county = resolved(BASE, tailored("220722", "220000/lamps", version="9", start="2022-05-01"))
    assert county.name == "220722/lamps@9"
    assert county.standard.jurisdiction == "220722000000"
    assert county.standard.effective.from_ == date(2022, 5, 1)
    assert county.standard.groups == catalogue(BASE).find("lamps").standard.groups
    assert county.extends is not None
    assert county.extends.name == "220000/lamps@1"
    assert county.tailoring == ()


def test_removing_a_criterion() -> None:
    county = resolved(
        BASE, tailored("220722", "220000/lamps", "{change: remove, target: lamps-working, reason: 冬季不查}")
    )
    assert codes(county) == ["lit-lanes"]
    assert county.standard.worth == 60
    (change,) = county.tailoring
    assert (change.target, change.change, change.reason) == ("lamps-working", "remove", "冬季不查")
    assert (change.before, change.after) == ("路灯完好（40 分）", None)


def test_adding_a_criterion_at_the_end_and_after_a_neighbour() -> None:
    change = f"{{change: add, into: lit, criterion: {SOLAR}, reason: 太阳能}}"
    assert codes(resolved(BASE, tailored("220722", "220000/lamps", change))) == [
        "lit-lanes",
        "lamps-working",
        "solar-lamps",
    ]
    after = change.replace("into: lit", "into: lit, after: lit-lanes")
    county = resolved(BASE, tailored("220722", "220000/lamps", after))
    assert codes(county) == ["lit-lanes", "solar-lamps", "lamps-working"]
    assert county.tailoring[0].before is None
    assert county.tailoring[0].after == "太阳能路灯（20 分）"


def test_replacing_some_fields_of_a_criterion_keeps_the_others() -> None:
    county = resolved(
        BASE,
        tailored(
            "220722",
            "220000/lamps",
            """{change: replace, target: lamps-working, reason: 从严, document_number: 长办发〔2023〕1 号,
      with: {rule: {kind: threshold, when: {indicator: lamps_working_rate, at_least: 98}}}}""",
        ),
    )
    criterion = county.standard.criteria[1]
    assert criterion.title == "路灯完好"
    assert criterion.max_score == 40
    assert isinstance(criterion.rule, Threshold)
    assert isinstance(criterion.rule.when, Comparison)
    assert criterion.rule.when.at_least == 98
    assert county.tailoring[0].document_number == "长办发〔2023〕1 号"
    assert '"at_least": 95' in (county.tailoring[0].before or "")
    assert '"at_least": 98' in (county.tailoring[0].after or "")


def test_reweighing_a_criterion_changes_its_worth_and_the_total() -> None:
    county = resolved(
        BASE,
        tailored(
            "220722", "220000/lamps", "{change: reweigh, target: lit-lanes, max_score: 80, reason: 重点}"
        ),
    )
    assert county.standard.worth == 120
    assert (county.tailoring[0].before, county.tailoring[0].after) == (
        '{"max_score": 60.0}',
        '{"max_score": 80.0}',
    )


def test_retitling_a_criterion() -> None:
    county = resolved(
        BASE,
        tailored(
            "220722",
            "220000/lamps",
            "{change: retitle, target: lit-lanes, title: 亮灯, title_en: Lights, reason: 习惯叫法}",
        ),
    )
    assert county.standard.criteria[0].label == ("亮灯", "Lights")


def test_groups_are_added_removed_replaced_reweighed_and_retitled() -> None:
    base = standard("220000", tree=TWO_GROUPS)
    county = resolved(
        base,
        tailored(
            "220722",
            "220000/lamps",
            "{change: remove, target: kept, reason: 另行考核}",
            f"{{change: add, after: lit, group: {SOLAR_GROUP}, reason: 新增}}",
            "{change: reweigh, target: lit, max_score: 50, min_score: 20, reason: 折算}",
            "{change: retitle, target: lit, title: 照明, title_en: Lighting, reason: 改名}",
            "{change: replace, target: solar, reason: 按项数, "
            "with: {aggregation: {method: pass_count}, max_score: 10}}",
        ),
    )
    lit, solar = county.standard.groups
    assert (lit.label, lit.worth, lit.min_score) == (("照明", "Lighting"), 50, 20)
    assert (solar.code, solar.worth, solar.aggregation.method) == ("solar", 10, "pass_count")
    assert [change.target for change in county.tailoring] == ["kept", "solar", "lit", "lit", "solar"]


def test_a_group_may_be_added_into_another() -> None:
    change = f"{{change: add, into: lit, group: {SOLAR_GROUP}, reason: 新增}}"
    county = resolved(BASE, tailored("220722", "220000/lamps", change))
    assert [group.code for group in county.standard.groups[0].groups] == ["solar"]


def test_grades_are_added_in_their_place_removed_reweighed_and_retitled() -> None:
    county = resolved(
        BASE,
        tailored(
            "220722",
            "220000/lamps",
            "{change: add, grade: {code: top, title: 优秀, title_en: Top, min_score: 90}, reason: 细分}",
            "{change: add, grade: {code: weak, title: 较差, title_en: Weak, min_score: 30}, reason: 分档}",
            "{change: reweigh, target: pass, min_score: 70, reason: 从严}",
            "{change: retitle, target: pass, title: 合格, title_en: Good enough, reason: 改名}",
            "{change: remove, target: fail, reason: 合并}",
        ),
    )
    assert [(grade.code, grade.title, grade.min_score) for grade in county.standard.grades] == [
        ("top", "优秀", 90),
        ("pass", "合格", 70),
        ("weak", "较差", 30),
    ]


def test_settings_of_the_whole_standard_are_set_each_with_its_reason() -> None:
    county = resolved(
        BASE,
        tailored(
            "220722",
            "220000/lamps",
            "{change: set, missing: bound, reason: 未报的不急着定}",
            "{change: set, passing: {min_score: 12}, reason: 12 分达标, document_number: 示例 1 号}",
        ),
    )
    base = catalogue(BASE).find("lamps").standard
    assert county.standard.missing == "bound"
    assert county.standard.passing == Passing(min_score=12)
    assert county.standard.groups == base.groups
    assert [(one.change, one.target, one.document_number) for one in county.tailoring] == [
        ("set", "missing", None),
        ("set", "passing", "示例 1 号"),
    ]


def test_changes_work_in_their_order() -> None:
    county = resolved(
        BASE,
        tailored(
            "220722",
            "220000/lamps",
            f"{{change: add, into: lit, criterion: {SOLAR}, reason: 新增}}",
            "{change: reweigh, target: solar-lamps, max_score: 5, reason: 试行}",
        ),
    )
    assert county.standard.criteria[-1].max_score == 5


def test_a_tailoring_of_a_tailoring() -> None:
    county = tailored(
        "220722", "220000/lamps", "{change: reweigh, target: lit-lanes, max_score: 80, reason: 重点}"
    )
    township = tailored("220722201", "220722/lamps", "{change: remove, target: lamps-working, reason: 不查}")
    found = resolved(BASE, county, township)
    assert codes(found) == ["lit-lanes"]
    assert found.standard.worth == 80
    assert [change.target for change in found.tailoring] == ["lamps-working"]
    assert found.extends is not None
    assert found.extends.extends is not None
    assert found.extends.extends.name == "220000/lamps@1"


LATER = standard("220000", "2", "2023-01-01", tree=TREE.replace("at_least: 95", "at_least: 97"))


def working_mark(reference: str, day: date | None, *publications_of_county: str) -> float | object:
    county = tailored("220722", reference, *publications_of_county)
    found = catalogue(BASE, LATER, county).find("220722/lamps", day=day)
    rule = found.standard.criteria[-1].rule
    assert isinstance(rule, Threshold)
    assert isinstance(rule.when, Comparison)
    return rule.when.at_least


@pytest.mark.parametrize(("day", "mark"), [(date(2022, 12, 31), 95), (date(2023, 1, 1), 97), (None, 97)])
def test_a_later_version_of_the_base_flows_through(day: date | None, mark: float) -> None:
    assert working_mark("220000/lamps", day) == mark


@pytest.mark.parametrize("day", [date(2022, 12, 31), date(2023, 1, 1), None])
def test_a_base_named_with_its_version_stays(day: date | None) -> None:
    assert working_mark("220000/lamps@1", day) == 95


def test_the_same_documents_resolve_to_the_same_object() -> None:
    all_of_it = catalogue(BASE, LATER, tailored("220722", "220000/lamps"))
    first, second = (all_of_it.find("220722/lamps", day=day) for day in (date(2022, 1, 1), date(2022, 6, 1)))
    assert first is second
    assert all_of_it.find("220722/lamps", day=date(2023, 6, 1)) is not first


def test_the_digest_is_that_of_the_standard_that_results() -> None:
    unchanged = resolved(BASE, tailored("220722", "220000/lamps")).standard
    changed = resolved(
        BASE,
        tailored("220722", "220000/lamps", "{change: reweigh, target: lit-lanes, max_score: 61, reason: x}"),
    ).standard
    assert unchanged.digest != changed.digest
