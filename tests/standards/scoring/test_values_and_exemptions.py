"""Missing, bounded and undefined values, exemptions, adjustments and blends, case by case."""

from __future__ import annotations

from typing import Any

import pytest
from tests.standards.scoring.examples import (
    Village,
    at_least,
    at_most,
    checked,
    criterion,
    group,
    judged,
    result_of,
    standard_of,
    statuses_of,
    verdicts_of,
)
from tests.standards.scoring.standard_documents import SOURCE, titled

from liangcun_standards import ScoreResult, Standard

FIRST = frozenset([0])


def two_checks(**more: Any) -> Standard:
    """Two checks of ten points."""
    return standard_of(group("g", checked("a", "flag1"), checked("b", "flag2")), **more)


def ends(result: ScoreResult, row: int = 0) -> tuple[float, float, float]:
    """Lowest, today's and highest total."""
    return result.lowest[row], result.total[row], result.highest[row]


@pytest.mark.parametrize(
    ("policy", "total", "status"),
    [("fail", 10, "fail"), ("bound", 10, "unknown"), ("leave_out", 20, "unknown")],
)
def test_what_is_missing_counts_by_the_policy(policy: str, total: float, status: str) -> None:
    result = result_of(two_checks(missing=policy), {"flag1": 1})
    assert result.total[0] == total
    assert statuses_of(result, 1) == [status]
    assert (result.lowest[0], result.highest[0]) == (10, 20)
    assert result.completeness[0] == 0.5


def test_a_criterion_s_own_policy_goes_before_the_standard_s() -> None:
    standard = standard_of(
        group("g", checked("a", "flag1"), checked("b", "flag2", missing="fail")), missing="leave_out"
    )
    assert result_of(standard, {"flag1": 1}).total[0] == 10


def test_at_least_85_reaches_85_but_may_or_may_not_reach_90() -> None:
    asked = {"kind": "threshold", "when": {"indicator": "rate1", "at_least": 85}}
    more = {"kind": "threshold", "when": {"indicator": "rate1", "at_least": 90}}
    standard = standard_of(group("g", criterion("a", asked), criterion("b", more)))
    result = result_of(standard, {"rate1": at_least(85)})
    assert statuses_of(result, 0) == ["pass"]
    assert statuses_of(result, 1) == ["unknown"]
    assert ends(result) == (10, 10, 20)
    assert result.completeness[0] == 1


def test_at_most_two_heaps_lose_no_more_than_two_deductions() -> None:
    rule = {"kind": "deduction", "occurrences": [{"indicator": "count1", "deduct": 1}]}
    result = result_of(standard_of(group("g", criterion("a", rule))), {"count1": at_most(2)})
    assert ends(result) == (8, 8, 10)


def test_a_bound_at_the_top_of_the_range_leaves_nothing_open() -> None:
    rule = {"kind": "linear", "indicator": "rate1", "from": 0, "to": 100}
    result = result_of(standard_of(group("g", criterion("a", rule))), {"rate1": at_least(100)})
    assert ends(result) == (10, 10, 10)
    assert verdicts_of(result) == ["pass"]


def test_a_formula_that_divides_by_zero_is_treated_as_missing() -> None:
    rule = {"kind": "formula", "formula": "10 * count1 / count2"}
    standard = standard_of(group("g", criterion("a", rule)), missing="bound")
    result = result_of(standard, {"count1": 3, "count2": 0}, {"count1": 1, "count2": 2})
    assert ends(result) == (0, 0, 10)
    assert ends(result, 1) == (5, 5, 5)
    assert statuses_of(result) == ["unknown", "partial"]
    # All that it asks for is on record.
    assert result.completeness.tolist() == [1, 1]


