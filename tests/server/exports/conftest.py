"""Rankings to export, over 长岭县 with its demonstration data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from liangcun_server.application import Application
from liangcun_server.exports.scores_table import ScoresTable, scores_table
from liangcun_server.regions.repository import by_codes
from liangcun_server.scorecards.service import Question, Scores, scope_for
from liangcun_server.standards.at_hand import Standards
from liangcun_standards.periods import Period
from liangcun_standards.regions import full_code

# `await rank("sanhua", "220722", limit=3)`
Rank = Callable[..., Awaitable[ScoresTable]]
Score = Callable[..., Awaitable[Scores]]


@pytest.fixture
def score(application: Application) -> Score:
    """Scores of a standard over the scope of a region in 2023."""

    async def scoring(standard: str, within: str = "220722", **asked: Any) -> Scores:
        code, period = full_code(within), Period.parse("2023")
        resolved = Standards(application.plugins.standards).in_force(standard, code, period)
        return await application.scoring.scores(
            Question(resolved, scope_for(resolved, code), period, **asked)
        )

    return scoring


@pytest.fixture
def rank(application: Application, score: Score) -> Rank:
    """The ranking of a standard within a region in 2023."""

    async def ranking(standard: str, within: str = "220722", limit: int | None = None) -> ScoresTable:
        scores = await score(standard, within)
        code = full_code(within)
        async with application.database.read() as connection:
            region = (await by_codes(connection, [code]))[code]
            return await scores_table(connection, scores, region, application.plugins.indicators, limit=limit)

    return ranking
