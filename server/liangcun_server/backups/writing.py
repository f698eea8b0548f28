"""Writing a backup while the server runs: everything as of one moment, whole or not at all."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.backups.evidence import add_files, kept_files
from liangcun_server.backups.format import MANIFEST, TABLES, Lines, Manifest, Part, part_name
from liangcun_server.evidence.store import FileStore
from liangcun_server.storage import migration, sealing
from liangcun_server.storage.database import Database
from liangcun_server.storage.revisions import latest_revision
from liangcun_server.storage.tables import observation
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text

_ROWS_AT_ONCE = 10_000

# Called with how many rows are done, of how many.
Progress = Callable[[int, int], None]


class BackupFailed(LiangcunError):
    """A backup that couldn't be written; there is no half of it."""

    code = "BACKUP_FAILED"


async def write_backup(
    database: Database,
    file: Path,
    progress: Progress = lambda done, total: None,
    *,
    store: FileStore | None = None,
) -> Manifest:
    """Write a backup to a file, which appears whole or not at all; with the evidence of a store.

    Raises BackupFailed, EvidenceUnavailable.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "wb") as target:
                manifest = await _written(database, target, progress, store)
                target.flush()
                os.fsync(target.fileno())
            os.replace(name, file)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        told = error.strerror or type(error).__name__
        raise BackupFailed(
            Text(
                f"备份写不了（{told}）；没有留下半份，请检查磁盘空间和权限",
                f"the backup can't be written ({told}); no half of it is left, check disk space and "
                "permissions",
            ),
            where=str(file),
        ) from None
    return manifest


async def _written(database: Database, target: Any, progress: Progress, store: FileStore | None) -> Manifest:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        async with database.read(at_length=True) as connection:
            files = await kept_files(connection) if store is not None else []
            rows = await _count(connection)
            total = rows + len(files)
            parts = await _tables(connection, archive, lambda done: progress(done, total))
            manifest = Manifest(
                schema=await _version(connection),
                made_at=datetime.now(UTC),
                head=await sealing.head(connection),
                revision=await latest_revision(connection),
                parts=parts,
            )
        if store is not None:
            lost = await add_files(archive, store, files, lambda done: progress(rows + done, total))
            manifest = replace(manifest, files=len(files) - len(lost), lost=tuple(lost))
        archive.writestr(MANIFEST, manifest.to_json())
    return manifest


async def _tables(
    connection: AsyncConnection, archive: zipfile.ZipFile, told: Callable[[int], None]
) -> dict[str, Part]:
    parts, done = {}, 0
    for table in TABLES:
        lines = Lines(table)
        with archive.open(part_name(table), "w", force_zip64=True) as part:
            async for rows in _batches(connection, table):
                part.write(lines.written(rows))
                done += len(rows)
                told(done)
        parts[str(table.name)] = lines.part
    return parts


async def _version(connection: AsyncConnection) -> str:
    found: str | None = await connection.run_sync(lambda sync: migration.found_version(sync))
    return found or ""


async def _count(connection: AsyncConnection) -> int:
    counts = [int(await connection.scalar(select(func.count()).select_from(table)) or 0) for table in TABLES]
    return sum(counts)


async def _batches(connection: AsyncConnection, table: Table) -> AsyncIterator[Sequence[Sequence[Any]]]:
    """The rows by their primary key, some at a time."""
    keys = list(table.primary_key.columns)
    if table is observation and connection.dialect.name == "postgresql":
        keys.insert(0, observation.c.revision_id)
    places, after = [list(table.columns).index(key) for key in keys], None
    while True:
        asked = select(table).order_by(*keys).limit(_ROWS_AT_ONCE)
        if after is not None:
            asked = asked.where(tuple_(*keys) > tuple_(*after))
        rows = [tuple(row) for row in await connection.execute(asked)]
        if rows:
            yield rows
            after = [rows[-1][place] for place in places]
        if len(rows) < _ROWS_AT_ONCE:
            return
