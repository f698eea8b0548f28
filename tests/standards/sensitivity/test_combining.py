"""Many runs at once come to what the aggregations come to one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.properties import examples

from liangcun_standards import aggregation
from liangcun_standards.sensitivity import Normalisation
from liangcun_standards.sensitivity.combining import entropy_within, geometric, mean, minimum, topsis_within
from liangcun_standards.sensitivity.normalising import normalised

SHARES = arrays(np.float64, (3, 7), elements=st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.8, 1.0]))
GAPS = arrays(bool, (3, 7))
WEIGHTS = arrays(np.float64, (4, 3), elements=st.sampled_from([0.05, 0.2, 0.5, 0.7]))
PEERS = arrays(np.int64, 7, elements=st.integers(0, 2))


@examples(200)
@given(SHARES, GAPS, WEIGHTS)
def test_means_and_the_minimum(shares: np.ndarray, gaps: np.ndarray, weights: np.ndarray) -> None:
    blanked = np.where(gaps, np.nan, shares)
    for run, row in enumerate(weights):
        alone = aggregation.weighted_mean(shares, row, ~gaps)
        np.testing.assert_allclose(mean(weights, blanked)[run], alone, atol=1e-12)
        alone = aggregation.geometric_mean(shares, row, ~gaps)
        np.testing.assert_allclose(geometric(weights, blanked)[run], alone, atol=1e-11)
        np.testing.assert_array_equal(minimum(weights, blanked)[run], aggregation.minimum(shares, ~gaps))


@examples(200)
@given(SHARES, WEIGHTS, PEERS)
def test_topsis_and_entropy_weights_within_peer_groups(
    shares: np.ndarray, weights: np.ndarray, peers: np.ndarray
) -> None:
    for run, row in enumerate(weights):
        alone = aggregation.topsis(shares, row, peers)
        np.testing.assert_allclose(topsis_within(peers)(weights, shares)[run], alone, atol=1e-9)
    by_entropy = aggregation.weighted_mean(shares, aggregation.entropy_weights(shares, peers), groups=peers)
    ones = np.ones((1, 3))
    np.testing.assert_allclose(entropy_within(peers, mean)(ones, shares)[0], by_entropy, atol=1e-9)


def test_each_scale_puts_criteria_between_nothing_and_all() -> None:
    shares = np.array([[[0.2, 0.4, 0.9, 0.4, np.nan]]])
    among = np.ones(5, bool)
    assert normalised(shares, Normalisation.RULES, among) is shares
    low_to_high = normalised(shares, Normalisation.MIN_MAX, among)[0, 0]
    assert low_to_high[:4].tolist() == pytest.approx([0, 2 / 7, 1, 2 / 7])
    assert normalised(shares, Normalisation.RANK, among)[0, 0, :4].tolist() == pytest.approx([0, 0.5, 1, 0.5])
    z = normalised(shares, Normalisation.Z_SCORE, among)[0, 0]
    known = shares[0, 0, :4]
    assert z[:4] == pytest.approx(0.5 + (known - known.mean()) / known.std() / 6)
    for way in Normalisation:
        assert np.isnan(normalised(shares, way, among)[0, 0, 4])


@pytest.mark.parametrize("way", list(Normalisation))
def test_a_criterion_that_tells_nothing_apart_keeps_its_shares(way: Normalisation) -> None:
    flat = np.full((1, 1, 4), 0.3)
    assert normalised(flat, way, np.ones(4, bool)).tolist() == flat.tolist()
    assert np.isnan(normalised(flat * np.nan, way, np.ones(4, bool))).all()
