"""Scorecards and rankings for GraphQL, each table scored once for all who ask."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from liangcun_server.graphql.connections import (
    Edge,
    check_first,
    decode_cursor,
    encode_cursor,
    page_info,
)
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.regions.region import Region
from liangcun_server.scorecards import evidence
from liangcun_server.scorecards.service import LevelMismatch, Question, Scores, scope_for
from liangcun_server.scorecards.types import (
    RankingConnection,
    RankingEntryType,
    ScorecardType,
    Unranked,
)
from liangcun_server.standards.types import StandardType
from liangcun_standards.errors import LiangcunError
from liangcun_standards.periods import Period
from liangcun_standards.table import Integers
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel


async def scorecards_of(
    regions: Sequence[Region],
    info: LiangcunInfo,
    standard: str,
    period: Period,
    assessor_level: AssessorLevel | None = None,
    as_of: datetime | None = None,
) -> list[ScorecardType | None]:
    """The scorecard of each region; a result that is an error belongs to its region alone.

    Raises UnknownStandard when no version is in force, LevelMismatch for a region of another level.
    """
    cards: list[ScorecardType | LiangcunError | None] = []
    for region in regions:
        try:
            scores = await scores_about(info, region.code, standard, period, assessor_level, as_of)
            cards.append(card_of(region, scores))
        except LiangcunError as error:
            cards.append(error)
    return cards  # type: ignore[return-value]


async def scores_about(
    info: LiangcunInfo,
    region: str,
    standard: str,
    period: Period,
    assessor_level: AssessorLevel | None,
    as_of: datetime | None,
) -> Scores:
    """The scores of the scope in which a region stands, once a request for each question."""
    application = info.context.application
    resolved = (await info.context.standards()).in_force(standard, region, period)
    revision = None
    if as_of is not None:
        revision = await info.context.revision_at(as_of)
    question = Question(resolved, scope_for(resolved, region), period, assessor_level, revision)
    kept = info.context.kept
    if ("scores", question) not in kept:
        kept["scores", question] = await application.scoring.scores(question, info.context)
    scores: Scores = kept["scores", question]
    return scores


def card_of(region: Region, scores: Scores) -> ScorecardType:
    """The scorecard of a region. Raises LevelMismatch for one of another level than is scored."""
    row = scores.result.table.row_of.get(region.code)
    if row is None:
        wanted = scores.question.resolved.standard.level.label
        raise LevelMismatch(
            Text(
                f"{scores.question.resolved.name} 评的是{wanted.zh}，{region.name} 是{region.level.label.zh}",
                f"{scores.question.resolved.name} scores regions of {wanted.en} level, {region.code} is of "
                f"{region.level.label.en} level",
            )
        )
    return ScorecardType(region_model=region, scores=scores, row=row)


async def ranking_of(
    info: LiangcunInfo,
    standard: str,
    code: str,
    period: Period,
    assessor_level: AssessorLevel | None,
    as_of: datetime | None,
    *,
    first: int | None,
    after: str | None,
) -> RankingConnection:
    """A page of the ranking of the villages within a region (a twelve-digit code), best first, ties by code.

    Raises UnknownStandard, LevelMismatch, InvalidPage.
    """
    size, start = check_first(first), _position(after)
    scores = await scores_about(info, code, standard, period, assessor_level, as_of)
    ranks = evidence.ranks(scores, code)
    order = _order(scores, ranks)
    begin = 0 if start is None else _begin(scores, order, *start)
    page = [int(row) for row in order[begin : begin + size]]
    regions = await evidence.regions_at(info, scores, page)
    edges = [
        Edge(
            node=RankingEntryType(
                rank=int(ranks[row]),
                scorecard=ScorecardType(region_model=regions[row], scores=scores, row=row),
            ),
            cursor=encode_cursor(_class(scores, row), float(scores.result.total[row]), regions[row].code),
        )
        for row in page
    ]
    cursors = [edge.cursor for edge in edges]
    rows = scores.result.rows_within(code)
    outside = np.flatnonzero(ranks[rows] == 0) + rows.start
    return RankingConnection(
        edges=edges,
        page_info=page_info(cursors, has_next=begin + size < len(order), after=after),
        standard=StandardType(resolved=scores.question.resolved),
        period=period,
        total_count=len(order),
        unranked=Unranked(scores, [int(row) for row in outside]),
    )


def _order(scores: Scores, ranks: Integers) -> Integers:
    """The ranked rows: class by class, best first, ties by code."""
    rows = np.flatnonzero(ranks)
    classes = scores.result.village_class
    grouped = np.zeros(len(rows)) if classes is None else classes[rows]
    ordered: Integers = rows[np.lexsort((rows, -scores.result.total[rows], grouped))]
    return ordered


def _begin(scores: Scores, order: Integers, own: int, total: float, code: str) -> int:
    """How many of the ordered rows don't come after a place: the page goes on there even if ranks moved."""
    row = bisect_right(scores.result.table.regions, code) - 1
    classes = scores.result.village_class
    grouped = np.zeros(len(order)) if classes is None else classes[order]
    totals = scores.result.total[order]
    after = (grouped > own) | ((grouped == own) & ((totals < total) | ((totals == total) & (order > row))))
    return int(np.argmax(after)) if after.any() else len(order)


def _class(scores: Scores, row: int) -> int:
    classes = scores.result.village_class
    return 0 if classes is None else int(classes[row])


def _position(after: str | None) -> tuple[int, float, str] | None:
    if after is None:
        return None
    own, total, code = decode_cursor(after, int, float, str)
    return int(own), float(total), str(code)
