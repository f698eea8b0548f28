"""Walking a page: its files written, its commands run in a shell, and what they print beside what it shows.

A command begins with `$ `; the lines below it are its output. `…` within a line stands for anything, a line
of `…` alone for any lines. A line that is a path in backquotes names the file that the block below it is.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from liangcun_server.settings import PREFIX

_BLOCK = re.compile(r"(?:^`(\S+)`\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Step(NamedTuple):
    """A file to write, or a command to run with the output that the page shows."""

    file: str | None
    command: str
    shown: str


def steps_of(page: str) -> Iterator[Step]:
    """The steps of a page in their order."""
    for file, language, text in _BLOCK.findall(page):
        if file:
            yield Step(file, "", text)
        elif not language:
            for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                command, _, shown = part.partition("\n")
                yield Step(None, command, shown)


def walk(page: str, folder: Path, *, missing: str | None = None) -> Iterator[tuple[Step, str]]:
    """Each command with what it printed, in one shell's folder and environment; it must succeed.

    Those that speak of `missing`, a program or a file that there is none of here, aren't run.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "80",
        "USER": "wang",
        "LOGNAME": "wang",
        "PIP_NO_INDEX": "1",
        f"{PREFIX}LANGUAGE": "zh",
    }
    # A test inside a test: none of the outer run's options.
    environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST_")}
    for step in steps_of(page):
        if step.file is not None:
            (folder / step.file).write_text(step.shown, encoding="utf-8")
            continue
        if missing is not None and re.search(missing, step.command):
            continue
        if step.command.startswith("export "):
            for name, _, value in (one.partition("=") for one in step.command.split()[1:]):
                environment[name] = value
            continue
        done = subprocess.run(
            step.command,
            shell=True,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"$ {step.command}\n{done.stdout}"
        yield step, done.stdout


def fits(shown: str, printed: str) -> bool:
    """Whether what was printed is what the page shows."""
    pattern = ""
    for line in shown.splitlines():
        if line == "…":
            pattern += r"(?:.*\n)*"
        else:
            pattern += ".*".join(re.escape(part) for part in line.rstrip().split("…")) + r" *\n"
    printed = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
    return re.fullmatch(pattern, printed) is not None
