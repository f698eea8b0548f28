"""What goes with a comparison wherever it is shown: what is simulated, what is a working interpretation."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.comparison.comparing import Compared
from liangcun_server.exports.notes import notes_on
from liangcun_server.exports.sources import source_statuses
from liangcun_server.regions.repository import by_codes
from liangcun_server.scorecards.service import Scores
from liangcun_standards.text import Text


async def comparison_notes(connection: AsyncConnection, found: Compared) -> list[Text]:
    """The notes on every scheme's result, each once; three statements a scheme."""
    return await notes_within(connection, found.scores, found.scope)


async def notes_within(connection: AsyncConnection, every: Sequence[Scores], scope: str) -> list[Text]:
    """The notes on results over the regions within a place, each once."""
    within = (await by_codes(connection, [scope])).values()
    notes: dict[Text, None] = {}
    for scores in every:
        sources = await source_statuses(connection, scores, scope)
        regions = scores.result.table.regions[scores.result.rows_within(scope)]
        statuses = [sources.get(code, frozenset()) for code in regions]
        notes.update(dict.fromkeys(await notes_on(connection, scores, statuses, within)))
    return list(notes)
