"""Observations for GraphQL, for all the regions asked of at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import strawberry

from liangcun_server.breadth_first.columns import Lists
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.observations.columns import ObservationRows
from liangcun_server.observations.errors import unknown_indicator
from liangcun_server.regions.columns import codes_of
from liangcun_server.regions.types import RegionType
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel


async def observations_of(
    parents: Sequence[RegionType],
    info: LiangcunInfo,
    period: Period | None,
    indicators: Sequence[strawberry.ID] | None,
    assessor_level: AssessorLevel | None,
) -> Lists:
    """The current observations of each region; withdrawn ones are left out.

    Raises UnknownIndicator for a code that nobody defines.
    """
    catalogue = (await info.context.standards()).indicators
    for code in indicators or ():
        if code not in catalogue:
            raise unknown_indicator(code, catalogue)
    found = await info.context.application.current_observations.of(
        info.context,
        codes_of(parents),
        period=period,
        indicators=None if indicators is None else [str(code) for code in indicators],
        assessor_level=assessor_level,
    )
    if not {value.indicator for values in found for value in values} <= catalogue.keys():
        found = [[value for value in values if value.indicator in catalogue] for values in found]
    return Lists(ObservationRows(list(chain.from_iterable(found))), list(map(len, found)))
