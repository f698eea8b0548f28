"""Checking a plugin in a process of its own, which is ended when it takes too long or too much memory."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from liangcun_standards.conformance.checking import finding
from liangcun_standards.conformance.limits import LIMITS, CheckLimits
from liangcun_standards.conformance.report import Report
from liangcun_standards.conformance.rules import RULES
from liangcun_standards.conformance.subject import Subject
from liangcun_standards.text import Text

SECONDS = 120.0
MEMORY = 4 << 30
_LAST = 600
# The same modules as here, wherever they lie.
_BOOT = (
    "import json, sys\n"
    "sys.path[:] = json.loads(sys.argv[1])\n"
    "from liangcun_standards.conformance.__main__ import main\n"
    "main()\n"
)


def check_apart(
    subject: Subject, *, seconds: float = SECONDS, memory: int = MEMORY, limits: CheckLimits = LIMITS
) -> Report:
    """What the kit finds of a plugin, whose code can't hold up, end or write into this process.

    `seconds` by the clock and `memory` in bytes of address space (where the system keeps to it) are all that
    it may use; past them every rule counts as broken. `limits` are those of the rule `bounded`. What the
    plugin has started in the meantime ends with the check.
    """
    with tempfile.TemporaryDirectory() as folder:
        answer, told = Path(folder) / "report.json", Path(folder) / "stderr"
        asked = {
            "name": subject.name,
            "value": subject.value,
            "version": subject.version,
            "requires": list(subject.requires),
            "path": None if subject.path is None else str(subject.path),
            "memory": memory,
            "limits": asdict(limits),
            "answer": str(answer),
        }
        ended = _run(json.dumps(asked), told, seconds)
        if ended is None:
            return _failed(
                subject, Text(f"{seconds:g} 秒内没有检查完", f"not done within {seconds:g} seconds")
            )
        with contextlib.suppress(OSError, ValueError, KeyError):
            return Report.of(json.loads(answer.read_text(encoding="utf-8")))
        last = told.read_text(encoding="utf-8", errors="replace").strip()[-_LAST:]
        return _failed(
            subject,
            Text(
                f"检查的进程中途结束（{ended}），可能是退出、崩溃或内存用尽\n{last}",
                f"the process that checks it ended halfway ({ended}): it exited, crashed or ran out of "
                f"memory\n{last}",
            ),
        )


def _run(asked: str, told: Path, seconds: float) -> int | None:
    """How the process that checks ended, None where it was ended for its time; `told` is what it says.

    That is no pipe: whatever the plugin leaves behind would hold its end open, and us up.
    """
    command = [sys.executable, "-c", _BOOT, json.dumps(sys.path)]
    with told.open("wb") as stderr:
        process = subprocess.Popen(  # noqa: S603  (this very Python)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            text=True,
            start_new_session=True,  # a group of its own, to be ended as one
        )
    try:
        process.communicate(asked, timeout=seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end(process)
    return process.returncode


def _end(process: subprocess.Popen[str]) -> None:
    """End the process and whatever else is in its group."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    if process.poll() is None:
        process.kill()
    process.wait()


def _failed(subject: Subject, why: Text) -> Report:
    return Report(subject.name, subject.version, tuple(finding(rule, [why]) for rule in RULES))


def write_answer(report: Report, answer: str) -> None:
    """Leave the report where whoever asked looks for it, whole or not at all."""
    unfinished = f"{answer}.part"
    Path(unfinished).write_text(json.dumps(report.values(), ensure_ascii=False), encoding="utf-8")
    os.replace(unfinished, answer)
