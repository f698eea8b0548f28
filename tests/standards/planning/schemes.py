"""Small standards and villages to plan for, written as documents are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from tests.standards.scoring.catalogue import INDICATORS
from tests.standards.scoring.standard_documents import PERIOD, SOURCE, standard_document, titled

from liangcun_standards import Column, IndicatorTable, Input, ScoreResult, Standard, score
from liangcun_standards.planning import Cost, CostTable, Plan, plan, target_of

Values = Mapping[str, float]
GRADES = [
    {**titled("good"), "min_score": 9},
    {**titled("fair"), "min_score": 6},
    {**titled("poor"), "min_score": 0},
]


def criterion(code: str, rule: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A criterion worth five points unless it says otherwise."""
    return {**titled(code), "max_score": 5, "rule": rule, "source": SOURCE, **more}


def presence(code: str, indicator: str, **more: Any) -> dict[str, Any]:
    """A criterion of having something."""
    return criterion(code, {"kind": "presence", "indicator": indicator}, **more)


def standard(criteria: Sequence[Mapping[str, Any]], **more: Any) -> Standard:
    """A standard of one group of criteria, which passes from the grade fair."""
    group = {**titled("g"), "criteria": list(criteria), **more.pop("group", {})}
    document = standard_document([group], **{"grades": GRADES, "passing": {"grade": "fair"}} | more)
    found = Standard.model_validate(document)
    found.check(INDICATORS)
    return found


def scored(rated: Standard, *villages: Values) -> ScoreResult:
    """The villages' scorecards; a value that isn't given isn't on record."""
    columns = {}
    for source in rated.inputs:
        values = np.array([one.get(source.indicator, np.nan) for one in villages], np.float64)
        columns[source] = Column(values, *INDICATORS[source.indicator].range)
    codes = [f"220722100{200 + place}" for place in range(len(villages))]
    return score(rated, IndicatorTable(PERIOD, codes, columns), INDICATORS)


def costs(*entries: Cost | Mapping[str, Any]) -> CostTable:
    """A table of costs."""
    made = [one if isinstance(one, Cost) else Cost.model_validate(dict(one)) for one in entries]
    return CostTable(title="测试", source="测试", costs=tuple(made))


def planned(rated: Standard, village: Values, table: CostTable, grade: str | None = None) -> Plan:
    """The village's plan."""
    table.check(INDICATORS)
    return plan(scored(rated, village), INDICATORS, 0, table, target_of(rated, grade))


def done(found: Plan) -> dict[str, float]:
    """What a plan brings each indicator to."""
    return {one.indicator.code: one.after for one in found.changes}


__all__ = ["INDICATORS", "Input", "costs", "criterion", "done", "planned", "presence", "scored", "standard"]
