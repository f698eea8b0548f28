"""Points for reaching a figure: with steps below it, all or nothing, in proportion, for each unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from liangcun_server.scoring_tables.wording.phrases import (
    FULL,
    NONE,
    UNIT,
    N,
    check_worth,
    floor_of,
    match_all,
    measured,
    number,
    unit_of,
    without_cap,
)
from liangcun_server.scoring_tables.wording.reading import Reading, Unclear
from liangcun_standards.text import Text

_REACHED = (
    rf"(?P<subject>[^\d未没否每]*?)(?:达到|达|不低于|不少于|≥|>=|在|为)?(?P<value>{N})(?P<unit>{UNIT})"
    rf"(?:及?以上|及其以上)?(?:的)?(?:得|计|给|为)?(?P<said>{FULL}|{N}分)"
)
_STEP = rf"每(?P<way>降低|下降|减少|低于|低|降|少|差)(?P<step>{N})(?P<unit>{UNIT})扣(?P<lost>{N})分"
_BELOW = r"(?:未达到的?|达不到的?|未达的?|未达标的?|不达标的?|不足的?|低于的?|其他|其余)"
_OTHERWISE = rf"(?:否则|{_BELOW}){NONE}"
_IN_PROPORTION = rf"{_BELOW}?按(?:实际|完成|达标|覆盖)?(?:比例|完成率|百分比)(?:折算)?(?:得|计|给|赋)分"


def target(clauses: Sequence[str], words: str, points: float) -> Reading | None:
    """达到80%以上得5分，每降低1个百分点扣0.5分; or 否则不得分; or 不足的按比例得分."""
    kept, most = without_cap(clauses)
    if len(kept) != 2:
        return None
    reached = match_all(_REACHED, kept[0])
    if reached is None or reached["unit"] is None:
        return None
    unit, aim = unit_of(reached["unit"]), number(reached["value"])
    rule: dict[str, Any]
    if step := match_all(_STEP, kept[1]):
        if unit_of(step["unit"]) != unit:
            raise Unclear("达标线与每档的单位不同", "the target and its steps are in different units")
        rule = {
            "kind": "shortfall", "target": aim, "step": number(step["step"]),
            "deduct": number(step["lost"]), **floor_of(points, most),
        }  # fmt: skip
    elif most is not None:
        return None
    elif match_all(_OTHERWISE, kept[1]):
        rule = {"kind": "threshold"}
    elif match_all(_IN_PROPORTION, kept[1]) and aim > 0:
        rule = {"kind": "linear", "from": 0, "to": aim}
    else:
        return None
    check_worth(reached["said"], points)

    def made(code: str) -> dict[str, Any]:
        if rule["kind"] == "threshold":
            return {**rule, "when": {"indicator": code, "at_least": aim}}
        return {"kind": rule["kind"], "indicator": code, **rule}

    return Reading(made, measured(unit), unit, reached["subject"], "{}")


def proportion(clauses: Sequence[str], words: str, points: float) -> Reading | None:
    """按比例得分, of a rate."""
    if len(clauses) != 1 or match_all(_IN_PROPORTION, clauses[0]) is None:
        return None
    if "率" not in words and "比例" not in words and "%" not in words:
        raise Unclear("按什么的比例得分没有写明", "it isn't clear in proportion to what")
    return Reading(
        lambda code: {"kind": "linear", "indicator": code, "from": 0, "to": 100}, "rate", "%", "", "{}",
        note=Text("从 0% 到 100% 按比例", "in proportion from 0% to 100%"),
    )  # fmt: skip


def units(clauses: Sequence[str], words: str, points: float) -> Reading | None:
    """每建1个得2分，最高10分."""
    most = rf"(?:最高得?|最多得?|满分|上限为?|不超过)({N})分(?:为止)?|(?:得|加)?满(?:分)?为止"
    if len(clauses) != 2:
        return None
    match = match_all(rf"每(?:有|建|建有|建成|完成|开展)?({N})({UNIT})([^\d得]*?)得({N})分", clauses[0])
    top = match_all(most, clauses[1])
    if match is None or top is None:
        return None
    if number(match[1]) != 1 or (top[1] is not None and number(top[1]) != points):
        raise Unclear(
            "每几个得几分，或最高分，与分值对不上", "the units or the most don't go with the points"
        )
    each = number(match[4])
    return Reading(
        lambda code: {"kind": "per_unit", "indicator": code, "first": each, "each": each},
        measured(match[2]), match[2], match[3], "{}",
    )  # fmt: skip
