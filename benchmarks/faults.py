"""What survives a kill -9: a writer is ended at random moments, and what it said it committed is looked for.

`python -m benchmarks.faults` ends it 200 times on SQLite and 200 times on PostgreSQL and tells the counts.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import text

from benchmarks.faulty_writer import VILLAGES
from benchmarks.first_query import postgresql_address, sqlite_address
from liangcun_server.assessments.verifying import verify as verify_assessment
from liangcun_server.audit.verifying import verify as verify_chain
from liangcun_server.regions.divisions import divisions_within
from liangcun_server.regions.loading import load_regions
from liangcun_server.storage.database import Database
from liangcun_standards.plugins import load_plugins


@dataclass
class Counts:
    """What was done and what was found. All but the first three should be nothing."""

    kills: int = 0
    acknowledged: int = 0
    assessed: int = 0
    lost: int = 0
    doubled: int = 0
    halves: int = 0
    broken_chains: int = 0
    unproved: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled, halved or broken."""
        return not (self.lost or self.doubled or self.halves or self.broken_chains or self.unproved)


async def prepare(address: str) -> None:
    """A database with the divisions of 长岭县."""
    async with Database(address) as database:
        await database.upgrade()
        await load_regions(database, divisions_within("220722"), author="faults", reason="divisions")


def survive(address: str, kills: int, seed: int, told: Callable[[int], None] = lambda done: None) -> Counts:
    """End a writer so many times, each at a random moment of its work; what it left is counted at the end."""
    chance, counts = random.Random(seed), Counts()
    recorded: list[int] = []
    assessed: list[int] = []
    first, writers = 1, _Writers(address)
    for kill in range(kills):
        lines = writers.ended_at(first, chance.uniform(0.0, 0.8))
        for line in lines:
            what, _, number = line.partition(" ")
            if what == "recorded":
                recorded.append(int(number))
            elif what == "assessed":
                assessed.append(int(number))
        # A batch that was under way may have been committed without a word.
        first = max(recorded, default=0) + 2
        counts.kills += 1
        told(kill + 1)
    writers.close()
    asyncio.run(_count(address, recorded, assessed, counts))
    return counts


class _Writers:
    """The program that forks writers, one at a time."""

    def __init__(self, address: str) -> None:
        command = [sys.executable, "-m", "benchmarks.faulty_writer", address]
        self._program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._line("loaded")

    def ended_at(self, first: int, delay: float) -> list[str]:
        """Let a writer work for so long and end it; the lines that it wrote whole."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(f"{first}\n")
        self._program.stdin.flush()
        child = int(self._line("child").split()[1])
        lines = [self._line("ready")]
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
        while (line := self._program.stdout.readline()) != "over\n":
            if not line:
                raise RuntimeError("the writers ended")
            lines.append(line.strip())
        # The one that was cut short runs into what follows, or stands alone.
        return [line for line in lines if _WHOLE.fullmatch(line)]

    def _line(self, begins: str) -> str:
        assert self._program.stdout is not None
        line = self._program.stdout.readline()
        if not line.startswith(begins):
            raise RuntimeError(f"'{begins}' was expected of a writer, not '{line.strip()}'")
        return line.strip()

    def close(self) -> None:
        """End the program."""
        assert self._program.stdin is not None
        self._program.stdin.close()
        self._program.wait(timeout=30)


_WHOLE = re.compile(r"(recorded|assessed) \d+")


async def _count(address: str, recorded: list[int], assessed: list[int], counts: Counts) -> None:
    counts.acknowledged, counts.assessed = len(recorded), len(assessed)
    plugins = load_plugins()
    async with Database(address) as database:
        async with database.read(at_length=True) as connection:
            rows = await connection.execute(
                text(
                    "SELECT r.reason, count(*), count(DISTINCT o.region_code) FROM observation o "
                    "JOIN revision r ON r.id = o.revision_id WHERE r.author = 'faults' GROUP BY r.reason"
                )
            )
            found = {int(reason): (every, villages) for reason, every, villages in rows}
            counts.lost = len(set(recorded) - set(found))
            counts.doubled = sum(every > villages for every, villages in found.values())
            counts.halves = sum(villages != len(VILLAGES) for _, villages in found.values())
            chain = await verify_chain(connection)
            counts.broken_chains = int(not chain.holds)
            counts.faults = [one.en for one in chain.faults]
        for number in assessed:
            proof = await verify_assessment(database, plugins, number)
            counts.unproved += int(not proof.holds)
    plugins.close()


def main() -> None:
    """200 kills on each database, and the counts."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    chosen = sys.argv[2:] or ["SQLite", "PostgreSQL"]
    for name, made in (("SQLite", sqlite_address), ("PostgreSQL", postgresql_address)):
        if name not in chosen:
            continue
        with made() as address:
            asyncio.run(prepare(address))
            counts = survive(
                address, kills, seed=7, told=lambda done: print(f"\r{done}/{kills}", end="", file=sys.stderr)
            )
        print(f"\n{name}: {counts}")
        if not counts.holds:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
