"""The process in which a plugin is checked: what to check comes by standard input."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

from liangcun_standards.conformance.apart import write_answer
from liangcun_standards.conformance.checking import check_plugin
from liangcun_standards.conformance.limits import CheckLimits
from liangcun_standards.conformance.subject import Subject
from liangcun_standards.isolation import shared_nursery


def main() -> None:
    """Check one plugin and leave the report."""
    asked = json.load(sys.stdin)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (asked["memory"], asked["memory"]))
    # Every plugin is watched in a worker; while that process starts, others have loaded.
    shared_nursery().prepare()
    path = None if asked["path"] is None else Path(asked["path"])
    subject = Subject(asked["name"], asked["value"], asked["version"], tuple(asked["requires"]), path)
    write_answer(check_plugin(subject, CheckLimits(**asked["limits"])), asked["answer"])


if __name__ == "__main__":
    main()
