"""Checking a plugin in a process of its own, which is ended when it takes too long or too much memory."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from liangcun_standards.conformance.checking import finding
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


def check_apart(subject: Subject, *, seconds: float = SECONDS, memory: int = MEMORY) -> Report:
    """What the kit finds of a plugin, whose code can't hold up, end or write into this process.

    `seconds` by the clock and `memory` in bytes of address space (where the system keeps to it) are all that
    it may use; past them every rule counts as broken.
    """
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "report.json"
        asked = {
            "name": subject.name,
            "value": subject.value,
            "version": subject.version,
            "requires": list(subject.requires),
            "path": None if subject.path is None else str(subject.path),
            "memory": memory,
            "answer": str(answer),
        }
        paths = json.dumps(sys.path)
        try:
            done = subprocess.run(  # noqa: S603  (this very Python)
                [sys.executable, "-c", _BOOT, paths],
                input=json.dumps(asked),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return _failed(
                subject, Text(f"{seconds:g} 秒内没有检查完", f"not done within {seconds:g} seconds")
            )
        with contextlib.suppress(OSError, ValueError, KeyError):
            return Report.of(json.loads(answer.read_text(encoding="utf-8")))
        last = done.stderr.strip()[-_LAST:]
        return _failed(
            subject,
            Text(
                f"检查的进程中途结束（{done.returncode}），可能是退出、崩溃或内存用尽\n{last}",
                f"the process that checks it ended halfway ({done.returncode}): it exited, crashed or ran "
                f"out of memory\n{last}",
            ),
        )


def _failed(subject: Subject, why: Text) -> Report:
    return Report(subject.name, subject.version, tuple(finding(rule, [why]) for rule in RULES))


def write_answer(report: Report, answer: str) -> None:
    """Leave the report where whoever asked looks for it, whole or not at all."""
    unfinished = f"{answer}.part"
    Path(unfinished).write_text(json.dumps(report.values(), ensure_ascii=False), encoding="utf-8")
    os.replace(unfinished, answer)
