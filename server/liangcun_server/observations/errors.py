"""The error for an indicator that no active plugin defines."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text


class UnknownIndicator(LiangcunError):
    """A code that no active plugin defines."""

    code = "UNKNOWN_INDICATOR"


def unknown_indicator(code: str, known: Collection[str]) -> UnknownIndicator:
    """The error, with the nearest codes that there are."""
    near = get_close_matches(code, list(known), n=3)
    hint = (
        Text(f"；是否指 {'、'.join(near)}？", f"; did you mean {', '.join(near)}?") if near else Text("", "")
    )
    shown = code[:64]
    return UnknownIndicator(Text(f"没有指标“{shown}”{hint.zh}", f"there is no indicator '{shown}'{hint.en}"))
