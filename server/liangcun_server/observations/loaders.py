"""Observations for GraphQL, for all the regions asked of at once."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.observations import repository
from liangcun_server.observations.errors import unknown_indicator
from liangcun_server.observations.types import ObservationType
from liangcun_server.regions.types import RegionType
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel


async def observations_of(
    parents: Sequence[RegionType],
    info: LiangcunInfo,
    period: Period | None,
    indicators: Sequence[strawberry.ID] | None,
    assessor_level: AssessorLevel | None,
) -> list[list[ObservationType]]:
    """The current observations of each region; withdrawn ones are left out.

    Raises UnknownIndicator for a code that no plugin defines.
    """
    catalogue = info.context.application.plugins.indicators
    for code in indicators or ():
        if code not in catalogue:
            raise unknown_indicator(code, catalogue)
    async with info.context.reading() as connection:
        found = await repository.current(
            connection,
            [one.region.code for one in parents],
            periods=None if period is None else [period],
            indicators=None if indicators is None else [str(code) for code in indicators],
            assessor_level=assessor_level,
        )
    return [
        [
            ObservationType(observation=value)
            for value in found[one.region.code]
            if value.value is not None and value.indicator in catalogue
        ]
        for one in parents
    ]
