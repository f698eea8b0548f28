"""Regions in GraphQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import strawberry

from liangcun_server.graphql.batching import batched
from liangcun_server.graphql.connections import Connection, check_first, decode_cursor
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.regions import repository
from liangcun_server.regions.region import Region, UnknownRegion
from liangcun_server.storage.pages import Page
from liangcun_standards.periods import Period
from liangcun_standards.regions import full_code
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel, RegionLevel

if TYPE_CHECKING:
    from liangcun_server.observations.types import ObservationType
    from liangcun_server.scorecards.types import ScorecardType

ObservationLazy = Annotated["ObservationType", strawberry.lazy("liangcun_server.observations.types")]
ScorecardLazy = Annotated["ScorecardType", strawberry.lazy("liangcun_server.scorecards.types")]

RegionConnectionLazy = Annotated["RegionConnection", strawberry.lazy("liangcun_server.regions.types")]

RegionLevelEnum = strawberry.enum(RegionLevel, name="RegionLevel", description="行政区划层级")
AssessorLevelEnum = strawberry.enum(AssessorLevel, name="AssessorLevel", description="考评层级")


async def load_parents(parents: Sequence[RegionType], info: LiangcunInfo) -> Sequence[RegionType | None]:
    """The region above each."""
    from liangcun_server.regions.columns import regions_of

    return await regions_named(info, [one.parent_code for one in regions_of(parents)])


async def region_of_code(info: LiangcunInfo, code: str) -> Region | None:
    """The region of a code as a client writes it, None when there is none. Raises InvalidRegionCode."""
    asked = full_code(code)
    return (await info.context.application.known_regions.by_codes(info.context, [asked])).get(asked)


async def known_region(info: LiangcunInfo, code: str) -> Region:
    """The region. Raises UnknownRegion when the database has none of that code, InvalidRegionCode."""
    found = await region_of_code(info, code)
    if found is None:
        raise UnknownRegion(Text(f"数据库里没有区划 {code}", f"there is no region {code} in this database"))
    return found


async def regions_named(info: LiangcunInfo, codes: Sequence[str | None]) -> Sequence[RegionType | None]:
    """The region of each code; null where there is no code, or none of it."""
    from liangcun_server.regions.columns import picked

    found = await info.context.application.known_regions.by_codes(
        info.context, [code for code in codes if code is not None]
    )
    return picked(found, codes)


async def load_ancestors(parents: Sequence[RegionType], info: LiangcunInfo) -> list[list[RegionType]]:
    """The regions above each, from the province down."""
    async with info.context.reading() as connection:
        found = await repository.ancestors(connection, [one.region.code for one in parents])
    return [[RegionType.of(above) for above in found.get(one.region.code, ())] for one in parents]


async def load_children(
    parents: Sequence[RegionType], info: LiangcunInfo, first: int | None = 50, after: str | None = None
) -> list[RegionConnection]:
    """A page of the regions directly below each."""
    start = region_cursor(after)
    async with info.context.reading() as connection:
        pages = await repository.children_page(
            connection, [one.region.code for one in parents], first=check_first(first), after=start
        )
    return [
        RegionConnection.of(pages[one.region.code], after, Listing(children_of=one.region.code))
        for one in parents
    ]


async def load_observations(
    parents: Sequence[RegionType],
    info: LiangcunInfo,
    period: Period | None = None,
    indicators: list[strawberry.ID] | None = None,
    assessor_level: AssessorLevel | None = None,
) -> Sequence[Sequence[ObservationLazy]]:
    """The current observations of each."""
    from liangcun_server.observations.loaders import observations_of

    return await observations_of(parents, info, period, indicators, assessor_level)


async def load_scorecards(
    parents: Sequence[RegionType],
    info: LiangcunInfo,
    standard: strawberry.ID,
    period: Period,
    assessor_level: AssessorLevel | None = None,
) -> list[ScorecardLazy | None]:
    """The scorecard of each."""
    from liangcun_server.scorecards.loaders import scorecards_of

    return await scorecards_of([one.region for one in parents], info, standard, period, assessor_level)


@strawberry.type(name="Region", description="行政区划：省、市、县、乡镇、村")
class RegionType:
    region: strawberry.Private[Region]

    @strawberry.field(description="Twelve-digit statistical division code (统计用区划代码).")
    def code(self) -> strawberry.ID:
        return strawberry.ID(self.region.code)

    @strawberry.field
    def name(self) -> str:
        return self.region.name

    @strawberry.field
    def level(self) -> RegionLevelEnum:  # type: ignore[valid-type]
        return self.region.level

    parent: RegionType | None = batched(load_parents)
    ancestors: list[RegionType] = batched(
        load_ancestors, description="From the province down, the region itself left out."
    )
    children: RegionConnectionLazy = batched(load_children)
    observations: list[ObservationLazy] = batched(
        load_observations,
        description="Current values. Without assessorLevel those of all levels, side by side.",
    )
    scorecard: ScorecardLazy | None = batched(load_scorecards)

    @classmethod
    def of(cls, region: Region) -> RegionType:
        """The region as GraphQL shows it."""
        return cls(region=region)


async def load_counts(parents: Sequence[RegionConnection], info: LiangcunInfo) -> list[int]:
    """How many regions each whole list has."""
    below = [one.listing.children_of for one in parents if one.listing.children_of is not None]
    async with info.context.reading() as connection:
        children = await repository.child_counts(connection, below)
        return [
            children[one.listing.children_of]
            if one.listing.children_of is not None
            else await repository.count_within(
                connection,
                within=one.listing.within,
                level=one.listing.level,
                name_contains=one.listing.name_contains,
            )
            for one in parents
        ]


@dataclass(frozen=True)
class Listing:
    """Which list a page is of: the children of a region, or what lies within one."""

    children_of: str | None = None
    within: str | None = None
    level: RegionLevel | None = None
    name_contains: str | None = None


@strawberry.type(name="RegionConnection", description="A page of regions.")
class RegionConnection(Connection[RegionType]):
    listing: strawberry.Private[Listing]
    total_count: int = batched(load_counts, description="How many there are in all.")

    @classmethod
    def of(cls, page: Page[Region], after: str | None, listing: Listing) -> RegionConnection:
        """A page of regions as a connection."""
        from liangcun_server.regions.columns import RegionPage

        return RegionPage(page, after, listing)


@strawberry.input(description="Which villages.")
class VillageFilter:
    name_contains: str | None = strawberry.field(default=None, description="A part of the name.")


def as_type(region: Region | None) -> RegionType | None:
    """The region as GraphQL shows it, null for none."""
    return None if region is None else RegionType.of(region)


def region_cursor(after: str | None) -> str | None:
    """The code in a cursor."""
    return None if after is None else str(decode_cursor(after, str)[0])