def test_a_condition_that_divides_by_zero_says_no() -> None:
    rule = {"kind": "threshold", "when": {"formula": "count1 / count2 >= 1"}}
    standard = standard_of(group("g", criterion("a", rule)))
    result = result_of(standard, {"count1": 3, "count2": 0}, {"count1": 3})
    assert statuses_of(result) == ["fail", "fail"]
    assert verdicts_of(result) == ["fail", "undecided"]


def test_what_does_not_apply_to_a_village_is_left_out_for_good() -> None:
    hills = {"indicator": "kind1", "is": "hill"}
    standard = standard_of(group("g", checked("a", "flag1"), checked("b", "flag2", applies_when=hills)))
    village: Village = {"flag1": 1, "flag2": 0}
    result = result_of(standard, {**village, "kind1": 0}, {**village, "kind1": 1}, village)
    assert result.total.tolist() == [20, 10, 10]
    assert statuses_of(result, 1) == ["not_applicable", "fail", "fail"]
    assert verdicts_of(result) == ["pass", "fail", "undecided"]
    # Whether the criterion binds the third is open, so its own value settles nothing.
    assert ends(result, 2) == (10, 10, 20)


@pytest.mark.parametrize(("waived", "total"), [("leave_out", 20), ("full", 20)])
def test_a_waived_criterion_costs_nothing(waived: str, total: float) -> None:
    result = result_of(two_checks(waived=waived), {"flag1": 1, "flag2": 0}, waived={"b": FIRST})
    assert result.total[0] == total
    assert statuses_of(result, 1) == ["waived"]
    assert verdicts_of(result) == ["pass"]


def test_a_waiver_left_out_scales_the_rest_up_and_a_full_one_does_not() -> None:
    village: Village = {"flag1": 0, "flag2": 0}
    totals = [
        result_of(two_checks(waived=waived), village, waived={"b": FIRST}).total[0]
        for waived in ("leave_out", "full")
    ]
    assert totals == [0, 10]


def test_a_waiver_goes_before_a_condition_that_does_not_hold() -> None:
    hills = {"indicator": "kind1", "is": "hill"}
    standard = standard_of(
        group("g", checked("a", "flag1"), checked("b", "flag2", applies_when=hills)), waived="full"
    )
    result = result_of(standard, {"flag1": 0, "flag2": 0, "kind1": 0}, waived={"b": FIRST})
    assert statuses_of(result, 1) == ["waived"]
    assert result.total[0] == 10


def test_what_does_not_bind_a_village_is_not_asked_for() -> None:
    result = result_of(two_checks(), {"flag1": 1}, not_applicable={"b": FIRST})
    assert result.completeness[0] == 1


def adjusted(kind: str, **more: Any) -> Standard:
    """±2 per event, at most 6, beside ten points of the assessor's."""
    one = {
        **titled("events"),
        "kind": kind,
        "indicator": "events1",
        "per": 2,
        "cap": 6,
        "source": SOURCE,
        **more,
    }
    return standard_of(group("g", judged("a", "size1")), adjustments=[one])


@pytest.mark.parametrize(("kind", "totals"), [("bonus", [7, 11, 13]), ("penalty", [7, 3, 1])])
def test_each_event_adds_or_costs_two_up_to_the_cap(kind: str, totals: list[float]) -> None:
    villages: list[Village] = [{"size1": 7, "events1": events} for events in (0, 2, 5)]
    assert result_of(adjusted(kind), *villages).total.tolist() == totals


def test_penalties_leave_no_total_below_zero() -> None:
    assert result_of(adjusted("penalty"), {"size1": 1, "events1": 9}).total[0] == 0


def test_events_that_nobody_recorded_may_have_been_many_or_by_agreement_none() -> None:
    assert ends(result_of(adjusted("penalty"), {"size1": 8})) == (2, 8, 8)
    assert ends(result_of(adjusted("bonus"), {"size1": 8})) == (8, 8, 14)
    assert ends(result_of(adjusted("penalty", missing="none"), {"size1": 8})) == (8, 8, 8)


