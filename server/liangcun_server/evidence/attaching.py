"""Attaching evidence to a value, and taking it back."""

from __future__ import annotations

import asyncio

from liangcun_server.evidence import repository
from liangcun_server.evidence.inspecting import EXTENSIONS, Inspected, inspected
from liangcun_server.evidence.model import Evidence, InvalidEvidence, UnknownEvidence
from liangcun_server.evidence.store import FileStore
from liangcun_server.observations import repository as observations
from liangcun_server.observations.model import ObservationKey
from liangcun_server.observations.recording import UnknownObservation, indicator_ids
from liangcun_server.storage.database import Database
from liangcun_standards.text import Text

KIND = "evidence"
THUMBNAIL = "thumb.jpg"
_LONGEST_NAME, _LONGEST_CAPTION = 200, 1_000


async def attach(
    database: Database,
    store: FileStore,
    key: ObservationKey,
    data: bytes,
    *,
    name: str,
    caption: str | None,
    author: str,
    reason: str,
) -> Evidence:
    """Keep a file and put it behind the value that stands under a key. The same file twice is there once.

    The file is kept before it is on record: a crash in between leaves one that nothing names, never a record
    without its file. Raises InvalidEvidence, UnknownObservation, EvidenceUnavailable, and LiangcunError when
    author or reason is blank.
    """
    name = _checked(name.replace("\\", "/").rpartition("/")[2], _LONGEST_NAME)
    caption = None if caption is None or not caption.strip() else _checked(caption, _LONGEST_CAPTION)
    found = await asyncio.to_thread(inspected, data)
    async with database.read() as connection:
        standing = await observations.current(
            connection,
            [key.region_code],
            periods=[key.period],
            indicators=[key.indicator],
            assessor_level=key.assessor_level,
        )
        if not any(one.value is not None for one in standing[key.region_code]):
            raise UnknownObservation(
                Text(
                    "这里没有填报值，佐证材料要附在填报值上；请先填报",
                    "there is no value here for evidence to stand behind; record it first",
                ),
                where=f"{key.region_code}, {key.indicator}, {key.period}, {key.assessor_level.value}",
            )
        for one in (await repository.behind(connection, [key]))[key]:
            if one.file.sha256 == found.file.sha256:
                return one
    await keep(store, data, found)
    file = found.file
    async with database.write(author=author, reason=reason, kind=KIND) as (connection, revision):
        ids = await indicator_ids(connection, [key.indicator])
        number = await repository.add(
            connection, key, ids[key.indicator], file, name=name, caption=caption, revision=revision
        )
    async with database.read() as connection:
        return (await repository.by_ids(connection, [number]))[number]


async def keep(store: FileStore, data: bytes, found: Inspected) -> None:
    """Keep a file and, of a picture, a small one beside it. Raises EvidenceUnavailable."""
    file = found.file
    await store.put(file.sha256, EXTENSIONS[file.media_type], data)
    if found.thumbnail is not None:
        await store.put(file.sha256, THUMBNAIL, found.thumbnail)


async def take_back(database: Database, number: int, *, author: str, reason: str) -> None:
    """Take evidence back: it shows no more, and stays on record. Raises UnknownEvidence."""
    async with database.write(author=author, reason=reason, kind=KIND) as (connection, revision):
        if number not in await repository.by_ids(connection, [number]):
            raise UnknownEvidence.of(number)
        await repository.remove(connection, number, revision)


def _checked(text: str, longest: int) -> str:
    text = text.strip()
    if not 0 < len(text) <= longest or not text.replace("\n", " ").isprintable():
        raise InvalidEvidence(
            Text(
                f"文件名或说明应有 1 到 {longest} 个可显示的字符",
                f"a name or caption has 1 to {longest} printable characters",
            )
        )
    return text
