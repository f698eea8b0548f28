"""Which standards there are for a place, and which one a question means."""

from __future__ import annotations

from liangcun_standards.catalogue import ResolvedStandard, StandardCatalogue
from liangcun_standards.errors import UnknownStandard
from liangcun_standards.periods import Period
from liangcun_standards.regions import contains
from liangcun_standards.vocabulary import RegionLevel


def standards_for(
    catalogue: StandardCatalogue, region: str | None = None, level: RegionLevel | None = None
) -> list[ResolvedStandard]:
    """The newest version of every standard, of the jurisdictions around `region` and of `level`, by id."""
    found = [catalogue.find(identity) for identity in catalogue.ids()]
    return [
        one
        for one in found
        if (region is None or contains(one.standard.jurisdiction, region))
        and (level is None or one.standard.level is level)
    ]


def standard_named(
    catalogue: StandardCatalogue, name: str, version: str | None, place: str
) -> ResolvedStandard | None:
    """The standard of this id, the newest version unless one is named; None when there is none.

    A bare code means the one nearest to `place`, the twelve-digit code of the database's own place.
    """
    try:
        return catalogue.find(name, version=version, region=place)
    except UnknownStandard:
        return None


def standard_in_force(
    catalogue: StandardCatalogue, name: str, region: str, period: Period
) -> ResolvedStandard:
    """The version that is in force on the last day of the period, for a region (a twelve-digit code).

    Raises UnknownStandard, with what there is.
    """
    return catalogue.find(name, region=region, day=period.end)