def test_at_least_one_event_is_on_record_and_may_be_more() -> None:
    village: Village = {"size1": 8, "events1": at_least(1)}
    assert ends(result_of(adjusted("penalty", missing="none"), village)) == (2, 6, 6)
    assert ends(result_of(adjusted("bonus"), village)) == (10, 10, 14)


BLEND = [{"over": "quarters", "weight": 0.7}, {"over": "period", "weight": 0.3}]


def blended(**more: Any) -> Standard:
    """月季均 × 70% + 年底 × 30%."""
    return standard_of(group("g", judged("a", "size1", 100)), blend=BLEND, **more)


def quarters(*totals: float | None) -> dict[str, list[dict[str, float]]]:
    """What each quarter gave, None where nothing was observed."""
    return {
        f"2023-Q{number}": [{} if total is None else {"size1": total}]
        for number, total in enumerate(totals, start=1)
    }


def test_the_quarters_mean_makes_70_and_the_year_s_end_30_of_a_hundred() -> None:
    result = result_of(blended(), {"size1": 90}, parts=quarters(80, 90, 70, 100))
    assert result.total[0] == pytest.approx(0.7 * 85 + 0.3 * 90)


def test_a_quarter_that_was_not_assessed_gives_its_weight_to_the_others() -> None:
    result = result_of(blended(), {"size1": 90}, parts=quarters(80, None, None, 90))
    assert result.total[0] == pytest.approx(0.7 * 85 + 0.3 * 90)


def test_without_any_quarter_the_year_s_end_is_all() -> None:
    assert result_of(blended(), {"size1": 90}).total[0] == 90


def test_a_village_that_a_quarter_passed_over_is_missing_in_it() -> None:
    parts = {"2023-Q1": [{"size1": 80}, {}]}
    result = result_of(blended(), {"size1": 90}, {"size1": 90}, parts=parts)
    assert result.total.tolist() == [83, 27]
    assert result.highest.tolist() == [83, 97]
    assert result.completeness.tolist() == pytest.approx([1, 0.3])


def test_a_group_with_a_maximum_of_its_own_is_scaled_to_it() -> None:
    standard = standard_of(group("g", judged("a", "size1"), judged("b", "size2"), max_score=50))
    assert result_of(standard, {"size1": 10, "size2": 5}).total[0] == 37.5


def test_a_village_is_measured_against_the_peers_that_are_known() -> None:
    rule = {"kind": "relative", "indicator": "rate1", "at_mean": 2.4, "slope": 0.1, "least": 1.5}
    standard = standard_of(group("g", criterion("a", rule, 4)))
    result = result_of(standard, {"rate1": 60}, {"rate1": 50}, {})
    assert result.total.tolist() == [2.9, 1.9, 1.5]
    # The third may have anything from 0 to 100, which moves the mean from 36.67 to 70.
    assert ends(result) == pytest.approx((1.5, 2.9, 4))
    assert ends(result, 1) == pytest.approx((1.5, 1.9, 3.73))


def test_today_s_points_stay_within_what_the_peers_leave_open() -> None:
    rule = {"kind": "relative", "indicator": "rate1", "at_mean": 10}
    standard = standard_of(group("g", criterion("a", rule)))
    result = result_of(standard, {"rate1": 50}, {"rate1": 85}, {"rate1": at_least(85)})
    # By the known mean of 67.5 it would be 7.41, but the third can only raise it to 73.33 or more.
    assert ends(result) == pytest.approx((6.38, 6.82, 6.82))


def test_a_formula_that_may_grow_too_large_for_a_number_is_open_to_anything() -> None:
    rule = {"kind": "formula", "formula": "exp(0 - signed2 / 10)"}
    result = result_of(standard_of(group("g", criterion("a", rule))), {"signed2": at_most(4)})
    # Far below zero it has no value, which is treated as missing: from none to the maximum.
    assert ends(result) == (0, 0, 10)
