"""Texts in two languages and figures as people write them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liangcun_standards.errors import InvalidFormula, InvalidValue, LiangcunError
from liangcun_standards.text import LOCALES, Text, format_number


def test_a_text_is_read_in_either_language() -> None:
    text = Text("村", "village")
    assert [text.pick(locale) for locale in LOCALES] == ["村", "village"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (85.0, "85"),
        (100, "100"),
        (0.1 + 0.2, "0.3"),
        (159600.0, "159600"),
        (1e15, "1000000000000000"),
        (0.0, "0"),
        (-0.0, "0"),
        (-1e-9, "0"),
        (-2.50, "-2.5"),
        (1 / 3, "0.333333"),
        (math.inf, "∞"),
        (-math.inf, "-∞"),
    ],
)
def test_a_figure_has_no_trailing_zeros_and_no_exponent(value: float, written: str) -> None:
    assert format_number(value) == written


@given(st.integers(-(10**9), 10**9), st.integers(0, 6))
def test_a_figure_of_up_to_six_decimals_is_written_in_full(digits: int, decimals: int) -> None:
    value = digits / 10**decimals
    assert float(format_number(value)) == value


def test_an_error_leads_with_its_place_in_either_language() -> None:
    error = InvalidValue(Text("数值无效", "the value is invalid"), where="villages.csv:7 lamps")
    assert error.text("zh") == "villages.csv:7 lamps: 数值无效"
    assert error.text("en") == str(error) == "villages.csv:7 lamps: the value is invalid"
    assert error.code == "INVALID_VALUE"


def test_an_error_without_a_place_is_its_message() -> None:
    error = LiangcunError(Text("不对", "wrong"))
    assert (error.text("zh"), error.text("en"), str(error)) == ("不对", "wrong", "wrong")


def test_an_error_in_a_formula_names_the_column() -> None:
    message = Text("缺少括号", "a bracket is missing")
    assert InvalidFormula(message, column=4).text("en") == "column 4: a bracket is missing"
    placed = InvalidFormula(message, column=4, where="standard.yaml:12")
    assert placed.text("zh") == "standard.yaml:12, column 4: 缺少括号"
    assert placed.column == 4
