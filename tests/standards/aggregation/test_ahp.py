"""AHP: a published example, how documents write a pairwise matrix, and which matrices are refused."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liangcun_standards.aggregation import (
    LARGEST_CONSISTENCY_RATIO,
    RANDOM_INDEX,
    ahp_weights,
    parse_pairwise,
)
from liangcun_standards.errors import InvalidWeights

quick = settings(deadline=None, max_examples=80)

# Coffee, wine, tea, beer, sodas, milk, water.
DRINKS: list[list[float | str]] = [
    [1, 9, 5, 2, 1, 1, "1/2"],
    ["1/9", 1, "1/3", "1/9", "1/9", "1/9", "1/9"],
    ["1/5", 3, 1, "1/3", "1/4", "1/3", "1/9"],
    ["1/2", 9, 3, 1, "1/2", 1, "1/3"],
    [1, 9, 4, 2, 1, 2, "1/2"],
    [1, 9, 3, 1, "1/2", 1, "1/3"],
    [2, 9, 9, 3, 2, 3, 1],
]


def test_saaty_2008_relative_consumption_of_drinks() -> None:
    """Saaty, T. L. (2008). Decision making with the analytic hierarchy process. International Journal of
    Services Sciences, 1(1), 83-98: the relative consumption of seven drinks in the United States, the derived
    scale and its consistency ratio of 0.022.

    Published to three decimals, so the tolerance is half a unit of the third. Read as reprinted in the README
    of the library AHPy.
    """
    result = ahp_weights(parse_pairwise(DRINKS))
    published = [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327]
    np.testing.assert_allclose(result.weights, published, rtol=0, atol=5e-4)
    assert round(result.consistency_ratio, 3) == 0.022
    assert math.isclose(result.consistency_index, (result.lambda_max - 7) / 6)


def test_the_upper_triangle_alone_says_as_much_as_the_square() -> None:
    triangle = [row[i:] for i, row in enumerate(DRINKS)]
    half = [[entry if j >= i else None for j, entry in enumerate(row)] for i, row in enumerate(DRINKS)]
    square = parse_pairwise(DRINKS)
    np.testing.assert_allclose(parse_pairwise(triangle), square, rtol=1e-15)
    np.testing.assert_allclose(parse_pairwise(half), square, rtol=1e-15)


@pytest.mark.parametrize("written", ["1/3", " 1 / 3 ", "1／3", 1 / 3, "2/6", "0.5/1.5"])
def test_a_fraction_may_be_written_in_several_ways(written: float | str) -> None:
    assert parse_pairwise([[1, written], [3, 1]])[0, 1] == pytest.approx(1 / 3, rel=1e-15)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "three",
        "1/0",
        "0",
        "-3",
        "1/3/5",
        "1e3",
        "nan",
        0,
        -1,
        math.nan,
        math.inf,
        10**400,
        True,
        None,
        [3],
    ],
)
def test_an_entry_that_is_no_positive_number_is_refused_with_its_place(written: object) -> None:
    with pytest.raises(InvalidWeights) as refused:
        parse_pairwise([[1, written], [1, 1]], where="standard.yaml:8 pairwise")  # type: ignore[list-item]
    assert "row 1, column 2" in refused.value.text("en")
    assert refused.value.text("zh").startswith("standard.yaml:8 pairwise: ")
    assert "第 1 行第 2 列" in refused.value.text("zh")


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[1, 2], [1]][::-1],
        [[1, 2, 3], [1, 2, 3]],
        [[2, 3], [1]],
        [1, 2],
        ["12", "21"],
    ],
    ids=["empty", "lower triangle", "two by three", "diagonal missing", "no rows", "text"],
)
def test_rows_that_make_no_square_are_refused(rows: object) -> None:
    with pytest.raises(InvalidWeights) as refused:
        parse_pairwise(rows)  # type: ignore[arg-type]
    assert "square" in refused.value.text("en")
    assert "方阵" in refused.value.text("zh")


@quick
@given(st.lists(st.floats(0.1, 9), min_size=1, max_size=15))
def test_judgements_that_agree_give_back_the_weights_behind_them(importance: list[float]) -> None:
    behind = np.array(importance)
    result = ahp_weights(behind[:, None] / behind)
    np.testing.assert_allclose(result.weights, behind / behind.sum(), rtol=0, atol=1e-9)
    assert result.lambda_max == pytest.approx(len(importance), abs=1e-9)
    assert result.consistency_ratio == pytest.approx(0, abs=1e-9)


@quick
@given(st.permutations(range(7)))
def test_the_order_of_the_children_does_not_matter(order: list[int]) -> None:
    square = parse_pairwise(DRINKS)
    shuffled = ahp_weights(square[np.ix_(order, order)])
    straight = ahp_weights(square)
    np.testing.assert_allclose(shuffled.weights, straight.weights[order], rtol=0, atol=1e-9)
    assert shuffled.consistency_ratio == pytest.approx(straight.consistency_ratio, abs=1e-9)


def test_one_child_has_all_the_weight_and_two_cannot_disagree() -> None:
    assert ahp_weights([[1.0]]).weights.tolist() == [1.0]
    pair = ahp_weights([[1.0, 4.0], [0.25, 1.0]])
    assert pair.weights.tolist() == [0.8, 0.2]
    assert pair.consistency_ratio == 0.0


def test_judgements_that_contradict_one_another_are_refused_with_the_ratio_and_the_worst() -> None:
    """The first is more important than the second, the second than the third, the third than the first."""
    circle = parse_pairwise([[1, 3, "1/3"], [1, 3], [1]])
    with pytest.raises(InvalidWeights) as refused:
        ahp_weights(circle, where="weights.pairwise")
    # lambda_max of this circle is 1 + 3 + 1/3, so the ratio is (13/3 - 3) / 2 / 0.58.
    assert f"{4 / 6 / 0.58:.3f}" in refused.value.text("en")
    assert "0.1" in refused.value.text("zh")
    assert "written 3 where the weights make it 1" in refused.value.text("en")


def test_the_comparison_farthest_off_is_the_one_named() -> None:
    importance = np.array([8.0, 4.0, 2.0, 1.0])
    matrix = importance[:, None] / importance
    matrix[0, 3], matrix[3, 0] = 1 / 9, 9
    with pytest.raises(InvalidWeights) as refused:
        ahp_weights(matrix)
    assert "4 against 1, written 9" in refused.value.text("en")
    assert "第 4 项与第 1 项" in refused.value.text("zh")


@pytest.mark.parametrize(
    ("matrix", "english"),
    [
        ([[1, 2, 3], [1, 2, 3]], "square"),
        ([1, 2, 3], "square"),
        ([], "square"),
        ([[1, "x"], [1, 1]], "square"),
        ([[1, 0], [0, 1]], "row 1, column 2"),
        ([[1, 2], [-0.5, 1]], "row 2, column 1"),
        ([[1, math.nan], [1, 1]], "row 1, column 2"),
        ([[1, 3], [0.33, 1]], "reciprocals"),
        ([[1, 3], [3, 1]], "reciprocals"),
        ([[2, 1], [1, 0.5]], "entry 1 on the diagonal"),
        (np.ones((16, 16)), "at most 15"),
    ],
)
def test_a_matrix_that_is_not_pairwise_is_refused_with_the_reason(
    matrix: npt.ArrayLike, english: str
) -> None:
    with pytest.raises(InvalidWeights) as refused:
        ahp_weights(matrix, where="weights.pairwise")
    assert english in refused.value.text("en")
    assert refused.value.text("zh").startswith("weights.pairwise: 判断矩阵")


def test_a_ratio_of_exactly_a_tenth_is_still_accepted() -> None:
    """Three judgements in a circle, with the product t, have lambda_max = 1 + t^(1/3) + t^(-1/3)."""
    target = 3 + 2 * RANDOM_INDEX[2] * LARGEST_CONSISTENCY_RATIO
    half = math.acosh((target - 1) / 2)

    def circle(slack: float) -> list[list[float]]:
        off = math.exp(3 * (half + slack))
        return [[1, 1, 1 / off], [1, 1, 1], [off, 1, 1]]

    assert ahp_weights(circle(-1e-9)).consistency_ratio == pytest.approx(0.1, abs=1e-7)
    with pytest.raises(InvalidWeights):
        ahp_weights(circle(1e-6))
