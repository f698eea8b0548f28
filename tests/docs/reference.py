"""What docs/plugins/reference.md must name, taken from the program; `python -m tests.docs.reference` prints
it with the meanings that the page has, for whoever brings the page up to date.
"""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import annotated_types
import numpy as np
from pydantic import BaseModel
from pydantic.fields import FieldInfo

import liangcun_standards
from liangcun_standards import Indicator, Rule, Standard, Tailoring
from liangcun_standards.document.standard import Header
from liangcun_standards.rules import Condition
from liangcun_standards.worked_examples import WorkedExample

PAGE = Path(__file__).parents[2] / "docs" / "plugins" / "reference.md"
REQUIRED, NOTHING = "必写", "—"
# What a reader meets in this order; what they hold follows from them.
_DOCUMENTS: tuple[type[BaseModel], ...] = (Header, Standard, Tailoring, Indicator, WorkedExample)


class Row(NamedTuple):
    """A key of a document: its type and its default as the page shows them."""

    key: str
    type: str
    default: str


def members_of(name: str) -> tuple[str, list[str]]:
    """How a public name is written, and the public members that a class adds to those it comes from."""
    thing = getattr(liangcun_standards, name)
    if not inspect.isclass(thing):
        return _called(name, thing), []
    fielded = issubclass(thing, BaseModel) or getattr(thing, "_is_protocol", False)
    return (name if fielded else _called(name, thing)), _methods(name, thing)


def _called(name: str, thing: Any) -> str:
    if inspect.isclass(thing) or inspect.isfunction(thing):
        return f"{name}{_plain(inspect.signature(thing))}".removesuffix(" -> None")
    return name if get_origin(thing) is None else f"{name} = NDArray[{_dtype(thing)}]"


def _dtype(array: Any) -> str:
    kind = get_args(get_args(array)[1])[0]
    return str(np.dtype(kind).name)


def _short(annotation: Any) -> str:
    shown = annotation if isinstance(annotation, str) else getattr(annotation, "__forward_arg__", annotation)
    return re.sub(r"'|\b(?:numpy|npt|typing|liangcun_standards)\.(?:[a-z_]+\.)*", "", str(shown))


def _plain(signature: inspect.Signature) -> str:
    """As it is written in the program, without self; a default that isn't a plain value is `…`."""
    shown: list[str] = []
    for one in signature.parameters.values():
        if one.name in ("self", "cls"):
            continue
        if one.kind is one.KEYWORD_ONLY and "*" not in shown:
            shown.append("*")
        plain = one.default is None or isinstance(one.default, str | int | float | tuple)
        default = "" if one.default is one.empty else f" = {one.default!r}" if plain else " = …"
        shown.append(f"{one.name}: {_short(one.annotation)}{default}")
    given = signature.return_annotation
    return f"({', '.join(shown)})" + ("" if given is signature.empty else f" -> {_short(given)}")


def _methods(name: str, cls: type) -> list[str]:
    public = {getattr(liangcun_standards, one) for one in liangcun_standards.__all__ if one != name} - {
        object
    }
    bases = [one for one in cls.__mro__ if one.__module__.startswith("liangcun_standards")]
    inherited = {one for base in bases if base in public for one in base.__mro__}
    seen: dict[str, str] = {}
    for base in reversed([one for one in bases if one not in inherited]):
        for own, member in vars(base).items():
            if own.startswith(("_", "model_")) or own in getattr(cls, "model_fields", {}):
                continue
            shown = _member(member)
            if shown is not None:
                seen[own] = f"{name}.{own}{shown}"
    return list(seen.values())


def _member(member: Any) -> str | None:
    if isinstance(member, property | cached_property):
        function = member.fget if isinstance(member, property) else member.func
        assert function is not None
        return f" -> {_short(inspect.signature(function).return_annotation)}"
    if isinstance(member, classmethod | staticmethod):
        member = member.__func__
    return _plain(inspect.signature(member)) if inspect.isfunction(member) else None


def parts() -> list[type[BaseModel]]:
    """Every part of a document, of a worked example and of an indicator, each once; rules aside."""
    found: list[type[BaseModel]] = []

    def walk(model: type[BaseModel]) -> None:
        if model in found or issubclass(model, Rule):
            return
        found.append(model)
        for field in model.model_fields.values():
            for inner in _models(field.annotation):
                walk(inner)

    for one in _DOCUMENTS:
        walk(one)
    return found


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if _is_condition(annotation):
        return
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def rows(model: type[BaseModel]) -> list[Row]:
    """The keys of a part, those of every document's head left to `Header`."""
    of_the_head = Header.model_fields if model is not Header and issubclass(model, Header) else {}
    return [
        Row(field.alias or name, _limited(field), _default(field))
        for name, field in model.model_fields.items()
        if name not in of_the_head
    ]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return REQUIRED
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        value = value.model_dump(exclude_defaults=True)
    if value is None or value in ((), {}):
        return NOTHING
    if isinstance(value, Enum):
        value = value.value
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _limited(field: FieldInfo) -> str:
    shown = f"`{_type(field.annotation)}`"
    for one in field.metadata:
        for name, sign in (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<")):
            limit = getattr(one, name, None)
            if limit is not None and isinstance(one, getattr(annotated_types, name.capitalize())):
                shown += f" {sign} {limit:,}".removesuffix(".0")
    return shown


def _is_condition(annotation: Any) -> bool:
    return annotation is Condition or annotation == get_args(Condition)[0]


def _type(annotation: Any) -> str:
    """A type as the page writes it: Python's, without None, closed lists by their words."""
    if _is_condition(annotation):
        return "condition"
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(inner[0])
    if origin in (Union, types.UnionType):
        return _union([one for one in inner if one is not type(None)])
    if origin is Literal:
        return ", ".join(str(getattr(one, "value", one)) for one in inner)
    if origin is tuple:
        return f"[{_type(inner[0])}, …]"
    if origin is dict:
        return f"{{{_type(inner[0])}: {_type(inner[1])}}}"
    if inspect.isclass(annotation) and issubclass(annotation, Enum):
        return ", ".join(one.value for one in annotation)
    return str(getattr(annotation, "__name__", annotation))


def _union(members: Sequence[Any]) -> str:
    plain = [get_args(one)[0] if get_origin(one) is Annotated else one for one in members]
    if all(inspect.isclass(one) and issubclass(one, Rule) for one in plain):
        return "rule"
    return " or ".join(dict.fromkeys(_type(one) for one in members))


def _meanings() -> dict[str, str]:
    """What the page says of each row and each name, by what stands before it."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    told: dict[str, str] = {}
    heading = ""
    for line in text.splitlines():
        if line.startswith("### "):
            heading = line
        row = re.match(r"\| `(\S+)` \| .+? \| .+? \| (.+) \|$", line)
        if row:
            told[f"{heading} {row[1]}"] = row[2]
    return told


def table(model: type[BaseModel]) -> str:
    """The section of a part, with the meanings that the page has already."""
    told, heading = _meanings(), f"### `{model.__name__}`"
    lines = [heading, "", "| 键 / key | 类型 / type | 默认 / default | 含义 / meaning |", "|---|---|---|---|"]
    lines += [
        f"| `{row.key}` | {row.type} | {row.default} | {told.get(f'{heading} {row.key}', '')} |"
        for row in rows(model)
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    for name in liangcun_standards.__all__:
        written, members = members_of(name)
        print(f"- `{written}`", *members, sep="\n")
    print(*(table(one) for one in parts()), sep="\n\n")
