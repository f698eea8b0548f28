"""The conformance kit: what a plugin must do to be relied upon, checked rule by rule."""

from liangcun_standards.conformance.apart import check_apart
from liangcun_standards.conformance.checking import check_plugin
from liangcun_standards.conformance.limits import LIMITS, CheckLimits
from liangcun_standards.conformance.report import Finding, Level, Report
from liangcun_standards.conformance.rules import RULES, ConformanceRule
from liangcun_standards.conformance.subject import Subject, find_subject

__all__ = [
    "LIMITS",
    "RULES",
    "CheckLimits",
    "ConformanceRule",
    "Finding",
    "Level",
    "Report",
    "Subject",
    "check_apart",
    "check_plugin",
    "find_subject",
]
