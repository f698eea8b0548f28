"""Regions, kept in memory once they have been asked for: by code, and the pages of their lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.regions import repository
from liangcun_server.regions.region import Region
from liangcun_server.storage.kept import Kept, Reading
from liangcun_server.storage.pages import Page
from liangcun_server.storage.tables import revision
from liangcun_standards.vocabulary import RegionLevel

# At about 400 bytes each: 80 MB.
MOST_REGIONS = 200_000
# The kind of the revisions that regions are loaded under; no other changes any.
LOADING = "regions"


class KnownRegions:
    """What the repository finds, until regions are loaded anew. For one event loop."""

    def __init__(self, *, most: int = MOST_REGIONS) -> None:
        self._kept: Kept[Any, Any] = Kept(_changed, most)

    async def by_codes(self, request: Reading, codes: Iterable[str]) -> dict[str, Region]:
        """The regions that exist among full codes, by code. At most one statement."""
        asked = list(dict.fromkeys(codes))
        revision = await self._kept.stands_at(request)
        found: dict[str, Region] = {}
        missing: list[str] = []
        for code in asked:
            known = None if revision is None else self._kept.get(code)
            if known is None:
                missing.append(code)
            else:
                found[code] = known
        if missing:
            async with request.reading() as connection:
                loaded = await repository.by_codes(connection, missing)
            for code, one in loaded.items():
                found[code] = one
                if revision is not None:
                    self._kept.put(revision, code, one, 1)
        return found

    async def page(
        self,
        request: Reading,
        *,
        within: str | None,
        level: RegionLevel | None,
        name_contains: str | None,
        first: int,
        after: str | None,
    ) -> Page[Region]:
        """A page as `repository.within_page` gives it. At most one statement."""
        key = (within, level, name_contains, first, after)
        revision = await self._kept.stands_at(request)
        known: Page[Region] | None = None if revision is None else self._kept.get(key)
        if known is not None:
            return known
        async with request.reading() as connection:
            page = await repository.within_page(
                connection,
                within=within,
                level=level,
                name_contains=name_contains,
                first=first,
                after=after,
            )
        if revision is not None:
            self._kept.put(revision, key, page, len(page.items) + 1)
        return page


async def _changed(connection: AsyncConnection, since: int) -> list[Any] | None:
    loaded = select(exists().where(revision.c.id > since, revision.c.kind == LOADING))
    return None if await connection.scalar(loaded) else []
