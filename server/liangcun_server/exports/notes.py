"""What a reader must know before relying on a result: simulated data, interpretations, open verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.exports.sources import source_statuses
from liangcun_server.initialising import place_of
from liangcun_server.regions.region import Region
from liangcun_server.regions.repository import by_codes
from liangcun_server.scorecards.service import Scores
from liangcun_standards.regions import contains
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import SourceStatus


async def notes_on(
    connection: AsyncConnection,
    scores: Scores,
    sources: Sequence[Iterable[SourceStatus]],
    ranked_within: Iterable[Region],
) -> tuple[Text, ...]:
    """The notes on a result, in two statements.

    `sources` says, for each region shown, what its observations may claim; `ranked_within` are the regions
    in which places are told.
    """
    simulated = sum(SourceStatus.SIMULATED in statuses for statuses in sources)
    notes = [
        _simulated(simulated, len(sources)),
        _interpretation(scores),
        *await _partly_loaded(connection, ranked_within),
    ]
    return tuple(note for note in notes if note is not None)


async def notes_within(connection: AsyncConnection, scores: Scores, scope: str) -> tuple[Text, ...]:
    """The notes on a result over all of a place (a twelve-digit code); a few statements."""
    within = (await by_codes(connection, [scope])).values()
    sources = await source_statuses(connection, scores, scope)
    regions = scores.result.table.regions[scores.result.rows_within(scope)]
    return await notes_on(connection, scores, [sources.get(code, frozenset()) for code in regions], within)


async def scope_notes(connection: AsyncConnection, scores: Scores, within: str) -> tuple[Text, ...]:
    """The notes on the result of every region within a place (a full code), where no places are told."""
    sources = await source_statuses(connection, scores, within)
    regions = scores.result.table.regions[scores.result.rows_within(within)]
    return await notes_on(connection, scores, [sources.get(code, frozenset()) for code in regions], ())


async def _partly_loaded(connection: AsyncConnection, regions: Iterable[Region]) -> list[Text]:
    """A note for each region that reaches beyond the place which the database is for."""
    code = await place_of(connection)
    place = None if code is None else (await by_codes(connection, [code])).get(code)
    if place is None:
        return []
    return [
        Text(
            f"本库只有{place.name}的数据：在{region.name}的名次只是{place.name}范围内的",
            f"this database has {place.name} alone: places in {region.name} are among those of {place.name}",
        )
        for region in regions
        if region.code != place.code and contains(region.code, place.code)
    ]


def _simulated(count: int, every: int) -> Text | None:
    if count == 0:
        return None
    how_many = (
        Text(f"{every} 个村的", f"all {every} villages")
        if count == every
        else Text(f"{every} 个村中有 {count} 个村的", f"{count} of {every} villages")
    )
    if every == 1:
        return Text(
            "填报值中有模拟数据，不是实测：得分只供演示",
            "some of the values are simulated, not measured: the score is a demonstration",
        )
    return Text(
        f"{how_many.zh}填报值里有模拟数据，不是实测：得分和名次只供演示",
        f"{how_many.en} have simulated values, which nobody measured: scores and ranks are a demonstration",
    )


def _interpretation(scores: Scores) -> Text | None:
    standard = scores.question.resolved.standard
    count = sum(one.source.status is SourceStatus.INTERPRETATION for one in standard.criteria)
    if count == 0:
        return None
    every = len(standard.criteria)
    return Text(
        f"标准 {scores.question.resolved.name} 的 {every} 个条目中有 {count} 个是工作释义，不是官方条文",
        f"{count} of the {every} criteria of {scores.question.resolved.name} are a working interpretation, "
        "not an official text",
    )
