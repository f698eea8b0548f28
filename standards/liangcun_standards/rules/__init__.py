"""The rules that a standard's document may use, each known by its `kind`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, WrapSerializer, WrapValidator

from liangcun_standards.rules.base import CurveRule, DocumentPart, ExactView, Rule, SpanView
from liangcun_standards.rules.checks import AllOfRule, AnyOfRule, Checklist, Presence, Threshold
from liangcun_standards.rules.composed import ByClass, FormulaRule, Survey, Zeroing
from liangcun_standards.rules.conditions import Condition
from liangcun_standards.rules.deductions import Deduction, SampledHouseholds, States
from liangcun_standards.rules.own import read_rule, write_rule
from liangcun_standards.rules.peers import RankScore, Relative
from liangcun_standards.rules.scales import Bands, Judged, Linear, PerUnit, Shortfall

AnyRule = Annotated[
    Presence
    | Threshold
    | AnyOfRule
    | AllOfRule
    | Checklist
    | Linear
    | Bands
    | Shortfall
    | PerUnit
    | Judged
    | Deduction
    | SampledHouseholds
    | States
    | Relative
    | RankScore
    | Zeroing
    | ByClass
    | Survey
    | FormulaRule,
    Field(discriminator="kind"),
    WrapValidator(read_rule),
    WrapSerializer(write_rule),
]

for _composed in (Zeroing, ByClass):
    _composed.model_rebuild(_types_namespace={"AnyRule": AnyRule})

__all__ = ["AnyRule", "Condition", "CurveRule", "DocumentPart", "ExactView", "Rule", "SpanView"]
