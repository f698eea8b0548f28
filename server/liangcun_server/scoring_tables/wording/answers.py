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

# Who judges, and by what, where the words say so.
_WHO = r"(?:由?[^\d扣得每]{0,12}(?:组|人员|专家|领导|部门|考评员|检查员))?"
_BY_WHAT = r"(?:(?:根据|按照|依据|结合|视)[^\d扣得每]{1,20}?)?"
_JUDGES = r"(?:酌情|视情况?|综合|现场|集体)(?:给|打|评|计|赋|扣)(?:予|定)?分(?:值)?"


def judged(clauses: Sequence[str], words: str, points: float) -> Reading | None:
    """酌情给分."""
    if len(clauses) != 1:
        return None
    worth = re.escape(format_number(points))
    within = rf"(?:[在按]?0-{worth}分(?:之?(?:间|内)|范围内)?)?"
    if match_all(rf"{_WHO}{_BY_WHAT}{within}{_JUDGES}{within}", clauses[0]) is None:
        return None
    return Reading(
        lambda code: {"kind": "judged", "parts": [{"indicator": code, "most": points}]},
        "judged", "分", "", "{}评分", maximum=points,
    )  # fmt: skip


_DONE = (
    r"(?:完成|达标|合格|符合要求|符合标准|达到要求|达到标准|落实|到位|建立|建有|设立|制定|配备|开展|健全|有)"
)
_YES = (
    rf"(?P<subject>[^\d未没无不否]{{0,20}}?){_DONE}(?P<object>[^\d得未没无不否]{{0,20}}?)的?"
    rf"(?:得|计)(?P<said>{FULL}|{N}分)"
)
_NO = (
    r"(?P<before>[^\d得扣分]{0,20}?)(?P<not>否则|反之|其他|其余|未能?|没有?|无|达不到|不)"
    rf"(?P<rest>[^\d得扣分]{{0,20}}?)的?(?P<how>{NONE}|扣(?P<lost>{N})分)"
)
# Each of several costs something, or there is more to it than one question of yes or no.
_MORE = re.compile(r"[每各逐或、]|一[项处次户人例起个]|发现|最[多高]|以[上下内]|比例|酌情")


def yes_or_no(clauses: Sequence[str], words: str, points: float) -> Reading | None:
    """有得3分，没有不得分; 完成得满分，未完成不得分."""
    if len(clauses) != 2 or any(_MORE.search(one) for one in clauses):
        return None
    yes, no = match_all(_YES, clauses[0]), match_all(_NO, clauses[1])
    # The second must deny what the first asks, and not ask something else.
    if yes is None or no is None or no["before"] not in clauses[0] or no["rest"] not in clauses[0]:
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
    if len(clauses) != 1 or _MORE.search(clauses[0]):
        return None
    match = match_all(_NO, clauses[0])
    if match is None or match["not"] in ("否则", "反之", "其他", "其余"):
        return None
    if re.search("[未没无不否]", match["rest"].removeprefix("有")):
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
