"""What to say when a text doesn't follow the grammar: the place, the fault, and what to type instead."""

from __future__ import annotations

import re

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from liangcun_standards.errors import InvalidFormula
from liangcun_standards.formula._source import Source, quoted
from liangcun_standards.text import Text

# What people type for something that is written otherwise here.
_TYPE_INSTEAD = {
    "AND": "and",
    "And": "and",
    "OR": "or",
    "Or": "or",
    "NOT": "not",
    "Not": "not",
    "=>": ">=",
    "=<": "<=",
    "<>": "!=",
    "=": "==",
    "!": "not",
    "~": "not",
    "¬": "not",
    "&&": "and",
    "&": "and",
    "∧": "and",
    "||": "or",
    "|": "or",
    "∨": "or",
    "且": "and",
    "并且": "and",
    "和": "and",
    "或": "or",
    "或者": "or",
    "非": "not",
    "不": "not",
    "如果": "if",
    "加": "+",
    "减": "-",
    "乘": "*",
    "乘以": "*",
    "除以": "/",
    "大于": ">",
    "小于": "<",
    "等于": "==",
    "不等于": "!=",
    "大于等于": ">=",
    "小于等于": "<=",
    "不小于": ">=",
    "不大于": "<=",
    "–": "-",
    "—": "-",
    "‐": "-",
    "•": "*",
    "·": "*",
    "∗": "*",
    "∕": "/",
    "。": ".",
    "、": ",",
    "【": "(",
    "〔": "(",
    "[": "(",
    "{": "(",
    "】": ")",
    "〕": ")",
    "]": ")",
    "}": ")",
    ";": ",",
    "√": "sqrt()",
}

_NO_POWER = Text(
    "公式里没有乘方；平方请写成 x * x，其他次方用 exp 和 ln",
    "there is no power here; write x * x for a square, exp and ln for other powers",
)
_NO_PERCENT = Text(
    "不能写百分号；比率指标的值就是百分数，85% 写成 85",
    "the percent sign isn't used; rates are in percent already, so write 85 for 85%",
)
_NO_TEXT = Text(
    "公式里只有数值，不能写文字和引号", "a formula knows numbers only: no texts, no quotation marks"
)
_NO_COMMENT = Text("公式里不能写注释", "a formula takes no comments")
_NO_MEMBERS = Text(
    "点号只能写在小数里；公式不能访问成员", "a dot belongs in a decimal number only; a formula has no members"
)
_MEANINGS = {
    "^": _NO_POWER,
    "**": _NO_POWER,
    "%": _NO_PERCENT,
    "‰": _NO_PERCENT,
    "#": _NO_COMMENT,
    ".": _NO_MEMBERS,
}
_MEANINGS |= dict.fromkeys("'\"`“”‘’「」《》", _NO_TEXT)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FOREIGN_WORD = re.compile(r"[^\x00-\x7f\W\d_]+")


def syntax_fault(source: Source, text: str, error: UnexpectedInput) -> InvalidFormula:
    """The user's error for the parser's. `text` is the source in ASCII forms, of the same length."""
    if isinstance(error, UnexpectedCharacters):
        assert error.pos_in_stream is not None
        return _unknown_character(source, text, error.pos_in_stream)
    assert isinstance(error, UnexpectedToken)
    value_wanted = "NUMBER" in error.expected
    if error.token.type == "$END":
        return _early_end(source, text, value_wanted)
    assert error.token.start_pos is not None
    return _misplaced(source, text, error.token.start_pos, error.token.type, value_wanted)


def _unknown_character(source: Source, text: str, position: int) -> InvalidFormula:
    word = _FOREIGN_WORD.match(text, position)
    if word is not None:
        if word[0] in _TYPE_INSTEAD:
            return _instead(source, position, word[0])
        meaning = Text("指标要写它的代码，而不是名称", "an indicator is written by its code, not by its name")
        return _meaningless(source, position, len(word[0]), meaning)
    for length in (2, 1):
        mistake = text[position : position + length]
        if mistake in _TYPE_INSTEAD:
            return _instead(source, position, mistake)
    unused = Text("公式里不用这个字符", "a formula has no use for this character")
    return _meaningless(source, position, 1, _MEANINGS.get(text[position], unused))


def _meaningless(source: Source, position: int, length: int, meaning: Text) -> InvalidFormula:
    shown = quoted(source.text[position : position + length])
    return source.fault(position, Text(f"“{shown}”：{meaning.zh}", f"'{shown}': {meaning.en}"))


def _shouted_connective(text: str, position: int) -> tuple[int, str] | None:
    """An AND, OR or NOT in capitals: the name at `position` or the one before it."""
    names = list(_NAME.finditer(text, 0, position))[-1:] + list(_NAME.finditer(text, position))[:1]
    for name in names:
        adjacent = not text[name.end() : position].strip() and name.start() <= position
        if adjacent and name[0] in _TYPE_INSTEAD:
            return name.start(), name[0]
    return None


def _instead(source: Source, position: int, mistake: str) -> InvalidFormula:
    shown = quoted(source.text[position : position + len(mistake)])
    wanted = _TYPE_INSTEAD[mistake]
    return source.fault(position, Text(f"“{shown}”请改写成 {wanted}", f"type {wanted} instead of '{shown}'"))


def _early_end(source: Source, text: str, value_wanted: bool) -> InvalidFormula:
    if not text.strip():
        return source.fault(0, Text("公式是空的", "the formula is empty"))
    if value_wanted:
        end = len(text.rstrip())
        message = Text("公式没有写完，后面还缺一个值", "the formula ends too early: a value is missing here")
        return source.fault(end, message)
    opened = [-1]
    for position, char in enumerate(text):
        if char == "(":
            opened.append(position)
        elif char == ")":
            opened.pop()
    return source.fault(opened[-1], Text("这个左括号没有配对的右括号", "this ( is never closed"))


def _misplaced(source: Source, text: str, position: int, kind: str, value_wanted: bool) -> InvalidFormula:
    pair = text[position - 1 : position + 1] if position else ""
    shown = quoted(re.match(r"\w+|.", source.text[position:])[0])  # type: ignore[index]
    if pair == "<>":
        return _instead(source, position - 1, pair)
    if pair == "**":
        return source.fault(position - 1, _NO_POWER)
    connective = _shouted_connective(text, position) if kind == "NAME" else None
    if connective is not None:
        return _instead(source, *connective)
    if kind == "RPAR" and text.count("(", 0, position) <= text.count(")", 0, position):
        message = Text("这个右括号没有配对的左括号", "there is no ( for this )")
    elif value_wanted:
        message = Text(f"“{shown}”前面缺一个值", f"a value is missing before '{shown}'")
    elif kind == "COMPARE":
        message = Text(
            "比较不能连写；请写成 aa >= 1 and aa < 5 的样子",
            "comparisons can't be chained; write them like aa >= 1 and aa < 5",
        )
    elif kind == "COMMA":
        message = Text(
            "逗号只用来分隔函数的参数；数字里不加千位逗号",
            "a comma only separates the arguments of a function; numbers have no thousands separator",
        )
    else:
        message = Text(f"“{shown}”前面缺一个运算符", f"an operator is missing before '{shown}'")
    return source.fault(position, message)
