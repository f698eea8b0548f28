"""Points for what is there or done, and those left to whoever assesses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from liangcun_server.scoring_tables.wording.phrases import (
    FULL,
    NONE,
    N,
    check_worth,
    match_all,
    number,
)
from liangcun_server.scoring_tables.wording.reading import Reading, Unclear
from liangcun_standards.text import format_number


def judged(clauses: Sequence[str], words: str, points: float) -> Reading | None:
    """酌情给分."""
    said = "".join(clauses)
    worth = format_number(points)
    free = r"(?:根据|按|视|依据|由|结合)?[^\d扣每]{0,30}?"
    how = r"(?:酌情|视情况?|综合|现场|集体)(?:给|打|评|计|赋|扣)(?:予|定)?分(?:值)?"
    ranged = rf"(?:在)?(?:0-{re.escape(worth)}分)?(?:之?(?:间|内|范围内))?"
    if match_all(rf"{free}{ranged}{how}{ranged}", said) is None:
        return None
    return Reading(
        lambda code: {"kind": "judged", "parts": [{"indicator": code, "most": points}]},
        "judged", "分", "", "{}评分", maximum=points,
    )  # fmt: skip


_DONE = (
    r"(?:完成|达标|合格|符合要求|符合标准|达到要求|达到标准|落实|到位|建立|建有|设立|制定|配备|开展|健全|有)"
)
_UNDONE = r"(?:未|没有?|无|否则|达不到|不[^\d得扣]{1,12})"
_NO = rf"[^\d]{{0,20}}?{_UNDONE}[^\d得扣]{{0,20}}?的?(?P<how>{NONE}|扣(?P<lost>{N})分)"
# Each of several costs something: no question of yes or no.
_SEVERAL = re.compile(r"[每各逐]|一[项处次户人例起个]|发现")


def yes_or_no(clauses: Sequence[str], words: str, points: float) -> Reading | None:
    """有得3分，没有不得分; 完成得满分，未完成不得分."""
    if len(clauses) != 2 or any(_SEVERAL.search(one) for one in clauses):
        return None
    yes = match_all(
        rf"(?P<subject>[^\d]{{0,20}}?){_DONE}(?P<object>[^\d得]{{0,20}}?)的?(?:得|计)(?P<said>{FULL}|{N}分)",
        clauses[0],
    )
    no = match_all(_NO, clauses[1])
    if yes is None or no is None or yes["subject"].endswith(("没", "未", "不", "无")):
        return None
    check_worth(yes["said"], points)
    if no["lost"] is not None and number(no["lost"]) != points:
        raise Unclear(
            "没有时是从分值里扣，还是倒扣，没有写明",
            "it isn't clear whether that is taken from the points or below 0",
        )
    return _present(points, points, yes["object"] or yes["subject"])


def lone_deduction(clauses: Sequence[str], words: str, points: float) -> Reading | None:
    """未建立制度扣3分."""
    if len(clauses) != 1 or _SEVERAL.search(clauses[0]):
        return None
    match = match_all(_NO, clauses[0])
    if match is None:
        return None
    return _present(points, points if match["lost"] is None else number(match["lost"]), "")


def _present(points: float, lost: float, named: str) -> Reading:
    if lost > points:
        worth, more = format_number(points), format_number(lost)
        raise Unclear(f"扣 {more} 分，多于分值 {worth} 分", f"it takes {more} points of {worth}")
    if lost == points:
        return Reading(lambda code: {"kind": "presence", "indicator": code}, "boolean", None, named, "{}")
    return Reading(
        lambda code: {
            "kind": "states",
            "states": [{"when": {"indicator": code, "is": "absent"}, "deduct": lost}],
        },
        "boolean", None, named, "{}",
    )  # fmt: skip
