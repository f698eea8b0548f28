"""What the article on 长岭县 publishes: the county's figures, and the status of two villages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from liangcun_server.observations.model import NewObservation
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.regions import full_code
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel, Qualifier, SourceStatus

COUNTY = "220722000000"
# The article is dated 2023-07-20. Several figures count since 2021, as their scope notes say; the year of the
# article is the one period for which it vouches for all of them.
PERIOD = Period(2023, "year", 1)
SOURCE = "《长岭县聚焦“五强化”确保“五到位” 推进“千村示范”创建提质增效》，中国乡村振兴网，2023-07-20"
DEMONSTRATION_VILLAGE = "demonstration_village"
# 光明乡蒙古屯村 and 八十八乡二十号村: the only demonstration villages that the article names.
NAMED_VILLAGES = ("220722201204", "220722207201")

_FILE = "changling-2023-facts.csv"
_COLUMNS = ("indicator", "value", "qualifier", "unit", "scope", "scope_note", "original_text")
_SHOWN = 5


class InvalidFacts(LiangcunError):
    """A file of published figures that can't be taken as it is."""

    code = "INVALID_FACTS"


@dataclass(frozen=True, slots=True)
class Fact:
    """One published figure; `place` is its file and line."""

    place: str
    indicator: str
    value: float
    qualifier: Qualifier
    unit: str
    region_code: str
    scope_note: str
    original_text: str


def published_facts() -> list[Fact]:
    """The article's 38 figures, from the file that ships with the server."""
    text = (files("liangcun_server") / "data" / _FILE).read_text(encoding="utf-8")
    return read_facts(text, _FILE)


def read_facts(text: str, where: str) -> list[Fact]:
    """Read a CSV file with the columns of the shipped one.

    Raises InvalidFacts naming file, line and field of what is wrong: a column that isn't there, a row cut
    short, a number, qualifier or region code that can't be read, an indicator listed twice for a region.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    facts: list[Fact] = []
    problems: list[tuple[str, Text]] = []
    try:
        header = next(reader, [])
        missing = [name for name in _COLUMNS if name not in header]
        if missing:
            names = "、".join(missing)
            raise InvalidFacts(
                Text(f"缺少列 {names}", f"the column {', '.join(missing)} is missing"),
                where=f"{where}, line 1",
            )
        for row in reader:
            place = f"{where}, line {reader.line_num}"
            if not any(row):
                continue
            if len(row) != len(header):
                shown = Text(
                    f"有 {len(row)} 个字段，应有 {len(header)} 个",
                    f"{len(row)} fields instead of {len(header)}; is the row cut short?",
                )
                problems.append((place, shown))
                continue
            try:
                facts.append(_fact(dict(zip(header, row, strict=True)), place))
            except InvalidFacts as error:
                problems.append((error.where or place, error.message))
    except csv.Error as error:
        problems.append(
            (f"{where}, line {reader.line_num}", Text(f"CSV 有误：{error}", f"no proper CSV: {error}"))
        )
    problems += _repeated(facts)
    if problems:
        raise _all_of(problems)
    return facts


def observations_of(
    facts: Iterable[Fact], catalogue: IndicatorCatalogue
) -> tuple[list[NewObservation], list[Fact]]:
    """The figures as observations, and those whose indicator no installed plugin defines.

    Raises InvalidFacts for a figure whose unit is not its indicator's.
    """
    known: list[NewObservation] = []
    unknown: list[Fact] = []
    for fact in facts:
        indicator = catalogue.get(fact.indicator)
        if indicator is None:
            unknown.append(fact)
            continue
        if (indicator.unit or "") != fact.unit:
            raise InvalidFacts(
                Text(
                    f"单位 {fact.unit} 与指标 {indicator.code} 的单位 {indicator.unit} 不符",
                    f"the unit {fact.unit} isn't that of {indicator.code}, {indicator.unit}",
                ),
                where=f"{fact.place}, unit",
            )
        known.append(_observation(fact))
    return known, unknown


def named_villages() -> list[NewObservation]:
    """That the two villages which the article names are demonstration villages."""
    return [
        NewObservation(
            region_code=code,
            indicator=DEMONSTRATION_VILLAGE,
            period=PERIOD,
            value=1.0,
            assessor_level=AssessorLevel.COUNTY,
            source_status=SourceStatus.PUBLISHED,
            source=SOURCE,
            scope_note="named in the article as a contest entrant",
        )
        for code in NAMED_VILLAGES
    ]


def _observation(fact: Fact) -> NewObservation:
    return NewObservation(
        region_code=fact.region_code,
        indicator=fact.indicator,
        period=PERIOD,
        value=fact.value,
        qualifier=fact.qualifier,
        assessor_level=AssessorLevel.COUNTY,
        source_status=SourceStatus.PUBLISHED,
        source=SOURCE,
        original_text=fact.original_text,
        scope_note=fact.scope_note,
        place=fact.place,
    )


def _fact(row: dict[str, str], place: str) -> Fact:
    row = {name: field.strip() for name, field in row.items()}
    if not row["indicator"]:
        raise InvalidFacts(Text("缺少指标代码", "the indicator is missing"), where=f"{place}, indicator")
    try:
        value = float(row["value"])
    except ValueError:
        raise InvalidFacts(
            Text(f"“{row['value'][:40]}”不是数字", f"'{row['value'][:40]}' is no number"),
            where=f"{place}, value",
        ) from None
    if row["qualifier"] not in set(Qualifier):
        known = "、".join(Qualifier)
        raise InvalidFacts(
            Text(
                f"没有限定词“{row['qualifier'][:40]}”，可用：{known}",
                f"there is no qualifier '{row['qualifier'][:40]}'; it is one of {', '.join(Qualifier)}",
            ),
            where=f"{place}, qualifier",
        )
    try:
        region_code = full_code(row["scope"])
    except LiangcunError as error:
        raise InvalidFacts(error.message, where=f"{place}, scope") from None
    return Fact(
        place,
        row["indicator"],
        value,
        Qualifier(row["qualifier"]),
        row["unit"],
        region_code,
        row["scope_note"],
        row["original_text"],
    )


def _repeated(facts: Sequence[Fact]) -> list[tuple[str, Text]]:
    first: dict[tuple[str, str], str] = {}
    problems = []
    for fact in facts:
        earlier = first.setdefault((fact.region_code, fact.indicator), fact.place)
        if earlier != fact.place:
            repeated = Text(
                f"{fact.indicator} 已见于 {earlier}", f"{fact.indicator} stands at {earlier} already"
            )
            problems.append((f"{fact.place}, indicator", repeated))
    return problems


def _all_of(problems: Sequence[tuple[str, Text]]) -> InvalidFacts:
    (where, first), *others = problems
    zh = first.zh + "".join(f"；{place}：{text.zh}" for place, text in others[: _SHOWN - 1])
    en = first.en + "".join(f"; {place}: {text.en}" for place, text in others[: _SHOWN - 1])
    hidden = len(problems) - _SHOWN
    if hidden > 0:
        zh += f"；另有 {hidden} 处"
        en += f"; and {hidden} more"
    return InvalidFacts(Text(zh, en), where=where)
