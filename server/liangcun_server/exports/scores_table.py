"""A ranking as a table: its rows, columns and notes, the same for every format it is written in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.exports.notes import notes_on
from liangcun_server.exports.sources import source_statuses
from liangcun_server.regions.region import Region
from liangcun_server.regions.repository import by_codes
from liangcun_server.scorecards import evidence
from liangcun_server.scorecards.service import Question, Scores
from liangcun_standards.document import Criterion, Grade
from liangcun_standards.indicators import Indicator
from liangcun_standards.scoring import VERDICTS, CriterionScore
from liangcun_standards.text import Locale, Text, format_number
from liangcun_standards.vocabulary import RegionLevel, SourceStatus, Verdict

# Criteria named as a village's main problems.
_MAIN_PROBLEMS = 3

Cell = str | int | float | None
Kind = Literal["text", "code", "whole", "points", "share"]


class CostlyCriterion(NamedTuple):
    """A criterion that a village lost points on."""

    criterion: Criterion
    score: CriterionScore


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """One village. `rank` is None where it isn't ranked, and then `not_ranked` says why.

    `parent` is the region directly above it, a village's township. `sources` is what the observations that
    count for it may claim.
    """

    rank: int | None
    region: Region
    parent: Region | None
    village_class: Text | None
    score: float | None
    grade: Grade | None
    passed: bool
    verdict: Verdict
    completeness: float
    lowest: float
    highest: float
    problems: tuple[CostlyCriterion, ...]
    sources: frozenset[SourceStatus]
    not_ranked: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoresTable:
    """A ranking within a region; `rows` in its order, then those that aren't ranked, by code.

    `ranked` and `not_ranked` count all of them, `rows` may hold fewer. `digest` is that of the whole result
    that the ranking is drawn from.
    """

    question: Question
    within: Region
    as_of: datetime | None
    rows: tuple[ScoreRow, ...]
    ranked: int
    not_ranked: int
    notes: tuple[Text, ...]
    digest: str

    @property
    def title(self) -> Text:
        """What the table shows."""
        standard = self.question.resolved.standard
        return Text(
            f"{self.within.name} {self.question.period} {standard.title}得分排名",
            f"{standard.title_en}, {self.question.period}, {self.within.name}: ranking",
        )

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that say something about these rows."""
        classed = self.question.resolved.standard.classes is not None
        graded = bool(self.question.resolved.standard.grades)
        absent = {name for name, there in (("class", classed), ("grade", graded)) if not there}
        return tuple(column for column in _columns(self) if column.key not in absent)


class Column(NamedTuple):
    """A column: its key for programs, its title for people, and what stands in it for a row."""

    key: str
    title: Text
    kind: Kind
    width: int
    value: Callable[[ScoreRow, Locale], Cell]


async def scores_table(
    connection: AsyncConnection,
    scores: Scores,
    within: Region,
    indicators: Mapping[str, Indicator],
    *,
    as_of: datetime | None = None,
    limit: int | None = None,
) -> ScoresTable:
    """The ranking of the regions within `within`, which lies in the scope of `scores`.

    With `limit` only that many of the best are kept, and none that isn't ranked. A few statements, however
    many rows.
    """
    result = scores.result
    rows = result.rows_within(within.code)
    ranks = evidence.ranks(scores, within.code)
    every = np.arange(rows.start, rows.stop)
    classes = np.zeros(len(result)) if result.village_class is None else result.village_class
    ranked = every[ranks[every] > 0]
    ranked = ranked[np.lexsort((ranked, -result.total[ranked], classes[ranked]))]
    others = every[ranks[every] == 0]
    chosen = [*ranked.tolist(), *others.tolist()] if limit is None else ranked[:limit].tolist()
    codes = [result.table.regions[row] for row in chosen]
    regions = await by_codes(connection, codes)
    parents = await by_codes(
        connection, {one.parent_code for one in regions.values() if one.parent_code is not None}
    )
    sources = await source_statuses(connection, scores, within.code)
    made = []
    for row, code in zip(chosen, codes, strict=True):
        region = regions[code]
        made.append(
            _row(
                scores,
                indicators,
                row,
                rank=int(ranks[row]) or None,
                region=region,
                parent=parents.get(region.parent_code or ""),
                sources=sources.get(code, frozenset()),
            )
        )
    return ScoresTable(
        question=scores.question,
        within=within,
        as_of=as_of,
        rows=tuple(made),
        ranked=len(ranked),
        not_ranked=len(others),
        notes=await notes_on(
            connection,
            scores,
            [sources.get(result.table.regions[row], frozenset()) for row in every],
            [within],
        ),
        digest=result.digest,
    )


