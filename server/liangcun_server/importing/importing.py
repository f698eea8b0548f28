"""Bringing files in: read, checked, compared with what stands, and recorded in one revision or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.importing.bulk import import_columns
from liangcun_server.importing.files import Format, read_file
from liangcun_server.importing.headings import Headings
from liangcun_server.importing.model import (
    Change,
    Entry,
    FileRead,
    ImportOptions,
    ImportReport,
    InvalidImport,
    Problem,
)
from liangcun_server.importing.plain_columns import read_columns
from liangcun_server.importing.plausibility import held_back
from liangcun_server.importing.resolving import resolve
from liangcun_server.ladder.locking import LockedObservations
from liangcun_server.observations import repository
from liangcun_server.observations.model import NewObservation, Observation, ObservationKey
from liangcun_server.observations.recording import RecordReport, record_observations
from liangcun_server.storage.database import Database
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import Qualifier

# Called with what is being done, how much of it is done, and of how much.
Progress = Callable[[Text, int, int], None]
_STAGES = (
    Text("读取文件", "reading"),
    Text("核对", "checking"),
    Text("写入", "recording"),
)
_LOCKED = Text(
    "所属层级已验收、锁定；要改先解锁：liangcun ladder unlock，写明理由",
    "its level was accepted and is locked; liangcun ladder unlock opens it, with a reason",
)


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
    told = progress or (lambda stage, done, total: None)
    headings = Headings(catalogue)
    record = partial(record_observations, database, catalogue, author=author, reason=reason, kind="import")
    if len(paths) == 1 and format in (None, Format.CSV, Format.PARQUET) and not named:
        told(_STAGES[0], 0, 1)
        plain = await asyncio.to_thread(read_columns, paths[0], headings, options.period)
        if plain is not None:
            every = len(plain.value)

            def written(done: int) -> None:
                told(_STAGES[2], done, every)

            report = await import_columns(
                database, catalogue, plain, options, author=author, reason=reason, told=written
            )
            if report is not None:
                return report
    reads: list[FileRead] = []
    for number, path in enumerate(paths):
        told(_STAGES[0], number, len(paths))
        reads.append(await asyncio.to_thread(read_file, path, headings, format=format, named=named))
    options = _with_period(options, reads)
    if not any(read.entries or read.problems for read in reads):
        listed = "、".join(path.name for path in paths)
        raise InvalidImport(Text("没有填任何值", "no value is filled in"), where=listed)
    told(_STAGES[1], 1, len(_STAGES))
    compared = await _compared(database, catalogue, reads, options)
    told(_STAGES[2], 2, len(_STAGES))
    return await _recorded(compared, record, options)


@dataclass
class _Compared:
    """Values beside what stands, before anything is written."""

    values: dict[ObservationKey, NewObservation]
    entries: Mapping[ObservationKey, Entry]
    problems: list[Problem]
    ignored: list[str]
    as_before: int


async def _compared(
    database: Database, catalogue: IndicatorCatalogue, reads: Sequence[FileRead], options: ImportOptions
) -> _Compared:
    entries = [entry for read in reads for entry in read.entries]
    problems = [problem for read in reads for problem in read.problems]
    async with database.read() as connection:
        resolved = await resolve(connection, catalogue, entries, options)
        given = resolved.values
        suspect = await held_back(connection, catalogue, given, options.suspect_ratio)
        standing = await _standing(connection, given)
    values = {key: _beside(standing.get(key), one, suspect.get(key), options) for key, one in given.items()}
    as_before = sum(
        (values[key].source_status, values[key].source) != (one.source_status, one.source)
        for key, one in given.items()
    )
    ignored = list(dict.fromkeys(title for read in reads for title in read.ignored))
    problems += resolved.problems
    return _Compared(values, resolved.entries, problems, ignored, as_before)


async def _recorded(
    compared: _Compared, record: Callable[..., Awaitable[RecordReport]], options: ImportOptions
) -> ImportReport:
    """Record the values, or say what that would do where problems or a dry run keep it from being done."""
    values, problems = compared.values, compared.problems
    refused = bool(problems) and not options.valid_only
    try:
        done = await record(values.values(), dry_run=options.dry_run or refused)
    except LockedObservations as error:
        for key in error.keys:
            del values[key]
            entry = compared.entries[key]
            problems.append(Problem(entry.place, entry.column, _LOCKED))
        refused = not options.valid_only
        done = await record(values.values(), dry_run=options.dry_run or refused)
    # What stood when its turn came: somebody else may have written since the values were compared.
    changes = [Change(values[key], before) for key, before in done.before.items()]
    return ImportReport(
        changes=changes,
        new=sum(one.before is None for one in changes),
        corrections=sum(one.before is not None for one in changes),
        unchanged=done.unchanged,
        problems=problems,
        held=[one.after for one in changes if one.after.qualifier is Qualifier.SUSPECT],
        ignored=compared.ignored,
        as_before=compared.as_before,
        revision=done.revision,
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


async def _standing(
    connection: AsyncConnection, values: Mapping[ObservationKey, NewObservation]
) -> dict[ObservationKey, Observation]:
    found = await repository.current(
        connection,
        {key.region_code for key in values},
        periods={key.period for key in values},
        indicators={key.indicator for key in values},
    )
    return {one.key: one for several in found.values() for one in several}


def _beside(
    standing: Observation | None,
    value: NewObservation,
    suspect: NewObservation | None,
    options: ImportOptions,
) -> NewObservation:
    """The value as it is to be recorded beside what stands.

    Where the same figure comes once more, what was held as suspect stays so, what somebody confirmed stays
    confirmed, and where it is from stays as it was: a workbook that came with simulated figures would
    otherwise come back with official ones.
    """
    doubted = {Qualifier.EXACT, Qualifier.SUSPECT}
    if (
        standing is None
        or standing.value != value.value
        or not ({standing.qualifier, value.qualifier} <= doubted or standing.qualifier is value.qualifier)
    ):
        return value if suspect is None else suspect
    kept = replace(value, qualifier=standing.qualifier, note=value.note or standing.note)
    if options.restate or _has_own_source(value, options):
        return kept
    return replace(
        kept,
        source_status=standing.source_status,
        source=standing.source,
        original_text=standing.original_text or value.original_text,
        scope_note=value.scope_note or standing.scope_note,
        method=value.method or standing.method,
    )


def _has_own_source(value: NewObservation, options: ImportOptions) -> bool:
    """Whether the file itself says where the value is from."""
    return (value.source_status, value.source) != (options.source_status, options.source)
