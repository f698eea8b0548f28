"""Points by the band that a figure falls in."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from liangcun_server.scoring_tables.wording.phrases import (
    FULL,
    UNIT,
    N,
    match_all,
    measured,
    number,
    unit_of,
)
from liangcun_server.scoring_tables.wording.reading import Reading, Unclear
from liangcun_standards.text import Text, format_number
from liangcun_standards.vocabulary import Direction

_SUBJECT = r"(?P<subject>[^\d未没否每]*?)"
_EARNS = rf"(?:的)?(?:得|计|给|为)?(?P<said>{FULL}|{N}分|不得分|不计分)"
_ABOVE = rf"{_SUBJECT}(?:达到|达|在)?(?P<low>{N})(?P<unit>{UNIT})?(?:及其?以上|以上){_EARNS}"
_BELOW = rf"{_SUBJECT}(?:在)?(?P<high>{N})(?P<unit>{UNIT})?(?:及?以下|以内){_EARNS}"
_UNDER = rf"{_SUBJECT}(?:低于|不足|不到|小于)(?P<high>{N})(?P<unit>{UNIT})?{_EARNS}"
_BETWEEN = (
    rf"{_SUBJECT}(?:在)?(?P<low>{N})(?:{UNIT})?-(?P<high>{N})(?P<unit>{UNIT})?"
    rf"(?:之间)?{_EARNS}"
)


@dataclass(frozen=True)
class _Part:
    low: float | None
    high: float | None
    points: float
    unit: str | None
    subject: str


def _part(clause: str, points: float) -> _Part | None:
    for pattern in (_BETWEEN, _ABOVE, _UNDER, _BELOW):
        match = match_all(pattern, clause)
        if match is None:
            continue
        found: Mapping[str, str | None] = match.groupdict()
        said = match["said"]
        earned = points if re.fullmatch(FULL, said) else 0.0 if said[0] == "不" else number(said[:-1])
        low, high = found.get("low"), found.get("high")
        return _Part(
            None if low is None else number(low),
            None if high is None else number(high),
            earned,
            unit_of(found.get("unit")),
            match["subject"],
        )
    return None


def bands(clauses: Sequence[str], words: str, points: float) -> Reading | None:
    """85%以上得10分，70%-85%得6分，70%以下不得分."""
    if len(clauses) < 2:
        return None
    parts = [_part(one, points) for one in clauses]
    if any(part is None for part in parts):
        return None
    found = [part for part in parts if part is not None]
    units = {part.unit for part in found if part.unit is not None}
    if len(units) != 1:
        return None
    if abs(max(part.points for part in found) - points) > 1e-9:
        raise Unclear("各档最高分与分值不同", "the best band and the points of the item differ")
    falling = found[0].low is not None and found[-1].low is None
    rising = [*reversed(found)] if falling else found
    if rising[0].low is not None or rising[-1].high is not None:
        raise Unclear("各档没有从头到尾写全", "the bands don't reach from end to end")
    for below, above in itertools.pairwise(rising):
        if below.high is None or below.high != above.low:
            raise Unclear("各档之间有空当或重叠", "there are gaps or overlaps between the bands")
    # Of two bands that share an end, it belongs to the one written first.
    end = "below" if falling else "upto"
    bands: list[dict[str, Any]] = [{end: part.high, "points": part.points} for part in rising[:-1]]
    bands.append({"points": rising[-1].points})
    unit = units.pop()
    ends = "、".join(format_number(part.high or 0.0) for part in rising[:-1])
    return Reading(
        lambda code: {"kind": "bands", "indicator": code, "bands": bands},
        measured(unit), unit, found[0].subject, "{}",
        better=Direction.HIGHER if rising[-1].points > rising[0].points else Direction.LOWER,
        note=Text(f"正好是 {ends} 的，按先写的一档", f"exactly {ends} counts in the band written first"),
    )  # fmt: skip
