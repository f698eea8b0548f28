"""Writers that record, assess and bring in files until they are ended; each says what was committed.

The program has loaded everything once and forks a writer for each line that it reads: a start from
nothing would take longer than the work.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from benchmarks.fault_files import FaultFile, fault_files, file_of, options_of
from liangcun_server.application import Application
from liangcun_server.importing.importing import import_files
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.settings import load_settings
from liangcun_standards.periods import Period
from liangcun_standards.plugins import PluginRegistry, load_plugins
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import SourceStatus

AUTHOR = "faults"
VILLAGES = [f"220722201{number}" for number in range(200, 207)]
# Each batch has a value for every village, so that a half one would show.
_PERIOD = Period.parse("2023")


def say(line: str) -> None:
    """A line on standard output, in one piece: others write there too."""
    os.write(1, f"{line}\n".encode())


async def work(
    address: str, first: int, first_import: int, plugins: PluginRegistry, files: list[FaultFile]
) -> None:
    """Batch after batch from the number `first` on, assess now and then, and bring in a file each time."""
    application = Application.open(load_settings(database_url=address), plugins)
    say("ready")
    number, importing = first, first_import
    while True:
        await _record(application, number)
        if number % 2 == 0:
            await _assess(application, number)
        await _import(application, importing, file_of(files, importing))
        number += 1
        importing += 1


async def _record(application: Application, number: int) -> None:
    values = [
        NewObservation(
            region_code=village,
            indicator="street_lamps",
            period=_PERIOD,
            value=number,
            source_status=SourceStatus.SIMULATED,
        )
        for village in VILLAGES
    ]
    await record_observations(
        application.database, application.plugins.indicators, values, author=AUTHOR, reason=str(number)
    )
    say(f"recorded {number}")


async def _assess(application: Application, number: int) -> None:
    resolved = application.plugins.standards.find("220000/sanhua")
    run = await application.assessments.begin(
        resolved, "220722201000", _PERIOD, author=AUTHOR, reason=str(number)
    )
    await application.assessments.wait(run)
    say(f"assessed {run}")


async def _import(application: Application, number: int, file: FaultFile) -> None:
    def progress(stage: Text, done: int, total: int) -> None:
        if stage.en == "recording":
            say(f"writing {number}")

    say(f"importing {number}")
    done = await import_files(
        application.database,
        application.plugins.indicators,
        [file.path],
        options_of(number),
        author=AUTHOR,
        reason=str(number),
        progress=progress,
    )
    if done.revision is None or done.new != file.values:
        raise RuntimeError(f"the import {number} wrote {done.new} values")
    say(f"imported {number}")


def main(address: str, folder: Path) -> None:
    """Fork a writer for each line on standard input: the numbers of its first batch and its first import."""
    plugins = load_plugins()
    files = fault_files(folder, plugins.indicators)
    say("loaded")
    for line in sys.stdin:
        first, first_import = map(int, line.split())
        child = os.fork()
        if not child:
            say(f"child {os.getpid()}")
            asyncio.run(work(address, first, first_import, plugins, files))
            os._exit(1)
        os.waitpid(child, 0)
        say("over")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
