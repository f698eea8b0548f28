"""Sensitivity analyses over a county and a province, how they grow, and putting together beside pymcdm.

Part of `make bench-compare`. The aggregation step (weighted sum, TOPSIS, entropy weights) is timed in turns
with pymcdm's on the same matrix, after both have come to the same figures; the analysis itself has no peer.
"""

from __future__ import annotations

import argparse
import io
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pymcdm.methods import TOPSIS, WSM
from pymcdm.normalizations import vector_normalization
from pymcdm.weights import entropy_weights as peer_entropy_weights
from rich.console import Console
from rich.table import Table

from benchmarks.setting import COUNTY
from benchmarks.timing import Contender, ratio, take_turns, typical
from benchmarks.villages import Villages, make_table, make_villages
from liangcun_standards import ScoreResult, Standard, load_plugins, score
from liangcun_standards.aggregation import entropy_weights, topsis, weighted_mean
from liangcun_standards.compiled import prepare
from liangcun_standards.sensitivity import Asked, analyse
from liangcun_standards.sensitivity.combining import mean, topsis_within
from liangcun_standards.table import Floats

# As many villages as 吉林省 has.
PROVINCE = 11_860
DRAWS = 1_000
MISSING = 0.03
_TARGETS = {COUNTY: 0.3, PROVINCE: 8.0}
_GROWTH_VILLAGES = (1_000, 2_000, 4_000, 8_000, 16_000)
_GROWTH_DRAWS = (250, 500, 1_000, 2_000, 4_000)
_CRITERIA = 15
# Shares are on one scale already: pymcdm's weighted sum is spared its normalisation.
_SUM = WSM(normalization_function=lambda column, cost: column)
PLOT = Path(__file__).with_name("sensitivity-growth.svg")


@dataclass(frozen=True)
class Scene:
    """九有六无 over made-up villages, some of whose values are missing."""

    result: ScoreResult
    indicators: Any

    @classmethod
    def over(cls, count: int) -> Scene:
        plugins = load_plugins()
        standard = plugins.standards.find("220000/jiuyou-liuwu").standard
        assert isinstance(standard, Standard)
        villages: Villages = make_villages(standard, plugins.indicators, count)
        table = make_table(villages, plugins.indicators, MISSING)
        return cls(score(standard, table, plugins.indicators), plugins.indicators)

    def analysed(self, draws: int = DRAWS) -> None:
        found = analyse(self.result, self.indicators, Asked(draws=draws))
        assert found.shift


def _whole(console: Console, rounds: int) -> None:
    table = Table(title=f"九有六无, {MISSING:.0%} missing, {DRAWS:,} draws and the runs of the indices")
    for heading in ("villages", "median", "processor", "asked for"):
        table.add_column(heading, justify="right")
    for count, target in _TARGETS.items():
        scene = Scene.over(count)
        job = Contender(lambda _, scene=scene: scene.analysed(), lambda: None)
        taken = typical(take_turns({"": job}, rounds, 3 if count == COUNTY else 1)[""])
        table.add_row(
            f"{count:,}",
            f"{taken.wall * 1000:,.0f} ms",
            f"{taken.cpu * 1000:,.0f} ms",
            f"below {target * 1000:,.0f} ms",
        )
    console.print(table)


def _growth(console: Console) -> None:
    """Time against villages and against draws, as text and as an SVG."""
    scenes = {count: Scene.over(count) for count in (*_GROWTH_VILLAGES, 2_000)}
    by_villages = [(count, _once(lambda count=count: scenes[count].analysed())) for count in _GROWTH_VILLAGES]
    by_draws = [(draws, _once(lambda draws=draws: scenes[2_000].analysed(draws))) for draws in _GROWTH_DRAWS]
    series = {f"villages ({DRAWS:,} draws)": by_villages, "draws (2,000 villages)": by_draws}
    for name, points in series.items():
        slope = np.polyfit(*np.log(np.array(points)).T, 1)[0]
        console.print(f"by {name}: grows as its power of {slope:.2f} (1 is linear)")
        most = max(seconds for _, seconds in points)
        for size, seconds in points:
            console.print(f"  {size:>7,} {seconds * 1000:>8,.0f} ms {'█' * round(40 * seconds / most)}")
    PLOT.write_text(_drawn(series), encoding="utf-8")
    console.print(f"drawn: {PLOT.name}")


def _once(job: Callable[[], None]) -> float:
    """The processor's time of the median of three runs: what else the machine does hardly changes it."""
    return typical(take_turns({"": Contender(lambda _: job(), lambda: None)}, 3, 1)[""]).cpu


