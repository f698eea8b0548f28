"""Writers that record and assess until they are ended; what was committed each says on a line of its own.

The program has loaded everything once and forks a writer for each line that it reads: a start from
nothing would take longer than the work.
"""

from __future__ import annotations

import asyncio
import os
import sys

from liangcun_server.application import Application
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.settings import load_settings
from liangcun_standards.periods import Period
from liangcun_standards.plugins import PluginRegistry, load_plugins
from liangcun_standards.vocabulary import SourceStatus

VILLAGES = [f"220722201{number}" for number in range(200, 207)]
# Each batch has a value for every village, so that a half one would show.
_PERIOD = Period.parse("2023")


def say(line: str) -> None:
    """A line on standard output, in one piece: others write there too."""
    os.write(1, f"{line}\n".encode())


async def work(address: str, first: int, plugins: PluginRegistry) -> None:
    """Record batch after batch from the number `first` on, and assess now and then."""
    application = Application.open(load_settings(database_url=address), plugins)
    resolved = application.plugins.standards.find("220000/sanhua")
    say("ready")
    number = first
    while True:
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
            application.database, application.plugins.indicators, values, author="faults", reason=str(number)
        )
        say(f"recorded {number}")
        if number % 2 == 0:
            run = await application.assessments.begin(
                resolved, "220722201000", _PERIOD, author="faults", reason=str(number)
            )
            await application.assessments.wait(run)
            say(f"assessed {run}")
        number += 1


def main(address: str) -> None:
    """Fork a writer for each line on standard input, which is the number that it begins with."""
    plugins = load_plugins()
    say("loaded")
    for line in sys.stdin:
        child = os.fork()
        if not child:
            asyncio.run(work(address, int(line), plugins))
            os._exit(1)
        say(f"child {child}")
        os.waitpid(child, 0)
        say("over")


if __name__ == "__main__":
    main(sys.argv[1])
