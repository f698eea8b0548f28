"""Obstacle degrees by hand, and what must hold of them whatever the standard."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties import examples
from tests.standards.planning.schemes import criterion, presence, scored, standard
from tests.standards.scoring.scene import scored as scored_scene
from tests.standards.scoring.standard_documents import Wanted, scenes, standards

from liangcun_standards.obstacles import Weighting, obstacles

RATED = standard(
    [
        presence("a", "flag1"),
        criterion("b", {"kind": "linear", "indicator": "rate1", "from": 0, "to": 100}, max_score=10),
        presence("c", "flag2", missing="leave_out"),
    ]
)


def test_a_degree_is_the_share_of_all_that_is_lacking() -> None:
    result = scored(RATED, {"flag1": 0, "rate1": 50, "flag2": 1}, {"flag1": 1, "rate1": 75, "flag2": 0})
    found = obstacles(result)
    assert found.degrees[:, 0] == pytest.approx([0.5, 0.5, 0.0])
    assert found.degrees[:, 1] == pytest.approx([0.0, 1 / 3, 2 / 3])
    assert found.lacking[:, 1] == pytest.approx([0.0, 2.5, 5.0])
    assert (found.of_row(0), found.of_row(1)) == ([0, 1], [2, 1])


def test_over_a_place_the_mean_degree_orders_the_criteria() -> None:
    villages = (
        {"flag1": 0, "rate1": 50, "flag2": 1},
        {"flag1": 1, "rate1": 75, "flag2": 0},
        {"flag1": 1, "rate1": 100, "flag2": 1},
    )
    found = obstacles(scored(RATED, *villages)).over(np.arange(3))
    assert [(one.place, one.short, one.foremost, one.counted) for one in found] == [
        (1, 2, 0, 3),
        (2, 1, 1, 3),
        (0, 1, 1, 3),
    ]
    # Means over the two villages that fall short of anything.
    assert [one.degree for one in found] == pytest.approx([5 / 12, 1 / 3, 1 / 4])
    assert sum(one.degree for one in found) == pytest.approx(1)
    assert found[0].lacking == pytest.approx(7.5 / 3)


def test_what_is_left_out_is_no_obstacle_and_its_weight_goes_to_the_rest() -> None:
    found = obstacles(scored(RATED, {"flag1": 0, "rate1": 100}))
    assert np.isnan(found.degrees[2, 0])
    assert found.degrees[0, 0] == pytest.approx(1)
    assert found.weights[:, 0].sum() == pytest.approx(RATED.worth)


def test_where_nothing_is_lacking_there_is_no_obstacle() -> None:
    found = obstacles(scored(RATED, {"flag1": 1, "rate1": 100, "flag2": 1}))
    assert np.isnan(found.degrees).all()
    assert found.of_row(0) == []
    assert [one.degree for one in found.over(np.arange(1))] == [0.0, 0.0, 0.0]


def test_a_veto_that_stands_comes_first_whether_or_not_it_earns_anything() -> None:
    rated = standard([presence("a", "flag1"), presence("b", "flag2", max_score=0, veto=True)])
    found = obstacles(scored(rated, {"flag1": 0, "flag2": 0}, {"flag1": 0, "flag2": 1}))
    assert (found.of_row(0), found.of_row(1)) == ([1, 0], [0])
    assert np.isnan(found.lacking[1, 0])


def test_by_entropy_what_tells_nobody_apart_weighs_nothing() -> None:
    villages = ({"flag1": 0, "rate1": 50, "flag2": 1}, {"flag1": 0, "rate1": 90, "flag2": 1})
    found = obstacles(scored(RATED, *villages), Weighting.ENTROPY)
    assert found.weights[:, 0] == pytest.approx([0, RATED.worth, 0])
    assert found.degrees[:, 0] == pytest.approx([0, 1, 0])


@examples(100)
@given(data=st.data(), weighting=st.sampled_from(Weighting))
def test_degrees_are_shares_of_one(data: st.DataObject, weighting: Weighting) -> None:
    rated = data.draw(standards(Wanted(peers=True, apart=False)))
    scene = data.draw(scenes(rated, groups=2))
    found = obstacles(scored_scene(rated, scene), weighting)
    sums = np.nansum(found.degrees, axis=0)
    assert all(one == pytest.approx(0) or one == pytest.approx(1) for one in sums)
    assert not (found.degrees < -1e-12).any()
