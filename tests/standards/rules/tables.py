"""A county's indicators, and the points that one rule gives one village, for tests in the county's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from liangcun_standards import Choice, Column, Indicator, IndicatorTable, Input, Period, Standard, score
from liangcun_standards.rules import AnyRule, Rule
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import IndicatorKind

Document = dict[str, Any]


def _indicator(
    code: str, kind: str, name: str, name_en: str, unit: str | None = None, **more: Any
) -> Indicator:
    return Indicator(
        code=code,
        kind=IndicatorKind(kind),
        name=name,
        name_en=name_en,
        unit=unit,
        definition="举例",
        definition_en="example",
        source="举例",
        **more,
    )


TERRAIN = (
    Choice(code="plain", title="平原", title_en="plain"),
    Choice(code="hill", title="山区", title_en="hills"),
    Choice(code="town", title="城郊", title_en="suburb"),
)
_MADE = (
    _indicator("plan", "boolean", "村庄规划", "Village plan"),
    _indicator("library", "boolean", "农家书屋", "Library"),
    _indicator("square", "boolean", "文化广场", "Square"),
    _indicator("burning", "boolean", "露天焚烧", "Open burning"),
    _indicator("rules_made", "boolean", "评比制度", "Rules for the contest"),
    _indicator("held", "boolean", "按时评比", "Contest held in time"),
    _indicator("published", "boolean", "评比公示", "Results published"),
    _indicator("poverty", "rate", "贫困发生率", "Poverty rate", "percent"),
    _indicator("sewage", "rate", "污水处理率", "Sewage treated", "percent"),
    _indicator("paved", "rate", "硬化路率", "Paved lanes", "percent"),
    _indicator("satisfied", "rate", "满意", "Satisfied", "percent"),
    _indicator("fairly_satisfied", "rate", "基本满意", "Fairly satisfied", "percent"),
    _indicator("growth", "quantity", "收入增幅", "Growth of income", "percent"),
    _indicator("minutes", "quantity", "到场时间", "Minutes to arrive", minimum=0),
    _indicator("heaps", "count", "垃圾堆", "Heaps of garbage", "site"),
    _indicator("failed", "count", "不合格户", "Households that failed", "household"),
    _indicator("visited", "count", "走访户", "Households visited", "household"),
    _indicator("toilets", "count", "公厕", "Public toilets"),
    _indicator("people", "count", "人口", "People", "person"),
    _indicator("households", "count", "户数", "Households", "household"),
    _indicator("road_mark", "quantity", "道路", "Roads", "mark", minimum=0, maximum=10),
    _indicator("water_mark", "quantity", "供水", "Water supply", "mark", minimum=0, maximum=10),
    _indicator(
        "questionnaire", "quantity", "问卷均分", "Mean of questionnaires", "mark", minimum=0, maximum=100
    ),
    _indicator("terrain", "choice", "地形", "Terrain", choices=TERRAIN),
)
INDICATORS = {one.code: one for one in _MADE}

Values = Mapping[str, float]


def rule_of(document: Document) -> Rule:
    """The rule that a document writes."""
    rule: Rule = TypeAdapter(AnyRule).validate_python(document)
    return rule


def words(document: Document, most: float) -> Text:
    """The rule in words."""
    return rule_of(document).describe(INDICATORS, most)


def points(document: Document, most: float, **values: float) -> float:
    """What the rule gives one village; `last_year_…` is a value of the period before."""
    return points_among(document, most, values)[0]


def points_among(document: Document, most: float, *villages: Values) -> list[float]:
    """What the rule gives each of the villages of a county."""
    rule_of(document).check(INDICATORS, most)
    columns = {}
    for name in {name for village in villages for name in village}:
        source = Input(name.removeprefix("last_year_"), int(name.startswith("last_year_")))
        low, high = INDICATORS[source.indicator].range
        figures = np.asarray([village.get(name, np.nan) for village in villages], np.float64)
        columns[source] = Column(figures, low, high)
    codes = [f"220722100{place + 200:03d}" for place in range(len(villages))]
    table = IndicatorTable(Period.parse("2023"), codes, columns)
    result = score(_standard(document, most), table, INDICATORS)
    return [round(float(figure), 9) for figure in result.points[0]]


def _standard(document: Document, most: float) -> Standard:
    source = {"status": "interpretation", "text": "举例"}
    criterion = {"rule": document, "max_score": most, "source": source}
    named = {"title": "举例", "title_en": "example"}
    return Standard.model_validate(
        {
            "jurisdiction": "220722",
            "code": "example",
            "version": "1",
            **named,
            "effective": {"from": "2020-01-01"},
            "source": source,
            "level": "village",
            "groups": [{"code": "group", **named, "criteria": [{"code": "criterion", **named, **criterion}]}],
        }
    )
