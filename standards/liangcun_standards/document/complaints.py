"""What Pydantic finds wrong in a document, said in both languages with the place and the field."""

from __future__ import annotations

import re
from collections.abc import Callable

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from liangcun_standards.document.yaml_source import Path, YamlSource
from liangcun_standards.errors import InvalidDocument, LiangcunError, Problem
from liangcun_standards.text import Text, format_number

_SHOWN_PROBLEMS = 20

_TEXT = Text("应为文字（数字请加引号）", "should be text (put a number in quotes)")
_NUMBER = Text("应为数字", "should be a number")
_WHOLE = Text("应为整数", "should be a whole number")
_TRUTH = Text("应为 true 或 false", "should be true or false")
_LIST = Text("应为列表", "should be a list")
_KEYS = Text("应为键值表", "should be keys with values")
_DATE = Text("应为日期，如 2023-01-01", "should be a date such as 2023-01-01")
_WANTED = (_TEXT, _NUMBER, _WHOLE, _TRUTH, _LIST, _KEYS, _DATE)
_CHOICE = Text("只能是 {expected}", "should be {expected}")

# Pydantic speaks English alone, and to programmers. Names in braces are from its context of the error.
_MESSAGES = {
    "missing": Text("缺少必填项", "is missing"),
    "extra_forbidden": Text("没有这个字段", "there is no such field"),
    "string_type": _TEXT,
    "string_too_short": Text("不能为空", "can't be empty"),
    "string_too_long": Text("最多 {max_length} 个字", "is longer than {max_length} characters"),
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": Text(
        "应为有限的数字，不能是 NaN 或无穷大", "should be a finite number, not NaN or infinity"
    ),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _KEYS,
    "model_type": _KEYS,
    "model_attributes_type": _KEYS,
    "too_short": Text("至少要有 {min_length} 项", "needs {min_length} or more"),
    "greater_than": Text("应大于 {gt}", "should be above {gt}"),
    "greater_than_equal": Text("不能小于 {ge}", "can't be below {ge}"),
    "less_than": Text("应小于 {lt}", "should be below {lt}"),
    "less_than_equal": Text("不能大于 {le}", "can't be above {le}"),
    "literal_error": _CHOICE,
    "enum": _CHOICE,
    "union_tag_invalid": Text(
        "没有这种 {discriminator}：{tag}，可选：{expected_tags}",
        "there is no {discriminator} '{tag}'; there are {expected_tags}",
    ),
    "union_tag_not_found": Text("缺少 {discriminator}", "{discriminator} is missing"),
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "date_parsing": _DATE,
    "date_type": _DATE,
}

_PATTERNS = {
    "^[a-z][a-z0-9-]{0,63}$": Text(
        "代码用小写字母、数字和连字符，以字母开头，最多 64 个",
        "a code is small letters, digits and hyphens, starts with a letter and has 64 at the most",
    ),
    "^[a-z][a-z0-9_]{1,63}$": Text(
        "指标代码用小写字母、数字和下划线，以字母开头，2 至 64 个",
        "an indicator's code is small letters, digits and underscores, starts with a letter and has 2 to 64",
    ),
    "^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}$": Text(
        "版本用字母、数字、点、加号和连字符，以字母或数字开头，最多 32 个",
        "a version is letters, digits, dots, plus signs and hyphens, starts with a letter or digit and has "
        "32 at the most",
    ),
}


def explained(error: ValidationError, source: YamlSource) -> InvalidDocument:
    """What is wrong with `source.values`, each problem on a line with file, line, column and field."""
    found = error.errors(include_url=False)
    places = [details["loc"] for details in found]
    # A list whose only entry is wrong is reported empty as well; the entry's own problem says more.
    told = [
        details
        for details in found
        if details["type"] != "too_short" or not any(_within(place, details["loc"]) for place in places)
    ]
    problems = [_problem(details, source) for details in told]
    shown = problems[:_SHOWN_PROBLEMS]
    more = len(problems) - len(shown)
    rest = Text(f"\n……还有 {more} 处", f"\n… and {more} more") if more else Text("", "")
    return InvalidDocument(
        Text("\n".join(text.zh for text in shown) + rest.zh, "\n".join(text.en for text in shown) + rest.en)
    )


def _within(inner: tuple[str | int, ...], outer: tuple[str | int, ...]) -> bool:
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def _problem(details: ErrorDetails, source: YamlSource) -> Text:
    path = path_in_document(details, source.places.__contains__)
    lead = f"{source.place(path).text(source.file)}: "
    lead += ".".join(str(part) for part in path) or "document"
    message = complaint(details)
    return Text(f"{lead}: {message.zh}", f"{lead}: {message.en}")


def path_in_document(details: ErrorDetails, present: Callable[[Path], bool]) -> Path:
    """The problem's path without the tags of unions, which stand in Pydantic's path but not in the document.

    `present` tells whether the document has a value at a path; a missing field is kept all the same.
    """
    cause = details.get("ctx", {}).get("error")
    steps = (*details["loc"], *(cause.at if isinstance(cause, Problem) else ()))
    path: Path = ()
    for place, step in enumerate(steps, start=1):
        if present((*path, step)) or (details["type"] == "missing" and place == len(steps)):
            path = (*path, step)
    return path


def complaint(details: ErrorDetails) -> Text:
    """What is wrong, without the place. A kind of problem not listed above keeps Pydantic's own words."""
    context = details.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, Problem):
        return cause.text
    inner = cause.__cause__ if isinstance(cause, ValueError) else None
    if isinstance(inner, LiangcunError):
        return Text(inner.text("zh"), inner.text("en"))
    own = details["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if details["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], Text(own, own))
    message = _MESSAGES.get(details["type"], Text(own, own))
    if details["input"] is None and message in _WANTED:
        message = _MESSAGES["string_too_short"]
    if "{" not in message.en:
        return message
    return Text(message.zh.format(**_chinese(context)), message.en.format(**_english(context)))


def _english(context: dict[str, object]) -> dict[str, str]:
    return {name: _plain(value) for name, value in context.items()}


def _chinese(context: dict[str, object]) -> dict[str, str]:
    return {
        name: text.replace(", ", "、").replace(" or ", " 或 ") for name, text in _english(context).items()
    }


def _plain(value: object) -> str:
    """A figure without a trailing .0, a list of names without quotes and classes."""
    if isinstance(value, float):
        return format_number(value)
    return re.sub(r"<\w+\.\w+: (.+?)>", r"\1", str(value)).replace("'", "")
