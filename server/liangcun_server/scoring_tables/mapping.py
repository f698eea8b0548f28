"""Each item of a table as a criterion: its rule and indicator, or what is missing for one."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from liangcun_server.scoring_tables.indicators import Found, Indicators, subject_of
from liangcun_server.scoring_tables.table import Item, ScoringTable
from liangcun_server.scoring_tables.wording import Unclear, read_words
from liangcun_server.scoring_tables.wording.phrases import clauses_of
from liangcun_standards.document.complaints import complaint
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
    names = Counter(item.name for item in table.items)
    found = []
    for number, item in enumerate(table.items, start=1):
        # A name over several items is the name of none of them.
        said = _said(item if names[item.name] == 1 else replace(item, name=""))
        found.append(_mapped(said, number, table, indicators, source))
    return found


@dataclass(frozen=True)
class _Said:
    """An item, with a title, what it asks for and how points are given."""

    item: Item
    title: str
    words: str
    scoring: str


def _said(item: Item) -> _Said:
    """What an item says; where it has no words of its own for how points are given, those in its 标准."""
    if item.scoring or "分" not in item.words:
        return _Said(item, title_of(item), item.words, item.scoring)
    clauses = clauses_of(item.words)
    asked = list(itertools.takewhile(lambda one: "分" not in one, clauses))
    words = "，".join(asked) or item.words
    scoring = "，".join(clauses[len(asked) :])
    subject = "，".join(asked) or subject_of(item.words)
    title = title_of(replace(item, words=subject or item.words))
    return _Said(item, title, words, scoring)


def _mapped(said: _Said, number: int, table: ScoringTable, indicators: Indicators, source: str) -> Mapped:
    item, code, title = said.item, f"item-{number}", said.title
    try:
        if _BONUS.search(table.groups[item.group].title):
            raise Unclear(
                "加分、扣分、否决项不在总分里计，请写成 adjustments 或 veto",
                "what is added, taken away or vetoed is no part of the total; write adjustments, or veto",
            )
        reading = read_words(said.scoring, said.words, item.points)
        found = indicators.of(reading, item, title, number, source)
        rule = reading.rule(found.indicator.code)
        checked = _RULES.validate_python(rule, by_alias=True, by_name=False)
        known = {found.indicator.code: found.indicator}
        checked.check(known, item.points)
    except Unclear as unclear:
        missing = unclear.text
    except ValidationError as error:
        missing = _not_holding(complaint(error.errors(include_url=False)[0]))
    except LiangcunError as error:
        missing = _not_holding(error.message)
    else:
        says = checked.describe(known, item.points)
        near = [] if found.taken else indicators.suggestions(title, said.words)
        return Mapped(item, code, title, rule, found, says, reading.note, suggestions=near)
    near = indicators.suggestions(title, said.words)
    return Mapped(item, code, title, missing=missing, suggestions=near)


def _not_holding(why: Text) -> Text:
    return Text(f"读出的规则不成立：{why.zh}", f"the rule that it comes to doesn't hold: {why.en}")


def title_of(item: Item) -> str:
    """A title on one line: the item's name or the first part of its words."""
    text = " ".join((item.name if item.name and len(item.name) <= _LONGEST_TITLE else item.words).split())
    text = re.sub(r"^(?:\d+[.、．)）]|[(（]\d+[)）]|[①-⑳])\s*", "", text) or text
    if len(text) <= _LONGEST_TITLE:
        return text.rstrip("。；;,，")
    first = re.split(r"[。；;，,]", text)[0]
    return first if 0 < len(first) <= _LONGEST_TITLE else f"{text[: _LONGEST_TITLE - 1]}…"
