"""Which indicator a rule goes by: one known of exactly that name, or one of the county's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from liangcun_server.scoring_tables.cells import normal
from liangcun_server.scoring_tables.table import Item
from liangcun_server.scoring_tables.wording import Measure, Reading
from liangcun_standards.indicators import Indicator
from liangcun_standards.vocabulary import Direction, IndicatorKind, RegionLevel

# The units of the words as indicators write them; others are kept as they stand.
_UNITS = {
    "%": "percent", "户": "household", "处": "site", "堆": "site", "盏": "lamp", "次": "time", "起": "time",
    "场": "session", "人": "person", "名": "person", "棵": "tree", "亩": "mu", "米": "m", "公里": "km",
    "元": "CNY", "面": "banner", "分": "mark", "条": "条",
}  # fmt: skip
_KINDS: Mapping[Measure, IndicatorKind] = {
    "rate": IndicatorKind.RATE,
    "count": IndicatorKind.COUNT,
    "quantity": IndicatorKind.QUANTITY,
    "boolean": IndicatorKind.BOOLEAN,
    "judged": IndicatorKind.QUANTITY,
}
_PUNCTUATION = re.compile(r"[^\w%]|_")
_SUBJECT = re.compile(r"(?:达到|达|不低于|不少于|不超过|大于|高于|低于|≥|≤|>=|>|<|100%|\d).*", re.DOTALL)
_SUGGESTED = 3
_NEAR = 0.6


def comparable(text: str) -> str:
    """A name for comparing: no space, no punctuation, full-width characters as plain ones."""
    return _PUNCTUATION.sub("", normal(text))


def subject_of(words: str) -> str:
    """What the words of an item are about: what stands before 达到, a figure and the like."""
    return _SUBJECT.sub("", normal(words))


@dataclass(frozen=True)
class Found:
    """The indicator that a rule goes by; `taken`: it was known, `own`: the document has to define it."""

    indicator: Indicator
    own: bool
    taken: bool


class Indicators:
    """Those of plugins and of published documents, and what the document comes to define."""

    def __init__(self, known: Mapping[str, Indicator], of_plugins: Iterable[str], prefix: str) -> None:
        self._villages = {code: one for code, one in known.items() if one.level is RegionLevel.VILLAGE}
        self._of_plugins = frozenset(of_plugins)
        self._taken = set(known)
        self._prefix = re.sub(r"[^a-z0-9]+", "_", prefix.lower()).strip("_")[:50].rstrip("_")
        self._by_name: dict[str, list[Indicator]] = {}
        for one in self._villages.values():
            self._by_name.setdefault(comparable(one.name), []).append(one)
        self._names: set[str] = set()

    def of(self, reading: Reading, item: Item, title: str, number: int, source: str) -> Found:
        """The indicator for a reading of an item with this title, the `number`th of the table.

        A known one is taken where its name is the title, what the words are about, or what the way of giving
        points calls it, and where it is of the kind that the rule needs; one alone.
        """
        if reading.known:
            names = dict.fromkeys(
                comparable(name) for name in (reading.subject, title, subject_of(item.words))
            )
            for name in names:
                fitting = [one for one in self._by_name.get(name, []) if _fits(one, reading)]
                if len(fitting) == 1:
                    return Found(fitting[0], fitting[0].code not in self._of_plugins, taken=True)
        return Found(self._defined(reading, item, title, number, source), own=True, taken=False)

    def suggestions(self, title: str, words: str) -> list[Indicator]:
        """Known ones of a name near the title's or what the words are about; for a person to look at."""
        near: dict[str, None] = {}
        for asked in dict.fromkeys((comparable(title), comparable(subject_of(words)))):
            if len(asked) > 1:
                near |= dict.fromkeys(get_close_matches(asked, list(self._by_name), _SUGGESTED, _NEAR))
                near |= dict.fromkeys(name for name in self._by_name if len(name) > 1 and name in asked)
        return [one for name in near for one in self._by_name[name]][:_SUGGESTED]

    def _defined(self, reading: Reading, item: Item, title: str, number: int, source: str) -> Indicator:
        about = title if reading.measure == "boolean" else subject_of(title) or title
        name = reading.what.replace("{}", about)[:100]
        if name in self._names:
            name = f"{name}（{number}）"
        self._names.add(name)
        code = f"{self._prefix}_{number}"
        while code in self._taken or not code[0].isalpha():
            code = f"i_{code}"
        code = code[:64]
        self._taken.add(code)
        # How points are given says what exactly is counted, or asked.
        definition = f"{item.words}（计分办法：{item.scoring}）" if item.scoring else item.words
        return Indicator(
            code=code,
            name=name,
            name_en=name,
            kind=_KINDS[reading.measure],
            unit=_unit(reading),
            direction=reading.better,
            minimum=0.0 if reading.measure in ("quantity", "judged") else None,
            maximum=reading.maximum,
            definition=definition,
            definition_en=definition,
            source=source,
        )


def _unit(reading: Reading) -> str | None:
    return None if reading.unit is None else _UNITS.get(reading.unit, reading.unit)


def _fits(one: Indicator, reading: Reading) -> bool:
    if reading.measure == "judged":
        # What is judged is this item, by whoever assesses it.
        return False
    opposite = {Direction.HIGHER: Direction.LOWER, Direction.LOWER: Direction.HIGHER}[reading.better]
    same_unit = reading.measure == "boolean" or one.unit == _unit(reading)
    return one.kind is _KINDS[reading.measure] and same_unit and one.direction is not opposite
