"""量村 SDK: assessment standards as documents, their rules, scoring and explanation.

What a plugin imports is here; the rooms behind it may move.
"""

from liangcun_standards.after_assessment import AfterAssessment, Assessed, Notice
from liangcun_standards.aggregation import entropy_weights, weighted_mean
from liangcun_standards.aggregation.own import AggregationMethod
from liangcun_standards.aggregation.scorer import Figure, Scorer
from liangcun_standards.document import Criterion, Group, Standard, Tailoring, read_standard
from liangcun_standards.errors import (
    ContributionClash,
    InvalidDocument,
    InvalidFormula,
    InvalidPeriod,
    InvalidRegionCode,
    InvalidValue,
    InvalidWeights,
    LiangcunError,
    PluginFailed,
    UnknownStandard,
)
from liangcun_standards.explanation import explain
from liangcun_standards.indicator_files import load_indicators
from liangcun_standards.indicators import Choice, Indicator, IndicatorCatalogue, Simulation
from liangcun_standards.periods import Period
from liangcun_standards.plugins import StandardText, documents_in, hookimpl, load_plugins
from liangcun_standards.query_fields import QueryColumn, QueryField, ScoredRegions
from liangcun_standards.rules import CurveRule, ExactView, Rule, SpanView
from liangcun_standards.scoring import Exempt, ScoreResult, score
from liangcun_standards.table import (
    Booleans,
    Bounds,
    Column,
    Floats,
    IndicatorTable,
    Input,
    Integers,
    Span,
)
from liangcun_standards.text import Text

__all__ = [
    "AfterAssessment",
    "AggregationMethod",
    "Assessed",
    "Booleans",
    "Bounds",
    "Choice",
    "Column",
    "ContributionClash",
    "Criterion",
    "CurveRule",
    "ExactView",
    "Exempt",
    "Figure",
    "Floats",
    "Group",
    "Indicator",
    "IndicatorCatalogue",
    "IndicatorTable",
    "Input",
    "Integers",
    "InvalidDocument",
    "InvalidFormula",
    "InvalidPeriod",
    "InvalidRegionCode",
    "InvalidValue",
    "InvalidWeights",
    "LiangcunError",
    "Notice",
    "Period",
    "PluginFailed",
    "QueryColumn",
    "QueryField",
    "Rule",
    "ScoreResult",
    "ScoredRegions",
    "Scorer",
    "Simulation",
    "Span",
    "SpanView",
    "Standard",
    "StandardText",
    "Tailoring",
    "Text",
    "UnknownStandard",
    "documents_in",
    "entropy_weights",
    "explain",
    "hookimpl",
    "load_indicators",
    "load_plugins",
    "read_standard",
    "score",
    "weighted_mean",
]
