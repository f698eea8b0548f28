"""From a document's text to a checked standard or tailoring, or an error that names line and field."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from liangcun_standards.document.standard import Standard
from liangcun_standards.document.tailoring import Tailoring
from liangcun_standards.document.yaml_source import YamlSource, read_yaml
from liangcun_standards.errors import InvalidDocument, LiangcunError, Problem
from liangcun_standards.text import Text

_SHOWN_PROBLEMS = 20

# pydantic speaks English alone; these are the slips that officers make.
_CHINESE = {
    "missing": "缺少必填项",
    "extra_forbidden": "没有这个字段",
    "string_type": "应为文字",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "格式不对（代码用小写字母、数字和连字符，以字母开头）",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "dict_type": "应为键值表",
    "model_type": "应为键值表",
    "model_attributes_type": "应为键值表",
    "too_short": "太少",
    "greater_than": "太小",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
    "finite_number": "应为有限的数字",
    "literal_error": "不在可选范围内",
    "enum": "不在可选范围内",
    "union_tag_invalid": "没有这种 kind",
    "union_tag_not_found": "缺少 kind",
    "date_from_datetime_parsing": "应为日期，如 2023-01-01",
    "date_parsing": "应为日期，如 2023-01-01",
    "date_type": "应为日期，如 2023-01-01",
}


def read_standard(text: str, file: str) -> Standard | Tailoring:
    """The standard, or the tailoring of another, that the document holds.

    Raises InvalidDocument for anything that is wrong with it, each problem with file, line and field.
    """
    source = read_yaml(text, file)
    if not isinstance(source.values, dict):
        raise InvalidDocument(
            Text(
                "文档应以键值表开头（jurisdiction:、code: …）",
                "a document starts with keys (jurisdiction:, code: …)",
            ),
            where=file,
        )
    model: type[Standard] | type[Tailoring] = Tailoring if "extends" in source.values else Standard
    try:
        return model.model_validate(source.values)
    except ValidationError as error:
        raise explained(error, source) from None
    except RecursionError:
        raise InvalidDocument(Text("文档嵌套过深", "the document is nested too deep"), where=file) from None


def read_standard_file(path: Path) -> Standard | Tailoring:
    """`read_standard` for a file. Raises InvalidDocument when it isn't UTF-8 text."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidDocument(
            Text("文件不是 UTF-8 编码，请另存为 UTF-8", "the file is not UTF-8; save it as UTF-8"),
            where=str(path),
        ) from None
    return read_standard(text, path.name)


def explained(error: ValidationError, source: YamlSource) -> InvalidDocument:
    """What Pydantic finds wrong with `source.values`, each problem with its place, in both languages."""
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
    # Tags of unions stand in pydantic's path but not in the document.
    path: tuple[str | int, ...] = ()
    for part in details["loc"]:
        if (*path, part) in source.places or details["type"] == "missing":
            path = (*path, part)
    field = ".".join(str(part) for part in path) or "document"
    place = source.place(path).text(source.file)
    message = details["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, Problem):
        return Text(f"{place}: {field}: {cause.text.zh}", f"{place}: {field}: {cause.text.en}")
    inner = cause.__cause__ if isinstance(cause, ValueError) else None
    if isinstance(inner, LiangcunError):
        return Text(f"{place}: {field}: {inner.text('zh')}", f"{place}: {field}: {inner.text('en')}")
    chinese = _CHINESE.get(details["type"])
    zh = message if chinese is None else f"{chinese}（{message}）"
    return Text(f"{place}: {field}: {zh}", f"{place}: {field}: {message}")
