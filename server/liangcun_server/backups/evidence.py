"""Evidence in a backup: the files behind values, each under its own SHA-256."""

from __future__ import annotations

import asyncio
import hashlib
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.backups.format import InvalidBackup
from liangcun_server.evidence.attaching import keep
from liangcun_server.evidence.inspecting import EXTENSIONS, inspected
from liangcun_server.evidence.model import EvidenceLost
from liangcun_server.evidence.store import FileStore
from liangcun_server.storage.tables import evidence_file

_FOLDER = "evidence/"
_NAME = re.compile(rf"{_FOLDER}([0-9a-f]{{64}})\.([a-z]+)")
# Once for all kinds of files: none of them can be made smaller.
_PLAIN = zipfile.ZIP_STORED


@dataclass(frozen=True)
class KeptFile:
    """A file behind a value, by its content."""

    sha256: str
    extension: str

    @property
    def name(self) -> str:
        """Its name in a backup."""
        return f"{_FOLDER}{self.sha256}.{self.extension}"


async def kept_files(connection: AsyncConnection) -> list[KeptFile]:
    """The files that stand behind values, or once did."""
    rows = await connection.execute(
        select(evidence_file.c.sha256, evidence_file.c.media_type).order_by(evidence_file.c.id)
    )
    return [KeptFile(sha256, EXTENSIONS[media_type]) for sha256, media_type in rows]


async def add_files(
    archive: zipfile.ZipFile,
    store: FileStore,
    files: Sequence[KeptFile],
    progress: Callable[[int], None],
) -> list[str]:
    """Add the files to a backup; the SHA-256 of those that are lost, or aren't what they were.

    Raises EvidenceUnavailable where the store fails otherwise.
    """
    lost: list[str] = []
    for done, file in enumerate(files, start=1):
        try:
            data = await store.get(file.sha256, file.extension)
        except EvidenceLost:
            data = b""
        if hashlib.sha256(data).hexdigest() == file.sha256:
            archive.writestr(file.name, data, compress_type=_PLAIN)
        else:
            lost.append(file.sha256)
        progress(done)
    return lost


def named_files(names: Iterable[str]) -> Iterator[KeptFile]:
    """The files among the parts of a backup."""
    for name in names:
        found = _NAME.fullmatch(name)
        if found is not None:
            yield KeptFile(*found.groups())


def read_file(archive: zipfile.ZipFile, file: KeptFile) -> bytes:
    """A file as it was put there. Raises InvalidBackup for another one."""
    data = archive.read(file.name)
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise InvalidBackup.damaged(file.name)
    return data


async def put_back(archive: zipfile.ZipFile, store: FileStore, progress: Callable[[int], None]) -> int:
    """Keep the files of a backup again; those that are there already stay. How many there were.

    Small pictures are made anew. Raises EvidenceUnavailable, InvalidBackup, InvalidEvidence.
    """
    count = 0
    for file in named_files(archive.namelist()):
        data = read_file(archive, file)
        await keep(store, data, await asyncio.to_thread(inspected, data))
        count += 1
        progress(count)
    return count
