"""Why a criterion came out as it did: value, rule, points, source, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from liangcun_standards import (
    Bounds,
    Column,
    Exempt,
    Indicator,
    IndicatorTable,
    Input,
    Period,
    ScoreResult,
    Standard,
    Text,
    explain,
    score,
)
from liangcun_standards.explanation import Seen, Waiver
from liangcun_standards.vocabulary import AssessorLevel, IndicatorKind, Qualifier, SourceStatus

INDICATORS = {
    code: Indicator(
        code=code,
        name=name,
        name_en=name_en,
        kind=IndicatorKind(kind),
        unit=unit,
        definition="举例",
        definition_en="example",
        source="举例",
    )
    for code, name, name_en, kind, unit in (
        ("paved", "硬化路率", "Paved lanes", "rate", "percent"),
        ("lamps", "路灯", "Street lamps", "count", "lamp"),
        ("plan", "村庄规划", "Village plan", "boolean", None),
    )
}
PAVED = {"kind": "threshold", "when": {"indicator": "paved", "at_least": 85}}
SOURCE = {
    "status": "published",
    "text": "长岭县报道",
    "text_en": "report on Changling",
    "document": "2023-07-20",
}
AT_LEAST = "at_least"
AT_MOST = "at_most"

# A figure is exact; (AT_LEAST, 85) is a bound; what isn't named is not reported.
Value = float | tuple[str, float]
Village = Mapping[str, Value]


def scored(
    rule: Mapping[str, Any],
    *villages: Village,
    exempt: Exempt | None = None,
    parts: Mapping[str, Village] | None = None,
    blend: list[dict[str, Any]] | None = None,
    waived: str = "leave_out",
    **criterion: Any,
) -> ScoreResult:
    """A standard of one criterion over some villages; `parts` are sub-periods of the first village."""
    named = {"title": "举例", "title_en": "example"}
    one = {"code": "c", **named, "max_score": 10, "rule": rule, "source": SOURCE, **criterion}
    other = {**one, "code": "other", "max_score": 10, "rule": PAVED, "veto": False}
    standard = Standard.model_validate(
        {
            "jurisdiction": "220722",
            "code": "example",
            "version": "1",
            **named,
            "effective": {"from": "2020-01-01"},
            "source": SOURCE,
            "level": "village",
            "groups": [{"code": "g", **named, "criteria": [one, other]}],
            "blend": blend or [],
            "waived": waived,
        }
    )
    exemptions = {} if exempt is None else {"c": exempt}
    tables = {name: table(name, [village]) for name, village in (parts or {}).items()}
    return score(standard, table("2023", villages), INDICATORS, exemptions, tables)


def table(period: str, villages: tuple[Village, ...] | list[Village]) -> IndicatorTable:
    """The villages of one period."""
    columns = {}
    for code in {code for village in villages for code in village}:
        low, high = INDICATORS[code].range
        exact = [village.get(code) for village in villages]
        bounded = [(row, value) for row, value in enumerate(exact) if isinstance(value, tuple)]
        bounds = Bounds(
            np.asarray([row for row, _ in bounded], np.int64),
            np.asarray([value[1] if value[0] == AT_LEAST else low for _, value in bounded], np.float64),
            np.asarray([value[1] if value[0] == AT_MOST else high for _, value in bounded], np.float64),
        )
        values = np.asarray(
            [value if isinstance(value, int | float) else np.nan for value in exact], np.float64
        )
        columns[Input(code)] = Column(values, low, high, bounds if bounded else None)
    codes = [f"220722100{place + 200:03d}" for place in range(len(villages))]
    return IndicatorTable(Period.parse(period), codes, columns)


def told(result: ScoreResult, **more: Any) -> Text:
    """The first criterion of the first village."""
    return explain(result, INDICATORS, 0, 0, **more)


def test_an_explanation_gives_value_rule_points_and_source() -> None:
    assert told(scored(PAVED, {"paved": 90})) == Text(
        "硬化路率：90%。规则：硬化路率 ≥ 85% 得 10 分，否则不得分。达标：得 10 分（满分 10 分）。"
        "依据：公开报道：长岭县报道，2023-07-20",
        "Paved lanes: 90%. Rule: 10 points if Paved lanes ≥ 85%, otherwise none. "
        "pass: 10 points of 10 points. Source: published: report on Changling, 2023-07-20",
    )


def test_a_working_interpretation_is_never_shown_as_official() -> None:
    source = {"status": "interpretation", "text": "工作释义"}
    text = told(scored(PAVED, {"paved": 90}, source=source))
    assert text.zh.endswith("依据：工作释义（非官方）：工作释义")
    assert text.en.endswith("Source: working interpretation, not official: 工作释义")


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ((AT_LEAST, 85), "硬化路率：不少于 85%。", "Paved lanes: at least 85%."),
        ((AT_MOST, 60), "硬化路率：不多于 60%。", "Paved lanes: at most 60%."),
    ],
)
def test_a_bound_is_shown_with_its_qualifier(value: Value, zh: str, en: str) -> None:
    text = told(scored(PAVED, {"paved": value}))
    assert text.zh.startswith(zh)
    assert text.en.startswith(en)


def test_at_least_none_of_an_open_range_is_shown_as_it_was_said() -> None:
    rule = {"kind": "per_unit", "indicator": "lamps", "first": 1, "each": 1}
    text = told(scored(rule, {"lamps": (AT_LEAST, 0)}))
    assert text.zh.startswith("路灯：不少于 0 盏。")


def test_what_is_known_of_a_figure_s_origin_is_told() -> None:
    seen = {
        Input("paved"): Seen(85, Qualifier.AT_LEAST, SourceStatus.PUBLISHED, AssessorLevel.COUNTY),
    }
    text = told(scored(PAVED, {"paved": (AT_LEAST, 85)}), seen=seen)
    assert text.zh.startswith("硬化路率：不少于 85%（县考核，公开报道）。")
    assert text.en.startswith("Paved lanes: at least 85% (county assessment, published).")


def test_simulated_figures_are_told_as_such() -> None:
    seen = {Input("paved"): Seen(90, Qualifier.EXACT, SourceStatus.SIMULATED, AssessorLevel.COUNTY)}
    text = told(scored(PAVED, {"paved": 90}), seen=seen)
    assert text.zh.startswith("硬化路率：90%（县考核，模拟数据）。")
    assert text.en.startswith("Paved lanes: 90% (county assessment, simulated).")


def test_a_suspect_figure_is_shown_but_not_counted() -> None:
    seen = {Input("paved"): Seen(85, Qualifier.SUSPECT, SourceStatus.PUBLISHED, AssessorLevel.COUNTY)}
    text = told(scored(PAVED, {}), seen=seen)
    assert text.zh.startswith("硬化路率：85%（存疑，确认前不计入；公开报道）。")
    assert text.en.startswith("Paved lanes: 85% (suspect, not counted until confirmed; published).")
    assert "得 0 分" in text.zh


@pytest.mark.parametrize(
    ("missing", "zh", "en"),
    [
        (
            "fail",
            "不达标：得 0 分（满分 10 分），核实后可能在 0–10 分之间（缺报按最低分计）。",
            "fail: 0 points of 10 points, could be 0 to 10 once verified (what is not reported counts at its "
            "least). ",
        ),
        (
            "bound",
            "未定：得 0 分（满分 10 分），核实后可能在 0–10 分之间（只计已证实的部分）。",
            "unknown: 0 points of 10 points, could be 0 to 10 once verified (only what is proven counts). ",
        ),
        (
            "leave_out",
            "未定：不计入总分，其余条目按比例折算，核实后可能在 0–10 分之间（缺报暂不计入）。",
            "unknown: left out of the total, the rest scaled up, could be 0 to 10 once verified (what is not "
            "reported is left out for now). ",
        ),
    ],
)
def test_what_is_not_reported_is_told_with_what_becomes_of_it(missing: str, zh: str, en: str) -> None:
    text = told(scored(PAVED, {}, missing=missing))
    assert text.zh.startswith("硬化路率：缺报。")
    assert text.en.startswith("Paved lanes: not reported. ")
    assert zh in text.zh
    assert en in text.en


def test_a_bound_on_both_sides_of_the_mark_is_undecided_and_nothing_is_missing() -> None:
    text = told(scored(PAVED, {"paved": (AT_LEAST, 80)}, missing="leave_out"))
    assert "未定：得 0 分（满分 10 分），核实后可能在 0–10 分之间（只计已证实的部分）" in text.zh
    assert "could be 0 to 10 once verified (only what is proven counts)" in text.en


def test_a_formula_without_a_value_says_so() -> None:
    rule = {"kind": "formula", "formula": "paved / lamps"}
    text = told(scored(rule, {"paved": 90, "lamps": 0}))
    assert "核实后可能在 0–10 分之间（除数为零或超出定义域，无法计算）" in text.zh
    assert "could be 0 to 10 once verified (divides by zero, or has no value here)" in text.en


def test_what_is_open_at_a_peer_s_is_told_as_such() -> None:
    rule = {"kind": "rank", "indicator": "paved"}
    text = told(scored(rule, {"paved": 90}, {}))
    assert "达标：得 10 分（满分 10 分），核实后可能在 0–10 分之间" in text.zh
    text = explain(scored(rule, {}, {"paved": 90}, {"paved": 80}), INDICATORS, 2, 0)
    assert "不达标：得 0 分（满分 10 分），核实后可能在 0–5 分之间（同组其他村的数据未齐）" in text.zh
    assert "could be 0 to 5 once verified (figures of its peers are still open)" in text.en


def test_a_waiver_names_authority_reason_and_expiry() -> None:
    exempt = Exempt(np.asarray([0]), np.asarray([], np.int64))
    waiver = Waiver("县委农办", "整村搬迁", "2024-12-31")
    text = told(scored(PAVED, {"paved": 40}, exempt=exempt), waiver=waiver)
    assert "豁免（县委农办：整村搬迁，至 2024-12-31）：不计入总分，其余条目按比例折算" in text.zh
    assert (
        "waived (县委农办: 整村搬迁, until 2024-12-31): left out of the total, the rest scaled up" in text.en
    )


def test_a_waiver_with_full_points_shows_them() -> None:
    exempt = Exempt(np.asarray([0]), np.asarray([], np.int64))
    text = told(scored(PAVED, {"paved": 40}, exempt=exempt, waived="full"), waiver=Waiver("县", "搬迁", None))
    assert "豁免（县：搬迁）：得 10 分（满分 10 分）" in text.zh


def test_what_does_not_apply_is_left_out_and_the_condition_told() -> None:
    text = told(scored(PAVED, {"paved": 40, "plan": 0}, applies_when={"indicator": "plan", "is": "present"}))
    assert "（仅当有村庄规划时适用）。不适用：不计入总分，其余条目按比例折算" in text.zh
    assert "(only where Village plan: yes). not applicable: left out of the total" in text.en


def test_a_veto_is_marked_and_a_check_shows_no_points() -> None:
    rule = {"kind": "presence", "indicator": "plan"}
    text = told(scored(rule, {"plan": 0, "paved": 90}, max_score=0, veto=True))
    assert text.zh.startswith("村庄规划：无。规则：应有村庄规划【一票否决】。不达标。依据：")
    assert text.en.startswith("Village plan: no. Rule: required: Village plan: yes [veto]. fail. Source: ")


def test_the_values_of_blended_periods_are_told_period_by_period() -> None:
    blend = [{"over": "halves", "weight": 1}, {"over": "period", "weight": 1}]
    rule = {"kind": "linear", "indicator": "paved", "from": 0, "to": 100}
    result = scored(rule, {"paved": 90}, parts={"2023-H1": {"paved": 50}, "2023-H2": {}}, blend=blend)
    text = told(result)
    assert text.zh.startswith("2023-H1 硬化路率：50%；2023 硬化路率：90%。")
    assert "得 7 分（满分 10 分）" in text.zh


def test_the_period_before_is_named() -> None:
    rule = {"kind": "threshold", "when": {"formula": "change(lamps) > 0"}}
    assert told(scored(rule, {"lamps": 5})).zh.startswith("路灯：5 盏，路灯（上期）：缺报。")
