"""Entropy weights: published examples, the definition written out plainly, and what must never happen."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liangcun_standards.aggregation import entropy_weights
from liangcun_standards.errors import InvalidWeights

quick = settings(deadline=None, max_examples=80)

FIGURE = st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 1000).map(lambda part: part / 1000))


@st.composite
def tables(draw: st.DrawFn) -> np.ndarray:
    m, n = draw(st.integers(1, 5)), draw(st.integers(1, 8))
    return np.reshape(draw(st.lists(FIGURE, min_size=m * n, max_size=m * n)), (m, n))


def plain_entropy_weights(shares: list[list[float]]) -> list[float]:
    """The method as textbooks write it: p = x / Σx, e = -Σ p·ln p / ln n, w = (1 - e) / Σ(1 - e)."""
    divergences = []
    for row in shares:
        known = [x for x in row if not math.isnan(x)]
        if len(known) < 2 or max(known) == min(known):
            divergences.append(0.0)
            continue
        parts = [x / math.fsum(known) for x in known]
        entropy = -math.fsum(p * math.log(p) for p in parts if p > 0) / math.log(len(known))
        divergences.append(1 - entropy)
    total = math.fsum(divergences)
    return [d / total if total else 1 / len(shares) for d in divergences]


def test_zavadskas_and_podvezko_2016() -> None:
    """Zavadskas, E. K., & Podvezko, V. (2016). Integrated determination of objective criteria weights in
    MCDM. International Journal of Information Technology & Decision Making, 15(2), 267-283: the entropy
    weights of four alternatives by four criteria.

    Published to four decimals, so the tolerance is half a unit of the fourth. Read as reprinted in the tests
    of the library objective-weighting (test_weighting_methods.py, test_Entropy2).
    """
    alternatives = np.array([[3.0, 100, 10, 7], [2.5, 80, 8, 5], [1.8, 50, 20, 11], [2.2, 70, 12, 9]])
    published = [0.1146, 0.1981, 0.4185, 0.2689]
    np.testing.assert_allclose(entropy_weights(alternatives.T), published, rtol=0, atol=5e-5)


def test_xu_2004() -> None:
    """Xu, X. (2004). A note on the subjective and objective integrated approach to determine attribute
    weights. European Journal of Operational Research, 156(2), 530-532: entropy weights in which the fourth
    attribute hardly differs (29, 29, 28.9, 29) and weighs 0.0000.

    Published to four decimals, so the tolerance is half a unit of the fourth. Read as reprinted in the tests
    of the library objective-weighting (test_weighting_methods.py, test_Entropy).
    """
    alternatives = np.array([[30, 30, 38, 29], [19, 54, 86, 29], [19, 15, 85, 28.9], [68, 70, 60, 29]])
    published = [0.4630, 0.3992, 0.1378, 0.0000]
    np.testing.assert_allclose(entropy_weights(alternatives.T), published, rtol=0, atol=5e-5)


@quick
@given(tables(), st.data())
def test_weights_equal_the_method_written_out_plainly(shares: np.ndarray, data: st.DataObject) -> None:
    missing = data.draw(st.lists(st.booleans(), min_size=shares.size, max_size=shares.size))
    shares = np.where(np.reshape(missing, shares.shape), np.nan, shares)
    expected = plain_entropy_weights(shares.tolist())
    np.testing.assert_allclose(entropy_weights(shares), expected, rtol=0, atol=1e-8)


@quick
@given(tables())
def test_weights_are_shares_that_sum_to_one(shares: np.ndarray) -> None:
    weights = entropy_weights(shares)
    assert (weights >= 0).all()
    assert math.isclose(weights.sum(), 1.0, abs_tol=1e-11)


@quick
@given(tables(), st.data())
def test_the_order_of_the_villages_does_not_matter(shares: np.ndarray, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(shares.shape[1])))
    np.testing.assert_allclose(entropy_weights(shares[:, order]), entropy_weights(shares), rtol=0, atol=1e-9)


@quick
@given(tables(), st.floats(1e-250, 1e6))
def test_the_unit_of_a_child_does_not_matter(shares: np.ndarray, factor: float) -> None:
    scaled = shares.copy()
    scaled[0] *= factor
    np.testing.assert_allclose(entropy_weights(scaled), entropy_weights(shares), rtol=0, atol=1e-9)


def test_a_child_that_is_the_same_for_all_weighs_nothing() -> None:
    shares = np.array([[0.7, 0.7, 0.7], [0.1, 0.5, 0.9], [0.0, 0.0, 0.0]])
    assert entropy_weights(shares).tolist() == [0.0, 1.0, 0.0]


def test_a_difference_of_mere_rounding_weighs_nothing() -> None:
    shares = np.array([[0.3, 0.1 + 0.2, 0.3], [0.4, 0.4, 0.4]])
    assert entropy_weights(shares).tolist() == [0.5, 0.5]


def test_children_that_are_all_the_same_weigh_alike() -> None:
    assert entropy_weights(np.ones((4, 3))).tolist() == [0.25] * 4


def test_a_village_alone_in_its_group_gives_equal_weights() -> None:
    shares = np.array([[0.1, 0.2, 0.9], [0.5, 0.9, 0.5]])
    weights = entropy_weights(shares, np.array([0, 0, 2]))
    assert weights.shape == (2, 3)
    assert weights[:, 1].tolist() == [0.5, 0.5]  # no village has this number
    assert weights[:, 2].tolist() == [0.5, 0.5]
    assert weights[0, 0] > weights[1, 0]


@pytest.mark.parametrize("ordered", [True, False])
def test_a_group_has_the_same_bits_alone_and_among_others(ordered: bool) -> None:
    source = np.random.default_rng(3)
    shares = source.random((5, 900)).round(2)
    shares[source.random(shares.shape) < 0.1] = np.nan
    groups = source.integers(0, 7, 900)
    if ordered:
        groups = np.sort(groups)
    together = entropy_weights(shares, groups)
    for group in range(7):
        alone = entropy_weights(np.ascontiguousarray(shares[:, groups == group]))
        assert together[:, group].tobytes() == alone.tobytes()


@pytest.mark.parametrize("bad", [-0.1, math.inf])
def test_a_negative_or_infinite_share_is_refused(bad: float) -> None:
    with pytest.raises(InvalidWeights) as refused:
        entropy_weights(np.array([[0.5, 0.6], [0.5, bad]]))
    assert "child 2" in refused.value.text("en")
    assert "第 2 项" in refused.value.text("zh")


def test_no_village_at_all_gives_equal_weights() -> None:
    assert entropy_weights(np.empty((2, 0))).tolist() == [0.5, 0.5]


def test_shapes_that_disagree_are_refused() -> None:
    with pytest.raises(ValueError, match="no child"):
        entropy_weights([])
    with pytest.raises(ValueError, match="groups are"):
        entropy_weights(np.ones((2, 3)), np.zeros(2, np.int64))
    with pytest.raises(ValueError, match="numbered from 0"):
        entropy_weights(np.ones((2, 3)), np.array([0, -1, 0]))
    with pytest.raises(ValueError, match="child 1"):
        entropy_weights([np.ones(3), np.ones(2)])
