"""`python -m benchmarks`: measure everything, print it, keep it."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from benchmarks.first_query import measure_first_query
from benchmarks.memory import CONTENDERS, peak_bytes
from benchmarks.report import (
    memory_target,
    print_first_queries,
    print_memory,
    print_targets,
    print_timings,
    speed_target,
    write_json,
)
from benchmarks.scoring import measure
from benchmarks.setting import COUNTY, NATION

# Rounds, and runs in a row for each contender in each round.
_COUNTY_ROUNDS, _NATION_ROUNDS = (40, 20), (9, 1)
_COUNTY_TARGET, _NATION_TARGET = 5.0, 2.0
_MOST_MEMORY = 10**9
_RESULTS = Path(__file__).with_name("results")


def main() -> None:
    """Run the benchmarks that the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--county-only", action="store_true", help="leave out the nation, which takes minutes"
    )
    county_only: bool = parser.parse_args().county_only
    console = Console()
    # Memory first: a new process inherits the peak of the one that starts it.
    peaks = {} if county_only else {name: peak_bytes(name, NATION) for name in CONTENDERS}
    if peaks:
        print_memory(console, NATION, peaks)
    county = measure(COUNTY, *_COUNTY_ROUNDS)
    print_timings(console, county)
    timings, targets = [county], [speed_target(county, _COUNTY_TARGET)]
    if not county_only:
        nation = measure(NATION, *_NATION_ROUNDS)
        print_timings(console, nation)
        timings.append(nation)
        targets += [
            speed_target(nation, _NATION_TARGET),
            memory_target(NATION, peaks["liangcun"], _MOST_MEMORY),
        ]
    first_queries = measure_first_query()
    print_first_queries(console, first_queries)
    print_targets(console, targets)
    path = write_json(_RESULTS, timings, peaks, first_queries, targets)
    console.print(f"written to {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


if __name__ == "__main__":
    main()
