"""What changes of data between two revisions did to a ranking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from liangcun_server.history.changes import Span
from liangcun_server.scorecards.service import Question, ScoringService
from liangcun_server.standards.preview import Preview, compared
from liangcun_server.storage.kept import Reading
from liangcun_standards.indicators import Indicator


async def ranks_between(
    scoring: ScoringService,
    question: Question,
    within: str,
    span: Span,
    indicators: Mapping[str, Indicator],
    reading: Reading,
) -> Preview:
    """What a place comes to at the end of a span beside what it came to at its beginning.

    The standard is the same on both sides, so all of it comes of values and exemptions. `within`: a
    twelve-digit code in the scope of the question.
    """
    before, after = [await scoring.scores(replace(question, as_of_revision=at), reading) for at in span]
    return compared(before, after, within, indicators, moved=True)
