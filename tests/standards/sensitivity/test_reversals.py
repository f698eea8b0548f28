"""Rank reversals: a published one comes out, and where none can be, that is said."""

from __future__ import annotations

import sys

import pytest
from tests.standards.scoring.catalogue import INDICATORS
from tests.standards.scoring.examples import group, judged, result_of, standard_of

from liangcun_standards.sensitivity import InvalidSensitivity, reversals

PARTS = (judged("a", "mark1"), judged("b", "mark2"))
CLOSENESS = standard_of(group("g", *PARTS, aggregation={"method": "topsis"}))
# Source: García-Cascales & Lamata, On rank reversal and TOPSIS method, Mathematical and Computer Modelling 56
# (2012): three alternatives on two criteria of one weight; a fourth turns the order of the three round.
THREE = ({"mark1": 1, "mark2": 5}, {"mark1": 4, "mark2": 2}, {"mark1": 3, "mark2": 3})
FOURTH = {"mark1": 5, "mark2": 1}


def test_a_published_reversal_of_topsis_is_found() -> None:
    assert result_of(CLOSENESS, *THREE).ranks().tolist() == [3, 1, 2]
    result = result_of(CLOSENESS, *THREE, FOURTH)
    assert result.ranks().tolist() == [1, 3, 2, 4]
    found = reversals(result, INDICATORS)
    assert (found.possible, found.examined) == (True, 4)
    one = next(one for one in found.found if one.removed.endswith("203"))
    # All three pairs of the three: 1 > 3 > 2 becomes 2 > 3 > 1.
    assert one.count == 3
    assert one.pairs[0][0].endswith("200")
    assert one.pairs[0][1].endswith("201")


def test_who_passes_may_change_when_another_is_taken_out() -> None:
    rule = {"kind": "relative", "indicator": "size1", "at_mean": 5.0}
    relative = standard_of(group("g", {**judged("a", "size1"), "rule": rule}), passing={"min_score": 5})
    result = result_of(relative, {"size1": 1}, {"size1": 2}, {"size1": 9})
    found = reversals(result, INDICATORS)
    one = next(one for one in found.found if one.removed.endswith("202"))
    assert [code[-3:] for code in one.passing] == ["201"]


def test_a_standard_that_scores_each_by_itself_reverses_nothing() -> None:
    found = reversals(result_of(standard_of(group("g", *PARTS)), *THREE, FOURTH), INDICATORS)
    assert (found.possible, found.examined, found.found) == (False, 0, ())


def test_too_many_regions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[reversals.__module__], "MOST_REGIONS", 3)
    with pytest.raises(InvalidSensitivity, match="name a smaller place"):
        reversals(result_of(CLOSENESS, *THREE, FOURTH), INDICATORS)
