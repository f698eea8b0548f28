"""量村 SDK: assessment standards as documents, their rules, scoring and explanation.

What a plugin imports is here; the rooms behind it may move.
"""

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
    UnknownStandard,
)
from liangcun_standards.explanation import explain
from liangcun_standards.indicator_files import load_indicators
from liangcun_standards.indicators import Choice, Indicator, IndicatorCatalogue, Simulation
from liangcun_standards.periods import Period
from liangcun_standards.plugins import StandardText, documents_in, hookimpl, load_plugins
from liangcun_standards.scoring import Exempt, ScoreResult, score
from liangcun_standards.table import Bounds, Column, IndicatorTable, Input
from liangcun_standards.text import Text

__all__ = [
    "Bounds",
    "Choice",
    "Column",
    "ContributionClash",
    "Criterion",
    "Exempt",
    "Group",
    "Indicator",
    "IndicatorCatalogue",
    "IndicatorTable",
    "Input",
    "InvalidDocument",
    "InvalidFormula",
    "InvalidPeriod",
    "InvalidRegionCode",
    "InvalidValue",
    "InvalidWeights",
    "LiangcunError",
    "Period",
    "ScoreResult",
    "Simulation",
    "Standard",
    "StandardText",
    "Tailoring",
    "Text",
    "UnknownStandard",
    "documents_in",
    "explain",
    "hookimpl",
    "load_indicators",
    "load_plugins",
    "read_standard",
    "score",
]
