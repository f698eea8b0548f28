"""What plugins cost: a hundred of them at the start, and the ways to a rule while a county is scored."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import distributions, entry_points
from pathlib import Path
from statistics import median

from benchmarks.setting import COUNTY, benchmark_standard
from benchmarks.timing import Contender, take_turns
from benchmarks.villages import make_table, make_villages
from liangcun_standards import IndicatorTable, Standard, read_standard, score
from liangcun_standards.plugins import GROUP, PluginRegistry, PluginStatus, load_plugins

PLUGINS = 100

_DOCUMENTS = """\
from liangcun_standards import Indicator, StandardText, documents_in, hookimpl


@hookimpl
def liangcun_standards():
    return documents_in(__name__)


@hookimpl
def liangcun_indicators():
    return [Indicator(code="{code}", name="举例", name_en="example", kind="rate", definition="举例",
                      definition_en="example", source="举例",
                      simulation={{"follows": "size", "typical": 50, "spread": 20}})]
"""
_RULE = """

from typing import Literal
import numpy as np
from liangcun_standards import CurveRule, Text


class Mark(CurveRule):
    kind: Literal["mark"] = "mark"
    at: float

    def turns(self):
        return (self.at,)

    def curve(self, values, max_score):
        return np.where(values >= self.at, max_score, 0.0)

    def describe(self, indicators, max_score):
        return Text(f"达到 {{self.at:g}} 得满分", f"full points from {{self.at:g}} on")


@hookimpl
def liangcun_rules():
    return [Mark]
"""
_STANDARD = """\
jurisdiction: 220722
code: {name}
version: 2024
title: 举例
title_en: Example
effective: {{from: 2024-01-01}}
source: {{status: interpretation, text: 举例}}
level: village
groups:
  - code: all
    title: 全部
    title_en: All
    criteria:
"""
_CRITERION = """\
      - code: one-{place}
        title: 举例
        title_en: Example
        max_score: 10
        rule: {{{rule}}}
        source: {{status: interpretation, text: 举例}}
