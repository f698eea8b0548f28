"""The current observations of regions, kept in memory once they have been asked for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.observations import repository
from liangcun_server.observations.model import Observation
from liangcun_server.storage.kept import Kept, Reading
from liangcun_server.storage.tables import observation
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel

# At about 300 bytes each, with their texts: 120 MB.
MOST_OBSERVATIONS = 400_000
# The entry itself, also of a region that has none.
_SIZE_OF_A_REGION = 2


class CurrentObservations:
    """What `repository.current` finds, by region and period (None: all), at the newest revision.

    Withdrawn values are left out. For one event loop.
    """

    def __init__(self, *, most: int = MOST_OBSERVATIONS) -> None:
        self._kept: Kept[str, dict[Period | None, tuple[Observation, ...]]] = Kept(_changed, most)

    def __len__(self) -> int:
        """Of how many regions observations are kept."""
        return len(self._kept)

    async def of(
        self,
        request: Reading,
        codes: Sequence[str],
        *,
        period: Period | None = None,
        indicators: Sequence[str] | None = None,
        assessor_level: AssessorLevel | None = None,
    ) -> list[Sequence[Observation]]:
        """For each region in turn, its observations by indicator, period and assessor level.

        At most one statement, none for what is kept.
        """
        found = await self._of_period(request, codes, period)
        if indicators is None and assessor_level is None:
            return found
        wanted = None if indicators is None else frozenset(indicators)
        return [
            [
                one
                for one in values
                if (wanted is None or one.indicator in wanted)
                and (assessor_level is None or one.assessor_level is assessor_level)
            ]
            for values in found
        ]

    async def _of_period(
        self, request: Reading, codes: Sequence[str], period: Period | None
    ) -> list[Sequence[Observation]]:
        revision = await self._kept.stands_at(request)
        by_code = {} if revision is None else {code: self._kept.get(code) for code in codes}
        missing = [code for code in dict.fromkeys(codes) if by_code.get(code) is None]
        if missing:
            loaded = await self._load(request, missing)
            by_code |= loaded
            for code, values in loaded.items():
                if revision is not None:
                    self._kept.put(revision, code, values, len(values[None]) + _SIZE_OF_A_REGION)
        return [(by_code[code] or {}).get(period, ()) for code in codes]

    async def _load(
        self, request: Reading, codes: Sequence[str]
    ) -> dict[str, dict[Period | None, tuple[Observation, ...]]]:
        # As of the request's own revision: its connection may see a later one.
        newest = await request.newest_revision()
        async with request.reading() as connection:
            found = await repository.current(connection, codes, as_of_revision=newest)
        return {code: _by_period(values) for code, values in found.items()}


def _by_period(values: Sequence[Observation]) -> dict[Period | None, tuple[Observation, ...]]:
    there = [one for one in values if one.value is not None]
    periods: dict[Period | None, list[Observation]] = {None: there}
    for one in there:
        periods.setdefault(one.period, []).append(one)
    return {period: tuple(within) for period, within in periods.items()}


async def _changed(connection: AsyncConnection, since: int) -> list[str]:
    written = select(observation.c.region_code).where(observation.c.revision_id > since).distinct()
    return list(await connection.scalars(written))
