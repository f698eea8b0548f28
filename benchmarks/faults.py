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
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.fault_files import COUNTY, FaultFile, fault_files, file_of, options_of
from benchmarks.faulty_writer import AUTHOR, VILLAGES
from benchmarks.first_query import postgresql_address, sqlite_address
from liangcun_server.assessments.verifying import verify as verify_assessment
from liangcun_server.audit.verifying import verify as verify_chain
from liangcun_server.importing.importing import import_files
from liangcun_server.regions.divisions import divisions_within
from liangcun_server.regions.loading import load_regions
from liangcun_server.storage.database import Database
from liangcun_standards.plugins import PluginRegistry, load_plugins

# How long a writer may go on, in seconds: after its start, and after the beginning of an import.
_FROM_THE_START, _FROM_AN_IMPORT = 1.2, 0.6


@dataclass
class Counts:
    """What was done and what was found. From `lost` on all should be nothing.

    `cut_short` are the imports that were under way when a writer ended, by the way that they went, `writing`
    those of them that had read their file, `unsaid` those that were committed all the same, and
    `changed_again` the imports that, done once more, recorded anything where they were there or didn't
    record all where they weren't.
    """

    kills: int = 0
    acknowledged: int = 0
    assessed: int = 0
    imported: int = 0
    cut_short: dict[str, int] = field(default_factory=dict)
    writing: int = 0
    unsaid: int = 0
    lost: int = 0
    doubled: int = 0
    halves: int = 0
    changed_again: int = 0
    broken_chains: int = 0
    unproved: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled, halved, changed anew or broken."""
        found = (self.lost, self.doubled, self.halves, self.changed_again, self.broken_chains, self.unproved)
        return not any(found)


class _Said:
    """The numbers that writers said, by the word before them."""

    def __init__(self) -> None:
        self.numbers: dict[str, list[int]] = {
            word: [] for word in ("recorded", "assessed", "importing", "writing", "imported")
        }

    def heard(self, lines: list[str]) -> None:
        """Take in what a writer said."""
        for line in lines:
            # The one that was cut short runs into what follows, or stands alone.
            if _WHOLE.fullmatch(line):
                word, number = line.split()
                self.numbers[word].append(int(number))

    def __getitem__(self, word: str) -> list[int]:
        return self.numbers[word]

    def next(self, word: str, after: int) -> int:
        """A number that no writer had."""
        return max(self.numbers[word], default=0) + after


_WHOLE = re.compile(r"(recorded|assessed|importing|writing|imported) \d+")


async def prepare(address: str) -> None:
    """A database with the divisions of 长岭县."""
    async with Database(address) as database:
        await database.upgrade()
        await load_regions(database, divisions_within(COUNTY), author=AUTHOR, reason="divisions")


def survive(address: str, kills: int, seed: int, told: Callable[[int], None] = lambda done: None) -> Counts:
    """End a writer so many times, each at a random moment of its work; what it left is counted at the end.

    Every other writer ends soon after it began to bring in a file, the first one or a later one.
    """
    chance, said = random.Random(seed), _Said()
    with tempfile.TemporaryDirectory(prefix="liangcun-faults-") as folder:
        writers = _Writers(address, Path(folder))
        for kill in range(kills):
            if kill % 2:
                moment, delay = "ready", chance.uniform(0.0, _FROM_THE_START)
            else:
                moment, delay = "importing", chance.uniform(0.0, _FROM_AN_IMPORT)
            # A batch that was under way may have been committed without a word; an import says its beginning.
            first, first_import = said.next("recorded", 2), said.next("importing", 1)
            said.heard(writers.ended_at(first, first_import, moment, delay))
            told(kill + 1)
        writers.close()
        return asyncio.run(_found(address, Path(folder), said, Counts(kills=kills)))


class _Writers:
    """The program that forks writers, one at a time."""

    def __init__(self, address: str, folder: Path) -> None:
        command = [sys.executable, "-m", "benchmarks.faulty_writer", address, str(folder)]
        self._program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._until("loaded")

    def ended_at(self, first: int, first_import: int, moment: str, delay: float) -> list[str]:
        """Let a writer work for so long from what it says at a moment on, and end it; its lines."""
        assert self._program.stdin is not None
        self._program.stdin.write(f"{first} {first_import}\n")
        self._program.stdin.flush()
        child = int(self._until("child")[-1].split()[1])
        lines = self._until(moment)
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
        return lines + self._until("over")

    def _until(self, begins: str) -> list[str]:
        """The lines as far as one that begins so."""
        assert self._program.stdout is not None
        lines: list[str] = []
        while not lines or not lines[-1].startswith(begins):
            line = self._program.stdout.readline()
            if not line or (line == "over\n" and begins != "over"):
                raise RuntimeError(f"the writers ended before one said '{begins}': {lines}")
            lines.append(line.strip())
        return lines

    def close(self) -> None:
        """End the program."""
        assert self._program.stdin is not None
        self._program.stdin.close()
        self._program.wait(timeout=30)


async def _found(address: str, folder: Path, said: _Said, counts: Counts) -> Counts:
    plugins = load_plugins()
    files = fault_files(folder, plugins.indicators)
    async with Database(address) as database:
        async with database.read(at_length=True) as connection:
            await _count_batches(connection, said, counts)
            there = await _count_imports(connection, said, files, counts)
        for number in said["importing"]:
            counts.changed_again += not await _as_before(database, plugins, files, number, number in there)
        async with database.read(at_length=True) as connection:
            chain = await verify_chain(connection)
        counts.broken_chains = int(not chain.holds)
        counts.faults = [one.en for one in chain.faults]
        counts.assessed = len(said["assessed"])
        for number in said["assessed"]:
            proof = await verify_assessment(database, plugins, number)
            counts.unproved += int(not proof.holds)
    plugins.close()
    return counts


async def _count_batches(connection: AsyncConnection, said: _Said, counts: Counts) -> None:
    rows = await connection.execute(
        text(
            "SELECT r.reason, count(*), count(DISTINCT o.region_code) FROM observation o "
            "JOIN revision r ON r.id = o.revision_id WHERE r.author = :author AND r.kind = 'observations' "
            "GROUP BY r.reason"
        ),
        {"author": AUTHOR},
    )
    found = {int(reason): (every, villages) for reason, every, villages in rows}
    counts.acknowledged = len(said["recorded"])
    counts.lost += len(set(said["recorded"]) - set(found))
    counts.doubled += sum(every > villages for every, villages in found.values())
    counts.halves += sum(villages != len(VILLAGES) for _, villages in found.values())


async def _count_imports(
    connection: AsyncConnection, said: _Said, files: list[FaultFile], counts: Counts
) -> set[int]:
    """Count, and tell which imports are there: each should be one revision with all its values."""
    rows = await connection.execute(
        text(
            "SELECT r.reason, count(DISTINCT r.id), count(o.id), count(DISTINCT o.region_code || '/' || "
            "o.indicator_id || '/' || o.period) FROM revision r LEFT JOIN observation o ON o.revision_id = "
            "r.id WHERE r.author = :author AND r.kind = 'import' GROUP BY r.reason"
        ),
        {"author": AUTHOR},
    )
    found = {int(reason): (revisions, every, about) for reason, revisions, every, about in rows}
    cut = set(said["importing"]) - set(said["imported"])
    counts.imported = len(said["imported"])
    counts.cut_short = dict(Counter(file_of(files, number).way for number in sorted(cut)))
    counts.writing = len(cut & set(said["writing"]))
    counts.unsaid = len(cut & set(found))
    counts.lost += len(set(said["imported"]) - set(found))
    counts.doubled += sum(revisions > 1 or every > about for revisions, every, about in found.values())
    counts.halves += sum(about != file_of(files, number).values for number, (_, _, about) in found.items())
    return set(found)


async def _as_before(
    database: Database, plugins: PluginRegistry, files: list[FaultFile], number: int, there: bool
) -> bool:
    """Whether an import done once more changes nothing where it is there, and records all where it isn't."""
    file = file_of(files, number)
    done = await import_files(
        database, plugins.indicators, [file.path], options_of(number), author=AUTHOR, reason=f"again {number}"
    )
    if there:
        return (done.revision, done.new, done.unchanged) == (None, 0, file.values)
    return done.revision is not None and (done.new, done.unchanged) == (file.values, 0)


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
