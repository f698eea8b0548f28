"""The program that reads a workbook, run in a process of its own: calamine ends it over some damaged files.

`python calamine_reading.py sheets | cells NUMBER` takes the workbook from standard input and answers in JSON.
It imports nothing of ours, to be there at once.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

# Address space and processor time that even a large table stays far below.
_BYTES, _SECONDS = 4_000_000_000, 60


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    for limit, most in ((resource.RLIMIT_AS, _BYTES), (resource.RLIMIT_CPU, _SECONDS)):
        hard = resource.getrlimit(limit)[1]
        resource.setrlimit(limit, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _answer(arguments: list[str]) -> dict[str, Any]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    if arguments[0] == "sheets":
        sheets = [
            {
                "name": one.name,
                "cells": one.typ is SheetTypeEnum.WorkSheet,
                "hidden": one.visible is not SheetVisibleEnum.Visible,
            }
            for one in workbook.sheets_metadata
        ]
        return {"sheets": sheets}
    sheet = workbook.get_sheet_by_name(workbook.sheet_names[int(arguments[1])])
    return {"rows": sheet.to_python(skip_empty_area=False), "merged": sheet.merged_cell_ranges or []}


def main() -> None:
    """Answer the question asked on the command line; what is wrong with the workbook is an answer too."""
    _limit()
    try:
        answer = _answer(sys.argv[1:])
    except PasswordError:
        answer = {"locked": True}
    except Exception as error:
        answer = {"fault": str(error) or type(error).__name__}
    sys.stdout.write(json.dumps(answer, default=str))


if __name__ == "__main__":
    main()
