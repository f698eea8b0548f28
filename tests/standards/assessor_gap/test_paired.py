"""Gaps between two levels by hand, and the test behind "systematic" against scipy's own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import wilcoxon
from tests.standards.planning.schemes import INDICATORS, criterion, presence, scored, standard

from liangcun_standards.assessor_gap import GapPair, gap_between

RATED = standard(
    [
        criterion("a", {"kind": "linear", "indicator": "rate1", "from": 0, "to": 100}, max_score=10),
        presence("b", "flag1"),
    ]
)


def _pair(own: list[dict[str, float]], county: list[dict[str, float]]) -> GapPair:
    return gap_between(scored(RATED, *own), scored(RATED, *county), INDICATORS, range(len(own)))


def test_only_what_both_have_looked_at_is_compared() -> None:
    found = _pair([{"rate1": 90, "flag1": 1}, {"rate1": 80}], [{"rate1": 70}, {"rate1": 80}])
    assert found.compared.tolist() == [[True, True], [False, False]]
    assert list(found.criteria) == [0]
    gap = found.criteria[0]
    assert (gap.count, gap.higher, gap.lower, gap.p_value) == (2, 1, 0, None)
    assert (gap.mean, gap.median) == (pytest.approx(1), pytest.approx(1))
    assert not gap.systematic


def test_the_total_s_gap_adds_up_over_what_is_compared() -> None:
    found = _pair([{"rate1": 90, "flag1": 1}], [{"rate1": 70, "flag1": 0}])
    assert found.gaps == pytest.approx([2 + 5])
    [village] = found.largest(5)
    assert (village.gap, village.compared) == (pytest.approx(7), 2)
    assert [place for place, _, _ in village.criteria] == [1, 0]
    assert village.criteria[1][1:] == pytest.approx((9, 7))


def test_a_self_assessment_that_is_always_higher_is_systematic() -> None:
    own = [{"rate1": 60 + place, "flag1": 1} for place in range(12)]
    county = [{"rate1": 50 + place - place % 3, "flag1": place % 2} for place in range(12)]
    found = _pair(own, county)
    gap = found.criteria[0]
    assert gap.p_value == pytest.approx(float(wilcoxon(np.round(found.differences[0], 9)).pvalue))
    assert gap.p_value <= gap.adjusted
    assert (gap.systematic, gap.higher, gap.count) == (True, 12, 12)
    assert found.total.systematic
    assert list(found.townships) == ["220722100000"]
    turned = _pair(county, own)
    assert turned.total.mean == pytest.approx(-found.total.mean)
    assert turned.total.lower == 12


def test_a_gap_that_goes_either_way_is_none() -> None:
    own = [{"rate1": 50 + (10 if place % 2 else -10), "flag1": 1} for place in range(12)]
    found = _pair(own, [{"rate1": 50, "flag1": 1}] * 12)
    assert (found.criteria[0].mean, found.criteria[0].systematic) == (0, False)
    assert found.criteria[1].p_value is None
    assert (found.criteria[1].higher, found.criteria[1].lower) == (0, 0)


def test_the_largest_gaps_come_first_and_no_gap_isn_t_listed() -> None:
    own = [{"rate1": value, "flag1": 1} for value in (50, 90, 20)]
    found = _pair(own, [{"rate1": 50, "flag1": 1}] * 3)
    assert [one.region[-3:] for one in found.largest(5)] == ["201", "202"]
    assert [one.gap for one in found.largest(1)] == [pytest.approx(4)]


def test_without_anything_to_compare_there_is_no_gap() -> None:
    found = _pair([{}, {}], [{"rate1": 50}, {"rate1": 50}])
    assert (found.criteria, found.townships, found.largest(3), found.total.count) == ({}, {}, [], 0)


def test_results_of_different_regions_are_refused() -> None:
    with pytest.raises(ValueError, match="different regions"):
        gap_between(scored(RATED, {}), scored(RATED, {}, {}), INDICATORS, [0])
