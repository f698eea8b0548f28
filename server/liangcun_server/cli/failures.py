"""What the user reads when a command fails, and the exit code: 2 for bad input, 1 for the rest."""

from __future__ import annotations

import os
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

import typer
from typer.exceptions import TyperException

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.output import printable
from liangcun_server.cli.usage import explain_usage

BAD_INPUT = 2
FAILED = 1

# Faults of the place that the program runs in, not of what was asked.
_OUTER_FAULTS = frozenset(
    {
        "DATABASE_UNAVAILABLE",
        "DATABASE_DAMAGED",
        "DATABASE_NOT_INITIALISED",
        "DATABASE_OUTDATED",
        "ADDRESS_UNAVAILABLE",
    }
)
_LARGEST_LOG = 1_000_000


def report_failure(error: Exception) -> int:
    """Print what went wrong to standard error; returns the exit code."""
    if isinstance(error, TyperException):
        fail(explain_usage(error))
        return error.exit_code
    if isinstance(error, typer.Abort):
        return FAILED
    from liangcun_standards.errors import LiangcunError

    if isinstance(error, LiangcunError):
        fail(error.text(locale()))
        return FAILED if error.code in _OUTER_FAULTS else BAD_INPUT
    log = _write_down(error)
    kind = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    fail(
        words(
            f"程序内部出错（{kind}）。详情已写入 {log}，报告问题时请附上",
            f"something went wrong inside ({kind}). The details are in {log}; please send them along",
        )
    )
    return FAILED


def fail(text: str) -> None:
    """Print what is wrong to standard error."""
    typer.echo(typer.style(words("错误：", "error: "), fg="red") + printable(text), err=True)


def _write_down(error: Exception) -> Path:
    """Append the traceback to a log of the user's own and return the log's path."""
    told = f"{datetime.now(UTC).isoformat()}\n{''.join(traceback.format_exception(error))}\n"
    log = Path(typer.get_app_dir("liangcun")) / "errors.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > _LARGEST_LOG:
            log.unlink()
        with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(told)
    except OSError:
        # A service account may have no home that it can write to.
        handle, name = tempfile.mkstemp(prefix="liangcun-error-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(told)
        log = Path(name)
    return log
