"""What goes with a comparison wherever it is shown: what is simulated, what is a working interpretation."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.comparison.comparing import Compared
from liangcun_server.exports.notes import notes_within
from liangcun_server.scorecards.service import Scores
from liangcun_standards.text import Text


async def comparison_notes(connection: AsyncConnection, found: Compared) -> list[Text]:
    """The notes on every scheme's result, each once; a few statements a scheme."""
    return await notes_on_all(connection, found.scores, found.scope)


async def notes_on_all(connection: AsyncConnection, every: Sequence[Scores], scope: str) -> list[Text]:
    """The notes on several results over the regions within a place, each once."""
    notes: dict[Text, None] = {}
    for scores in every:
        notes.update(dict.fromkeys(await notes_within(connection, scores, scope)))
    return list(notes)
