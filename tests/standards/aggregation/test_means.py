"""Means, the minimum and the pass share: what they give, and that they give it in the same bits."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liangcun_standards.aggregation import geometric_mean, minimum, pass_share, weighted_mean
from liangcun_standards.errors import InvalidWeights

quick = settings(deadline=None, max_examples=80)

SHARE = st.one_of(st.sampled_from([0.0, 0.25, 0.9, 1.0]), st.floats(0.0, 1.0, allow_subnormal=False))
WEIGHT = st.sampled_from([0.5, 1.0, 3.0, 10.0, 33.3])


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares, weights and presence for a few children and villages."""
    m, n = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    shares = draw(st.lists(SHARE, min_size=m * n, max_size=m * n))
    present = draw(st.lists(st.booleans(), min_size=m * n, max_size=m * n))
    weights = draw(st.lists(WEIGHT, min_size=m, max_size=m))
    return np.reshape(shares, (m, n)), np.array(weights), np.reshape(present, (m, n))


def plain_weighted_mean(shares: list[float], weights: list[float], present: list[bool]) -> float:
    """The definition in exact fractions, one village."""
    chosen = [(Fraction(w), Fraction(x)) for x, w, here in zip(shares, weights, present, strict=True) if here]
    if not chosen:
        return math.nan
    return float(sum(w * x for w, x in chosen) / sum(w for w, _ in chosen))


def plain_geometric_mean(shares: list[float], weights: list[float], present: list[bool]) -> float:
    """The definition as a product of powers, one village."""
    chosen = [(w, x) for x, w, here in zip(shares, weights, present, strict=True) if here]
    if not chosen:
        return math.nan
    total = math.fsum(w for w, _ in chosen)
    return math.prod(math.pow(x, w / total) for w, x in chosen)


MEANS = [(weighted_mean, plain_weighted_mean), (geometric_mean, plain_geometric_mean)]


def all_methods(shares: np.ndarray, weights: np.ndarray, present: np.ndarray | None) -> list[np.ndarray]:
    return [
        weighted_mean(shares, weights, present),
        geometric_mean(shares, weights, present),
        minimum(shares, present),
        pass_share(shares >= 0.6, present),
    ]


def test_a_weighted_mean_counts_each_child_by_its_weight() -> None:
    shares = np.array([[1.0, 0.5], [0.0, 0.5], [1.0, 1.0]])
    assert weighted_mean(shares, [50, 30, 20]).tolist() == [0.7, 0.6]


def test_a_child_left_out_gives_its_weight_to_the_others() -> None:
    shares = np.array([[1.0], [np.nan], [0.0]])
    present = np.array([[True], [False], [True]])
    assert weighted_mean(shares, [30, 50, 10], present).tolist() == [0.75]
    assert minimum(shares, present).tolist() == [0.0]
    assert pass_share(shares > 0.5, present).tolist() == [0.5]


def test_a_village_with_no_child_present_has_no_mean() -> None:
    shares, present = np.ones((2, 2)), np.array([[True, False], [True, False]])
    for result in all_methods(shares, np.ones(2), present):
        assert result[0] == 1.0
        assert np.isnan(result[1])


def test_a_village_whose_present_children_all_weigh_nothing_has_no_mean() -> None:
    present = np.array([[False], [True]])
    assert np.isnan(weighted_mean(np.ones((2, 1)), [1, 0], present)).all()
    assert np.isnan(geometric_mean(np.zeros((2, 1)), [1, 0], present)).all()


def test_full_shares_give_exactly_one() -> None:
    weights = np.array([0.1, 0.2, 0.3, 0.7, 1 / 3])
    for result in all_methods(np.ones((5, 3)), weights, None):
        assert result.tolist() == [1.0, 1.0, 1.0]


def test_a_share_of_zero_makes_the_geometric_mean_zero() -> None:
    shares = np.array([[0.0, 0.0, 0.64], [1.0, 1.0, 0.25]])
    assert geometric_mean(shares, [1, 1]).tolist() == [0.0, 0.0, 0.4]


