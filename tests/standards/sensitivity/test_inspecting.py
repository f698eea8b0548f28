"""What to find out first: what decides, and by how much it narrows, as one finds by trying."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties import examples
from tests.standards.scoring.catalogue import INDICATORS
from tests.standards.scoring.examples import at_least, checked, group, judged, result_of, standard_of
from tests.standards.scoring.scene import scored
from tests.standards.scoring.standard_documents import Wanted, scenes, standards

from liangcun_standards import Input
from liangcun_standards.sensitivity import InvalidSensitivity, Order, inspect_first
from liangcun_standards.vocabulary import Verdict

STANDARD = standard_of(
    group("g", checked("a", "flag1", 10), judged("b", "mark1", 10), judged("c", "mark2", 2)),
    passing={"min_score": 12},
    missing="bound",
)


def test_what_decides_the_verdict_stands_before_what_narrows_more() -> None:
    result = result_of(
        STANDARD,
        {"flag1": 1, "mark1": 1},  # 11 to 13: the third criterion decides
        {"flag1": 0, "mark2": 0},  # 0 to 10 for the second: fails whatever it is
    )
    found = inspect_first(result, INDICATORS)
    assert [(one.region[-1], one.source) for one in found] == [("0", Input("mark2")), ("1", Input("mark1"))]
    first, second = found
    assert (first.verdict, first.decides) == (Verdict.UNDECIDED, 1.0)
    assert set(first.reaches) == {Verdict.PASS, Verdict.FAIL}
    assert first.narrows == first.narrows_least == pytest.approx(2)
    assert (first.score, first.known, first.period) == ((11, 13), None, "2023")
    assert (second.decides, second.narrows) == (0.0, pytest.approx(10))
    by_score = inspect_first(result, INDICATORS, order=Order.SCORE)
    assert [one.region[-1] for one in by_score] == ["1", "0"]


def test_a_bound_is_told_and_places_narrow() -> None:
    result = result_of(
        STANDARD,
        {"flag1": 1, "mark1": at_least(4), "mark2": 0},
        *[{"flag1": 1, "mark1": n, "mark2": 0} for n in (3, 5, 7, 9)],
    )
    [one] = inspect_first(result, INDICATORS, order=Order.RANK)
    assert one.known == (4, 10)
    assert one.rank == (1, 4)
    assert one.rank_narrows == pytest.approx(3, abs=0.7)


def test_within_one_village_its_own_unknowns_are_listed() -> None:
    result = result_of(STANDARD, {"flag1": 1}, {"flag1": 1})
    found = inspect_first(result, INDICATORS, result.table.regions[1])
    assert {one.region for one in found} == {result.table.regions[1]}
    assert len(found) == 2


def test_where_all_is_known_there_is_nothing_to_find_out() -> None:
    assert inspect_first(result_of(STANDARD, {"flag1": 1, "mark1": 1, "mark2": 1}), INDICATORS) == []


@examples(60)
@given(data=st.data())
def test_knowing_more_never_widens_what_a_village_may_come_to(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted(apart=False, peers=True, blend=True)))
    result = scored(standard, data.draw(scenes(standard, most=4)))
    for one in inspect_first(result, INDICATORS):
        if not standard.peer_relative:
            assert one.narrows_least >= -1e-6
        assert one.narrows_least <= one.narrows + 1e-9
        assert one.narrows <= one.narrows_most + 1e-9
        assert 0 <= one.decides <= 1


def test_where_totals_depend_on_others_criteria_count_by_their_weights() -> None:
    parts = (judged("a", "mark1", weight=3), judged("b", "mark2", weight=1))
    standard = standard_of(group("g", *parts, aggregation={"method": "topsis"}))
    result = result_of(standard, {"mark1": 3}, {"mark2": 4}, {"mark1": 5, "mark2": 5})
    found = inspect_first(result, INDICATORS)
    assert [(one.region[-1], one.source.indicator, one.by_weights) for one in found] == [
        ("1", "mark1", True),
        ("0", "mark2", True),
    ]
    assert found[0].rank_narrows == 0


def test_more_than_can_be_tried_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liangcun_standards.sensitivity.inspecting.MOST_ROWS", 3)
    with pytest.raises(InvalidSensitivity, match="name a smaller place"):
        inspect_first(result_of(STANDARD, {"flag1": 1}), INDICATORS)
