"""Values and spans that a reader may check by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from liangcun_standards.formula import parse_formula
from liangcun_standards.table import Input, Span

INF = math.inf


def column(**figures: list[float]) -> Callable[[Input], np.ndarray]:
    return lambda one: np.array(figures[one.indicator], np.float64)


@pytest.mark.parametrize(
    ("text", "figures", "expected"),
    [
        ("100 * aa / bb >= 85", {"aa": [17, 16, 3], "bb": [20, 20, 0]}, [1, 0, math.nan]),
        ("if(bb == 0, 0, aa / bb)", {"aa": [1, 1], "bb": [4, 0]}, [0.25, 0]),
        ("bb == 0 or aa / bb > 1", {"aa": [1, 1], "bb": [4, 0]}, [0, 1]),
        ("bb != 0 and aa / bb > 1", {"aa": [9, 1], "bb": [4, 0]}, [1, 0]),
        ("aa > 1 or bb > 1", {"aa": [5, 0], "bb": [math.nan, math.nan]}, [math.nan, math.nan]),
        ("if(aa > 1, 2, bb)", {"aa": [5], "bb": [math.nan]}, [math.nan]),
        ("aa != bb", {"aa": [1], "bb": [math.nan]}, [math.nan]),
        ("not aa > 1", {"aa": [math.nan, 2]}, [math.nan, 0]),
        ("if(aa / bb > 0, 1, 1)", {"aa": [1, 1], "bb": [4, 0]}, [1, math.nan]),
        ("if(aa / bb > 0, aa > 0, aa > 0)", {"aa": [1, 1], "bb": [4, 0]}, [1, math.nan]),
        ("if(aa > 5, aa / bb > 0, aa > 0)", {"aa": [1, 9], "bb": [0, 0]}, [1, math.nan]),
        ("1 / (aa * aa * aa)", {"aa": [1e200, 2]}, [math.nan, 0.125]),
        ("exp(aa)", {"aa": [1000, 0]}, [math.nan, 1]),
        ("ln(aa) + sqrt(bb)", {"aa": [0, -1, 1], "bb": [1, 1, -1]}, [math.nan] * 3),
        ("round(aa)", {"aa": [0.5, 1.5, 2.5, -0.5, -2.5]}, [1, 2, 3, -1, -3]),
        ("round(aa, 2)", {"aa": [1.005, 2.675, 1.115, 0.285, 1.0049]}, [1.01, 2.68, 1.12, 0.29, 1.0]),
        ("round(aa, 2)", {"aa": [123456789012345.67, 1e300, 1e308]}, [123456789012345.67, 1e300, 1e308]),
        ("round(aa, -1)", {"aa": [15, 25, -25, 14.9]}, [20, 30, -30, 10]),
    ],
)
def test_exact_values_by_hand(text: str, figures: dict[str, list[float]], expected: list[float]) -> None:
    np.testing.assert_array_equal(parse_formula(text).exact(column(**figures)), expected)


def test_a_formula_without_inputs_has_one_value() -> None:
    def unread(one: Input) -> Span:
        raise AssertionError(one)

    for text, expected in (("2 * 3 + 1", 7.0), ("1 > 2", 0.0), ("if(1 < 2, 5, 6)", 5.0)):
        formula = parse_formula(text)

        assert formula.inputs == ()
        assert formula.exact(column()).tolist() == [expected]
        assert formula.span(unread).low.tolist() == [expected]


def test_the_columns_read_are_left_as_they_were() -> None:
    figures = np.array([1.0, -2.0, 3.0])

    for text in (
        "aa",
        "-aa",
        "aa + aa * 2",
        "abs(aa) - aa",
        "min(1, 2, aa)",
        "round(aa)",
        "if(aa > 0, aa, 0)",
    ):
        result = parse_formula(text).exact(lambda _: figures)
        result += 1
        assert figures.tolist() == [1.0, -2.0, 3.0], text


def test_equal_values_have_equal_bytes() -> None:
    result = parse_formula("aa * 0").exact(column(aa=[-1.0, 1.0]))

    assert result[:1].tobytes() == result[1:].tobytes()


def test_no_rows_give_no_values() -> None:
    formula = parse_formula("if(aa > 1, min(aa, 2, 3), round(aa / 3, 1))")

    assert formula.exact(column(aa=[])).shape == (0,)
    assert formula.span(lambda _: Span(np.empty(0), np.empty(0))).low.shape == (0,)


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        # One appearance of each input: the ends are the very least and greatest value.
        ("aa + bb", {"aa": (1, 2), "bb": (10, 20)}, (11, 22)),
        ("aa - bb", {"aa": (1, 2), "bb": (10, 20)}, (-19, -8)),
        ("aa * bb", {"aa": (-1, 2), "bb": (-3, 4)}, (-6, 8)),
        ("aa * bb", {"aa": (0, 2), "bb": (0, INF)}, (0, INF)),
        ("0 * aa", {"aa": (-INF, INF)}, (0, 0)),
        ("aa / bb", {"aa": (-1, 2), "bb": (4, 8)}, (-0.25, 0.5)),
        ("aa / bb", {"aa": (1, INF), "bb": (2, INF)}, (0, INF)),
        ("aa / bb", {"aa": (1, 2), "bb": (-8, -4)}, (-0.5, -0.125)),
        ("abs(aa)", {"aa": (-3, 2)}, (0, 3)),
        ("abs(aa)", {"aa": (-3, -2)}, (2, 3)),
        ("-aa", {"aa": (-3, INF)}, (-INF, 3)),
        ("min(aa, bb, 5)", {"aa": (0, 9), "bb": (3, INF)}, (0, 5)),
        ("max(aa, bb)", {"aa": (0, 9), "bb": (3, INF)}, (3, INF)),
        ("round(aa)", {"aa": (0.5, 2.4)}, (1, 2)),
        ("sqrt(aa)", {"aa": (4, INF)}, (2, INF)),
        ("change(aa)", {"aa": (4, 6)}, (-2, 2)),
        ("if(aa > 5, 10, 20)", {"aa": (6, 9)}, (10, 10)),
        ("if(aa > 5, 10, 20)", {"aa": (0, 9)}, (10, 20)),
        ("if(aa > 5, 1 / bb, 20)", {"aa": (0, 4), "bb": (0, 1)}, (20, 20)),
        ("if(bb == 0, 0, 100 / bb)", {"bb": (0, 0)}, (0, 0)),
        # Conditions: sure, impossible, open.
        ("aa >= 85", {"aa": (85, INF)}, (1, 1)),
        ("aa > 85", {"aa": (85, INF)}, (0, 1)),
        ("aa < 85", {"aa": (85, INF)}, (0, 0)),
        ("aa <= 85", {"aa": (0, 85)}, (1, 1)),
        ("aa == 3", {"aa": (3, 3), "bb": (0, 1)}, (1, 1)),
        ("aa == 3", {"aa": (2, 4)}, (0, 1)),
        ("aa != 3", {"aa": (4, INF)}, (1, 1)),
        ("not aa >= 85", {"aa": (85, INF)}, (0, 0)),
        ("aa > 5 or bb > 5", {"aa": (6, 7), "bb": (-INF, INF)}, (1, 1)),
        ("aa > 5 and bb > 5", {"aa": (0, 1), "bb": (-INF, INF)}, (0, 0)),
        ("aa > 5 and bb > 5", {"aa": (6, 7), "bb": (-INF, INF)}, (0, 1)),
        ("if(aa > 5, bb > 5, bb > 4)", {"aa": (0, 9), "bb": (6, 7)}, (1, 1)),
        # Undefined for some completion: nothing is known, whatever is done with it afterwards.
        ("aa / bb", {"aa": (1, 2), "bb": (0, 4)}, (-INF, INF)),
        ("max(0, min(1, aa / bb))", {"aa": (1, 2), "bb": (0, 4)}, (-INF, INF)),
        ("0 * ln(aa)", {"aa": (0, 4)}, (-INF, INF)),
        ("sqrt(aa)", {"aa": (-1, 4)}, (-INF, INF)),
        ("aa / bb > 0", {"aa": (1, 2), "bb": (0, 4)}, (0, 1)),
        ("if(aa / bb > 0, 1, 1)", {"aa": (1, 2), "bb": (0, 4)}, (-INF, INF)),
        ("aa / bb > 0 and bb > 9", {"aa": (1, 2), "bb": (0, 4)}, (0, 0)),
        ("if(aa / bb > 0 and bb > 9, 1, 2)", {"aa": (1, 2), "bb": (0, 4)}, (2, 2)),
        ("if(aa / bb > 0 or bb < 9, 1, 2)", {"aa": (1, 2), "bb": (0, 4)}, (1, 1)),
        ("if(aa / bb > 0 and bb > 3, 1, 2)", {"aa": (1, 2), "bb": (0, 4)}, (-INF, INF)),
        ("if(aa / bb > 0, aa > 5, aa > 6)", {"aa": (1, 2), "bb": (0, 4)}, (0, 1)),
        ("if(aa / bb > 0, aa > 0, aa > 0)", {"aa": (1, 2), "bb": (0, 4)}, (0, 1)),
        # Exact inputs without a value.
        ("aa / bb", {"aa": (1, 1), "bb": (0, 0)}, (-INF, INF)),
        ("aa / bb > 1", {"aa": (1, 1), "bb": (0, 0)}, (0, 1)),
        ("1 / (aa * aa)", {"aa": (1e200, 1e200)}, (-INF, INF)),
    ],
)
def test_spans_by_hand(
    text: str, spans: dict[str, tuple[float, float]], expected: tuple[float, float]
) -> None:
    def read(one: Input) -> Span:
        low, high = (np.array([end], np.float64) for end in spans[one.indicator])
        return Span(low, high)

    low, high = parse_formula(text).span(read)

    assert (low[0], high[0]) == expected


@pytest.mark.parametrize("function", ["ln", "exp"])
def test_the_ends_of_ln_and_exp_are_a_few_units_wide_of_the_values(function: str) -> None:
    formula = parse_formula(f"{function}(aa)")

    low, high = formula.span(lambda _: Span(np.array([2.0]), np.array([3.0])))

    ends = formula.exact(lambda _: np.array([2.0, 3.0]))
    assert low[0] <= ends[0]
    assert high[0] >= ends[1]
    np.testing.assert_allclose([low[0], high[0]], ends, rtol=1e-14)


def test_exact_inputs_are_computed_once_and_give_an_exact_span() -> None:
    figures = np.array([1.0, 2.0, 4.0])

    assert parse_formula("8 / aa + aa").span(lambda _: Span(figures, figures)).exact


def test_an_end_that_is_not_known_at_all_has_no_bound() -> None:
    low, high = parse_formula("aa + 1").span(lambda _: Span(np.array([math.nan]), np.array([3.0])))

    assert (low[0], high[0]) == (-INF, 4.0)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("57 / 100 * aa >= 57", True),
        ("880 >= 8 * aa * 1.1", True),
        ("880 > 8 * aa * 1.1", False),
        ("880 == 8 * aa * 1.1", True),
        ("8 * aa * 1.1 <= 880", True),
        ("8 * aa * 1.1 < 880.00001", True),
    ],
)
def test_a_comparison_comes_out_as_it_does_by_hand(text: str, holds: bool) -> None:
    hundred = np.array([100.0])
    formula = parse_formula(text)

    assert formula.exact(lambda _: hundred)[0] == holds
    assert formula.span(lambda _: Span(hundred, hundred)).low[0] == holds
