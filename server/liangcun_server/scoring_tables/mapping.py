"""Each item of a table as a criterion: its rule and indicator, or what is missing for one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from liangcun_server.scoring_tables.indicators import Found, Indicators
from liangcun_server.scoring_tables.table import Item, ScoringTable
from liangcun_server.scoring_tables.wording import Unclear, read_words
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import Indicator
from liangcun_standards.rules import AnyRule
from liangcun_standards.text import Text

_RULES: TypeAdapter[AnyRule] = TypeAdapter(AnyRule)
_LONGEST_TITLE = 60
_BONUS = re.compile(r"加分|减分|扣分项|否决|倒扣")


@dataclass(frozen=True)
class Mapped:
    """One item with its rule and indicator, or, without them, what is missing and what may be meant.

    `says` is the rule in words. `suggestions` are known indicators of like names, none of which was taken.
    """

    item: Item
    code: str
    title: str
    rule: dict[str, Any] | None = None
    found: Found | None = None
    says: Text | None = None
    note: Text | None = None
    missing: Text | None = None
    suggestions: Sequence[Indicator] = ()


def map_items(table: ScoringTable, indicators: Indicators, source: str) -> list[Mapped]:
    """Every item of the table, in its order. `source` is where the county's own indicators are from."""
    return [
        _mapped(item, number, table, indicators, source) for number, item in enumerate(table.items, start=1)
    ]


def _mapped(item: Item, number: int, table: ScoringTable, indicators: Indicators, source: str) -> Mapped:
    code, title = f"item-{number}", title_of(item)
    try:
        if _BONUS.search(table.groups[item.group].title):
            raise Unclear(
                "加分、扣分、否决项不在总分里计，请写成 adjustments 或 veto",
                "what is added, taken away or vetoed is no part of the total; write adjustments, or veto",
            )
        reading = read_words(item.scoring, item.words, item.points)
        found = indicators.of(reading, item, title, number, source)
        rule = reading.rule(found.indicator.code)
        checked = _RULES.validate_python(rule, by_alias=True, by_name=False)
        known = {found.indicator.code: found.indicator}
        checked.check(known, item.points)
    except Unclear as unclear:
        missing = unclear.text
    except (ValidationError, LiangcunError) as error:
        told = error.text("zh") if isinstance(error, LiangcunError) else error.errors()[0]["msg"]
        missing = Text(f"读出的规则不成立：{told}", f"the rule that it comes to doesn't hold: {told}")
    else:
        says = checked.describe(known, item.points)
        near = [] if found.taken else indicators.suggestions(title, item.words)
        return Mapped(item, code, title, rule, found, says, reading.note, suggestions=near)
    near = indicators.suggestions(title, item.words)
    return Mapped(item, code, title, missing=missing, suggestions=near)


def title_of(item: Item) -> str:
    """A title on one line: the item's name or the first part of its words."""
    text = " ".join((item.name if item.name and len(item.name) <= _LONGEST_TITLE else item.words).split())
    text = re.sub(r"^(?:\d+[.、．)）]|[(（]\d+[)）]|[①-⑳])\s*", "", text) or text
    if len(text) <= _LONGEST_TITLE:
        return text.rstrip("。；;,，")
    first = re.split(r"[。；;，,]", text)[0]
    return first if 0 < len(first) <= _LONGEST_TITLE else f"{text[: _LONGEST_TITLE - 1]}…"
