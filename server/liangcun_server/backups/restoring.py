"""Restoring a backup: every part is checked, all of it comes back or nothing, the chain is verified."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.audit.verifying import verify
from liangcun_server.backups.evidence import named_files, put_back, read_file
from liangcun_server.backups.format import MANIFEST, TABLES, InvalidBackup, Manifest, Part, part_name, row_of
from liangcun_server.evidence.store import FileStore
from liangcun_server.storage import migration
from liangcun_server.storage.bulk import insert_batches
from liangcun_server.storage.database import Database
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text

# Called with how many rows are done, of how many.
Progress = Callable[[int, int], None]
_CHUNK = 1 << 20
_LONGEST_LINE = 256 << 20


class RestoreRefused(LiangcunError):
    """A restore that would go over data that is there, or under a server that runs."""

    code = "RESTORE_REFUSED"


def checked(file: Path) -> Manifest:
    """The manifest of a backup whose every part is as it was written. Raises InvalidBackup."""
    with _opened(file) as archive:
        manifest = _manifest(archive)
        for table in TABLES:
            part = manifest.parts.get(table.name)
            if part is not None and _digest(archive, table) != part.sha256:
                raise InvalidBackup.damaged(part_name(table))
        for kept in named_files(archive.namelist()):
            read_file(archive, kept)
        unknown = set(manifest.parts) - {table.name for table in TABLES}
    if unknown or not migration.is_known(manifest.schema):
        raise InvalidBackup(
            Text(
                f"备份来自更新版本的量村（{manifest.schema}），请升级本程序再恢复",
                f"the backup is of a newer version of liangcun ({manifest.schema}); update the program first",
            )
        )
    return manifest


async def restore(
    file: Path,
    address: URL,
    *,
    replace: bool = False,
    progress: Progress = lambda done, total: None,
) -> Manifest:
    """Restore a backup into the database at an address, of either kind.

    With `replace` what is there gives way: a SQLite file is put aside under another name, the tables of a
    PostgreSQL database are replaced in one transaction. Raises InvalidBackup, RestoreRefused,
    DatabaseUnavailable.
    """
    manifest = await asyncio.to_thread(checked, file)
    if address.get_backend_name() != "sqlite":
        await _rebuilt(file, manifest, address, replace, progress)
        return manifest
    own = Path(address.database or "")
    if not replace and await asyncio.to_thread(own.exists):
        raise _there(str(own))
    aside = own.with_name(f".{own.name}.restoring-{os.getpid()}")
    try:
        await _rebuilt(file, manifest, address.set(database=str(aside)), False, progress)
        await asyncio.to_thread(_put_in_place, aside, own)
    finally:
        for leftover in (aside, *own.parent.glob(f"{aside.name}-*")):
            leftover.unlink(missing_ok=True)
    return manifest


async def restore_evidence(
    file: Path, store: FileStore, progress: Progress = lambda done, total: None
) -> int:
    """Put the evidence of a backup into a store, beside what is there; how many files it holds.

    Raises InvalidBackup, EvidenceUnavailable.
    """
    with _opened(file) as archive:
        total = _manifest(archive).files or 0
        return await put_back(archive, store, lambda done: progress(done, total))


def _there(where: str) -> RestoreRefused:
    return RestoreRefused(
        Text(
            "那里已有数据库；要代替它请加 --replace（原有的会保留或先请备份）",
            "there is a database already; --replace puts the backup in its place",
        ),
        where=where,
    )


async def _rebuilt(file: Path, manifest: Manifest, address: URL, replace: bool, progress: Progress) -> None:
    async with Database(address) as database:

        async def load(connection: AsyncConnection) -> None:
            await _load(connection, file, manifest, progress)

        async def check(connection: AsyncConnection) -> None:
            audit = await verify(connection)
            if not audit.holds or audit.head != manifest.head:
                raise InvalidBackup(
                    Text(
                        "备份里的数据与封记的链不符，没有恢复；详见 liangcun audit verify",
                        "the data in the backup don't fit the chain of their seals; nothing was restored",
                    )
                )

        await database.rebuild(
            manifest.schema, load, check, replace=replace, refusal=lambda: _there(database.shown_address)
        )


async def _load(connection: AsyncConnection, file: Path, manifest: Manifest, progress: Progress) -> None:
    total, done = sum(part.rows for part in manifest.parts.values()), 0
    with _opened(file) as archive:
        for table in TABLES:
            part = manifest.parts.get(table.name)
            if part is None:
                continue

            def told(rows: Iterator[Sequence[Any]], before: int = done) -> Iterator[Sequence[Any]]:
                for number, row in enumerate(rows, start=before + 1):
                    yield row
                    if number % 10_000 == 0:
                        progress(number, total)

            rows = told(_rows(archive, table, part))
            done += await insert_batches(connection, table, part.columns, rows)
            progress(done, total)
            await _count_on(connection, table)
            found = await connection.scalar(select(func.count()).select_from(table))
            if found != part.rows:
                raise InvalidBackup.damaged(part_name(table))


async def _count_on(connection: AsyncConnection, table: Table) -> None:
    """Let the next row's number follow those that are there; SQLite does so by itself."""
    if connection.dialect.name != "postgresql" or "id" not in table.columns:
        return
    sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
    await connection.execute(
        text(f"SELECT setval({sequence}, coalesce(max(id), 0) + 1, false) FROM {table.name}")  # noqa: S608
    )


def _put_in_place(made: Path, own: Path) -> None:
    """Put a restored file in the place of another, which stays under another name.

    Raises RestoreRefused where a program has that one open.
    """
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    if own.exists():
        _close_wal(own)
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        os.replace(own, own.with_name(f"{own.name}.before-{stamp}"))
    os.replace(made, own)


def _close_wal(own: Path) -> None:
    """Bring all of a database into its one file, which works while nobody else has it open."""
    mode = None
    try:
        with closing(sqlite3.connect(own, timeout=0.5)) as connection:
            mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            # Nobody can use it; that is why it is being replaced.
            return
    if mode != "delete":
        raise RestoreRefused(
            Text(
                "数据库正被使用：请先停止服务（liangcun serve）再恢复",
                "the database is in use: stop the server (liangcun serve) first",
            ),
            where=str(own),
        )


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """Raises InvalidBackup for a file that can't be read, or is no zip file, or breaks off."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        told = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise InvalidBackup(
            Text(
                f"备份读不出来（{told}）：不是备份、不完整或已损坏",
                f"the backup can't be read ({told}): it is none, cut short or damaged",
            ),
            where=str(file),
        ) from None


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        return Manifest.from_json(archive.read(MANIFEST))
    except KeyError:
        raise InvalidBackup(
            Text(
                "里面没有 manifest.json，不是量村的备份（liangcun backup 写出备份）",
                "it holds no manifest.json and is no backup (liangcun backup writes them)",
            )
        ) from None


def _digest(archive: zipfile.ZipFile, table: Table) -> str:
    digest = hashlib.sha256()
    try:
        with archive.open(part_name(table)) as part:
            while chunk := part.read(_CHUNK):
                digest.update(chunk)
    except KeyError:
        raise InvalidBackup.damaged(part_name(table)) from None
    return digest.hexdigest()


def _rows(archive: zipfile.ZipFile, table: Table, part: Part) -> Iterator[Sequence[Any]]:
    columns = [table.columns[name] for name in part.columns]
    with archive.open(part_name(table)) as lines:
        while line := lines.readline(_LONGEST_LINE):
            try:
                yield row_of(columns, line)
            except (ValueError, TypeError) as error:
                raise InvalidBackup.damaged(part_name(table)) from error
