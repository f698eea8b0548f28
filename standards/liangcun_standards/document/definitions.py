"""Indicators that a document defines itself (`indicators:`), for what no plugin measures."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from liangcun_standards.errors import Problem
from liangcun_standards.indicators import Indicator

# What a document may leave out: readers of English are then shown the Chinese, as they are of titles.
IN_ENGLISH = {
    "Indicator": {"name_en": "name", "definition_en": "definition"},
    "Choice": {"title_en": "title"},
}


def _in_both_languages(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    filled = _filled(value, IN_ENGLISH["Indicator"])
    if isinstance(filled.get("choices"), list):
        filled["choices"] = [_filled(one, IN_ENGLISH["Choice"]) for one in filled["choices"]]
    return filled


def _filled(value: Any, fields: dict[str, str]) -> Any:
    if not isinstance(value, dict):
        return value
    left_out = {own: value[other] for own, other in fields.items() if own not in value and other in value}
    return value | left_out


def _sound(definitions: tuple[Indicator, ...]) -> tuple[Indicator, ...]:
    seen: set[str] = set()
    for place, one in enumerate(definitions):
        if one.code in seen:
            raise Problem(
                f"指标“{one.code}”定义了两次",
                f"the indicator '{one.code}' is defined twice",
                at=(place, "code"),
            )
        seen.add(one.code)
        for end in ("minimum", "maximum"):
            if not math.isfinite(getattr(one, end) or 0.0):
                raise Problem("应为有限的数字", "should be a finite number", at=(place, end))
    return definitions


Definitions = Annotated[
    tuple[Annotated[Indicator, BeforeValidator(_in_both_languages)], ...], AfterValidator(_sound)
]
