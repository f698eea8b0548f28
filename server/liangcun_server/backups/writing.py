"""Writing a backup while the server runs: everything as of one moment, whole or not at all."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.backups.format import MANIFEST, TABLES, Lines, Manifest, part_name
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
    database: Database, file: Path, progress: Progress = lambda done, total: None
) -> Manifest:
    """Write a backup to a file, which appears whole or not at all. Raises BackupFailed."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "wb") as target:
                manifest = await _written(database, target, progress)
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


async def _written(database: Database, target: Any, progress: Progress) -> Manifest:
    async with database.read(at_length=True) as connection:
        total, done = await _count(connection), 0
        parts = {}
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            for table in TABLES:
                lines = Lines(table)
                with archive.open(part_name(table), "w", force_zip64=True) as part:
                    async for rows in _batches(connection, table):
                        part.write(lines.written(rows))
                        done += len(rows)
                        progress(done, total)
                parts[str(table.name)] = lines.part
            manifest = Manifest(
                schema=await _version(connection),
                made_at=datetime.now(UTC),
                head=await sealing.head(connection),
                revision=await latest_revision(connection),
                parts=parts,
            )
            archive.writestr(MANIFEST, manifest.to_json())
    return manifest


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
