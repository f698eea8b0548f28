"""The level that a plugin must reach, as an option says it."""

from __future__ import annotations

from liangcun_server.cli.reading import BadOption
from liangcun_standards.conformance import Level
from liangcun_standards.text import Text

_OPTION = "--level"
_LEVELS = {one.value: one for one in Level if one is not Level.NONE}


def wanted_level(text: str) -> Level:
    """The level, bronze at the least: what is below can't be used. Raises BadOption."""
    found = _LEVELS.get(text.strip().lower())
    if found is None:
        raise BadOption(
            Text(
                f"“{text[:40]}”不在可选范围内，可选：{'、'.join(_LEVELS)}",
                f"'{text[:40]}' is none of {', '.join(_LEVELS)}",
            ),
            where=_OPTION,
        )
    return found
