"""The parts of a total add up to it, whatever the standard; and they are the right parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties import examples
from tests.standards.scoring.examples import checked, group, judged, result_of, standard_of
from tests.standards.scoring.scene import scored
from tests.standards.scoring.standard_documents import Wanted, scenes, standards

from liangcun_standards import ScoreResult
from liangcun_standards.comparison import Part, contributions


def parts_of(result: ScoreResult, row: int = 0) -> dict[Part, float]:
    """The parts of one total that are anything."""
    found = contributions(result, np.array([row]))
    return {
        part: round(float(value), 9)
        for part, value in zip(found.parts, found.values[:, 0], strict=True)
        if abs(value) > 1e-9
    }


@examples(150)
@given(data=st.data())
def test_the_parts_add_up_and_rounding_is_no_more_than_rounding(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted(peers=True)))
    result = scored(standard, data.draw(scenes(standard, most=6)))
    rows = np.flatnonzero(~np.isnan(result.total))
    found = contributions(result, rows)
    assert found.values.sum(axis=0) == pytest.approx(result.total[rows], abs=1e-9)
    assert found.parts[-1] == Part("rounding", standard.code)
    unit = 0.5 * 10.0**-standard.decimals
    # Penalties that would take a total below nothing are not all taken.
    above = result.total[rows] > 0
    assert (np.abs(found.values[-1][above]) <= unit + 1e-6).all()
    assert {part.code for part in found.parts if part.kind == "criterion"} == {
        one.code for one in standard.criteria
    }


def test_of_a_sum_each_criterion_gives_its_points() -> None:
    standard = standard_of(group("g", judged("a", "mark1"), judged("b", "mark2")))
    result = result_of(standard, {"mark1": 4, "mark2": 7.5})
    assert parts_of(result) == {Part("criterion", "a"): 4.0, Part("criterion", "b"): 7.5}


def test_what_does_not_count_leaves_its_part_to_the_others() -> None:
    standard = standard_of(group("g", judged("a", "mark1"), judged("b", "mark2")), missing="leave_out")
    result = result_of(standard, {"mark1": 4})
    assert parts_of(result) == {Part("criterion", "a"): 8.0}


def test_a_weighted_mean_gives_by_its_weights() -> None:
    standard = standard_of(
        group(
            "g",
            judged("a", "mark1", weight=3),
            judged("b", "mark2", weight=1),
            aggregation={"method": "weighted_mean"},
        )
    )
    # 20 points in all: three quarters for the share of the first, a quarter for that of the second.
    result = result_of(standard, {"mark1": 10, "mark2": 5})
    assert parts_of(result) == {Part("criterion", "a"): 15.0, Part("criterion", "b"): 2.5}


def test_what_is_not_linear_is_told_as_a_part_of_its_own() -> None:
    standard = standard_of(
        group("g", judged("a", "mark1"), judged("b", "mark2"), aggregation={"method": "minimum"})
    )
    result = result_of(standard, {"mark1": 10, "mark2": 4})
    assert result.total[0] == 8
    assert parts_of(result) == {
        Part("criterion", "a"): 10.0,
        Part("criterion", "b"): 4.0,
        Part("aggregation", "g"): -6.0,
    }


def test_bonuses_and_penalties_are_parts() -> None:
    bonus = {
        "code": "prize",
        "title": "获奖",
        "title_en": "prize",
        "kind": "bonus",
        "indicator": "events1",
        "per": 2,
        "cap": 5,
        "source": {"status": "interpretation", "text": "举例"},
    }
    standard = standard_of(group("g", checked("a", "flag1")), adjustments=[bonus])
    assert parts_of(result_of(standard, {"flag1": 1, "events1": 2})) == {
        Part("criterion", "a"): 10.0,
        Part("adjustment", "prize"): 4.0,
    }
