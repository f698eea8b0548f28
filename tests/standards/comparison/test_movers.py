"""Two schemes side by side: who moves how far, and what is behind it adds up to the gap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties import examples
from tests.standards.scoring.examples import checked, group, judged, result_of, standard_of
from tests.standards.scoring.scene import scored
from tests.standards.scoring.standard_documents import Wanted, scenes, standards

from liangcun_standards import ScoreResult, Standard
from liangcun_standards.comparison import InvalidComparison, Part, compare, crosswalk

WITHIN = "220722000000"
EQUAL = standard_of(group("g", judged("a", "mark1"), judged("b", "mark2")))
FIRST = standard_of(group("g", judged("a", "mark1", 18), judged("b", "mark2", 2)))
VILLAGES = ({"mark1": 9, "mark2": 0}, {"mark1": 2, "mark2": 9}, {"mark1": 5, "mark2": 5})


def both(one: Standard = EQUAL, other: Standard = FIRST) -> tuple[ScoreResult, ScoreResult]:
    return result_of(one, *VILLAGES), result_of(other, *VILLAGES)


@examples(100)
@given(data=st.data())
def test_what_is_behind_a_move_adds_up_to_the_gap(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted(apart=False, peers=True)))
    scene = data.draw(scenes(standard, most=8))
    one, other = (
        scored(standard, scene),
        result_of(EQUAL, *[{"mark1": 3, "mark2": 1}] * len(scene.codes)),
    )
    # Another order of the same villages: totals that fall with the place.
    other.total[:] = np.arange(len(other))[::-1]
    pair = compare(one, other, "220000000000")
    for mover in pair.movers(5):
        because = sum(value for _, value in mover.because_a + mover.because_b)
        assert because == pytest.approx(mover.gap, abs=1e-9)
        assert mover.shift == mover.rank_b - mover.rank_a != 0


def test_the_farthest_moves_come_first_with_the_criterion_behind_them() -> None:
    pair = compare(*both(), WITHIN)
    movers = pair.movers(10)
    assert [(one.region[-2:], one.rank_a, one.rank_b, one.shift) for one in movers] == [
        ("00", 3, 1, -2),
        ("01", 1, 3, 2),
    ]
    behind = dict(movers[0].because_b)
    assert behind[Part("criterion", "a")] > abs(behind[Part("criterion", "b")])
    assert len(pair.movers(1)) == 1


def test_a_scheme_beside_itself_moves_nobody() -> None:
    pair = compare(*both(EQUAL, EQUAL), WITHIN)
    assert pair.movers(10) == []
    assert pair.agreement.spearman == 1.0


def test_only_those_whom_both_rank_are_compared() -> None:
    strict = standard_of(group("g", judged("a", "mark1"), judged("b", "mark2")), min_completeness=1)
    villages = [*VILLAGES, {"mark1": 9}]
    pair = compare(result_of(EQUAL, *villages), result_of(strict, *villages), WITHIN)
    assert (len(pair.regions), pair.left_out) == (3, 1)
    assert sorted(pair.ranks_a.tolist()) == [1, 2, 3]


def test_levels_that_differ_can_not_be_compared() -> None:
    county = standard_of(group("g", judged("a", "mark1")), level="county")
    with pytest.raises(InvalidComparison, match="they can't be compared"):
        compare(result_of(EQUAL, *VILLAGES), result_of(county, *VILLAGES), WITHIN)


def test_all_ties_say_nothing_and_move_nobody() -> None:
    same = [{"mark1": 5, "mark2": 5}] * 4
    pair = compare(result_of(EQUAL, *same), result_of(FIRST, *same), WITHIN)
    assert pair.agreement[:2] == (None, None)
    assert pair.movers(3) == []


def test_the_crosswalk_pairs_what_rests_on_the_same_indicators() -> None:
    other = standard_of(group("g", judged("roads", "mark1", 30), checked("plan", "flag1")))
    found = crosswalk(EQUAL, other)
    assert [(one.code, two.code) for one, two in found.shared] == [("a", "roads")]
    assert [one.code for one in found.only_a] == ["b"]
    assert [one.code for one in found.only_b] == ["plan"]
    assert found.indicators_both == ("mark1",)
    assert (found.indicators_only_a, found.indicators_only_b) == (("mark2",), ("flag1",))
