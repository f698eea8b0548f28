"""Checking a plugin, in the process at hand; `apart` does so in one of its own, with limits."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import entry_points

from liangcun_standards.conformance.case import Case
from liangcun_standards.conformance.limits import LIMITS, CheckLimits
from liangcun_standards.conformance.report import Finding, Report, shortened
from liangcun_standards.conformance.rules import RULES, ConformanceRule, outcome
from liangcun_standards.conformance.subject import Subject
from liangcun_standards.plugins import GROUP, load_plugins
from liangcun_standards.text import Text

_NOT_LOADED = Text("没有检查：插件没能载入", "not checked: the plugin doesn't load")


def check_plugin(subject: Subject, limits: CheckLimits = LIMITS) -> Report:
    """What every rule of the kit finds of a plugin, beside all plugins that are installed.

    One that isn't installed takes the place of one of its name that is. Python that doesn't ship runs in
    workers, as it does in a server; what they take of time and memory is counted.
    """
    if subject.path is not None and str(subject.path) not in sys.path:
        sys.path.insert(0, str(subject.path))
    others = [one for one in entry_points(group=GROUP) if one.name != subject.name]
    registry = load_plugins([*others, subject.point])
    try:
        plugin = registry.plugin(subject.name)
        assert plugin is not None
        case = Case(subject, plugin, registry, limits)
        return Report(subject.name, subject.version, tuple(_found(rule, case) for rule in RULES))
    finally:
        registry.close()


def _found(rule: ConformanceRule, case: Case) -> Finding:
    if case.plugin.error is not None and rule is not RULES[0]:
        return finding(rule, [_NOT_LOADED])
    return finding(rule, *outcome(rule, case))


def finding(rule: ConformanceRule, faults: Sequence[Text], notes: Sequence[Text] = ()) -> Finding:
    """A rule's outcome as the report has it."""
    return Finding(rule.code, rule.level, rule.title, rule.advice, shortened(faults), tuple(notes))
