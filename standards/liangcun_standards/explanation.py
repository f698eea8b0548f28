"""Why a criterion came out as it did, in words: values, rule, points, source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np

from liangcun_standards.document.tree import Criterion
from liangcun_standards.indicators import Indicator
from liangcun_standards.rules.base import join_texts, points_text
from liangcun_standards.rules.checks import ConditionRule
from liangcun_standards.scoring import CriterionScore, ScoreResult
from liangcun_standards.scoring.derivation import unfolded
from liangcun_standards.table import IndicatorTable, Input
from liangcun_standards.text import Text, format_number
from liangcun_standards.units import with_unit
from liangcun_standards.vocabulary import AssessorLevel, Qualifier, ResultStatus, SourceStatus


class Seen(NamedTuple):
    """What is on record for one input, beyond the figure that the table holds."""

    value: float
    qualifier: Qualifier
    source_status: SourceStatus
    assessor_level: AssessorLevel


class Waiver(NamedTuple):
    """Why a village is exempt from a criterion."""

    authority: str
    reason: str
    expires_on: str | None


def explain(
    result: ScoreResult,
    indicators: Mapping[str, Indicator],
    row: int,
    place: int,
    seen: Mapping[Input, Seen] | None = None,
    waiver: Waiver | None = None,
) -> Text:
    """The reason for one criterion of one scorecard.

    `row` and `place` count the table's rows and the document's criteria. `seen` adds what is known of where
    the figures come from; without it the table's own figures are shown.
    """
    criterion = result.standard.criteria[place]
    indicators = result.standard.known(indicators)
    score = result.criterion(row, place)
    parts = [
        _all_values(criterion, result, indicators, row, seen or {}),
        _rule(criterion, indicators),
        _outcome(criterion, result, row, score, waiver),
        *_told(result, row, place),
        _source(criterion),
    ]
    return join_texts(parts, "。", ". ")


def recorded_text(
    criterion: Criterion, result: ScoreResult, indicators: Mapping[str, Indicator], row: int
) -> Text:
    """What is on record for a criterion of one row, in words; `indicators` with the standard's own."""
    return _all_values(criterion, result, indicators, row, {})


def _all_values(
    criterion: Criterion,
    result: ScoreResult,
    indicators: Mapping[str, Indicator],
    row: int,
    seen: Mapping[Input, Seen],
) -> Text:
    if len(result.tables) < 2:
        return _values(criterion, result.table, indicators, row, seen)
    parts = []
    for table in result.tables:
        # What is known of where figures come from is known of the period scored.
        known = seen if table is result.table else {}
        values = _values(criterion, table, indicators, row, known)
        parts.append(Text(f"{table.period} {values.zh}", f"{table.period} {values.en}"))
    return join_texts(parts)


def _values(
    criterion: Criterion,
    table: IndicatorTable,
    indicators: Mapping[str, Indicator],
    row: int,
    seen: Mapping[Input, Seen],
) -> Text:
    parts = []
    for source in unfolded(criterion.inputs, indicators):
        indicator = indicators[source.indicator]
        when = Text("（上期）", " (period before)") if source.lag else Text("", "")
        value = _value(source, indicator, table, row, seen.get(source))
        parts.append(
            Text(f"{indicator.name}{when.zh}：{value.zh}", f"{indicator.name_en}{when.en}: {value.en}")
        )
    return join_texts(parts, "，", ", ")


def _value(source: Input, indicator: Indicator, table: IndicatorTable, row: int, seen: Seen | None) -> Text:
    if seen is not None:
        shown = indicator.show(seen.value)
        label, status = seen.qualifier.label, seen.source_status.label
        level = seen.assessor_level.label
        if seen.qualifier is Qualifier.SUSPECT:
            return Text(
                f"{shown.zh}（存疑，确认前不计入；{status.zh}）",
                f"{shown.en} (suspect, not counted until confirmed; {status.en})",
            )
        lead = Text(f"{label.zh} ", f"{label.en} ") if label.zh else Text("", "")
        return Text(
            f"{lead.zh}{shown.zh}（{level.zh}，{status.zh}）",
            f"{lead.en}{shown.en} ({level.en}, {status.en})",
        )
    column = table.columns.get(source)
    value = np.nan if column is None else float(column.values[row])
    if not np.isnan(value):
        return indicator.show(value)
    bounds = None if column is None else column.bounds
    at = -1 if bounds is None else int(np.searchsorted(bounds.rows, row))
    if bounds is None or at >= len(bounds.rows) or bounds.rows[at] != row:
        return Text("缺报", "not reported")
    low, high = float(bounds.low[at]), float(bounds.high[at])
    if low > indicator.range[0] or np.isinf(high):
        shown, label = indicator.show(low), Qualifier.AT_LEAST.label
    else:
        shown, label = indicator.show(high), Qualifier.AT_MOST.label
    return Text(f"{label.zh} {shown.zh}", f"{label.en} {shown.en}")


