"""What names a standard: JURISDICTION/CODE@VERSION, where jurisdiction and version may be left out."""

from __future__ import annotations

import re
from typing import NamedTuple

from liangcun_standards.errors import LiangcunError, UnknownStandard
from liangcun_standards.regions import full_code, short_code
from liangcun_standards.text import Text

_REFERENCE = re.compile(r"(?:(\d+)/)?([a-z][a-z0-9-]{0,63})(?:@([0-9A-Za-z][0-9A-Za-z.+-]{0,31}))?", re.ASCII)


class StandardReference(NamedTuple):
    """A standard as people name it; `jurisdiction` is a twelve-digit region code."""

    jurisdiction: str | None
    code: str
    version: str | None

    @classmethod
    def parse(cls, text: str) -> StandardReference:
        """Read `220722/jiuyou-liuwu`, `jiuyou-liuwu`, or either with `@2021`.

        Raises UnknownStandard for anything else.
        """
        match = _REFERENCE.fullmatch(text.strip())
        try:
            if match is not None:
                jurisdiction = None if match[1] is None else full_code(match[1])
                return cls(jurisdiction, match[2], match[3])
        except LiangcunError:
            pass
        shown = text[:80]
        raise UnknownStandard(
            Text(
                f"标准“{shown}”的写法无法识别，应如 220722/jiuyou-liuwu、jiuyou-liuwu 或 jiuyou-liuwu@2021",
                f"'{shown}' doesn't name a standard; write 220722/jiuyou-liuwu, jiuyou-liuwu or "
                "jiuyou-liuwu@2021",
            )
        )


def standard_id(jurisdiction: str, code: str) -> str:
    """The id of a standard in all its versions; provinces and prefectures are written with six digits."""
    return f"{short_code(jurisdiction).ljust(6, '0')}/{code}"
