"""What goes with a comparison wherever it is shown: what is simulated, what is a working interpretation."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.comparison.comparing import Compared
from liangcun_server.exports.notes import notes_within
from liangcun_standards.text import Text


async def comparison_notes(connection: AsyncConnection, found: Compared) -> list[Text]:
    """The notes on every scheme's result, each once; a few statements a scheme."""
    notes: dict[Text, None] = {}
    for scores in found.scores:
        notes.update(dict.fromkeys(await notes_within(connection, scores, found.scope)))
    return list(notes)
