"""How firm a ranking is: Monte Carlo over choices, marks nearby, reversals, what to find out first."""

from liangcun_standards.sensitivity.analysis import Analysis, analyse
from liangcun_standards.sensitivity.asking import (
    Asked,
    Choice,
    Combination,
    InvalidSensitivity,
    Normalisation,
)
from liangcun_standards.sensitivity.indices import Design, Index
from liangcun_standards.sensitivity.inspecting import Order, Worth, inspect_first
from liangcun_standards.sensitivity.reversals import Reversal, Reversals, reversals
from liangcun_standards.sensitivity.thresholds import Mark, Near, Tip, near_marks

__all__ = [
    "Analysis",
    "Asked",
    "Choice",
    "Combination",
    "Design",
    "Index",
    "InvalidSensitivity",
    "Mark",
    "Near",
    "Normalisation",
    "Order",
    "Reversal",
    "Reversals",
    "Tip",
    "Worth",
    "analyse",
    "inspect_first",
    "near_marks",
    "reversals",
]
