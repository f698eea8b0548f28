"""Running a command: whatever happens in it ends in an answer or an explained error, never a traceback."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Any

from typer.core import TyperGroup

from liangcun_server.cli import language
from liangcun_server.cli.failures import FAILED, report_failure


class CommandLine(TyperGroup):
    """The outermost group of commands."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command that `args` name and exit with its code."""
        language.forget()
        _accept_any_text()
        try:
            result = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read the answer has seen enough; nothing may be written at exit either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(FAILED)
        except Exception as error:
            sys.exit(report_failure(error))
        sys.exit(result if isinstance(result, int) else 0)


def _accept_any_text() -> None:
    """A terminal's encoding (GBK, say) may lack a sign that an answer has; show it as ? there."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