"""
_CHILD = """\
import json, os, resource, sys, time
from importlib.metadata import distributions, entry_points
begin = time.perf_counter()
from liangcun_standards.isolation import shared_nursery
from liangcun_standards.plugins import GROUP, load_plugins
imported = time.perf_counter()
found = [p for d in distributions(path=[sys.argv[1]]) for p in d.entry_points if p.group == GROUP]
registry = load_plugins([*entry_points(group=GROUP), *found])
wall = time.perf_counter() - imported
states = [one.status.value for one in registry.plugins]
shared_nursery().close()
spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
cpu = sum(one.ru_utime + one.ru_stime for one in spent)
print(json.dumps({"wall": wall, "cpu": cpu, "active": states.count("active"), "all": len(states)}))
"""


def write_plugins(folder: Path, count: int, *, rules: bool) -> None:
    """Plugins with a standard of six criteria and an indicator each; with `rules` of their own as well."""
    for number in range(count):
        name, package = f"county-{number}", f"county_{number}"
        code = f"county_rate_{number}"
        rule = f"kind: {name}.mark, indicator: {code}, at: 50" if rules else _linear(code)
        criteria = [_CRITERION.format(place=place, rule=rule) for place in range(6)]
        write_plugin(
            folder,
            package,
            name,
            _DOCUMENTS.format(code=code) + (_RULE.format() if rules else ""),
            _STANDARD.format(name=name) + "".join(criteria),
        )


def write_plugin(folder: Path, package: str, name: str, module: str, document: str) -> None:
    """One plugin as pip would leave it."""
    standards = folder / package / "standards"
    standards.mkdir(parents=True)
    (folder / package / "__init__.py").write_text(module, encoding="utf-8")
    (standards / "standard.yaml").write_text(document, encoding="utf-8")
    info = folder / f"{package}-1.0.dist-info"
    info.mkdir()
    requires = "Requires-Dist: liangcun-standards>=0.1,<0.2"
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{requires}\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {package}\n")


def _linear(code: str) -> str:
    return f"kind: linear, indicator: {code}, from: 0, to: 100"


def measure_start(rounds: int) -> dict[str, dict[str, float]]:
    """Seconds to load all plugins in a new process, by the clock and of all processors.

    `wall` and `cpu` are medians, `least` is the fastest by the clock: the others were kept waiting.
    """
    with tempfile.TemporaryDirectory(prefix="liangcun-bench-") as place:
        folders = {name: Path(place) / name for name in ("none", "documents", "rules")}
        for name, folder in folders.items():
            folder.mkdir()
            if name != "none":
                write_plugins(folder, PLUGINS, rules=name == "rules")
        taken: dict[str, list[dict[str, float]]] = {name: [] for name in folders}
        for number in range(rounds + 1):
            for name, folder in folders.items():
                one = _in_a_new_process(folder)
                if one["active"] != one["all"]:
                    raise RuntimeError(f"{name}: {one}")
                if number:
                    taken[name].append(one)
    return {
        name: {what: median(one[what] for one in runs) for what in ("wall", "cpu")}
        | {"least": min(one["wall"] for one in runs)}
        for name, runs in taken.items()
    }


def _in_a_new_process(folder: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(folder)], capture_output=True, text=True, check=True, timeout=300
    )
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def measure_scoring(rounds: int, burst: int) -> dict[str, float]:
    """How long a county takes by each way to its standard, as ratios to the engine called directly.

    "through the registry" is the very standard, contributed by a plugin and found by name each time. The
    rules compared are one and the same, six times over: one that ships, a plugin's in this process, and a
    plugin's in a worker.
    """
    with tempfile.TemporaryDirectory(prefix="liangcun-bench-") as place:
        folder = Path(place)
        shipped_points = list(entry_points(group=GROUP))
        file = Path(__file__).with_name("standard.yaml")
        text = file.read_text(encoding="utf-8")
        write_plugin(folder, "whole", "whole", _DOCUMENTS.format(code="whole_rate"), text)
        write_plugins(folder, 1, rules=True)
        points = [one for found in distributions(path=[place]) for one in found.entry_points]
        sys.path.append(place)
        try:
            apart = load_plugins([*shipped_points, *points])
            here = load_plugins([*shipped_points, *points], isolate=False)
        finally:
            sys.path.remove(place)
        _check_active(apart, here)
        whole = benchmark_standard(here.indicators)
        named = f"{whole.jurisdiction[:6]}/{whole.code}"
        contenders = {
            "directly": _contender(lambda: whole, here),
            "through the registry": _contender(lambda: here.standards.find(named).standard, here),
            "through the registry, apart": _contender(lambda: apart.standards.find(named).standard, apart),
        }
        shipped = _shipped(here)
        marks = {
            "a rule that ships": _contender(lambda: shipped, here),
            "a plugin's rule, here": _contender(lambda: here.standards.find("county-0").standard, here),
            "a plugin's rule, apart": _contender(lambda: apart.standards.find("county-0").standard, apart),
        }
        found = {}
        for group in (contenders, marks):
            runs = take_turns(group, rounds, burst)
            medians = {name: median(one.wall for one in taken) for name, taken in runs.items()}
            first = next(iter(medians.values()))
            found |= {name: taken / first for name, taken in medians.items()}
            found[f"{next(iter(medians))}, seconds"] = first
        apart.close()
    return found


def _check_active(*registries: PluginRegistry) -> None:
    for registry in registries:
        for plugin in registry.plugins:
            if plugin.status is not PluginStatus.ACTIVE:
                raise RuntimeError(f"{plugin.name}: {plugin.error}")


def _shipped(registry: PluginRegistry) -> Standard:
    rule = "kind: threshold, when: {indicator: county_rate_0, at_least: 50}"
    criteria = [_CRITERION.format(place=place, rule=rule) for place in range(6)]
    standard = read_standard(_STANDARD.format(name="shipped") + "".join(criteria), "shipped.yaml")
    assert isinstance(standard, Standard)
    standard.check(registry.indicators)
    return standard


def _contender(find: Callable[[], Standard], registry: PluginRegistry) -> Contender:
    villages = make_villages(find(), registry.indicators, COUNTY)

    def prepare() -> IndicatorTable:
        return make_table(villages, registry.indicators)

    def job(table: IndicatorTable) -> object:
        return score(find(), table, registry.indicators).total

    return Contender(job, prepare)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=5)
    rounds = asked.parse_args().rounds
    start = measure_start(rounds)
    none = start["none"]
    print(f"loading what ships: {none['wall']:.2f} s by the clock, {none['cpu']:.2f} s of processors")
    for name in ("documents", "rules"):
        more = {what: start[name][what] - none[what] for what in none}
        clock = f"{more['wall']:+.2f} s by the clock, {more['least']:+.2f} s at the fastest"
        print(f"{PLUGINS} more, with {name}: {clock}, {more['cpu']:+.2f} s of processors")
    for name, figure in measure_scoring(4 * rounds, 20).items():
        print(f"{name}: {figure * 1e3:.3f} ms" if name.endswith("seconds") else f"{name}: {figure:.3f}")


if __name__ == "__main__":
    main()