def test_a_share_of_zero_without_a_weight_is_left_aside() -> None:
    assert geometric_mean(np.array([[0.0], [0.9]]), [0, 2]).tolist() == [0.9]


def test_a_share_of_zero_that_is_left_out_is_left_aside() -> None:
    shares, present = np.array([[0.0], [0.9]]), np.array([[False], [True]])
    assert geometric_mean(shares, [1, 1], present).tolist() == [0.9]


def test_equal_shares_have_that_share_as_their_geometric_mean() -> None:
    """A cut-off of 0.9 must be reached by 0.9 throughout, which exp(log(0.9)) alone would miss."""
    hundredths = np.arange(101) / 100
    shares = np.tile(hundredths, (7, 1))
    assert geometric_mean(shares, np.arange(1, 8)).tolist() == hundredths.tolist()


def test_the_smallest_share_decides_the_minimum() -> None:
    assert minimum(np.array([[0.9, 0.2], [0.4, 1.0]])).tolist() == [0.4, 0.2]


def test_the_pass_share_counts_passes() -> None:
    passed = np.array([[True, False, True], [True, False, False], [False, False, True], [True, False, True]])
    assert pass_share(passed).tolist() == [0.75, 0.0, 0.75]


def test_a_present_share_that_is_not_a_number_shows_in_the_result() -> None:
    shares = np.array([[0.5], [np.nan]])
    assert np.isnan(weighted_mean(shares, [1, 1]))[0]
    assert np.isnan(geometric_mean(shares, [1, 1]))[0]
    assert np.isnan(minimum(shares))[0]


@pytest.mark.parametrize(("method", "plain"), MEANS, ids=["arithmetic", "geometric"])
@quick
@given(case=cases())
def test_means_equal_their_definition_worked_out_village_by_village(
    method: Callable[..., np.ndarray], plain: Callable[..., float], case: tuple[np.ndarray, ...]
) -> None:
    shares, weights, present = case
    expected = [
        plain(shares[:, village].tolist(), weights.tolist(), present[:, village].tolist())
        for village in range(shares.shape[1])
    ]
    np.testing.assert_allclose(method(shares, weights, present), expected, rtol=0, atol=2e-12)


@quick
@given(case=cases())
def test_results_lie_between_the_smallest_and_the_largest_share_present(case: tuple[np.ndarray, ...]) -> None:
    shares, weights, present = case
    low = minimum(shares, present)
    high = 1 - minimum(1 - shares, present)
    arithmetic = weighted_mean(shares, weights, present)
    geometric = geometric_mean(shares, weights, present)
    known = present.any(axis=0)
    assert (np.isnan(arithmetic) == ~known).all()
    assert (low[known] <= geometric[known] + 1e-12).all()
    assert (geometric[known] <= arithmetic[known] + 1e-12).all()
    assert (arithmetic[known] <= high[known] + 1e-12).all()
    assert (arithmetic[known] >= 0).all()
    assert (arithmetic[known] <= 1).all()


@quick
@given(case=cases(), data=st.data())
def test_raising_one_share_never_lowers_a_result(case: tuple[np.ndarray, ...], data: st.DataObject) -> None:
    shares, weights, present = case
    child = data.draw(st.integers(0, shares.shape[0] - 1))
    raised = shares.copy()
    raised[child] = np.maximum(raised[child], data.draw(SHARE))
    for before, after, slack in zip(
        all_methods(shares, weights, present),
        all_methods(raised, weights, present),
        [0.0, 1e-12, 0.0, 0.0],
        strict=True,
    ):
        known = ~np.isnan(before)
        assert (after[known] >= before[known] - slack).all()


@quick
@given(case=cases(), factor=st.floats(1e-3, 1e3))
def test_only_the_proportions_of_the_weights_matter(case: tuple[np.ndarray, ...], factor: float) -> None:
    shares, weights, present = case
    for method in (weighted_mean, geometric_mean):
        np.testing.assert_allclose(
            method(shares, weights * factor, present), method(shares, weights, present), rtol=0, atol=2e-12
        )


