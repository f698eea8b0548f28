"""Regions as columns, for breadth-first execution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from liangcun_server.breadth_first.columns import HeldRows, Picked
from liangcun_server.graphql.connections import Edge, PageInfo, encode_cursor, page_info
from liangcun_server.regions.region import Region
from liangcun_server.regions.types import Listing, RegionConnection, RegionType
from liangcun_server.storage.pages import Page


class RegionRows(HeldRows[Region]):
    """Regions."""

    of = RegionType

    def column(self, name: str, _context: Any) -> Any:
        """Code, name and level."""
        if name == "code":
            return [one.code for one in self.items]
        if name == "name":
            return [one.name for one in self.items]
        return [one.level for one in self.items] if name == "level" else None

    def make(self) -> list[Any]:
        """As GraphQL shows them."""
        return [RegionType.of(one) for one in self.items]


def regions_of(parents: Sequence[RegionType]) -> Sequence[Region]:
    """The regions that a batch is called for."""
    return parents.items if isinstance(parents, RegionRows) else [one.region for one in parents]


def codes_of(parents: Sequence[RegionType]) -> list[str]:
    """Their codes."""
    return [one.code for one in regions_of(parents)]


def picked(found: Mapping[str, Region], codes: Sequence[str | None]) -> Picked:
    """For each code the region found, null where there's none."""
    place = {code: number for number, code in enumerate(found)}
    return Picked(
        RegionRows(list(found.values())), [None if code is None else place.get(code) for code in codes]
    )


class RegionPage(RegionConnection):
    """A page of regions whose edges and cursors are made when they are asked for."""

    def __init__(self, page: Page[Region], after: str | None, listing: Listing) -> None:
        self.listing = listing
        self._page = page
        self._after = after

    def items(self) -> Sequence[RegionType]:
        """The regions."""
        return RegionRows(self._page.items)

    @cached_property
    def edges(self) -> list[Edge[RegionType]]:  # type: ignore[override]
        """With their cursors."""
        return [Edge(node=RegionType.of(one), cursor=encode_cursor(one.code)) for one in self._page.items]

    @cached_property
    def page_info(self) -> PageInfo:  # type: ignore[override]
        """Where the page stands."""
        ends = [encode_cursor(one.code) for one in (*self._page.items[:1], *self._page.items[-1:])]
        return page_info(ends, has_next=self._page.has_next, after=self._after)
