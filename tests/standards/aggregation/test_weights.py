"""Weights: which are accepted, which are refused and how the refusal reads."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liangcun_standards.aggregation import check_weights, normalise
from liangcun_standards.errors import InvalidWeights

quick = settings(deadline=None, max_examples=80)


def test_weights_come_back_as_an_array_of_floats() -> None:
    checked = check_weights([30, 30, 40])
    assert checked.dtype == np.float64
    assert checked.tolist() == [30.0, 30.0, 40.0]


@pytest.mark.parametrize(
    ("weights", "english"),
    [
        ([1, -2, 3], "weight 2 is -2"),
        ([1, math.nan], "weight 2 is nan"),
        ([math.inf, 1], "weight 1 is inf"),
        ([0, 0, 0], "finite number above zero"),
        ([1e308, 1e308], "finite number above zero"),
        ([], "list of numbers"),
        (["heavy"], "list of numbers"),
        ([10**400], "list of numbers"),
        (5, "list of numbers"),
        ([[1.0, 0.0], [1.0, 0.0]], "finite number above zero"),
    ],
)
def test_weights_that_cannot_be_used_are_refused_with_the_reason(weights: object, english: str) -> None:
    with pytest.raises(InvalidWeights) as refused:
        check_weights(weights, where="standard.yaml:12 weights")  # type: ignore[arg-type]
    assert english in refused.value.text("en")
    assert refused.value.text("en").startswith("standard.yaml:12 weights: ")
    assert "权重" in refused.value.text("zh")


@quick
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=12).filter(lambda weights: sum(weights) > 0))
def test_normalised_weights_sum_to_one_and_keep_their_proportions(weights: list[float]) -> None:
    shares = normalise(weights)
    assert math.isclose(math.fsum(shares), 1.0, rel_tol=1e-12)
    largest = max(weights)
    np.testing.assert_allclose(shares / shares.max(), np.array(weights) / largest, rtol=1e-12, atol=1e-300)


def test_weights_by_group_sum_to_one_in_each_group() -> None:
    assert normalise([[1.0, 2.0], [3.0, 2.0]]).tolist() == [[0.25, 0.5], [0.75, 0.5]]
