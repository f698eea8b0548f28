"""Who stands near a mark, and what takes a village across."""

from __future__ import annotations

import pytest
from tests.standards.scoring.examples import checked, group, judged, result_of, standard_of

from liangcun_standards.sensitivity import InvalidSensitivity, near_marks

GRADES = [
    {"code": "good", "title": "良", "min_score": 15},
    {"code": "poor", "title": "差", "min_score": 0},
]
PARTS = (judged("a", "mark1"), judged("b", "mark2"))
GRADED = standard_of(group("g", *PARTS), grades=GRADES, passing={"grade": "good"})


def test_the_nearest_stand_first_with_what_takes_them_across() -> None:
    result = result_of(
        GRADED, {"mark1": 7, "mark2": 7}, {"mark1": 10, "mark2": 6.5}, {"mark1": 2, "mark2": 2}
    )
    found = near_marks(result, 2.0)
    assert [(one.region[-1], one.gap) for one in found] == [("0", -1.0), ("1", 1.5)]
    below, above = found
    assert {(tip.criterion, tip.becomes) for tip in below.tips} == {("a", 17.0), ("b", 17.0)}
    assert [(tip.criterion, tip.becomes) for tip in above.tips] == [("b", 10.0), ("a", 6.5)]


def test_what_is_not_known_is_told_first() -> None:
    result = result_of(GRADED, {"mark1": 10}, {"mark1": 10, "mark2": 4})
    [found] = [one for one in near_marks(result, 5.0) if one.region.endswith("200")]
    assert [(tip.criterion, tip.unknown) for tip in found.tips] == [("b", True)]


def test_a_group_s_minimum_and_a_number_of_criteria_are_marks_too() -> None:
    checks = [checked(code, flag) for code, flag in (("a", "flag1"), ("b", "flag2"), ("c", "flag3"))]
    standard = standard_of(group("g", *checks, min_score=20), passing={"min_passed": 2})
    result = result_of(standard, {"flag1": 1, "flag2": 1, "flag3": 0}, {"flag1": 1, "flag2": 0, "flag3": 0})
    found = {(one.region[-1], one.mark.kind): one for one in near_marks(result, 1.0)}
    assert found["0", "group"].gap == 0
    assert {tip.criterion for tip in found["0", "group"].tips} == {"a", "b"}
    assert found["1", "criteria"].gap == -1
    assert {tip.criterion for tip in found["1", "criteria"].tips} == {"b", "c"}


def test_who_lacks_one_criterion_of_all_is_near() -> None:
    standard = standard_of(group("g", checked("a", "flag1"), checked("b", "flag2")))
    villages = ({"flag1": 1, "flag2": 1}, {"flag1": 1, "flag2": 0}, {"flag1": 0, "flag2": 0})
    [one] = near_marks(result_of(standard, *villages))
    assert (one.region[-1], [tip.criterion for tip in one.tips]) == ("1", ["b"])


@pytest.mark.parametrize("margin", [-1.0, float("nan"), 1e9])
def test_a_margin_that_is_none_is_refused(margin: float) -> None:
    with pytest.raises(InvalidSensitivity, match="margin"):
        near_marks(result_of(GRADED, {"mark1": 7}), margin)
