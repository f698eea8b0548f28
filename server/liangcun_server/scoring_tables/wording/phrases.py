"""The phrases that ways of giving points are made of: figures, units, ends, and the text cut into clauses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from liangcun_server.scoring_tables.wording.reading import Measure, Unclear
from liangcun_standards.text import format_number

DIGITS = {"一": 1.0, "二": 2.0, "两": 2.0, "三": 3.0, "四": 4.0, "五": 5.0, "六": 6.0, "七": 7.0, "八": 8.0,
           "九": 9.0, "十": 10.0, "半": 0.5}  # fmt: skip
N = rf"(?:\d+(?:\.\d+)?|[{''.join(DIGITS)}])"
UNIT = r"(?:个百分点|百分点|%|公里|处|次|起|个|件|户|例|堆|项|人|盏|棵|座|米|亩|天|条|块|家|场|名|面|元|分钟)"
FULL = r"(?:满分|全分|该项满分)"
NONE = r"(?:不得分|不计分|得0分|0分|计0分|该项不得分|此项不得分)"
# What says no more than that points don't fall below zero.
TO_ZERO = (
    r"(?:扣完为止|直至扣完|扣完本项分为止|扣完该项分为止|扣完该项分值为止|扣完本项分值为止|直到扣完为止)"
)
_BREAKS = re.compile(r"[,;。]+|(?<=分)(?=每)")
_MOST = rf"(?:最多扣|最高扣|累计扣分不超过|扣分不超过|最多不超过|上限为?|不超过)({N})分"


def plain(text: str) -> str:
    """The words without space, full-width characters as plain ones, ranges written 70-85."""
    written = unicodedata.normalize("NFKC", text)
    for dash in "—–~～至到":
        written = re.sub(rf"(?<=[\d%]){dash}+(?=\d)", "-", written)
    return "".join(written.replace("\n", ";").split())


def clauses_of(scoring: str) -> list[str]:
    """The words clause by clause, without a number that leads them."""
    written = re.sub(r"^(?:\d+[.、)](?!\d)|[((]\d+[))])", "", plain(scoring))
    return [one for one in _BREAKS.split(written) if one]


def number(text: str) -> float:
    """A figure of `N`."""
    return DIGITS[text] if text in DIGITS else float(text)


def match_all(pattern: str, text: str) -> re.Match[str] | None:
    """The match of a whole clause."""
    return re.fullmatch(pattern, text)


def check_worth(said: str, points: float) -> None:
    """Raise Unclear when the words give another full mark than the table."""
    if re.fullmatch(FULL, said):
        return
    match = re.fullmatch(rf"({N})分", said)
    if match is None or abs(number(match[1]) - points) > 1e-9:
        worth = format_number(points)
        raise Unclear(
            f"计分办法说得{said}，分值是 {worth} 分",
            f"the words give {said}, and the item is worth {worth} points",
        )


def unit_of(text: str | None) -> str | None:
    """A unit of `UNIT`, percentages by their sign."""
    if text is None:
        return None
    return "%" if text in ("个百分点", "百分点", "%") else text


def measured(unit: str | None) -> Measure:
    """What is measured in a unit."""
    if unit == "%":
        return "rate"
    return "quantity" if unit in ("公里", "米", "亩", "元", "分钟", "天") else "count"


def floor_of(points: float, most: float | None) -> dict[str, float]:
    """What stays when no more than `most` may be lost."""
    if most is None or most >= points:
        return {}
    return {"floor": round(points - most, 9)}


def without_cap(clauses: Sequence[str]) -> tuple[list[str], float | None]:
    """The clauses but for one that says the most that can be lost, and that."""
    rest, most = [], None
    for one in clauses:
        match = match_all(_MOST, one)
        if match is not None and most is None:
            most = number(match[1])
        else:
            rest.append(one)
    return rest, most
