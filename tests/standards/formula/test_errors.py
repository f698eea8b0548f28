"""Every fault names its column, says what is wrong in both languages, and offers the way out."""

from __future__ import annotations

import pytest

from liangcun_standards.errors import InvalidFormula
from liangcun_standards.formula import parse_formula

KNOWN = ("paved_rate", "lamp_count", "household_count")


def fault(text: str, **options: object) -> InvalidFormula:
    with pytest.raises(InvalidFormula) as caught:
        parse_formula(text, **options)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    ("text", "column", "zh", "en"),
    [
        # Where the text breaks off or holds together badly.
        ("", 1, "空的", "empty"),
        (" \n ", 1, "空的", "empty"),
        ("aa + ", 5, "还缺一个值", "a value is missing"),
        ("(aa + bb", 1, "没有配对的右括号", "never closed"),
        ("aa * min(bb, (cc)", 9, "没有配对的右括号", "never closed"),
        ("aa)", 3, "没有配对的左括号", "no ( for this )"),
        ("aa + * bb", 6, "“*”前面缺一个值", "missing before '*'"),
        ("+aa", 1, "前面缺一个值", "missing before '+'"),
        ("min(aa,)", 8, "“)”前面缺一个值", "missing before ')'"),
        ("aa > and bb", 6, "“and”前面缺一个值", "missing before 'and'"),
        ("aa bb", 4, "“bb”前面缺一个运算符", "an operator is missing before 'bb'"),
        ("2(aa)", 2, "前面缺一个运算符", "an operator is missing"),
        ("1 < aa < 3", 8, "不能连写", "can't be chained"),
        ("aa == bb == cc", 10, "不能连写", "can't be chained"),
        ("1,000 + aa", 2, "千位逗号", "thousands separator"),
        # What is written otherwise elsewhere.
        ("aa = 3", 4, "改写成 ==", "type == instead of '='"),
        ("aa ＝ 3", 4, "“＝”请改写成 ==", "type == instead of '＝'"),
        ("aa => 3", 4, "改写成 >=", "type >= instead of '=>'"),
        ("aa <> 3", 4, "改写成 !=", "type != instead of '<>'"),
        ("aa > 1 && bb > 1", 8, "改写成 and", "type and instead of '&&'"),
        ("aa > 1 AND bb > 1", 8, "改写成 and", "type and instead of 'AND'"),
        ("NOT aa > 1", 1, "改写成 not", "type not instead of 'NOT'"),
        ("aa > 1 且 bb > 1", 8, "“且”请改写成 and", "type and instead of '且'"),
        ("aa 大于等于 1", 4, "改写成 >=", "type >= instead of '大于等于'"),
        ("2。5 * aa", 2, "“。”请改写成 .", "type . instead of '。'"),
        ("min(aa、bb)", 7, "“、”请改写成 ,", "type , instead of '、'"),
        ("【aa + bb】", 1, "改写成 (", "type ( instead of '【'"),
        ("aa – bb", 4, "“–”请改写成 -", "type - instead of '–'"),
        ("aa ** 2", 4, "没有乘方", "no power"),
        ("aa ^ 2", 4, "没有乘方", "no power"),
        ("aa >= 85%", 9, "百分号", "percent sign"),
        ("aa ＞ 85％", 8, "“％”", "'％'"),
        ("户数 / 3", 1, "“户数”：指标要写它的代码", "by its code"),
        ("aa ; bb", 4, "改写成 ,", "type , instead"),
        ("aa $ bb", 4, "“$”：公式里不用这个字符", "'$'"),
        ("aa\u200b+ bb", 3, "U+200B", "U+200B"),
        ("aa + \ud800", 6, "U+D800", "U+D800"),
        # Numbers.
        ("aa + 1e400", 6, "不用指数", "no exponent"),
        ("1E-5 * aa", 1, "不用指数", "no exponent"),
        ("aa + " + "9" * 400, 6, "数字太大", "above 1000000000000000"),
        ("1000000000000001", 1, "数字太大", "above 1000000000000000"),
        ("1.2.3", 1, "“1.2.3”不是数字", "'1.2.3' is no number"),
        ("5. + aa", 1, "不是数字", "no number"),
        ("3aa", 1, "不是数字", "no number"),
        ("0x10", 1, "不是数字", "no number"),
        # Names.
        ("min + 1", 1, "min 是函数", "min is a function"),
        ("aa + previous", 6, "previous 是函数", "previous is a function"),
        ("aa + Bb", 6, "不是指标代码", "no indicator code"),
        ("aa + x", 6, "不是指标代码", "no indicator code"),
        ("_aa", 1, "不是指标代码", "no indicator code"),
        ("aa + " + "b" * 65, 6, "不是指标代码", "no indicator code"),
        ("mim(aa, bb)", 1, "没有函数“mim”，是不是 min", "did you mean min"),
        ("IF(aa > 1, 2, 3)", 1, "是不是 if", "did you mean if"),
        ("wholly(aa)", 1, "可用：if, min", "there are if, min"),
        ("aa(bb)", 1, "没有函数“aa”", "no function 'aa'"),
        # Arguments.
        ("1 + min(aa)", 5, "至少要 2 个参数，写了 1 个", "at least 2 arguments, not 1"),
        ("max()", 1, "至少要 2 个参数，写了 0 个", "at least 2 arguments, not 0"),
        ("if(aa > 1, 2)", 1, "要 3 个参数，写了 2 个", "takes 3 arguments, not 2"),
        ("round(aa, 1, 2)", 1, "要 1–2 个参数，写了 3 个", "takes 1–2 arguments, not 3"),
        ("abs(aa, bb)", 1, "要 1 个参数", "takes 1 argument, not 2"),
        ("previous(aa + 1)", 10, "只能写一个指标代码", "not an expression"),
        ("change((aa > 1))", 8, "只能写一个指标代码", "not an expression"),
        ("previous(previous(aa))", 10, "只能写一个指标代码", "not an expression"),
        ("previous(min)", 10, "min 是函数", "min is a function"),
        ("round(aa, bb)", 11, "-9 至 9 的整数", "a whole number from -9 to 9"),
        ("round(aa, 1.5)", 11, "-9 至 9 的整数", "a whole number from -9 to 9"),
        ("round(aa, 10)", 11, "-9 至 9 的整数", "a whole number from -9 to 9"),
        # Types.
        ("1 + (aa > 2)", 5, "这里要数值", "a number is needed"),
        ("-(aa > 2)", 2, "这里要数值", "a number is needed"),
        ("(aa > 2) == (bb > 2)", 1, "这里要数值", "a number is needed"),
        ("min(aa, bb > 2)", 9, "这里要数值", "a number is needed"),
        ("round(aa > 2)", 7, "这里要数值", "a number is needed"),
        ("aa and bb > 2", 1, "这里要条件", "a condition is needed"),
        ("bb > 2 or aa", 11, "这里要条件", "a condition is needed"),
        ("not aa", 5, "这里要条件", "a condition is needed"),
        ("if(aa, 1, 2)", 4, "这里要条件", "a condition is needed"),
        ("if(aa > 1, bb > 1, 2)", 20, "要同类", "of one type"),
        # Constants without a value.
        ("aa / 0", 6, "不能除以零", "division by zero"),
        ("aa / (3 - 2 - 1)", 6, "不能除以零", "division by zero"),
        ("aa / -0", 6, "不能除以零", "division by zero"),
        ("0 / 0 + aa", 5, "不能除以零", "division by zero"),
        ("aa + ln(1 - 1)", 6, "没有值", "no value"),
        ("sqrt(-1)", 1, "没有值", "no value"),
        ("aa + exp(1000)", 6, "没有值", "no value"),
        # Size.
        ("a" * 2001, 2001, "最多 2000 个", "2000 at the most"),
        ("(" * 51 + "aa" + ")" * 51, 51, "超过 50 层", "more than 50 deep"),
        ("+".join(["aa"] * 251), 751, "最多 500 个", "500 at the most"),
        ("-" * 500 + "aa", 501, "最多 500 个", "500 at the most"),
    ],
)
def test_a_fault_is_named_at_its_column(text: str, column: int, zh: str, en: str) -> None:
    error = fault(text)

    assert error.column == column
    assert zh in error.message.zh
    assert en in error.message.en


