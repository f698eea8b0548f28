"""What a report is made of: ranking, points of every criterion, red and black lists by township."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.exports.scores_table import ScoreRow, ScoresTable, scores_table
from liangcun_server.regions.region import Region
from liangcun_server.scorecards.service import Scores
from liangcun_standards.document import Criterion
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import Indicator
from liangcun_standards.text import Text

# A province has some ten thousand villages; a workbook or a Word file of more is of use to nobody.
MOST_ROWS = 50_000


class ReportTooLarge(LiangcunError):
    """A place with more regions than a report takes."""

    code = "REPORT_TOO_LARGE"


@dataclass(frozen=True)
class HonourRoll:
    """红黑榜 of a place: the first, and the last; ties at the end of a list come along whole.

    Nobody stands on both lists: where there are few, each is at most half of them.
    """

    place: Region
    red: tuple[ScoreRow, ...]
    black: tuple[ScoreRow, ...]
    ranked: int
    passed: int
    mean: float | None


@dataclass(frozen=True)
class Report:
    """A ranking with what goes around it. `rolls`: the place itself first, then each township.

    `problems`: the criteria that cost most villages most, with how many villages, the most first.
    """

    table: ScoresTable
    scores: Scores
    rolls: tuple[HonourRoll, ...]
    problems: tuple[tuple[Criterion, int], ...]

    @property
    def ranked(self) -> list[ScoreRow]:
        """Who has a place, best first."""
        return [row for row in self.table.rows if row.rank is not None]

    @property
    def not_ranked(self) -> list[ScoreRow]:
        """Who has none."""
        return [row for row in self.table.rows if row.rank is None]


async def report_of(
    connection: AsyncConnection,
    scores: Scores,
    within: Region,
    indicators: Mapping[str, Indicator],
    *,
    first: int = 5,
    last: int = 5,
) -> Report:
    """The report on a place, which lies in the scope of `scores`; a few statements.

    `first` and `last` are how many red and black lists name. Raises ReportTooLarge.
    """
    rows = scores.result.rows_within(within.code)
    count = rows.stop - rows.start
    if count > MOST_ROWS:
        raise ReportTooLarge(
            Text(
                f"{within.name} 有 {count} 个，报表最多 {MOST_ROWS} 个；请分地方出",
                f"{within.name} has {count} regions, and a report takes {MOST_ROWS}; make one for each place",
            )
        )
    table = await scores_table(connection, scores, within, indicators)
    ranked = [row for row in table.rows if row.rank is not None]
    townships: dict[str, tuple[Region, list[ScoreRow]]] = {}
    for row in ranked:
        if row.parent is not None and row.parent.code != within.code:
            townships.setdefault(row.parent.code, (row.parent, []))[1].append(row)
    rolls = [_roll(within, ranked, first, last)]
    rolls += [_roll(place, own, first, last) for _, (place, own) in sorted(townships.items())]
    counted = Counter(one.criterion.code for row in table.rows for one in row.problems)
    criteria = {one.code: one for one in scores.result.standard.criteria}
    problems = [(criteria[code], times) for code, times in counted.most_common()]
    return Report(table, scores, tuple(rolls), tuple(problems))


def _roll(place: Region, rows: Sequence[ScoreRow], first: int, last: int) -> HonourRoll:
    """The lists of rows that stand best first."""
    by_score = sorted(rows, key=lambda row: -(row.score or 0.0))
    red = _with_ties(by_score, min(first, (len(rows) + 1) // 2))
    rest = by_score[len(red) :]
    black = _with_ties(rest[::-1], last)[::-1]
    known = [row.score for row in rows if row.score is not None]
    return HonourRoll(
        place=place,
        red=tuple(red),
        black=tuple(black),
        ranked=len(rows),
        passed=sum(row.passed for row in rows),
        mean=float(np.mean(known)) if known else None,
    )


def _with_ties(rows: Sequence[ScoreRow], count: int) -> list[ScoreRow]:
    if count <= 0:
        return []
    chosen = list(rows[:count])
    for row in rows[count:]:
        if row.score != chosen[-1].score:
            break
        chosen.append(row)
    return chosen
