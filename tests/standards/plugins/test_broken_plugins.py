"""Every way in which a plugin's Python can go wrong ends with that plugin; all others go on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.standards.plugins.packages import INDICATORS, Packages, hook, packages

from liangcun_standards import Column, IndicatorTable, Input, Period, PluginFailed, ScoreResult, score
from liangcun_standards.isolation import WorkerLimits
from liangcun_standards.plugins import PluginRegistry, PluginStatus, load_plugins
from liangcun_standards.scoring import engine

__all__ = ["packages"]  # a fixture, found by its name

NAMED = "return [rate(county_names.CODE)]"
LIMITS = WorkerLimits(load_seconds=1.5, call_seconds=0.5, memory=256 << 20)


class ShortWaits(WorkerLimits):
    """For plugins that wait without using the processor: half a second by the clock."""

    @staticmethod
    def by_the_clock(seconds: float) -> float:
        return 0.5 if seconds == LIMITS.call_seconds else WorkerLimits.by_the_clock(seconds)


@pytest.fixture
def registries() -> Iterator[list[PluginRegistry]]:
    """What a test loads, to be closed after it."""
    made: list[PluginRegistry] = []
    yield made
    for one in made:
        one.close()


def loaded(
    packages: Packages, registries: list[PluginRegistry], limits: WorkerLimits = LIMITS
) -> PluginRegistry:
    registry = load_plugins(packages.points(), limits=limits)
    registries.append(registry)
    return registry


def scored(registry: PluginRegistry, standard: str) -> ScoreResult:
    regions = [f"2207220000{row:02}" for row in range(12)]
    values = np.linspace(10.0, 60.0, 12)
    columns = {Input(code): Column(values, 0.0, 100.0) for code in ("county_lit_rate", "county_lamps_rate")}
    table = IndicatorTable(Period.parse("2023"), regions, columns)
    return score(registry.standards.find(standard).standard, table, registry.indicators)


@pytest.mark.parametrize(
    ("fixture", "told", "traced"),
    [
        ("import_error", "No module named 'a_package_that_nobody_has'", True),
        ("exits_at_import", "SystemExit: gone", True),
        ("dies_at_import", "process ended unexpectedly", False),
        ("loops_at_import", "no result within 1.5 seconds", False),
        ("hogs_memory_at_import", "MemoryError", True),
        ("patches", "changes liangcun_standards.scoring.engine.score", False),
        ("bad_document", "lamps.yaml:20:9: colour: there is no such field", False),
        ("wrong_class", "Unfinished lacks describe, exact, inputs, span", False),
        ("one_name_twice", "one-name-twice contributes one-name-twice.lowest twice", False),
        ("loops_while_explaining", "no result within 0.5 seconds", False),
    ],
)
def test_a_plugin_that_breaks_as_it_loads_is_broken_and_no_other(
    packages: Packages, registries: list[PluginRegistry], fixture: str, told: str, traced: bool
) -> None:
    before = engine.score
    packages.install(fixture)
    packages.install("county_rules")
    registry = loaded(packages, registries)
    broken = registry.plugin(fixture.replace("_", "-"))
    assert broken is not None
    assert broken.status is PluginStatus.BROKEN
    assert broken.error is not None
    assert told in broken.error.en
    assert ("Traceback" in broken.error.en) is traced
    assert broken.publications == ()
    assert engine.score is before
    assert scored(registry, "220722/ladder").total[0] == 0.0


@pytest.mark.parametrize(
    ("fixture", "told", "traced"),
    [
        ("raises_while_scoring", "ZeroDivisionError: no lamps", True),
        ("wrong_shape", "should give float64 (12,), not float64 (13,)", False),
        ("nan_flood", "NaN × 12", False),
        ("too_many_points", "should give 0 – 60, not 70 – 120", False),
        ("hogs_memory", "MemoryError", True),
        ("exits_while_scoring", "process ended unexpectedly", False),
        ("loops_while_scoring", "no result within 0.5 seconds", False),
        ("waits_while_scoring", "no result within 0.5 seconds", False),
    ],
)
def test_a_plugin_that_breaks_while_scoring_is_shown_broken_and_no_other(
    packages: Packages, registries: list[PluginRegistry], fixture: str, told: str, traced: bool
) -> None:
    name = fixture.replace("_", "-")
    packages.install(fixture)
    packages.install("county_rules")
    limits = ShortWaits(LIMITS.load_seconds, LIMITS.call_seconds, LIMITS.memory)
    registry = loaded(packages, registries, limits if "waits" in fixture else LIMITS)
    found = registry.plugin(name)
    assert found is not None
    assert found.status is PluginStatus.ACTIVE, found.error
    with pytest.raises(PluginFailed) as caught:
        scored(registry, f"220722/{name}")
    assert (caught.value.code, caught.value.plugin) == ("PLUGIN_FAILED", name)
    assert told in caught.value.text("en")
    found = registry.plugin(name)
    assert found is not None
    assert found.status is PluginStatus.BROKEN
    assert found.error is not None
    assert told in found.error.en
    assert ("Traceback" in found.error.en) is traced
    assert scored(registry, "220722/ladder").total[0] == 0.0


def test_a_plugin_that_was_ended_answers_at_once_from_then_on(
    packages: Packages, registries: list[PluginRegistry]
) -> None:
    packages.install("loops_while_scoring")
    registry = loaded(packages, registries)
    with pytest.raises(PluginFailed) as first:
        scored(registry, "220722/loops-while-scoring")
    for _ in range(50):
        with pytest.raises(PluginFailed) as again:
            scored(registry, "220722/loops-while-scoring")
        assert again.value is first.value


def test_what_a_plugin_prints_goes_nowhere(
    packages: Packages, registries: list[PluginRegistry], capfd: pytest.CaptureFixture[str]
) -> None:
    packages.install("prints")
    registry = loaded(packages, registries)
    found = registry.plugin("prints")
    assert found is not None
    assert found.status is PluginStatus.ACTIVE
    assert capfd.readouterr() == ("", "")


def test_what_a_plugin_prints_here_stays_out_of_answers(
    packages: Packages, capsys: pytest.CaptureFixture[str]
) -> None:
    packages.add("talks", "print('noise by print')\n")
    load_plugins(packages.points(), isolate=False)
    assert capsys.readouterr() == ("", "noise by print\n")


def test_a_plugin_sees_none_of_the_server_s_settings(
    packages: Packages, registries: list[PluginRegistry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANGCUN_DATABASE_URL", "postgresql://secret")
    packages.add(
        "curious", "import os\nraise RuntimeError(os.environ.get('LIANGCUN_DATABASE_URL', 'nothing'))\n"
    )
    error = loaded(packages, registries).plugins[0].error
    assert error is not None
    assert "RuntimeError: nothing" in error.en


def test_a_closed_registry_leaves_no_worker_behind(packages: Packages) -> None:
    packages.install("county_rules")
    registry = load_plugins(packages.points())
    plugin = registry.plugin("county-rules")
    assert plugin is not None
    assert plugin.worker is not None
    number = plugin.worker.number
    os.kill(number, 0)
    registry.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    with pytest.raises(PluginFailed, match="process has ended"):
        scored(registry, "220722/ladder")


def test_modules_of_one_name_in_two_plugins_folders_are_two(tmp_path: Path) -> None:
    points = []
    for place, name in (("one", "first"), ("two", "second")):
        folder = Packages(tmp_path / place)
        folder.add(name, f"import county_names\n{INDICATORS}" + hook("liangcun_indicators", NAMED))
        (tmp_path / place / "county_names.py").write_text(f'CODE = "{name}_rate"\n', encoding="utf-8")
        points += folder.points()
    registry = load_plugins(points)
    assert [one.error for one in registry.plugins] == [None, None]
    assert sorted(registry.indicators) == ["first_rate", "second_rate"]


def test_one_broken_plugin_among_many_leaves_the_others_whole(packages: Packages) -> None:
    for number in range(20):
        named = f'return [rate("rate_{number}")]'
        packages.add(f"county-{number}", INDICATORS + hook("liangcun_indicators", named))
    packages.install("exits_at_import")
    packages.install("patches")
    registry = load_plugins(packages.points())
    broken = [one.name for one in registry.plugins if one.status is not PluginStatus.ACTIVE]
    assert broken == ["exits-at-import", "patches"]
    assert len(registry.indicators) == 20
