"""Indicator files: YAML in which a plugin lists the indicators that it contributes.

indicators:
  - code: lit_lanes_rate
    name: 亮化率
    ...                       # the fields of `Indicator`
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from liangcun_standards.errors import InvalidDocument
from liangcun_standards.indicators import Indicator
from liangcun_standards.text import Text

# An author reads the first few problems and runs the check again.
_SHOWN = 5

# What Pydantic finds, in the words of someone who writes the file. Others keep Pydantic's own message.
_PROBLEMS = {
    "missing": Text("缺少", "is missing"),
    "extra_forbidden": Text("不是已知字段", "is no known field"),
    "string_type": Text("应为文字", "must be text"),
    "string_too_short": Text("不能为空", "must not be empty"),
    "string_pattern_mismatch": Text(
        "只能用小写字母、数字和下划线，以字母开头",
        "takes small letters, digits and _, and starts with a letter",
    ),
    "float_type": Text("应为数字", "must be a number"),
    "float_parsing": Text("应为数字", "must be a number"),
    "finite_number": Text("应为有限的数字", "must be a finite number"),
}


def load_indicators(text: str, where: str) -> list[Indicator]:
    """Read the indicators of one file, in their order.

    `where` names the file in errors. YAML 1.2 is read safely: tags, anchors and aliases, a repeated key, an
    unknown field or a repeated code are refused. Raises InvalidDocument that names file, line and field.
    """
    root, data = _read(text, where)
    if not isinstance(data, dict) or set(data) != {"indicators"} or not isinstance(data["indicators"], list):
        raise InvalidDocument(
            Text(
                "文件应只有一个字段 indicators，下列各指标",
                "the file holds one field, 'indicators', with a list",
            ),
            where=where,
        )
    problems: list[tuple[int, Text]] = []
    indicators: list[Indicator] = []
    first_line: dict[str, int] = {}
    for place, entry in enumerate(data["indicators"]):
        line = _line(root, ("indicators", place))
        try:
            indicator = Indicator.model_validate(entry)
        except ValidationError as error:
            problems += [_problem(root, place, detail) for detail in error.errors(include_url=False)]
            continue
        if indicator.code in first_line:
            earlier = first_line[indicator.code]
            problems.append(
                (
                    line,
                    Text(
                        f"code：{indicator.code} 已在第 {earlier} 行",
                        f"code: {indicator.code} stands at line {earlier} already",
                    ),
                )
            )
        first_line.setdefault(indicator.code, line)
        indicators.append(indicator)
    if problems:
        raise _report(sorted(problems), where)
    return indicators


def _read(text: str, where: str) -> tuple[Node, Any]:
    """The document as nodes, which know their lines, and as plain data."""
    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(text)
        if root is None:
            raise InvalidDocument(Text("文件是空的", "the file is empty"), where=where)
        _refuse_anchors(root, where)
        return root, yaml.constructor.construct_document(root)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = where if mark is None else f"{where}, line {mark.line + 1}, column {mark.column + 1}"
        detail = error.problem or error.context or "not YAML"
        raise InvalidDocument(
            Text(f"YAML 无法读取：{detail}", f"the YAML can't be read: {detail}"), where=place
        ) from None
    except (YAMLError, ValueError) as error:
        detail = str(error).splitlines()[0]
        raise InvalidDocument(
            Text(f"YAML 无法读取：{detail}", f"the YAML can't be read: {detail}"), where=where
        ) from None
    except RecursionError:
        raise InvalidDocument(Text("YAML 嵌套过深", "the YAML is nested too deeply"), where=where) from None


def _refuse_anchors(root: Node, where: str) -> None:
    """An alias needs an anchor: without anchors nothing can be multiplied."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.anchor is not None:
            raise InvalidDocument(
                Text(
                    f"不允许使用锚点 &{node.anchor} 和别名",
                    f"the anchor &{node.anchor} and aliases are refused",
                ),
                where=f"{where}, line {node.start_mark.line + 1}",
            )
        if isinstance(node, MappingNode):
            waiting += reversed([part for pair in node.value for part in pair])
        elif isinstance(node, SequenceNode):
            waiting += reversed(node.value)


def _line(root: Node, path: Sequence[str | int]) -> int:
    """The line, from 1, of the deepest node of `path` that exists."""
    node = root
    line = root.start_mark.line
    for part in path:
        if isinstance(node, MappingNode):
            found = next(
                (pair for pair in node.value if isinstance(pair[0], ScalarNode) and pair[0].value == part),
                None,
            )
            if found is None:
                break
            line = found[0].start_mark.line
            node = found[1]
        elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line
        else:
            break
    return int(line) + 1


def _problem(root: Node, place: int, detail: Any) -> tuple[int, Text]:
    path = tuple(detail["loc"])
    field = ".".join(str(part) for part in path)
    words = _PROBLEMS.get(detail["type"], Text(detail["msg"], detail["msg"]))
    message = Text(f"{field}：{words.zh}", f"{field}: {words.en}") if field else words
    return _line(root, ("indicators", place, *path)), message


def _report(problems: Sequence[tuple[int, Text]], where: str) -> InvalidDocument:
    line, first = problems[0]
    more = problems[1:_SHOWN]
    zh = first.zh + "".join(f"；第 {number} 行 {text.zh}" for number, text in more)
    en = first.en + "".join(f"; line {number}: {text.en}" for number, text in more)
    hidden = len(problems) - _SHOWN
    if hidden > 0:
        zh += f"；另有 {hidden} 处"
        en += f"; and {hidden} more"
    return InvalidDocument(Text(zh, en), where=f"{where}, line {line}")
