"""Bringing files in: read, checked, compared with what stands, and recorded in one revision or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from liangcun_server.importing.bulk import import_columns
from liangcun_server.importing.cell_values import read_cells
from liangcun_server.importing.comparing import Comparison, compare
from liangcun_server.importing.files import Format, read_file
from liangcun_server.importing.headings import Headings
from liangcun_server.importing.model import FileRead, ImportOptions, ImportReport, InvalidImport
from liangcun_server.importing.plain_columns import read_columns
from liangcun_server.importing.progress import CHECKING, COMPARING, READING, RECORDING, Progress, Telling
from liangcun_server.observations.recording import Undone, insert_values
from liangcun_server.storage.database import Database
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import Qualifier


async def import_files(
    database: Database,
    catalogue: IndicatorCatalogue,
    paths: Sequence[Path],
    options: ImportOptions,
    *,
    author: str,
    reason: str,
    format: Format | None = None,
    named: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring in files, in one revision. The same files again change nothing.

    With problems nothing is written, or with `options.valid_only` the values without any. Raises
    InvalidImport and UnreadableWorkbook for a file that can't be read as a whole.
    """
    telling = Telling(progress)
    headings = Headings(catalogue)
    if len(paths) == 1 and format in (None, Format.CSV, Format.PARQUET) and not named:
        telling.begin(READING)
        plain = await asyncio.to_thread(read_columns, paths[0], headings, options.period)
        if plain is not None:
            told = partial(telling.tell, RECORDING, total=len(plain.value))
            report = await import_columns(
                database, catalogue, plain, options, author=author, reason=reason, told=told
            )
            if report is not None:
                return report
    reads = [
        await asyncio.to_thread(read_file, path, headings, format=format, named=named, telling=telling)
        for path in paths
    ]
    options = _with_period(options, reads)
    if not any(read.entries or read.problems for read in reads):
        listed = "、".join(path.name for path in paths)
        raise InvalidImport(Text("没有填任何值", "no value is filled in"), where=listed)
    return await _recorded(database, catalogue, reads, options, telling, author=author, reason=reason)


async def _recorded(
    database: Database,
    catalogue: IndicatorCatalogue,
    reads: Sequence[FileRead],
    options: ImportOptions,
    telling: Telling,
    *,
    author: str,
    reason: str,
) -> ImportReport:
    """Record what was read, or say what that would do where problems or a dry run keep it from being done.

    Cells are made out before the transaction begins: other writers wait while what they say is compared and
    written, and no longer.
    """
    entries = [entry for read in reads for entry in read.entries]
    counted = telling.over(CHECKING, entries, len(entries))
    values = await asyncio.to_thread(read_cells, catalogue, counted, options)
    try:
        async with database.write(author=author, reason=reason, kind="import") as (connection, revision):
            telling.begin(COMPARING)
            compared = await compare(connection, catalogue, entries, values, options)
            compared.problems[:0] = [problem for read in reads for problem in read.problems]
            refused = bool(compared.problems) and not options.valid_only
            written = None if refused or options.dry_run or not compared.changes else revision
            report = _report(compared, reads, written, refused=refused)
            if written is None:
                raise Undone
            after = {key: change.after for key, change in compared.changes.items()}
            await insert_values(
                connection,
                after,
                revision,
                passing=lambda rows: telling.over(RECORDING, rows, len(after)),
            )
    except Undone:
        pass
    return report


def _report(
    compared: Comparison, reads: Sequence[FileRead], revision: int | None, *, refused: bool
) -> ImportReport:
    changes = list(compared.changes.values())
    return ImportReport(
        changes=changes,
        new=sum(one.before is None for one in changes),
        corrections=sum(one.before is not None for one in changes),
        unchanged=compared.unchanged,
        problems=compared.problems,
        held=[one.after for one in changes if one.after.qualifier is Qualifier.SUSPECT],
        ignored=list(dict.fromkeys(title for read in reads for title in read.ignored)),
        as_before=compared.as_before,
        revision=revision,
        refused=refused,
    )


def _with_period(options: ImportOptions, reads: Sequence[FileRead]) -> ImportOptions:
    """The period that templates were made for, where none was named. Raises InvalidImport if they differ."""
    named = {Period.parse(read.period) for read in reads if read.period is not None}
    if options.period is not None:
        named.add(options.period)
    if len(named) > 1:
        listed = "、".join(sorted(map(str, named)))
        raise InvalidImport(Text(f"时期不一致：{listed}", f"the periods differ: {listed}"), where="--period")
    return options if not named else replace(options, period=named.pop())
