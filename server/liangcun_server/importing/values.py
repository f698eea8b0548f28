"""What a filled cell says: a figure, a word for yes or no, an answer, a bound, a figure with its unit."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import Any, NamedTuple

from liangcun_standards.errors import InvalidValue
from liangcun_standards.indicators import Indicator
from liangcun_standards.periods import Period
from liangcun_standards.table import LARGEST_VALUE
from liangcun_standards.text import Text, format_number
from liangcun_standards.units import with_unit
from liangcun_standards.vocabulary import IndicatorKind, Qualifier

_YES = frozenset({"有", "是", "√", "✓", "✔", "对", "已", "yes", "y", "true", "t", "1"})
_NO = frozenset({"无", "否", "×", "✗", "✘", "没有", "未", "no", "n", "false", "f", "0"})
_AT_LEAST = re.compile(r"^(?:≥|>=|>|不少于|不低于|至少|超过|大于|高于|多于)|(?:及以上|以上|余)$")
_AT_MOST = re.compile(
    r"^(?:≤|<=|<|不多于|不超过|不高于|至多|最多|小于|不足|低于|少于|不到)|(?:及以下|以下|以内)$"
)
_NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?)(万|亿)?(.*)", re.ASCII | re.DOTALL)
# A figure as programs write it, that means what it says whatever the indicator.
_FIGURE = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d,])")
_TIMES = {"万": 10_000, "亿": 100_000_000}
_SHOWN = 40
_EXACT = Qualifier.EXACT
# So many different words of an indicator are kept with their meaning.
_KEPT = 10_000


class Reading(NamedTuple):
    """A cell read: `original` holds its words where they say more than the plain figure."""

    value: float
    qualifier: Qualifier
    original: str | None


def read_value(indicator: Indicator, cell: Any, *, accept_units: bool = False) -> Reading:
    """What a cell says of an indicator. Raises InvalidValue with the reason and, where there is one, a hint.

    A figure in 万 or 亿 is multiplied out only with `accept_units`.
    """
    if isinstance(cell, bool):
        if indicator.kind is not IndicatorKind.BOOLEAN:
            raise _refused(str(cell), Text("要填数字", "a figure is wanted"))
        return Reading(float(cell), Qualifier.EXACT, None)
    if isinstance(cell, int | float):
        return Reading(indicator.check(cell), Qualifier.EXACT, None)
    written = plain(cell)
    if indicator.kind is IndicatorKind.BOOLEAN:
        return Reading(_boolean(written), Qualifier.EXACT, None)
    if indicator.kind is IndicatorKind.CHOICE:
        return Reading(_choice(indicator, written), Qualifier.EXACT, None)
    return _amount(indicator, written, str(cell).strip(), accept_units)


class CellReader:
    """Reads the cells of one indicator as `read_value` does; what comes again and again is read once."""

    def __init__(self, indicator: Indicator, *, accept_units: bool = False) -> None:
        self._indicator = indicator
        self._accept_units = accept_units
        self._low, self._high = indicator.range
        self._whole = indicator.whole
        self._amounts = indicator.kind not in (IndicatorKind.BOOLEAN, IndicatorKind.CHOICE)
        self._known: dict[str, Reading] = {}

    def read(self, cell: Any) -> Reading:
        """What the cell says. Raises InvalidValue."""
        if type(cell) is float:
            if self._takes(cell):
                return Reading(cell, _EXACT, None)
        elif type(cell) is str:
            known = self._known.get(cell)
            if known is not None:
                return known
            if self._amounts and _FIGURE.fullmatch(cell) and self._takes(number := float(cell)):
                return Reading(number, _EXACT, None)
        reading = read_value(self._indicator, cell, accept_units=self._accept_units)
        if type(cell) is str and len(self._known) < _KEPT:
            self._known[cell] = reading
        return reading

    def _takes(self, number: float) -> bool:
        """Whether `Indicator.check` would give the number back."""
        return (
            self._low <= number <= self._high
            and -LARGEST_VALUE <= number <= LARGEST_VALUE
            and (not self._whole or number.is_integer())
        )


def plain(cell: Any) -> str:
    """Text for reading: wide letters and digits as plain ones, no space, no apostrophe of a CSV export."""
    text = str(cell)
    text = "".join((text if text.isascii() else unicodedata.normalize("NFKC", text)).split())
    return text[1:] if text.startswith("'") else text


def _boolean(written: str) -> float:
    word = written.lower().removesuffix(".0")
    if word in _YES:
        return 1.0
    if word in _NO:
        return 0.0
    raise _refused(written, Text("要填“有”或“无”", "write 有 (yes) or 无 (no)"))


def _choice(indicator: Indicator, written: str) -> float:
    for place, choice in enumerate(indicator.choices):
        if written.lower() in {plain(word).lower() for word in (choice.code, choice.title, choice.title_en)}:
            return float(place)
    try:
        number = float(written)
    except ValueError:
        titles = "、".join(choice.title for choice in indicator.choices)
        raise _refused(written, Text(f"可选：{titles}", f"it is one of {titles}")) from None
    return indicator.check(number)


def _amount(indicator: Indicator, written: str, original: str, accept_units: bool) -> Reading:
    qualifier, rest = _bound(written)
    rest = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), rest)
    match = _NUMBER.fullmatch(rest.lower() if "E" in rest else rest)
    if match is None:
        raise _refused(written, Text("不是数字；没有数据请留空", "it is no number; leave it empty for none"))
    number = float(match[1])
    if match[2] is not None:
        # Multiplied in whole steps, so that 1.2万 is 12000 and not 11999.999…
        number = round(number * _TIMES[match[2]], 6)
    _check_unit(indicator, match[3], written)
    if match[2] is not None and not accept_units:
        shown = format_number(number)
        raise _refused(
            written,
            Text(
                f"以“{match[2]}”为单位，是否指 {shown}？请改写，或用 --accept-units 照此换算",
                f"it is in {match[2]}; is {shown} meant? Write that, or take it so with --accept-units",
            ),
        )
    said_more = qualifier is not Qualifier.EXACT or match[2] is not None
    return Reading(indicator.check(number), qualifier, original if said_more else None)


def _bound(written: str) -> tuple[Qualifier, str]:
    for pattern, qualifier in ((_AT_LEAST, Qualifier.AT_LEAST), (_AT_MOST, Qualifier.AT_MOST)):
        rest = pattern.sub("", written)
        if rest != written:
            return qualifier, rest
    return Qualifier.EXACT, written


def _check_unit(indicator: Indicator, unit: str, written: str) -> None:
    if not unit:
        return
    shown = with_unit(2, indicator.unit)
    words = {plain(one.removeprefix("2")) for one in (*shown, *with_unit(1, indicator.unit))}
    # What is counted in 元/年 is written 元.
    known = {indicator.unit} | words | {one.partition("/")[0] for one in words}
    if unit in known:
        return
    own = shown.zh.removeprefix("2").strip() or "—"
    raise _refused(
        written,
        Text(
            f"单位“{unit[:_SHOWN]}”不对，该指标以“{own}”计",
            f"the unit '{unit[:_SHOWN]}' isn't its own, {own}",
        ),
    )


def _refused(written: str, why: Text) -> InvalidValue:
    shown = written[:_SHOWN]
    return InvalidValue(Text(f"“{shown}”：{why.zh}", f"'{shown}': {why.en}"))


_YEAR = r"(\d{4})年?度?"
_PERIODS = (
    (re.compile(rf"{_YEAR}"), "{0}"),
    (re.compile(rf"{_YEAR}[-/.]?(\d{{1,2}})月?"), "{0}-{1:0>2}"),
    (re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月]\d{1,2}日?(?:T?\d\d:\d\d.*)?"), "{0}-{1:0>2}"),
)
_HALVES = {"上半年": "H1", "下半年": "H2"}
_QUARTER = re.compile(r"第?([1-4一二三四])季度?")
# 1970 to 2099 as Excel counts days.
_DAYS = range(25_569, 73_051)


def read_period(cell: Any) -> Period:
    """The period that a cell names, as people and spreadsheets write it. Raises InvalidPeriod.

    A date, also as the number of days that Excel keeps, means its month.
    """
    if isinstance(cell, int | float) and int(cell) in _DAYS:
        day = date(1899, 12, 30) + timedelta(days=int(cell))
        return Period(day.year, "month", day.month)
    text = plain(cell).removesuffix(".0")
    for word, half in _HALVES.items():
        text = re.sub(f"年?{word}$", f"-{half}", text)
    text = _QUARTER.sub(lambda found: f"-Q{'一二三四'.find(found[1]) + 1 or found[1]}", text).replace(
        "年-", "-"
    )
    if text.isascii() and text.isdigit() and len(text) == 5:
        return read_period(int(text))
    for pattern, form in _PERIODS:
        match = pattern.fullmatch(text)
        if match is not None:
            return Period.parse(form.format(*match.groups()))
    return Period.parse(text)
