"""One region, and the error for one that doesn't exist."""

from __future__ import annotations

from dataclasses import dataclass

from liangcun_standards.errors import LiangcunError
from liangcun_standards.regions import SIGNIFICANT_DIGITS
from liangcun_standards.vocabulary import RegionLevel


@dataclass(frozen=True, slots=True)
class Region:
    """A province, prefecture, county, township or village under its twelve-digit code."""

    code: str
    name: str
    level: RegionLevel
    parent_code: str | None


class UnknownRegion(LiangcunError):
    """A code that no region has."""

    code = "UNKNOWN_REGION"


def codes_above(code: str) -> list[str]:
    """The codes that the ancestors of a full code can have, from the province down, itself left out."""
    prefixes = (code[:digits].ljust(12, "0") for digits in sorted(SIGNIFICANT_DIGITS.values()))
    return [prefix for prefix in dict.fromkeys(prefixes) if prefix != code]