@pytest.mark.parametrize(
    ("text", "column", "near"),
    [
        ("paved_rat >= 85", 1, "paved_rate"),
        ("1 + Lamp_Count", 5, "lamp_count"),
        ("previous(household_cuont)", 10, "household_count"),
        ("change(pavedrate)", 8, "paved_rate"),
    ],
)
def test_an_unknown_indicator_is_answered_with_the_nearest(text: str, column: int, near: str) -> None:
    error = fault(text, known=KNOWN)

    assert error.column == column
    assert f"是不是 {near}" in error.message.zh
    assert f"did you mean {near}" in error.message.en


def test_an_indicator_like_no_other_is_only_unknown() -> None:
    error = fault("zzzzzz + 1", known=KNOWN)

    assert error.message.en == "there is no indicator 'zzzzzz'"


def test_the_place_names_file_field_and_column() -> None:
    error = fault("aa +", where="standard.yaml, criteria.roads.formula")

    assert error.where == "standard.yaml, criteria.roads.formula, column 5"
    assert str(error).startswith("standard.yaml, criteria.roads.formula, column 5: ")


def test_a_formula_of_several_lines_counts_its_columns_within_the_line() -> None:
    error = fault("aa\n + bb\n + cc dd\n", where="standard.yaml")

    assert error.column == 7
    assert error.where == "standard.yaml, line 3, column 7"


def test_a_formula_that_is_no_text_is_an_error_too() -> None:
    assert "写成文字" in fault(5).message.zh  # type: ignore[arg-type]
    assert "a text" in fault(None).message.en  # type: ignore[arg-type]
