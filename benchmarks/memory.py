"""The most memory that a whole process takes to score the nation, each contender in a process of its own."""

from __future__ import annotations

import resource
import subprocess
import sys

from benchmarks.setting import Setting
from benchmarks.villages import make_table
from liangcun_standards import score
from liangcun_standards.compiled import prepare

CONTENDERS = ("liangcun", "liangcun-gaps", "openfisca")


def peak_bytes(contender: str, count: int) -> int:
    """The peak resident size of a new process that makes `count` villages and scores them once.

    `contender`: liangcun, liangcun-gaps (with missing values) or openfisca.
    """
    command = [sys.executable, "-m", "benchmarks.memory", contender, str(count)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(answer.stdout)


def _run(contender: str, count: int) -> None:
    setting = Setting(count)
    if contender == "openfisca":
        from benchmarks.openfisca_rules import OpenFisca  # liangcun's own process shouldn't carry it

        openfisca = OpenFisca(setting.inputs)
        openfisca.totals(openfisca.simulation(setting.villages))
        return
    prepare()
    missing_share = 0.03 if contender == "liangcun-gaps" else 0.0
    table = make_table(setting.villages, setting.indicators, missing_share)
    setting.villages.columns.clear()
    score(setting.standard, table, setting.indicators).ranks()


def main() -> None:
    """Score once and print the peak resident size in bytes."""
    contender, count = sys.argv[1:]
    if contender not in CONTENDERS:
        raise SystemExit(f"contenders are {', '.join(CONTENDERS)}")
    _run(contender, int(count))
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


if __name__ == "__main__":
    main()
