"""Nothing outside the language can be reached, and no text does worse than raise InvalidFormula."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.properties import examples

from liangcun_standards.errors import InvalidFormula
from liangcun_standards.formula import parse_formula

PIECES = [
    *("aa", "bb", "if", "min", "max", "abs", "round", "ln", "exp", "sqrt", "previous", "change", "foo"),
    *("and", "or", "not", "(", ")", ",", "+", "-", "*", "/", ">", ">=", "<", "<=", "==", "!=", "="),
    *("0", "1", "2.5", "1e400", ".", "（", "）", "，", "≥", "≠", "×", "。", "且", " ", "\n", "_", "%"),
]


@pytest.mark.parametrize(
    "text",
    [
        "aa.__class__",
        "aa.real",
        "(1).__class__",
        "1.real",
        "__import__",
        "__import__('os')",
        "__builtins__",
        "aa[0]",
        "[aa]",
        "{aa}",
        "{1: 2}",
        "'aa'",
        '"aa"',
        "f'{aa}'",
        "b'aa'",
        "`aa`",
        "lambda: aa",
        "lambda xx: xx",
        "(lambda: 1)()",
        "aa if bb > 1 else cc",
        "[xx for xx in aa]",
        "aa is bb",
        "aa in bb",
        "aa := 1",
        "aa = 1",
        "import os",
        "yield aa",
        "await aa",
        "None",
        "True",
        "aa # comment",
        "aa // comment",
        "aa /* comment */",
        "aa; bb",
        "aa @ bb",
        "aa % bb",
        "aa ** bb",
        "aa // bb",
        "aa << 1",
        "~aa",
        "*aa",
        "min(*aa)",
        "min(aa=1)",
        "eval(aa)",
        "exec(aa)",
        "open(aa)",
        "getattr(aa, bb)",
        "print(aa)",
        "min(aa, bb)(cc)",
        "min.__call__(aa, bb)",
        "previous(aa.bb)",
        "${aa}",
        "{{ aa }}",
        "aa \\ bb",
        "aa\x00",
        "..",
        "...",
    ],
)
def test_nothing_outside_the_language_is_taken(text: str) -> None:
    with pytest.raises(InvalidFormula):
        parse_formula(text)


def survives(text: str) -> None:
    error = None
    try:
        formula = parse_formula(text)
    except InvalidFormula as refusal:
        error = refusal
    if error is None:
        assert formula.describe({}, "zh")
        assert formula.describe({}, "en")
        return
    assert 1 <= error.column <= len(text) + 1
    assert error.message.zh
    assert error.message.en


@examples(300)
@given(st.text(max_size=80))
@example("(" * 5000)
@example("-" * 5000)
@example("not " * 499 + "aa > 1")
@example("abs(" * 400 + "aa" + ")" * 400)
@example("1+" * 999 + "1")
@example("1-(" * 400 + "1" + ")" * 400)
@example("min(" + "1," * 900)
@example("aa " * 600)
@example("9" * 2000)
@example("1e" * 1000)
@example("A" * 2000)
def test_any_text_is_read_or_refused(text: str) -> None:
    survives(text)


@examples(500)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_string_of_the_languages_own_pieces_is_read_or_refused(text: str) -> None:
    survives(text)
