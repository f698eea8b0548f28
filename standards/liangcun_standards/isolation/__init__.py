"""Python of plugins that didn't ship, run in worker processes with limits of time and memory.

This keeps mistakes apart: a plugin that loops, eats memory, exits or patches what it imports does so in a
process of its own. It is no sandbox against malice: a worker runs as the same user, with the same files.
"""

from liangcun_standards.isolation.limits import DEFAULTS, WorkerLimits
from liangcun_standards.isolation.nursery import Nursery, shared_nursery
from liangcun_standards.isolation.worker import Worker

__all__ = ["DEFAULTS", "Nursery", "Worker", "WorkerLimits", "shared_nursery"]
