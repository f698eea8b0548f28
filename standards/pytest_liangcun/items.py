"""A project's plugins as pytest collects them: one test for each rule of the kit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest

from liangcun_standards.conformance import (
    RULES,
    ConformanceRule,
    Finding,
    Level,
    Report,
    Subject,
    check_apart,
    find_subject,
)
from liangcun_standards.conformance.subject import UnknownPlugin
from liangcun_standards.text import Text

_LEVELS = {one.value: place for place, one in enumerate(Level) if one is not Level.NONE}


class Collecting:
    """Collects pyproject.toml where it declares plugins. Raises pytest.UsageError for what is no level."""

    def __init__(self, level: str) -> None:
        if level not in _LEVELS:
            raise pytest.UsageError(
                f"liangcun_level：没有级别“{level}”，可选 {'、'.join(_LEVELS)} / "
                f"'{level}' is none of {', '.join(_LEVELS)}"
            )
        self._level = level

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """The project, for pytest."""
        if file_path.name != "pyproject.toml":
            return None
        project = Project.from_parent(parent, path=file_path)
        project.level = self._level
        return project


class Project(pytest.File):
    """A pyproject.toml and the plugins that it declares."""

    level: str

    def collect(self) -> Iterator[pytest.Collector]:
        """Each plugin. That there is none is an error in the project that is tested, not in one below it."""
        try:
            subjects = find_subject(str(self.path.parent))
        except UnknownPlugin as error:
            if self.path.parent == self.config.rootpath or self.session.isinitpath(self.path):
                raise self.CollectError(_both(Text(error.text("zh"), error.text("en")))) from None
            return
        for subject in subjects:
            plugin = CheckedPlugin.from_parent(self, name=subject.name)
            plugin.subject, plugin.level = subject, self.level
            yield plugin


class CheckedPlugin(pytest.Collector):
    """One plugin, checked when the first of its rules is run."""

    subject: Subject
    level: str

    @cached_property
    def report(self) -> Report:
        """What the kit finds of it."""
        return check_apart(self.subject)

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each rule up to the level."""
        for rule in RULES:
            if _LEVELS[rule.level] > _LEVELS[self.level]:
                continue
            item = RuleItem.from_parent(self, name=rule.code)
            item.rule, item.plugin = rule, self
            if self.config.pluginmanager.hasplugin("xdist"):
                # One check serves all its rules, so they go to one worker where that heeds groups.
                item.add_marker(pytest.mark.xdist_group(f"liangcun-{self.name}"))
            yield item


class RuleItem(pytest.Item):
    """One rule of the kit."""

    rule: ConformanceRule
    plugin: CheckedPlugin

    def runtest(self) -> None:
        """Raises BrokenRule where it doesn't hold."""
        [found] = [one for one in self.plugin.report.findings if one.code == self.rule.code]
        for note in found.notes:
            self.add_report_section("call", "liangcun", _both(note))
        if not found.holds:
            raise BrokenRule(found)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """What was found and what to do about it; no traceback, the plugin's own is in what was found."""
        if isinstance(excinfo.value, BrokenRule):
            return str(excinfo.value)
        return str(excinfo.getrepr(style="short"))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the plugin is declared, and the rule."""
        return self.path, None, f"{self.plugin.name}: {self.rule.code}"


class BrokenRule(Exception):
    """A rule that doesn't hold, told in both languages."""

    def __init__(self, found: Finding) -> None:
        advice = Text(f"办法：{found.advice.zh}", f"what to do: {found.advice.en}")
        told = [_both(one) for one in (found.title, *found.faults, advice)]
        super().__init__("\n".join(told))


def _both(text: Text) -> str:
    return text.zh if text.zh == text.en else f"{text.zh}\n{text.en}"
