"""What the language takes, and what it reads it as."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from liangcun_standards.formula import FUNCTION_NAMES, RESERVED_NAMES, Formula, parse_formula
from liangcun_standards.table import Input

FIGURES = {"aa": 7.0, "bb": 2.0, "cc": 5.0}


def value(text: str) -> float:
    def read(one: Input) -> np.ndarray:
        return np.array([FIGURES[one.indicator] - one.lag])

    return float(parse_formula(text).exact(read)[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aa + bb * cc", 17),
        ("(aa + bb) * cc", 45),
        ("aa - bb - cc", 0),
        ("aa / bb / cc", 0.7),
        ("-aa + bb", -5),
        ("aa - -bb", 9),
        ("--aa", 7),
        (".5 + 0.25", 0.75),
        ("007", 7),
        ("aa > bb", 1),
        ("aa + bb >= cc + 4", 1),
        ("aa == 7 and bb != 2", 0),
        ("not aa < 7", 1),
        ("not aa > 7 and bb == 2", 1),
        ("aa < 0 and bb < 0 or cc > 0", 1),
        ("cc > 0 or aa < 0 and bb < 0", 1),
        ("if(aa > bb, aa, bb)", 7),
        ("if(if(aa > bb, bb > cc, cc > bb), 1, 0)", 0),
        ("min(aa, bb, cc) + max(aa, bb, cc)", 9),
        ("min(9, 8, aa)", 7),
        ("abs(bb - aa)", 5),
        ("round(aa / bb)", 4),
        ("round(-aa / bb)", -4),
        ("round(1.005, 2)", 1.01),
        ("round(2.675, 2)", 2.68),
        ("round(1250, -2)", 1300),
        ("ln(exp(1))", 1),
        ("sqrt(aa + bb)", 3),
        ("previous(aa)", 6),
        ("change(aa) * 3", 3),
        ("\taa\n+\r\n bb ", 9),
    ],
)
def test_a_formula_means_what_arithmetic_means(text: str, expected: float) -> None:
    assert value(text) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("typed", "ascii_form"),
    [
        ("（aa＋bb）×cc", "(aa+bb)*cc"),
        ("aa ÷ bb − cc", "aa / bb - cc"),
        ("aa ≥ 7", "aa >= 7"),
        ("aa ≧ 7 and bb ⩾ 2", "aa >= 7 and bb >= 2"),
        ("aa ≤ 6 or aa ≦ 6 or aa ⩽ 6", "aa <= 6"),
        ("aa ≠ bb", "aa != bb"),
        ("aa ＞＝ ７", "aa >= 7"),
        ("aa ！＝ bb", "aa != bb"),
        ("aa ＝＝ bb", "aa == bb"),
        ("min（aa，bb）", "min(aa, bb)"),
        ("ａａ　＊　１．５", "aa * 1.5"),
        ("aa\u00a0+ bb", "aa + bb"),
    ],
)
def test_what_an_input_method_types_is_read_as_ascii(typed: str, ascii_form: str) -> None:
    assert value(typed) == value(ascii_form)
    assert parse_formula(typed).inputs == parse_formula(ascii_form).inputs


def test_inputs_are_unique_and_in_order_of_first_appearance() -> None:
    formula = parse_formula("cc + change(aa) - previous(cc) + aa * cc")

    assert formula.inputs == (Input("cc"), Input("aa"), Input("aa", 1), Input("cc", 1))


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("aa", False),
        ("aa > 1", True),
        ("not aa > 1", True),
        ("if(aa > 1, bb > 1, cc > 1)", True),
        ("if(aa > 1, 2, 3)", False),
        ("1 < 2", True),
    ],
)
def test_a_formula_knows_whether_it_is_a_condition(text: str, condition: bool) -> None:
    assert parse_formula(text).is_condition is condition


def test_a_name_that_begins_like_a_word_of_the_language_is_an_indicator() -> None:
    formula = parse_formula("android + orchard + notice + minimum + ifs")

    assert [one.indicator for one in formula.inputs] == ["android", "orchard", "notice", "minimum", "ifs"]


def test_formulas_are_equal_and_hashed_by_their_text() -> None:
    assert parse_formula("aa + 1") == parse_formula("aa + 1")
    assert len({parse_formula("aa + 1"), parse_formula("aa + 1"), parse_formula("aa +1")}) == 2
    with pytest.raises(AttributeError):
        parse_formula("aa").text = "bb"  # type: ignore[misc]


def test_a_formula_survives_pickling_and_copying() -> None:
    formula = parse_formula("change(aa) >= 2")

    for copied in (pickle.loads(pickle.dumps(formula)), copy.deepcopy(formula)):
        assert isinstance(copied, Formula)
        assert copied == formula
        assert copied.inputs == formula.inputs


def test_the_limits_themselves_are_allowed() -> None:
    assert parse_formula("aa" + " " * 1998).inputs == (Input("aa"),)
    assert parse_formula("(" * 50 + "aa" + ")" * 50).inputs == (Input("aa"),)
    assert value("+".join(["aa"] * 250)) == 7 * 250
    assert value("-" * 499 + "aa") == -7
    assert value("1000000000000000") == 1e15


def test_a_known_list_lets_its_names_through() -> None:
    assert parse_formula("aa + previous(bb)", known=["aa", "bb"]).inputs == (Input("aa"), Input("bb", 1))


def test_words_of_the_language_are_reserved() -> None:
    assert {"if", "min", "max", "abs", "round", "ln", "exp", "sqrt", "previous", "change"} == FUNCTION_NAMES
    assert FUNCTION_NAMES | {"and", "or", "not"} == RESERVED_NAMES
