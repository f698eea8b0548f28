"""Writing an answer as a file: the format by name or by the file's ending, whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from liangcun_server.cli.language import words
from liangcun_server.cli.output import note
from liangcun_server.cli.reading import BadOption
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text


class UnwritableFile(LiangcunError):
    """A file that can't be written."""

    code = "UNWRITABLE_FILE"


def chosen_format(named: str | None, output: Path | None, known: Sequence[str]) -> str:
    """The format named or, without one, that of the file's ending, or the first known.

    Raises BadOption for a format that isn't known, and for a workbook that would go to a terminal.
    """
    ending = "" if output is None else output.suffix.lower().removeprefix(".")
    chosen = named.strip().lower() if named is not None else ending if ending in known else known[0]
    if chosen not in known:
        listed = ", ".join(known)
        raise BadOption(
            Text(f"没有格式“{chosen[:40]}”，可选：{listed}", f"'{chosen[:40]}' is none of {listed}"),
            where="--format",
        )
    if chosen == "xlsx" and output is None and sys.stdout.isatty():
        raise BadOption(
            Text(
                "xlsx 要写入文件，例如 --output 排名.xlsx",
                "a workbook goes to a file, such as --output ranking.xlsx",
            ),
            where="--output",
        )
    return chosen


def write_answer(answer: bytes, output: Path | None) -> None:
    """Write to the file, which appears whole or not at all, or to standard output.

    Raises UnwritableFile.
    """
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()
        return
    try:
        _replace(output, answer)
    except OSError as error:
        raise unwritable(output, error) from None
    note(words(f"已写入 {output}", f"written to {output}"))


def unwritable(file: Path, error: OSError) -> UnwritableFile:
    """The error for a file that the system doesn't let us write."""
    reason = error.strerror or type(error).__name__
    return UnwritableFile(
        Text(
            f"文件无法写入（{reason}），请检查目录和权限",
            f"it can't be written ({reason}); check the directory",
        ),
        where=str(file),
    )


def _replace(output: Path, answer: bytes) -> None:
    if output.exists() and not output.is_file():
        # A device or a pipe, such as /dev/stdout: nothing to put in its place.
        output.write_bytes(answer)
        return
    handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(answer)
        # mkstemp makes files for the user alone; an answer is to be handed around.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        os.replace(name, output)
    except BaseException:
        os.unlink(name)
        raise
