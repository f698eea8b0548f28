"""A project's plugin loaded as the kit does, and single rules of the kit asked about it, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.standards.conformance.projects import write_project

from liangcun_standards.conformance import LIMITS, RULES, CheckLimits, find_subject
from liangcun_standards.conformance.case import Case
from liangcun_standards.conformance.rules import outcome
from liangcun_standards.plugins import PluginRegistry, load_plugins

# `asked("pure", *changes)`: the rule's faults and its notes, in English.
Asked = Callable[..., tuple[list[str], list[str]]]


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    """Asks a rule about the project with some changes; its own Python runs in workers alone."""
    registries: list[PluginRegistry] = []
    monkeypatch.syspath_prepend(str(tmp_path))

    def asking(
        code: str, *changes: tuple[str, str, str], limits: CheckLimits = LIMITS
    ) -> tuple[list[str], list[str]]:
        [subject] = find_subject(str(write_project(tmp_path, *changes)))
        registry = load_plugins([subject.point])
        registries.append(registry)
        plugin = registry.plugin(subject.name)
        assert plugin is not None
        assert plugin.error is None, plugin.error
        [rule] = [one for one in RULES if one.code == code]
        faults, notes = outcome(rule, Case(subject, plugin, registry, limits))
        return [one.en for one in faults], [one.en for one in notes]

    yield asking
    for one in registries:
        one.close()
