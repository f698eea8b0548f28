"""A standard scored over the place that a question names."""

from __future__ import annotations

from typing import Protocol

from liangcun_server.comparison.types import scheme_of
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.regions.types import known_region
from liangcun_server.scorecards.service import Question, Scores, scope_for
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel


class Where(Protocol):
    """What both inputs say: the standard, the place, the period, whose values."""

    @property
    def standard(self) -> str: ...

    @property
    def within(self) -> str: ...

    @property
    def period(self) -> Period: ...

    @property
    def assessor_level(self) -> AssessorLevel | None: ...


async def scored_within(info: LiangcunInfo, asked: Where) -> tuple[Scores, str]:
    """The scores, and the place's twelve-digit code.

    Raises UnknownStandard, UnknownRegion, LevelMismatch; OperatorTokenNeeded for a draft.
    """
    context = info.context
    scope = (await known_region(info, asked.within)).code
    resolved = await scheme_of(info, await context.standards(), asked.standard, scope, asked.period)
    question = Question(resolved, scope_for(resolved, scope), asked.period, asked.assessor_level)
    return await context.application.scoring.scores(question, context), scope
