"""Looking regions up, always for all askers at once: one statement, however many codes or parents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.regions.region import Region, codes_above
from liangcun_server.storage.lists import among
from liangcun_server.storage.pages import Page
from liangcun_server.storage.tables import region
from liangcun_standards.regions import code_range, full_code
from liangcun_standards.vocabulary import RegionLevel

_COLUMNS = (region.c.code, region.c.name, region.c.level, region.c.parent_code)


async def by_codes(connection: AsyncConnection, codes: Iterable[str]) -> dict[str, Region]:
    """The regions that exist among `codes` (full codes), by code. One statement, none for no codes."""
    asked = {code for code in codes if _is_code(code)}
    if not asked:
        return {}
    rows = await connection.execute(select(*_COLUMNS).where(among(connection, region.c.code, asked)))
    return {found.code: found for found in map(as_region, rows)}


async def ancestors(connection: AsyncConnection, codes: Iterable[str]) -> dict[str, tuple[Region, ...]]:
    """The regions above each code, from the province down, itself left out. One statement.

    A region's ancestors are among the shorter prefixes of its own code, so no walk is needed.
    """
    candidates = {code: codes_above(code) for code in codes if _is_code(code)}
    found = await by_codes(connection, {above for chain in candidates.values() for above in chain})
    return {
        code: tuple(found[above] for above in chain if above in found) for code, chain in candidates.items()
    }


async def children_page(
    connection: AsyncConnection, parents: Iterable[str], *, first: int, after: str | None = None
) -> dict[str, Page[Region]]:
    """For each parent, the first `first` of its children after the code `after`, by code. One statement."""
    asked = [parent for parent in dict.fromkeys(parents) if _is_code(parent)]
    found: dict[str, list[Region]] = {parent: [] for parent in asked}
    if asked:
        place = func.row_number().over(partition_by=region.c.parent_code, order_by=region.c.code)
        children = select(*_COLUMNS, place.label("place")).where(
            among(connection, region.c.parent_code, asked)
        )
        if after is not None:
            children = children.where(region.c.code > _comparable(after))
        numbered = children.subquery()
        page = (
            select(*(numbered.c[column.name] for column in _COLUMNS))
            .where(numbered.c.place <= first + 1)
            .order_by(numbered.c.code)
        )
        for child in map(as_region, await connection.execute(page)):
            found[str(child.parent_code)].append(child)
    return {parent: Page.of(children, first) for parent, children in found.items()}


async def child_counts(connection: AsyncConnection, parents: Iterable[str]) -> dict[str, int]:
    """How many children each parent has. One statement."""
    asked = [parent for parent in dict.fromkeys(parents) if _is_code(parent)]
    if not asked:
        return {}
    counting = (
        select(region.c.parent_code, func.count())
        .where(among(connection, region.c.parent_code, asked))
        .group_by(region.c.parent_code)
    )
    counted: dict[str | None, int] = dict((await connection.execute(counting)).all())
    return {parent: counted.get(parent, 0) for parent in asked}


async def within_page(
    connection: AsyncConnection,
    *,
    within: str | None = None,
    level: RegionLevel | None = None,
    name_contains: str | None = None,
    first: int,
    after: str | None = None,
) -> Page[Region]:
    """The first `first` regions after the code `after`, by code.

    `within` keeps a region and all that lies in it, `level` one level, `name_contains` the names with that
    text, upper and lower case alike. One statement. Raises InvalidRegionCode when `within` is no code.
    """
    listing = _filtered(select(*_COLUMNS), within, level, name_contains).order_by(region.c.code)
    if after is not None:
        listing = listing.where(region.c.code > _comparable(after))
    rows = await connection.execute(listing.limit(first + 1))
    return Page.of([as_region(row) for row in rows], first)


async def count_within(
    connection: AsyncConnection,
    *,
    within: str | None = None,
    level: RegionLevel | None = None,
    name_contains: str | None = None,
) -> int:
    """How many regions the same filters of `within_page` keep. One statement."""
    counting = _filtered(select(func.count()).select_from(region), within, level, name_contains)
    return int(await connection.scalar(counting) or 0)


async def codes_within(connection: AsyncConnection, within: str, level: RegionLevel) -> list[str]:
    """The codes of one level within a region, ascending: the rows of an indicator table. One statement."""
    listing = _filtered(select(region.c.code), within, level, None).order_by(region.c.code)
    return list(await connection.scalars(listing))


def _filtered(
    listing: Select[Any], within: str | None, level: RegionLevel | None, name_contains: str | None
) -> Select[Any]:
    if within is not None:
        low, high = code_range(full_code(within))
        listing = listing.where(region.c.code.between(low, high))
    if level is not None:
        listing = listing.where(region.c.level == level.value)
    if name_contains:
        listing = listing.where(region.c.name.icontains(_comparable(name_contains), autoescape=True))
    return listing


def _is_code(text: str) -> bool:
    """Keeps out what no code can be and no database should be sent."""
    return text.isascii() and text.isdigit()


def _comparable(text: str) -> str:
    """PostgreSQL refuses NUL and half surrogates in a parameter; no code or name has either."""
    return "".join(mark if mark != "\0" and not "\ud800" <= mark <= "\udfff" else "\ufffd" for mark in text)


def as_region(row: Row[*tuple[Any, ...]]) -> Region:
    """A selected row of the region table as a Region."""
    return Region(row.code, row.name, RegionLevel(row.level), row.parent_code)
