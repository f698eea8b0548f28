"""What a process has spent: the processor's time, its children's included, and the most memory it held."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import NamedTuple


class Spent(NamedTuple):
    """Seconds of the processor's time since the process began, and bytes of memory at the most."""

    seconds: float
    memory: int


def spent() -> Spent:
    """What this process has spent. Its memory is what the system counts as resident."""
    try:
        import resource
    except ImportError:
        return Spent(time.process_time(), 0)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(one.ru_utime + one.ru_stime for one in used)
    unit = 1 if sys.platform == "darwin" else 1024
    # What getrusage tells may be of the process that started this one; /proc tells of this one alone.
    return Spent(seconds, _peak() or used[0].ru_maxrss * unit)


def held() -> int:
    """The bytes of memory that this process holds now; where the system doesn't say, the most it held."""
    with contextlib.suppress(OSError), open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return spent().memory


def forget_peak() -> None:
    """From now on the most that was held counts anew, where the system can (Linux)."""
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def _peak() -> int | None:
    with contextlib.suppress(OSError, ValueError), open("/proc/self/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return None
