"""What goes with a comparison wherever it is shown: what is simulated, what is a working interpretation."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.comparison.comparing import Compared
from liangcun_server.exports.notes import notes_on
from liangcun_server.exports.sources import source_statuses
from liangcun_server.regions.repository import by_codes
from liangcun_standards.text import Text


async def comparison_notes(connection: AsyncConnection, found: Compared) -> list[Text]:
    """The notes on every scheme's result, each once; three statements a scheme."""
    within = (await by_codes(connection, [found.scope])).values()
    notes: dict[Text, None] = {}
    for scores in found.scores:
        sources = await source_statuses(connection, scores, found.scope)
        regions = scores.result.table.regions[scores.result.rows_within(found.scope)]
        statuses = [sources.get(code, frozenset()) for code in regions]
        notes.update(dict.fromkeys(await notes_on(connection, scores, statuses, within)))
    return list(notes)
