"""Scoring a worked example, and telling in words where the result differs from what it expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from liangcun_standards.catalogue import StandardCatalogue
from liangcun_standards.document import Standard
from liangcun_standards.errors import InvalidDocument, LiangcunError
from liangcun_standards.indicators import Indicator
from liangcun_standards.periods import Period
from liangcun_standards.regions import SIGNIFICANT_DIGITS
from liangcun_standards.rules.base import known_indicator
from liangcun_standards.scoring import VERDICTS, Exempt, ScoreResult, score
from liangcun_standards.table import Bounds, Column, IndicatorTable, Input, Integers
from liangcun_standards.text import Text, format_number
from liangcun_standards.worked_examples.document import (
    Bounded,
    ExampleRegion,
    ExpectedCriterion,
    Values,
    WorkedExample,
)

# Expected figures are written with two decimals at the most.
TOLERANCE = 0.005 + 1e-9

# A region as it stands in the table, with its code.
Placed = Sequence[tuple[str, ExampleRegion]]


def check_example(
    example: WorkedExample, catalogue: StandardCatalogue, indicators: Mapping[str, Indicator]
) -> list[Text]:
    """Every difference between the result and what the example expects; none when it holds.

    Raises UnknownStandard, AmbiguousStandard or InvalidDocument where the example can't be scored at all.
    """
    result = score_example(example, catalogue, indicators)
    by_code = dict(_placed(example, result.standard.jurisdiction))
    ranks = result.ranks()
    differences = []
    for row, code in enumerate(result.table.regions):
        region = by_code[code]
        for what, found, wanted in _compared(result, row, region, int(ranks[row])):
            if not _agree(found, wanted):
                differences.append(
                    Text(
                        f"{region.name}：{what} 应为 {_shown(wanted)}，实为 {_shown(found)}",
                        f"{region.name}: {what} should be {_shown(wanted)}, not {_shown(found)}",
                    )
                )
    return differences


def score_example(
    example: WorkedExample, catalogue: StandardCatalogue, indicators: Mapping[str, Indicator]
) -> ScoreResult:
    """The example's regions, scored by the version of the standard in force on the period's last day.

    Raises UnknownStandard, AmbiguousStandard or InvalidDocument where the example can't be scored at all.
    """
    period = Period.parse(example.period)
    place = next((region.code for region in example.regions if region.code), None)
    standard = catalogue.find(example.standard, region=place, day=period.end).standard
    indicators = standard.known(indicators)
    placed = _placed(example, standard.jurisdiction)
    now = [
        (code, region, {0: {**example.common, **region.values}, 1: region.before}) for code, region in placed
    ]
    try:
        table = _table(period, standard, now, indicators)
        names = sorted({name for region in example.regions for name in region.parts})
        parts = {
            name: _table(
                Period.parse(name),
                standard,
                [(code, region, {0: region.parts.get(name, {})}) for code, region in placed],
                indicators,
            )
            for name in names
        }
        exempt = _exempt(standard, placed)
    except LiangcunError as error:
        raise InvalidDocument(Text(error.text("zh"), error.text("en")), where=example.file) from None
    return score(standard, table, indicators, exempt, parts)


def _placed(example: WorkedExample, jurisdiction: str) -> Placed:
    """The regions by code, made-up codes for those that have none."""
    return sorted(
        (
            (region.code or f"{jurisdiction[:6]}{number:06d}", region)
            for number, region in enumerate(example.regions, start=1)
        ),
        key=lambda one: one[0],
    )


def _table(
    period: Period,
    standard: Standard,
    rows: Sequence[tuple[str, ExampleRegion, Mapping[int, Values]]],
    indicators: Mapping[str, Indicator],
) -> IndicatorTable:
    """The table of one period; each row has its values by lag."""
    values: dict[Input, dict[int, tuple[float, float]]] = {}
    for row, (_, region, by_lag) in enumerate(rows):
        for lag, given in by_lag.items():
            for name, value in given.items():
                known = _known(region, name, value, indicators)
                if known is not None:
                    values.setdefault(Input(name, lag), {})[row] = known
    codes = [code for code, _, _ in rows]
    columns = {
        source: _column(found, len(codes), indicators[source.indicator]) for source, found in values.items()
    }
    digits = SIGNIFICANT_DIGITS[standard.peer_level]
    peers: Integers = np.unique([code[:digits] for code in codes], return_inverse=True)[1].astype(np.int64)
    return IndicatorTable(period, codes, columns, peers)


def _known(
    region: ExampleRegion, name: str, value: float | str | Bounded | None, indicators: Mapping[str, Indicator]
) -> tuple[float, float] | None:
    """Both ends of what is known of a value, None where it is missing."""
    try:
        indicator = known_indicator(indicators, name)
        low, high = indicator.range
        if value is None or value == "missing":
            return None
        if isinstance(value, str):
            return indicator.choice_value(value), indicator.choice_value(value)
        if not isinstance(value, Bounded):
            return indicator.check(value), indicator.check(value)
        if value.at_least is not None:
            return indicator.check(value.at_least), high
        return None if value.at_most is None else (low, indicator.check(value.at_most))
    except LiangcunError as error:
        raise InvalidDocument(Text(error.text("zh"), error.text("en")), where=region.name) from None


def _column(values: Mapping[int, tuple[float, float]], size: int, indicator: Indicator) -> Column:
    exact = np.full(size, np.nan)
    bounded = sorted(row for row, (low, high) in values.items() if low != high)
    for row, (low, high) in values.items():
        if low == high:
            exact[row] = low
    bounds = Bounds(
        np.array(bounded, np.int64),
        np.array([values[row][0] for row in bounded], np.float64),
        np.array([values[row][1] for row in bounded], np.float64),
    )
    return Column(exact, *indicator.range, bounds if bounded else None)


def _exempt(standard: Standard, placed: Placed) -> dict[str, Exempt]:
    known = {criterion.code for criterion in standard.criteria}
    rows: dict[str, dict[str, list[int]]] = {}
    for row, (_, region) in enumerate(placed):
        for code, how in region.exempt.items():
            if code not in known:
                raise _no_criterion(region, code)
            rows.setdefault(code, {"waived": [], "not_applicable": []})[how].append(row)
    return {
        code: Exempt(np.array(one["waived"], np.int64), np.array(one["not_applicable"], np.int64))
        for code, one in rows.items()
    }


def _no_criterion(region: ExampleRegion, code: str) -> InvalidDocument:
    return InvalidDocument(
        Text(f"标准里没有条目“{code}”", f"the standard has no criterion '{code}'"), where=region.name
    )


def _compared(
    result: ScoreResult, row: int, region: ExampleRegion, rank: int
) -> Iterator[tuple[str, object, object]]:
    """What is expected of a region: its name, what was found, what is wanted."""
    expected, standard = region.expect, result.standard
    grade, tier = int(result.grade[row]), int(result.tier[row])
    found = {
        "total": _number(result.total[row]),
        "lowest": float(result.lowest[row]),
        "highest": float(result.highest[row]),
        "grade": None if grade < 0 else standard.grades[grade].code,
        "tier": None if tier < 0 else standard.tiers[tier].code,
        "passed": bool(result.passed[row]),
        "verdict": VERDICTS[result.verdict[row]],
        "completeness": float(result.completeness[row]),
        "rank": rank or None,
    }
    for name, value in found.items():
        if name in expected.model_fields_set:
            yield name, value, getattr(expected, name)
    for code, points in expected.groups.items():
        if code not in result.groups:
            raise InvalidDocument(
                Text(f"标准里没有组“{code}”", f"the standard has no group '{code}'"), where=region.name
            )
        yield code, _number(result.groups[code][row]), points
    places = {criterion.code: place for place, criterion in enumerate(standard.criteria)}
    for code, wanted in expected.criteria.items():
        if code not in places:
            raise _no_criterion(region, code)
        yield from _compared_criterion(result, row, places[code], wanted)


def _compared_criterion(
    result: ScoreResult, row: int, place: int, wanted: float | ExpectedCriterion | None
) -> Iterator[tuple[str, object, object]]:
    code, found = result.standard.criteria[place].code, result.criterion(row, place)
    if not isinstance(wanted, ExpectedCriterion):
        yield code, found.score, wanted
        return
    named = {"points": found.score, "status": found.status, "lowest": found.lowest, "highest": found.highest}
    for name, value in named.items():
        if name in wanted.model_fields_set:
            yield f"{code} {name}", value, getattr(wanted, name)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _agree(found: object, wanted: object) -> bool:
    if isinstance(found, float) and isinstance(wanted, int | float):
        return abs(found - wanted) <= TOLERANCE
    return found == wanted


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return format_number(value)
    return "null" if value is None else str(value)
