"""Applying a tailoring's changes to the standard that it extends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from liangcun_standards.contributions import NOTHING, Contributions
from liangcun_standards.document.complaints import complaint, path_in_document
from liangcun_standards.document.standard import Standard
from liangcun_standards.document.tailoring import (
    Add,
    Change,
    Remove,
    Replace,
    Retitle,
    Reweigh,
    Set,
    Tailoring,
)
from liangcun_standards.document.yaml_source import Path
from liangcun_standards.errors import InvalidPart
from liangcun_standards.text import Text, format_number

# A part of a standard as plain values, and the list in which it stands.
Part = dict[str, Any]
Siblings = list[Part]


@dataclass(frozen=True, slots=True)
class AppliedChange:
    """One change as it turned out; `before` and `after` say in words what it touched."""

    target: str
    change: str
    before: str | None
    after: str | None
    reason: str
    document_number: str | None


def tailor(
    base: Standard, tailoring: Tailoring, own: Contributions = NOTHING
) -> tuple[Standard, tuple[AppliedChange, ...]]:
    """The standard that results, and what each change did. `own` is what plugins add to documents.

    Raises InvalidPart for a change whose target isn't in the base (any more), and when the result breaks a
    rule of the format.
    """
    values = base.model_dump(mode="json", by_alias=True, exclude_unset=True)
    applied = tuple(_apply(values, change, number) for number, change in enumerate(tailoring.changes))
    header = tailoring.model_dump(
        mode="json", by_alias=True, exclude={"extends", "changes"}, exclude_unset=True
    )
    for optional in ("description", "description_en"):
        values.pop(optional, None)
    tailored = {**values, **header, **_definitions(values, header)}
    try:
        return Standard.model_validate(tailored, by_alias=True, by_name=False, context=own), applied
    except ValidationError as error:
        raise _broken(tailored, tailoring, error.errors(include_url=False)[0]) from None


def _definitions(base: Part, own: Part) -> Part:
    """The indicators that either defines, those of the base first; one that both define alike stands once."""
    inherited, added = base.get("indicators", []), own.get("indicators", [])
    more = [one for one in added if one not in inherited]
    return {"indicators": [*inherited, *more]} if inherited or more else {}


def _broken(tailored: Part, tailoring: Tailoring, details: ErrorDetails) -> InvalidPart:
    """What is wrong with the result, at the part or the change that has brought it there."""
    path = path_in_document(details, lambda path: _reached(tailored, path) is not None)
    inner = [path[:length] for length in range(len(path), 0, -1)]
    codes = (
        part.get("code") for part in (_reached(tailored, path) for path in inner) if isinstance(part, dict)
    )
    field, message = ".".join(str(step) for step in path), complaint(details)
    setting = [
        number
        for number, change in enumerate(tailoring.changes)
        if isinstance(change, Set) and path[:1] == (change.target,)
    ]
    return InvalidPart(
        Text(
            f"调整后的标准不成立：{field}：{message.zh}",
            f"the tailored standard does not hold together: {field}: {message.en}",
        ),
        part=next((code for code in codes if isinstance(code, str)), None),
        path=("changes", *setting[-1:]),
    )


def _reached(values: Any, path: Path) -> Any:
    """The value at a path, None where there is none."""
    for step in path:
        if isinstance(values, dict):
            values = values.get(step)
        elif isinstance(values, list) and isinstance(step, int) and step < len(values):
            values = values[step]
        else:
            return None
    return values


def _apply(values: Part, change: Change, number: int) -> AppliedChange:
    where = ("changes", number)
    before: str | None
    after: str | None
    if isinstance(change, Add):
        before, after = None, _add(values, change, where)
    elif isinstance(change, Set):
        fields = change.model_dump(mode="json", by_alias=True, include={change.target}, exclude_unset=True)
        before, after = _shown(values, fields), _shown(fields, fields)
        values.update(fields)
    else:
        siblings, part = _find(values, change.target, (*where, "target"))
        if isinstance(change, Remove):
            before, after = _summary(part), None
            siblings.remove(part)
        else:
            fields = _new_fields(change)
            before = _shown(part, fields)
            part.update(fields)
            after = _shown(part, fields)
    return AppliedChange(change.target, change.change, before, after, change.reason, change.document_number)


def _new_fields(change: Replace | Reweigh | Retitle) -> Part:
    if isinstance(change, Replace):
        return dict(change.with_)
    if isinstance(change, Retitle):
        return {"title": change.title, "title_en": change.title_en}
    fields = {"max_score": change.max_score, "weight": change.weight, "min_score": change.min_score}
    return {name: value for name, value in fields.items() if value is not None}


def _add(values: Part, change: Add, where: Path) -> str:
    part: BaseModel | None = change.criterion or change.group or change.grade
    assert part is not None
    new = part.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if change.grade is not None:
        siblings = values.setdefault("grades", [])
    elif change.into is None:
        siblings = values.setdefault("groups", [])
    else:
        _, group = _find(values, change.into, (*where, "into"))
        siblings = group.setdefault("groups" if change.group is not None else "criteria", [])
    place = len(siblings)
    if change.after is not None:
        codes = [sibling["code"] for sibling in siblings]
        if change.after not in codes:
            raise _gone(change.after, codes, (*where, "after"))
        place = codes.index(change.after) + 1
    elif change.grade is not None:
        # Grades stand from the highest cut-off to the lowest.
        place = sum(sibling["min_score"] >= change.grade.min_score for sibling in siblings)
    siblings.insert(place, new)
    return _summary(new)


def parts_of(values: Part) -> Iterator[tuple[Siblings, Part]]:
    """Every part that a change may name, grades last: their codes are a set of their own."""
    pending: list[Siblings] = [values.get("groups", [])]
    while pending:
        siblings = pending.pop(0)
        for group in siblings:
            yield siblings, group
            criteria = group.get("criteria", [])
            for criterion in criteria:
                yield criteria, criterion
            pending.append(group.get("groups", []))
    for name in ("entry", "adjustments", "grades"):
        for part in values.get(name, []):
            yield values[name], part


def _find(values: Part, target: str, where: Path) -> tuple[Siblings, Part]:
    codes = []
    for siblings, part in parts_of(values):
        if part["code"] == target:
            return siblings, part
        codes.append(part["code"])
    raise _gone(target, codes, where)


def _gone(target: str, codes: list[str], path: Path) -> InvalidPart:
    near = get_close_matches(target, codes, n=3)
    hint_zh = f"；是否指 {'、'.join(near)}？" if near else ""
    hint_en = f"; did you mean {', '.join(near)}?" if near else ""
    return InvalidPart(
        Text(
            f"要调整的“{target}”在所依据的标准里不存在（可能已被新版本删去）{hint_zh}",
            f"'{target}' isn't in the standard extended (a later version may have dropped it){hint_en}",
        ),
        path=path,
        where=".".join(str(step) for step in path),
    )


def _summary(part: Part) -> str:
    score = part.get("max_score", part.get("min_score"))
    return f"{part['title']}" if score is None else f"{part['title']}（{format_number(float(score))} 分）"


def _shown(part: Part, fields: Part) -> str:
    return json.dumps({name: part.get(name) for name in fields}, ensure_ascii=False, sort_keys=True)
