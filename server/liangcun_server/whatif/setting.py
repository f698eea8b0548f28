"""Changes written on one line, TARGET.FIELD=VALUE, as changes of the tailoring language."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from difflib import get_close_matches
from typing import Any

from liangcun_standards.catalogue.changes import parts_of
from liangcun_standards.document import Standard
from liangcun_standards.document.tailoring import SETTINGS
from liangcun_standards.document.yaml_source import read_yaml
from liangcun_standards.errors import InvalidDocument, LiangcunError
from liangcun_standards.text import Text

_WEIGHTS = ("max_score", "weight", "min_score")
_SHOWN = 12


class InvalidChange(LiangcunError):
    """A change that can't be read, or that names what isn't there; `where` is the change."""

    code = "INVALID_CHANGE"


def changes_of(base: Standard, settings: Sequence[str], reason: str) -> list[dict[str, Any]]:
    """What the settings come to, each target's together, in the order of first mention.

    `hardened-road.max_score=10` and the like reweigh; `passing.grade=excellent` and other settings of the
    whole standard set; any other field of a part (`drainage.rule.when.at_least=70`) replaces that field, with
    the rest of it as it was. Raises InvalidChange.
    """
    values = base.model_dump(mode="json", by_alias=True, exclude_unset=True)
    touched: dict[tuple[str, str], None] = {}
    for setting in settings:
        target, path, value = _read(setting)
        part = values if target in SETTINGS else _part(values, target, setting)
        path = [target, *path] if target in SETTINGS else path
        if not path:
            raise _not_a_setting(setting)
        if len(path) > 1 and path[0] not in part and target in SETTINGS:
            part[path[0]] = {}
        _put(part, path, value, setting)
        touched[target, path[0]] = None
    return [_change(values, target, field, reason) for target, field in touched]


def _read(setting: str) -> tuple[str, list[str], Any]:
    name, equals, text = setting.partition("=")
    steps = [step.strip() for step in name.strip().split(".")]
    if not equals or not all(steps):
        raise _not_a_setting(setting)
    try:
        value = read_yaml(text.strip(), "VALUE").values
    except InvalidDocument as error:
        raise InvalidChange(error.message, where=setting[:200]) from None
    return steps[0], steps[1:], value


def _not_a_setting(setting: str) -> InvalidChange:
    return InvalidChange(
        Text(
            "应写成 条目.字段=值，如 hardened-road.max_score=10、drainage.rule.when.at_least=70",
            "write TARGET.FIELD=VALUE, such as hardened-road.max_score=10 or drainage.rule.when.at_least=70",
        ),
        where=setting[:200],
    )


def _part(values: dict[str, Any], target: str, setting: str) -> dict[str, Any]:
    codes = []
    for _, part in parts_of(values):
        if part["code"] == target:
            return part
        codes.append(part["code"])
    near = get_close_matches(target, [*codes, *SETTINGS], n=3)
    hint = Text(
        f"；是否指 {'、'.join(near)}？" if near else "", f"; did you mean {', '.join(near)}?" if near else ""
    )
    raise InvalidChange(
        Text(
            f"标准里没有“{target[:64]}”{hint.zh}",
            f"the standard has no '{target[:64]}'{hint.en}",
        ),
        where=setting[:200],
    )


def _put(part: Any, path: Sequence[str], value: Any, setting: str) -> None:
    """Put a value at a path, in place."""
    for done, step in enumerate(path):
        key: Any = step
        if isinstance(part, list):
            if not (step.isdecimal() and int(step) < len(part)):
                raise _no_step(path, done, setting, [str(place) for place in range(len(part))])
            key = int(step)
        elif not isinstance(part, dict):
            raise _no_step(path, done, setting, [])
        if done == len(path) - 1:
            part[key] = value
            return
        if isinstance(part, dict) and key not in part:
            raise _no_step(path, done, setting, list(part))
        part = part[key]


def _no_step(path: Sequence[str], done: int, setting: str, known: list[str]) -> InvalidChange:
    above, listed = ".".join(path[:done]) or "—", "、".join(known[:_SHOWN])
    shown = Text(f"，其下有：{listed}" if known else "", f"; there is: {listed}" if known else "")
    return InvalidChange(
        Text(
            f"{above} 之下没有“{path[done][:64]}”{shown.zh}",
            f"there is no '{path[done][:64]}' in {above}{shown.en}",
        ),
        where=setting[:200],
    )


def _change(values: dict[str, Any], target: str, field: str, reason: str) -> dict[str, Any]:
    if target in SETTINGS:
        return {"change": "set", target: deepcopy(values[target]), "reason": reason}
    part = next(part for _, part in parts_of(values) if part["code"] == target)
    if field in _WEIGHTS and part[field] is not None:
        return {"change": "reweigh", "target": target, field: part[field], "reason": reason}
    return {"change": "replace", "target": target, "with": {field: deepcopy(part[field])}, "reason": reason}
