"""Points taken away: for each one found, for each one that lacks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from liangcun_server.scoring_tables.wording.phrases import (
    UNIT,
    N,
    floor_of,
    match_all,
    measured,
    number,
    unit_of,
    without_cap,
)
from liangcun_server.scoring_tables.wording.reading import Reading, Unclear
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import Direction

# What is found: nothing of points, of limits, of a second thing.
_WHAT = r"((?:(?!以[上下内])[^\d扣得分给最每一或]){0,24}?)"


def occurrences(clauses: Sequence[str], words: str, points: float) -> Reading | None:
    """每发现一处扣1分，扣完为止; 每户不合格扣2分，最多扣10分."""
    kept, most = without_cap(clauses)
    if len(kept) != 1:
        return None
    match = match_all(
        rf"(?:每)?(?:发现|出现|查出|查到|存在|发生|有)({N})({UNIT}){_WHAT}扣({N})分", kept[0]
    ) or match_all(rf"每({N})?(户|处|次|起|例|人|项|个){_WHAT}扣({N})分", kept[0])
    if match is None or re.match("[少缺差低降减超高增多]", match[3]) or (match[1] is None and not match[3]):
        return None
    each = 1.0 if match[1] is None else number(match[1])
    unit, subject, lost = match[2], match[3].removesuffix("的"), number(match[4])
    if each != 1:
        raise Unclear(
            f"每 {match[1]}{unit}扣分，不足的怎么算没有写", "it doesn't say what a part of that costs"
        )
    what = f"{{}}：{subject or '发现'}的{unit}数"
    return _counted(points, lost, most, unit, subject, what)


def _counted(
    points: float, lost: float, most: float | None, unit: str, subject: str, what: str, *, known: bool = True
) -> Reading:
    floor = floor_of(points, most)
    return Reading(
        lambda code: {"kind": "deduction", "occurrences": [{"indicator": code, "deduct": lost}], **floor},
        "count", unit, subject, what, better=Direction.LOWER, known=known,
    )  # fmt: skip


_ASKED = r"(?:不少于|不低于|至少|达到|达|≥|>=|配备|建有|建成|设置|设有|有)[^\d,;。]{0,8}?"


def lacking(clauses: Sequence[str], words: str, points: float) -> Reading | None:
    """每少1个扣2分, down from the figure that the words of the item ask for, where they ask for one."""
    kept, most = without_cap(clauses)
    match = match_all(
        rf"每(?:少|缺|缺少|差|降低|下降|减少|低于|低|降)({N})({UNIT})([^\d扣]*?)扣({N})分", "".join(kept)
    )
    if match is None:
        return None
    step, unit, subject, lost = number(match[1]), unit_of(match[2]) or "", match[3], number(match[4])
    wanted = re.findall(rf"{_ASKED}({N}){re.escape(unit)}", words)
    if wanted and re.search("每|各", words):
        # 每季度不少于1次 asks for another figure of a year, 每村3个 of a township.
        raise Unclear(
            "标准里的数是按“每……”说的，合计要多少没有写明",
            "the figure of the item is for each of something, and it isn't clear what that comes to",
        )
    if len(wanted) == 1:
        target, floor = number(wanted[0]), floor_of(points, most)
        return Reading(
            lambda code: {
                "kind": "shortfall", "indicator": code, "target": target, "step": step, "deduct": lost,
                **floor,
            },
            measured(unit), unit, subject, "{}",
            note=Text(
                f"目标取自标准：{wanted[0]}{unit}",
                f"the target is from the words of the item: {wanted[0]}{unit}",
            ),
        )  # fmt: skip
    if wanted or step != 1 or unit == "%":
        raise Unclear(
            f"每少 {match[1]}{unit}扣分，从多少算起没有写明",
            "it isn't clear from which figure it counts down",
        )
    # What is counted is what lacks; an indicator that is there counts what there is.
    return _counted(points, lost, most, unit, subject, f"{{}}：缺少的{unit}数", known=False)