@quick
@given(case=cases(), data=st.data())
def test_the_order_of_the_villages_changes_no_bit(case: tuple[np.ndarray, ...], data: st.DataObject) -> None:
    shares, weights, present = case
    order = data.draw(st.permutations(range(shares.shape[1])))
    for straight, shuffled in zip(
        all_methods(shares, weights, present),
        all_methods(shares[:, order], weights, present[:, order]),
        strict=True,
    ):
        assert straight[list(order)].tobytes() == shuffled.tobytes()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 16, 31, 64, 1001, 20_000])
def test_a_village_alone_and_among_many_has_the_same_bits(size: int) -> None:
    source = np.random.default_rng(size)
    shares = source.random((9, size))
    weights = source.random(9) * 10
    present = source.random((9, size)) < 0.8
    together = all_methods(shares, weights, present)
    for village in {0, size // 2, size - 1}:
        one = slice(village, village + 1)
        alone = all_methods(np.ascontiguousarray(shares[:, one]), weights, present[:, one])
        strided = all_methods(shares[:, one], weights, present[:, one])
        for many, single, view in zip(together, alone, strided, strict=True):
            assert many[one].tobytes() == single.tobytes() == view.tobytes()


@quick
@given(case=cases())
def test_presence_for_all_is_the_same_as_none_given(case: tuple[np.ndarray, ...]) -> None:
    shares, weights, _ = case
    everywhere = np.ones(shares.shape, np.bool_)
    for without, given_all in zip(
        all_methods(shares, weights, None), all_methods(shares, weights, everywhere), strict=True
    ):
        assert without.tobytes() == given_all.tobytes()


@quick
@given(case=cases())
def test_what_stands_in_place_of_a_child_left_out_is_never_read(case: tuple[np.ndarray, ...]) -> None:
    shares, weights, present = case
    emptied = np.where(present, shares, np.nan)
    for before, after in zip(
        all_methods(shares, weights, present)[:3], all_methods(emptied, weights, present)[:3], strict=True
    ):
        assert before.tobytes() == after.tobytes()


def test_rows_given_as_a_list_need_no_matrix() -> None:
    shares = np.random.default_rng(5).random((4, 10))
    assert (
        weighted_mean(list(shares), [1, 2, 3, 4]).tobytes() == weighted_mean(shares, [1, 2, 3, 4]).tobytes()
    )


def test_each_peer_group_can_have_weights_of_its_own() -> None:
    source = np.random.default_rng(11)
    shares, present = source.random((3, 60)), source.random((3, 60)) < 0.7
    groups = source.integers(0, 4, 60)
    weights = source.random((3, 4))
    for method in (weighted_mean, geometric_mean):
        together = method(shares, weights, present, groups)
        for group in range(4):
            own = groups == group
            alone = method(shares[:, own], weights[:, group], present[:, own])
            assert together[own].tobytes() == alone.tobytes()


@pytest.mark.parametrize("weights", [[1, -1], [0, 0], [1, math.nan], [1, math.inf]])
def test_weights_that_cannot_be_used_are_refused(weights: list[float]) -> None:
    for method in (weighted_mean, geometric_mean):
        with pytest.raises(InvalidWeights):
            method(np.ones((2, 3)), weights)


def test_shapes_that_disagree_are_refused() -> None:
    shares = np.ones((2, 3))
    with pytest.raises(ValueError, match="2 children"):
        weighted_mean(shares, [1, 2, 3])
    with pytest.raises(ValueError, match="over 3 villages"):
        minimum(shares, np.ones((2, 2), np.bool_))
    with pytest.raises(ValueError, match="present has 1 children"):
        pass_share(shares > 0, np.ones((1, 3), np.bool_))
    with pytest.raises(ValueError, match="no child"):
        minimum([])
    with pytest.raises(ValueError, match="groups are"):
        weighted_mean(shares, np.ones((2, 2)), None, np.zeros(2, np.int64))
