"""A formula told in words, for people who read names and not codes."""

from __future__ import annotations

import pytest

from liangcun_standards.formula import parse_formula
from liangcun_standards.text import Text

NAMES = {
    "lit": Text("亮灯巷道", "lit lanes"),
    "all": Text("巷道总数", "all lanes"),
    "rate": Text("硬化率", "paved rate"),
}


@pytest.mark.parametrize(
    ("formula", "zh", "en"),
    [
        (
            "100 * lit / all >= 85",
            "100 × 亮灯巷道 ÷ 巷道总数 ≥ 85",
            "100 × lit lanes ÷ all lanes ≥ 85",
        ),
        ("rate", "硬化率", "paved rate"),
        ("previous(rate)", "上期(硬化率)", "the previous period's (paved rate)"),
        (
            "change(rate) > 0",
            "较上期变化(硬化率) > 0",
            "the change since the previous period in (paved rate) > 0",
        ),
        (
            "rate >= 70 or change(rate) >= 10",
            "硬化率 ≥ 70 或 较上期变化(硬化率) ≥ 10",
            "paved rate ≥ 70 or the change since the previous period in (paved rate) ≥ 10",
        ),
        ("not rate == 1", "非(硬化率 = 1)", "not (paved rate = 1)"),
        ("rate != 1", "硬化率 ≠ 1", "paved rate ≠ 1"),
        (
            "if(all == 0, 0, lit / all)",
            "如果(巷道总数 = 0，则 0，否则 亮灯巷道 ÷ 巷道总数)",
            "if(all lanes = 0, then 0, else lit lanes ÷ all lanes)",
        ),
        ("min(lit, all, 9)", "最小值(亮灯巷道，巷道总数，9)", "the smallest of (lit lanes, all lanes, 9)"),
        ("max(lit, all)", "最大值(亮灯巷道，巷道总数)", "the largest of (lit lanes, all lanes)"),
        ("abs(lit - all)", "绝对值(亮灯巷道 − 巷道总数)", "the absolute value of (lit lanes − all lanes)"),
        ("round(rate)", "四舍五入(硬化率，精确到 1)", "round(paved rate, to the nearest 1)"),
        ("round(rate, 2)", "四舍五入(硬化率，精确到 0.01)", "round(paved rate, to the nearest 0.01)"),
        ("round(rate, -2)", "四舍五入(硬化率，精确到 100)", "round(paved rate, to the nearest 100)"),
        ("ln(rate)", "自然对数(硬化率)", "the natural logarithm of (paved rate)"),
        ("exp(rate)", "自然指数(硬化率)", "e to the power of (paved rate)"),
        ("sqrt(rate)", "平方根(硬化率)", "the square root of (paved rate)"),
    ],
)
def test_a_formula_reads_in_both_languages(formula: str, zh: str, en: str) -> None:
    parsed = parse_formula(formula)

    assert parsed.describe(NAMES, "zh") == zh
    assert parsed.describe(NAMES, "en") == en


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("((aa)) + (bb * cc)", "aa + bb × cc"),
        ("(aa + bb) * cc", "(aa + bb) × cc"),
        ("aa * (bb + cc)", "aa × (bb + cc)"),
        ("aa - (bb - cc)", "aa − (bb − cc)"),
        ("aa + (bb - cc)", "aa + bb − cc"),
        ("(aa - bb) - cc", "aa − bb − cc"),
        ("aa / (bb * cc)", "aa ÷ (bb × cc)"),
        ("aa * (bb / cc)", "aa × bb ÷ cc"),
        ("-(aa + bb)", "−(aa + bb)"),
        ("-aa * bb", "−aa × bb"),
        ("aa - -bb", "aa − (−bb)"),
        ("aa > -5", "aa > −5"),
        ("(aa > 1) and (bb > 1)", "aa > 1 且 bb > 1"),
        ("aa > 1 and (bb > 1 or cc > 1)", "aa > 1 且 (bb > 1 或 cc > 1)"),
        ("(aa > 1 or bb > 1) or cc > 1", "aa > 1 或 bb > 1 或 cc > 1"),
        ("min((aa + bb), (cc))", "最小值(aa + bb，cc)"),
    ],
)
def test_only_needed_parentheses_are_written(formula: str, words: str) -> None:
    assert parse_formula(formula).describe({}, "zh") == words


def test_and_within_or_keeps_its_parentheses_because_words_have_no_precedence() -> None:
    parsed = parse_formula("aa > 1 or bb > 1 and cc > 1")

    assert parsed.describe({}, "zh") == "aa > 1 或 (bb > 1 且 cc > 1)"


@pytest.mark.parametrize(
    ("typed", "words"),
    [("85.0", "85"), ("0.0000001", "0.0000001"), ("100000000000000", "100000000000000"), ("0.1", "0.1")],
)
def test_figures_are_written_in_full(typed: str, words: str) -> None:
    assert parse_formula(typed).describe({}, "zh") == words
