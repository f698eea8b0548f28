"""Loading regions into the database: what is new is added, what changed is updated, nothing is removed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.regions import repository
from liangcun_server.regions.files import open_region_file
from liangcun_server.regions.region import Region, UnknownRegion
from liangcun_server.storage.bulk import insert_batches
from liangcun_server.storage.database import Database
from liangcun_server.storage.tables import region, region_change
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import RegionLevel

_COLUMNS = ("code", "name", "level", "parent_code")
_CHANGED = ("region_code", "name", "level", "parent_code", "revision_id")
_FROM_THE_TOP = {level: place for place, level in enumerate(RegionLevel)}


@dataclass(frozen=True, slots=True)
class LoadReport:
    """How many regions a load added, changed and found as they were; its revision, None if it did nothing."""

    added: int
    changed: int
    unchanged: int
    revision: int | None


async def load_regions(database: Database, rows: Sequence[Region], *, author: str, reason: str) -> LoadReport:
    """Make the database hold `rows`: whole, or not at all when anything is wrong with them.

    Loading the same rows again changes nothing and makes no revision. Raises UnknownRegion when a parent
    is neither among the rows nor in the database.
    """
    async with database.read() as connection:
        if not any(await _differences(connection, rows)):
            return LoadReport(0, 0, len(rows), None)
    async with database.write(author=author, reason=reason, kind="regions") as (connection, revision):
        # Once more, in case another writer came in between.
        added, changed = await _differences(connection, rows)
        await _require_parents(connection, rows)
        added.sort(key=lambda row: (_FROM_THE_TOP[row.level], row.code))
        await insert_batches(
            connection, region, _COLUMNS, ((r.code, r.name, r.level.value, r.parent_code) for r in added)
        )
        await _update(connection, changed)
        told = ((r.code, r.name, r.level.value, r.parent_code, revision) for r in (*added, *changed))
        await insert_batches(connection, region_change, _CHANGED, told)
    return LoadReport(len(added), len(changed), len(rows) - len(added) - len(changed), revision)


async def load_region_file(database: Database, path: Path, *, author: str, reason: str) -> LoadReport:
    """Make the database hold the regions of a file, whose parents may be in the database already.

    Raises InvalidRegionFile with all that is wrong in the file, and then nothing is loaded.
    """
    file = await asyncio.to_thread(open_region_file, path)
    async with database.read() as connection:
        known = await repository.by_codes(connection, file.outside_parents)
    return await load_regions(database, file.regions(known), author=author, reason=reason)


async def _differences(
    connection: AsyncConnection, rows: Sequence[Region]
) -> tuple[list[Region], list[Region]]:
    """The rows that the database lacks, and those that it has otherwise."""
    known = await _known_between(connection, rows)
    added = [row for row in rows if row.code not in known]
    changed = [row for row in rows if row.code in known and known[row.code] != row]
    return added, changed


async def _known_between(connection: AsyncConnection, rows: Sequence[Region]) -> dict[str, Region]:
    """The database's regions between the lowest and the highest code of the rows, in one statement."""
    if not rows:
        return {}
    codes = [row.code for row in rows]
    columns = [region.c[name] for name in _COLUMNS]
    found = await connection.execute(select(*columns).where(region.c.code.between(min(codes), max(codes))))
    return {known.code: known for known in map(repository.as_region, found)}


async def _require_parents(connection: AsyncConnection, rows: Sequence[Region]) -> None:
    own = {row.code for row in rows}
    outside = {row.parent_code for row in rows if row.parent_code is not None} - own
    missing = sorted(outside - set(await repository.by_codes(connection, outside)))
    if missing:
        shown = "、".join(missing[:5])
        raise UnknownRegion(
            Text(
                f"有 {len(missing)} 个上级区划既不在待加载数据中，也不在数据库中：{shown}",
                f"{len(missing)} parents are neither among the rows nor in the database: {shown}",
            )
        )


async def _update(connection: AsyncConnection, changed: Sequence[Region]) -> None:
    if not changed:
        return
    statement = (
        update(region)
        .where(region.c.code == bindparam("known_code"))
        .values(name=bindparam("name"), level=bindparam("level"), parent_code=bindparam("parent_code"))
    )
    await connection.execute(
        statement,
        [
            {
                "known_code": row.code,
                "name": row.name,
                "level": row.level.value,
                "parent_code": row.parent_code,
            }
            for row in changed
        ],
    )
