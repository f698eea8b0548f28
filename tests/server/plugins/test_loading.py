"""Plugins are loaded within the limits that the settings give."""

from __future__ import annotations

from pathlib import Path

import pytest

from liangcun_server.plugins import loading
from liangcun_server.settings import Settings
from liangcun_standards.isolation import DEFAULTS, WorkerLimits
from liangcun_standards.plugins import PluginRegistry


def _limits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **settings: float) -> WorkerLimits:
    """What a worker of a plugin may take, as it is told when the plugins are loaded."""
    told: list[WorkerLimits] = []

    def load(*_arguments: object, limits: WorkerLimits, **_more: object) -> PluginRegistry | None:
        told.append(limits)
        return None

    monkeypatch.setattr(loading, "load_plugins", load)
    database = f"sqlite:///{tmp_path / 'none.db'}"
    loading.load_installed(Settings(database_url=database, plugin_folder=tmp_path, **settings))
    [limits] = told
    return limits


def test_the_settings_limit_what_plugins_may_take(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert _limits(monkeypatch, tmp_path, plugin_seconds=2.5, plugin_megabytes=128) == WorkerLimits(
        load_seconds=2.5, call_seconds=2.5, memory=128 << 20
    )


def test_without_settings_they_are_those_of_the_sdk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert _limits(monkeypatch, tmp_path) == DEFAULTS
