"""What a standard makes of the points: minima, entry, veto, grades, tiers, classes, places."""

from __future__ import annotations

from typing import Any

import pytest
from tests.standards.scoring.catalogue import CLASS, INDICATORS
from tests.standards.scoring.examples import (
    at_least,
    checked,
    grades_of,
    group,
    judged,
    result_of,
    standard_of,
    statuses_of,
    tiers_of,
    verdicts_of,
)
from tests.standards.scoring.standard_documents import PERIOD, SOURCE, titled

from liangcun_standards import IndicatorTable, Standard, score

SIZES = ("size1", "size2", "size3", "size4")
GRADES = [
    {**titled("excellent"), "min_score": 90},
    {**titled("met"), "min_score": 60},
    {**titled("unmet"), "min_score": 0},
]


def four_groups_of_25(**more: Any) -> Standard:
    """四类各 25 分, each of which must reach 20."""
    groups = [group(f"g-{code}", judged(f"c-{code}", code, 25), min_score=20) for code in SIZES]
    return standard_of(*groups, passing={"min_score": 60}, grades=GRADES, **more)


def one_of_100(**more: Any) -> Standard:
    """A hundred points given by the assessor."""
    return standard_of(group("g", judged("c", "size1", 100)), **more)


def test_a_group_below_its_minimum_fails_a_village_whatever_its_total() -> None:
    strong_but_lame = dict(zip(SIZES, (25, 25, 25, 19.9), strict=True))
    just_enough = dict.fromkeys(SIZES, 20)
    result = result_of(four_groups_of_25(), strong_but_lame, just_enough)
    assert result.total.tolist() == [94.9, 80]
    assert result.passed.tolist() == [False, True]


def test_a_group_that_is_left_out_stands_below_no_minimum() -> None:
    village = dict(zip(SIZES, (25, 25, 25, 0), strict=True))
    result = result_of(four_groups_of_25(), village, not_applicable={"c-size4": frozenset([0])})
    assert (result.total[0], result.passed[0]) == (100, True)


def test_who_does_not_meet_an_entry_condition_neither_passes_nor_is_ranked() -> None:
    entry = {**titled("clean"), "require": {"indicator": "count1", "is": "absent"}, "source": SOURCE}
    standard = one_of_100(entry=[entry], passing={"min_score": 60})
    result = result_of(standard, {"size1": 99, "count1": 1}, {"size1": 80, "count1": 0}, {"size1": 90})
    assert result.passed.tolist() == [False, True, False]
    assert verdicts_of(result) == ["fail", "pass", "undecided"]
    # Nobody knows yet that the third may not take part.
    assert result.ranks().tolist() == [0, 2, 1]


def test_one_veto_fails_a_village_of_the_highest_total() -> None:
    veto = checked("no-burning", "flag1", 0, veto=True)
    standard = standard_of(
        group("g", judged("c", "size1", 100), veto), grades=GRADES, passing={"grade": "met"}
    )
    result = result_of(standard, {"size1": 100, "flag1": 0}, {"size1": 100, "flag1": 1}, {"size1": 100})
    assert result.passed.tolist() == [False, True, False]
    assert grades_of(result) == ["unmet", "excellent", "unmet"]
    assert statuses_of(result, 1) == ["fail", "pass", "fail"]
    assert verdicts_of(result) == ["fail", "pass", "undecided"]


def test_a_waived_veto_stands_in_nobody_s_way() -> None:
    veto = checked("no-burning", "flag1", 0, veto=True)
    standard = standard_of(group("g", judged("c", "size1", 100), veto), passing={"min_score": 60})
    result = result_of(standard, {"size1": 70, "flag1": 0}, waived={"no-burning": frozenset([0])})
    assert result.passed.tolist() == [True]
    assert statuses_of(result, 1) == ["waived"]


def test_who_is_refused_keeps_a_grade_that_is_lower_still() -> None:
    veto = checked("no-burning", "flag1", 0, veto=True)
    grades = [*GRADES[:2], {**titled("unmet"), "min_score": 30}, {**titled("poor"), "min_score": 0}]
    standard = standard_of(
        group("g", judged("c", "size1", 100), veto), grades=grades, passing={"grade": "met"}
    )
    result = result_of(standard, {"size1": 95, "flag1": 0}, {"size1": 10, "flag1": 0})
    assert grades_of(result) == ["unmet", "poor"]


def test_who_is_refused_below_the_last_grade_has_none() -> None:
    veto = checked("no-burning", "flag1", 0, veto=True)
    standard = standard_of(
        group("g", judged("c", "size1", 100), veto), grades=GRADES[:2], passing={"grade": "met"}
    )
    result = result_of(standard, {"size1": 100, "flag1": 0}, {"size1": 50, "flag1": 1})
    assert grades_of(result) == [None, None]


def test_grades_follow_the_cut_offs_after_rounding() -> None:
    standard = one_of_100(grades=GRADES, passing={"grade": "met"})
    totals = (90, 89.99, 89.995, 60, 59.99, 0)
    result = result_of(standard, *({"size1": total} for total in totals))
    assert grades_of(result) == ["excellent", "met", "excellent", "met", "unmet", "unmet"]
    assert result.passed.tolist() == [True, True, True, True, False, False]