def _drawn(series: dict[str, list[tuple[int, float]]]) -> str:
    """Each series on logarithmic axes, with a line of slope 1 through its first point."""
    from matplotlib.figure import Figure  # comes with SALib

    figure = Figure(figsize=(9, 4), layout="constrained")
    for place, (name, points) in enumerate(series.items(), start=1):
        axes = figure.add_subplot(1, len(series), place)
        sizes, seconds = np.array(points).T
        axes.loglog(sizes, seconds, "o-", label="measured")
        axes.loglog(sizes, seconds[0] * sizes / sizes[0], "--", label="linear")
        axes.set_xlabel(name)
        axes.set_ylabel("seconds of the processor")
        axes.legend()
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def _peers(console: Console, rounds: int) -> None:
    for count in (COUNTY, PROVINCE):
        random = np.random.default_rng(20_230_720)
        # pymcdm asks for rows of alternatives; both get the layout that they like best.
        ours = random.random((_CRITERIA, count)) * 0.9 + 0.05
        theirs = np.ascontiguousarray(ours.T)
        weights = random.random(_CRITERIA)
        weights /= weights.sum()
        _agree(ours, theirs, weights)
        table = Table(title=f"{_CRITERIA} criteria, {count:,} villages: 量村 beside pymcdm")
        for heading in ("step", "量村", "pymcdm", "pymcdm ÷ 量村"):
            table.add_column(heading, justify="left" if heading == "step" else "right")
        for step, (mine, peer) in _steps(ours, theirs, weights, count).items():
            runs = take_turns(
                {
                    "mine": Contender(lambda _, mine=mine: mine(), lambda: None),
                    "peer": Contender(lambda _, peer=peer: peer(), lambda: None),
                },
                rounds,
                3,
            )
            taken = [typical(runs[name]).wall * 1000 for name in ("mine", "peer")]
            table.add_row(
                step, f"{taken[0]:,.3f} ms", f"{taken[1]:,.3f} ms", f"{ratio(runs['mine'], runs['peer']):.1f}"
            )
        console.print(table)


Step = tuple[Callable[[], object], Callable[[], object]]


def _steps(ours: Floats, theirs: Floats, weights: Floats, count: int) -> dict[str, Step]:
    types = np.ones(_CRITERIA)
    closeness = TOPSIS(normalization_function=vector_normalization)
    batch = 10 if count == PROVINCE else 100
    drawn = np.random.default_rng(1).dirichlet(weights * 100, batch)
    return {
        "weighted sum": (lambda: weighted_mean(ours, weights), lambda: _SUM(theirs, weights, types)),
        "TOPSIS": (lambda: topsis(ours, weights), lambda: closeness(theirs, weights, types)),
        "entropy weights": (lambda: entropy_weights(ours), lambda: peer_entropy_weights(theirs)),
        f"weighted sum, {batch:,} weights": (
            lambda: mean(drawn, ours),
            lambda: [_SUM(theirs, row, types) for row in drawn],
        ),
        f"TOPSIS, {batch:,} weights": (
            lambda: topsis_within(None)(drawn, ours),
            lambda: [closeness(theirs, row, types) for row in drawn],
        ),
    }


def _agree(ours: Floats, theirs: Floats, weights: Floats) -> None:
    types = np.ones(_CRITERIA)
    np.testing.assert_allclose(weighted_mean(ours, weights), _SUM(theirs, weights, types))
    found = TOPSIS(normalization_function=vector_normalization)(theirs, weights, types)
    np.testing.assert_allclose(topsis(ours, weights), found)
    np.testing.assert_allclose(topsis_within(None)(weights[None, :], ours)[0], found)
    np.testing.assert_allclose(entropy_weights(ours), peer_entropy_weights(theirs), atol=1e-9)


def _peak() -> int:
    """The most memory of a process that analyses a province once, in megabytes."""
    command = [sys.executable, "-m", "benchmarks.sensitivity", "--once"]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--once", action="store_true", help="analyse a province once, print the memory")
    asked = parser.parse_args()
    prepare()
    if asked.once:
        Scene.over(PROVINCE).analysed()
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    console = Console()
    _whole(console, asked.rounds)
    _growth(console)
    _peers(console, asked.rounds)
    console.print(f"peak memory of a whole process over {PROVINCE:,} villages: {_peak():,} MB")


if __name__ == "__main__":
    main()