def _rule(criterion: Criterion, indicators: Mapping[str, Indicator]) -> Text:
    words = rule_text(criterion, indicators)
    return Text(f"规则：{words.zh}", f"Rule: {words.en}")


def rule_text(criterion: Criterion, indicators: Mapping[str, Indicator]) -> Text:
    """The criterion's rule in words, with when it applies and whether it is a veto."""
    rule = criterion.rule
    words = rule.describe(indicators, criterion.scale)
    if criterion.max_score == 0 and isinstance(rule, ConditionRule):
        asked = rule.condition.describe(indicators)
        words = Text(f"应{asked.zh}", f"required: {asked.en}")
    if criterion.applies_when is not None:
        when = criterion.applies_when.describe(indicators)
        words = Text(f"{words.zh}（仅当{when.zh}时适用）", f"{words.en} (only where {when.en})")
    if criterion.veto:
        words = Text(f"{words.zh}【一票否决】", f"{words.en} [veto]")
    return words


def _outcome(
    criterion: Criterion, result: ScoreResult, row: int, score: CriterionScore, waiver: Waiver | None
) -> Text:
    label = score.status.label
    if score.status is ResultStatus.WAIVED and waiver is not None:
        until = Text("", "") if waiver.expires_on is None else _until(waiver.expires_on)
        label = Text(
            f"豁免（{waiver.authority}：{waiver.reason}{until.zh}）",
            f"waived ({waiver.authority}: {waiver.reason}{until.en})",
        )
    if criterion.max_score == 0:
        return label
    full = points_text(criterion.max_score)
    if score.score is None:
        counted = Text("不计入总分，其余条目按比例折算", "left out of the total, the rest scaled up")
    else:
        got = points_text(score.score)
        counted = Text(f"得 {got.zh}（满分 {full.zh}）", f"{got.en} of {full.en}")
    text = Text(f"{label.zh}：{counted.zh}", f"{label.en}: {counted.en}")
    if score.highest - score.lowest <= 1e-9:
        return text
    low, high = format_number(score.lowest), format_number(score.highest)
    why = Text("", "") if score.status is ResultStatus.PASS else _why_open(criterion, result, row)
    return Text(
        f"{text.zh}，核实后可能在 {low}–{high} 分之间{why.zh}",
        f"{text.en}, could be {low} to {high} once verified{why.en}",
    )


def _told(result: ScoreResult, row: int, place: int) -> list[Text]:
    """What the standard's scorer tells of the criterion, in one line; nothing where it tells nothing."""
    scorer = result.standard.own_scorer
    parts = []
    for figure in () if scorer is None else scorer.tells:
        value = float(result.told[figure.code][place, row])
        if not np.isnan(value):
            shown = with_unit(round(value, 2), figure.unit)
            parts.append(Text(f"{figure.title.zh}：{shown.zh}", f"{figure.title.en}: {shown.en}"))
    return [join_texts(parts)] if parts else []


def _why_open(criterion: Criterion, result: ScoreResult, row: int) -> Text:
    """Why the points are not settled: what is missing, only bounded, undefined, or still open at a peer's."""
    tables = result.tables or (result.table,)
    on_record = [_on_record(table, source, row) for table in tables for source in criterion.inputs]
    if "missing" in on_record:
        return _POLICIES[criterion.missing or result.standard.missing]
    if "bounded" in on_record:
        return _POLICIES["bound"]
    if criterion.rule.peer_relative:
        return Text("（同组其他村的数据未齐）", " (figures of its peers are still open)")
    return Text("（除数为零或超出定义域，无法计算）", " (divides by zero, or has no value here)")


def _on_record(table: IndicatorTable, source: Input, row: int) -> Literal["exact", "bounded", "missing"]:
    column = table.columns.get(source)
    if column is None:
        return "missing"
    if not np.isnan(column.values[row]):
        return "exact"
    return "bounded" if column.bounds is not None and row in column.bounds.rows else "missing"


_POLICIES = {
    "fail": Text("（缺报按最低分计）", " (what is not reported counts at its least)"),
    "leave_out": Text("（缺报暂不计入）", " (what is not reported is left out for now)"),
    "bound": Text("（只计已证实的部分）", " (only what is proven counts)"),
}


def _until(day: str) -> Text:
    return Text(f"，至 {day}", f", until {day}")


def _source(criterion: Criterion) -> Text:
    label = criterion.source.label
    return Text(f"依据：{label.zh}", f"Source: {label.en}")