@pytest.mark.parametrize(("given", "decimals", "total"), [(2.5, 0, 3), (0.125, 2, 0.13), (1.005, 2, 1.01)])
def test_a_half_is_rounded_up(given: float, decimals: int, total: float) -> None:
    assert result_of(one_of_100(decimals=decimals), {"size1": given}).total[0] == total


def test_a_tier_is_only_reached_over_those_before_it() -> None:
    tiers = [
        {**titled("first"), "requires": ["a"]},
        {**titled("second"), "requires": ["rest"]},
        {**titled("third"), "requires": ["d"]},
    ]
    standard = standard_of(
        group("g", checked("a", "flag1"), checked("d", "flag4")),
        group("rest", checked("b", "flag2"), checked("c", "flag3")),
        tiers=tiers,
        grades=[{**titled("model"), "min_score": 0, "tier": "second"}, {**titled("other"), "min_score": 0}],
        passing={"grade": "model"},
    )
    everything = {"flag1": 1, "flag2": 1, "flag3": 1, "flag4": 1}
    result = result_of(
        standard, everything, everything | {"flag3": 0}, everything | {"flag1": 0}, everything | {"flag4": 0}
    )
    assert tiers_of(result) == ["third", "first", None, "second"]
    assert grades_of(result) == ["model", "other", "other", "model"]


def test_a_tier_may_require_a_check_that_earns_nothing() -> None:
    standard = standard_of(
        group("g", judged("c", "size1", 100), checked("plan", "flag1", 0)),
        tiers=[{**titled("first"), "requires": ["plan"]}],
    )
    result = result_of(standard, {"size1": 9, "flag1": 1}, {"size1": 9, "flag1": 0})
    assert statuses_of(result, 1) == ["unscored", "unscored"]
    assert tiers_of(result) == ["first", None]


def test_classes_are_ranked_apart_and_an_unknown_class_not_at_all() -> None:
    standard = one_of_100(classes={"indicator": CLASS})
    a, b = 0, 1
    villages = [(90, a), (95, b), (80, a), (85, b), (90, a)]
    result = result_of(standard, *({"size1": total, CLASS: kind} for total, kind in villages), {"size1": 99})
    assert result.ranks().tolist() == [1, 1, 3, 2, 1, 0]


@pytest.mark.parametrize(("ties", "places"), [("competition", [1, 2, 2, 4]), ("dense", [1, 2, 2, 3])])
def test_ties_share_a_place(ties: str, places: list[int]) -> None:
    totals = (98, 91, 91, 90)
    result = result_of(one_of_100(ties=ties), *({"size1": total} for total in totals))
    assert result.ranks().tolist() == places


def test_totals_that_round_to_the_same_figure_share_a_place() -> None:
    result = result_of(one_of_100(decimals=1), {"size1": 90.04}, {"size1": 90})
    assert result.ranks().tolist() == [1, 1]


def test_a_village_below_the_minimum_completeness_is_scored_but_not_ranked() -> None:
    standard = standard_of(
        group("g", judged("a", "size1"), judged("b", "size2")), min_completeness=0.8, missing="leave_out"
    )
    result = result_of(standard, {"size1": 9}, {"size1": 8, "size2": at_least(7)})
    assert result.total.tolist() == [18, 15]
    assert result.completeness.tolist() == [0.5, 1]
    assert result.ranks().tolist() == [0, 1]


def test_passing_may_ask_for_a_number_of_criteria() -> None:
    criteria = [checked(f"c{number}", f"flag{number}") for number in range(1, 4)]
    standard = standard_of(group("g", *criteria, checked("extra", "flag4", 0)), passing={"min_passed": 2})
    result = result_of(
        standard,
        {"flag1": 1, "flag2": 1, "flag3": 0, "flag4": 0},
        # A check that earns nothing makes up the number for nobody.
        {"flag1": 1, "flag2": 0, "flag3": 0, "flag4": 1},
    )
    assert result.passed.tolist() == [True, False]


def test_with_nothing_named_every_criterion_must_pass() -> None:
    standard = standard_of(group("g", checked("a", "flag1"), checked("b", "flag2")))
    result = result_of(standard, {"flag1": 1, "flag2": 1}, {"flag1": 1, "flag2": 0}, {"flag1": 1})
    assert result.passed.tolist() == [True, False, False]
    assert verdicts_of(result) == ["pass", "fail", "undecided"]


def test_a_village_that_nothing_counts_for_has_no_total_and_does_not_pass() -> None:
    standard = standard_of(group("g", checked("a", "flag1")), missing="leave_out", passing={"min_score": 0})
    result = result_of(standard, {}, {"flag1": 0})
    assert result.total.tolist()[1:] == [0]
    assert str(result.total[0]) == "nan"
    assert result.passed.tolist() == [False, True]
    assert result.ranks().tolist() == [0, 1]


def test_nobody_surely_passes_while_it_is_open_whether_anything_counts() -> None:
    only_where = {"indicator": "rate1", "at_least": 50}
    standard = standard_of(
        group("g", checked("a", "flag1", applies_when=only_where)), passing={"min_score": 0}
    )
    result = result_of(standard, {"flag1": 1}, {"flag1": 1, "rate1": 60}, {"flag1": 1, "rate1": 40})
    assert verdicts_of(result) == ["undecided", "pass", "fail"]


def test_an_empty_table_has_an_empty_result() -> None:
    result = score(one_of_100(), IndicatorTable(PERIOD, [], {}), INDICATORS)
    assert len(result) == 0
    assert result.ranks().tolist() == []
