"""Checking a plugin, in the process at hand; `apart` does so in one of its own, with limits."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

from liangcun_standards.conformance.report import Finding, Report, shortened
from liangcun_standards.conformance.rules import RULES, Case, ConformanceRule, faults_of
from liangcun_standards.conformance.subject import Subject
from liangcun_standards.plugins import GROUP, load_plugins
from liangcun_standards.text import Text

_NOT_LOADED = Text("没有检查：插件没能载入", "not checked: the plugin doesn't load")


def check_plugin(subject: Subject) -> Report:
    """What every rule of the kit finds of a plugin, beside all plugins that are installed.

    One that isn't installed takes the place of one of its name that is. Python that doesn't ship runs in a
    worker, as it does in a server: what `bounded` times is this process alone.
    """
    if subject.path is not None and str(subject.path) not in sys.path:
        sys.path.insert(0, str(subject.path))
    others = [one for one in entry_points(group=GROUP) if one.name != subject.name]
    registry = load_plugins([*others, subject.point])
    plugin = registry.plugin(subject.name)
    assert plugin is not None
    case = Case(subject, plugin, registry)
    findings = []
    for rule in RULES:
        if plugin.error is not None and rule is not RULES[0]:
            findings.append(finding(rule, [_NOT_LOADED]))
            continue
        findings.append(finding(rule, faults_of(rule, case)))
    return Report(subject.name, subject.version, tuple(findings))


def finding(rule: ConformanceRule, faults: list[Text]) -> Finding:
    """A rule's outcome as the report has it."""
    return Finding(rule.code, rule.level, rule.title, rule.advice, shortened(faults))