def _row(
    scores: Scores,
    indicators: Mapping[str, Indicator],
    row: int,
    *,
    rank: int | None,
    region: Region,
    parent: Region | None,
    sources: frozenset[SourceStatus],
) -> ScoreRow:
    result, standard = scores.result, scores.result.standard
    total, grade = float(result.total[row]), int(result.grade[row])
    return ScoreRow(
        rank=rank,
        region=region,
        parent=parent,
        village_class=_class(scores, indicators, row),
        score=None if np.isnan(total) else total,
        grade=None if grade < 0 else standard.grades[grade],
        passed=bool(result.passed[row]),
        verdict=VERDICTS[int(result.verdict[row])],
        completeness=float(result.completeness[row]),
        lowest=float(result.lowest[row]),
        highest=float(result.highest[row]),
        problems=tuple(
            CostlyCriterion(standard.criteria[place], result.criterion(row, place))
            for place in evidence.costliest(result, row, _MAIN_PROBLEMS)
        ),
        sources=sources,
        not_ranked=None if rank is not None else evidence.why_not_ranked(scores, row),
    )


def _class(scores: Scores, indicators: Mapping[str, Indicator], row: int) -> Text | None:
    classes, declared = scores.result.village_class, scores.result.standard.classes
    if classes is None or declared is None or classes[row] < 0:
        return None
    return scores.result.standard.known(indicators)[declared.indicator].show(float(classes[row]))


def _columns(table: ScoresTable) -> tuple[Column, ...]:
    level = table.question.resolved.standard.level
    parent = Text("乡镇", "township") if level is RegionLevel.VILLAGE else Text("上级", "within")
    return (
        Column("rank", Text("名次", "rank"), "whole", 6, lambda row, _: row.rank),
        Column("code", Text("区划代码", "code"), "code", 14, lambda row, _: row.region.code),
        Column("name", Text("名称", "name"), "text", 16, lambda row, _: row.region.name),
        Column("parent", parent, "text", 14, lambda row, _: row.parent.name if row.parent else None),
        Column(
            "class", Text("类别", "class"), "text", 10, lambda row, locale: _in(row.village_class, locale)
        ),
        Column("score", Text("得分", "score"), "points", 8, lambda row, _: row.score),
        Column(
            "grade",
            Text("等次", "grade"),
            "text",
            10,
            lambda row, locale: _in(None if row.grade is None else row.grade.label, locale),
        ),
        Column("passed", Text("达标", "passed"), "text", 6, lambda row, locale: _yes(row.passed, locale)),
        Column(
            "verdict", Text("结论", "verdict"), "text", 8, lambda row, locale: _in(row.verdict.label, locale)
        ),
        Column(
            "completeness",
            Text("数据完整度", "data on record"),
            "share",
            11,
            lambda row, _: round(row.completeness, 4),
        ),
        Column("lowest", Text("最低可能", "lowest possible"), "points", 9, lambda row, _: row.lowest),
        Column("highest", Text("最高可能", "highest possible"), "points", 9, lambda row, _: row.highest),
        Column("problems", Text("主要问题", "main problems"), "text", 48, _problems),
        Column("sources", Text("数据来源", "data source"), "text", 18, _sources),
        Column(
            "not_ranked",
            Text("未排名原因", "not ranked because"),
            "text",
            24,
            lambda r, lo: _in(r.not_ranked, lo),
        ),
    )


def _in(text: Text | None, locale: Locale) -> str | None:
    return None if text is None else text.pick(locale)


def _yes(value: bool, locale: Locale) -> str:
    return (Text("是", "yes") if value else Text("否", "no")).pick(locale)


def problem_texts(row: ScoreRow, locale: Locale) -> list[str]:
    """The main problems in words, each with the points earned of those there were."""
    return [_problem(one, locale) for one in row.problems]


def _problems(row: ScoreRow, locale: Locale) -> str:
    return _list(problem_texts(row, locale), locale)


def _problem(costly: CostlyCriterion, locale: Locale) -> str:
    title = costly.criterion.label.pick(locale)
    if not costly.criterion.max_score:
        return title
    # Beside its own maximum: how much a criterion counts in the total depends on the groups above it.
    got, full = costly.score.score or 0.0, costly.criterion.max_score
    return f"{title} {format_number(round(got, 2))}/{format_number(full)}"


def _sources(row: ScoreRow, locale: Locale) -> str:
    return _list([status.label.pick(locale) for status in SourceStatus if status in row.sources], locale)


def _list(parts: Sequence[str], locale: Locale) -> str:
    return ("；" if locale == "zh" else "; ").join(parts)
