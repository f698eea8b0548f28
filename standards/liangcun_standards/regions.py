"""Statistical division codes (统计用区划代码): twelve digits in which each level fixes a longer prefix."""

from __future__ import annotations

import re

from liangcun_standards.errors import InvalidRegionCode
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import RegionLevel

SIGNIFICANT_DIGITS = {
    RegionLevel.PROVINCE: 2,
    RegionLevel.PREFECTURE: 4,
    RegionLevel.COUNTY: 6,
    RegionLevel.TOWNSHIP: 9,
    RegionLevel.VILLAGE: 12,
}
_SHORT_LENGTHS = frozenset(SIGNIFICANT_DIGITS.values())
_DIGITS = re.compile(r"\d+", re.ASCII)


def full_code(text: str) -> str:
    """The twelve-digit code for a code as people write it: 22, 2207, 220722, 220722201 or all twelve digits.

    Raises InvalidRegionCode for anything else, an eleven-digit code included.
    """
    shown = str(text)[:40]
    code = str(text).strip()
    if not _DIGITS.fullmatch(code):
        raise InvalidRegionCode(
            Text(f"区划代码“{shown}”应全为数字", f"the region code '{shown}' must be digits only")
        )
    if code.startswith("0"):
        raise InvalidRegionCode(
            Text(f"区划代码“{shown}”不应以 0 开头", f"the region code '{shown}' can't begin with 0")
        )
    if len(code) not in _SHORT_LENGTHS:
        raise InvalidRegionCode(
            Text(
                f"区划代码“{shown}”有 {len(code)} 位；应为 12 位，或省 2 位、市 4 位、县 6 位、乡 9 位的简写",
                f"the region code '{shown}' has {len(code)} digits; write all 12, or the short form "
                "of 2 (province), 4 (prefecture), 6 (county) or 9 (township)",
            )
        )
    return code.ljust(12, "0")


def short_code(code: str) -> str:
    """The shortest usual way to write a twelve-digit code: 220722000000 is 220722."""
    for digits in sorted(_SHORT_LENGTHS):
        if set(code[digits:]) <= {"0"}:
            return code[:digits]
    return code


def implied_level(code: str) -> RegionLevel:
    """The highest level that a twelve-digit code can stand at, judged by its trailing zeros."""
    digits = len(short_code(code))
    return next(level for level, length in SIGNIFICANT_DIGITS.items() if length == digits)


def code_range(code: str, level: RegionLevel | None = None) -> tuple[str, str]:
    """The first and last twelve-digit code that can lie within `code` (itself included)."""
    digits = SIGNIFICANT_DIGITS[level or implied_level(code)]
    return code[:digits].ljust(12, "0"), code[:digits].ljust(12, "9")


def contains(outer: str, inner: str) -> bool:
    """Whether the region `inner` is `outer` or lies within it (both twelve-digit codes)."""
    low, high = code_range(outer)
    return low <= inner <= high
