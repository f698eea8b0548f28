"""What a document would do before it counts: who changes score, place, grade or verdict, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from liangcun_server.scorecards.service import Question, Scores, ScoringService, scope_for
from liangcun_server.standards.at_hand import Standards, check_resolves
from liangcun_server.standards.reasons import SAME, Reasons, Shift
from liangcun_server.storage.kept import Reading
from liangcun_standards.catalogue import Publication, ResolvedStandard
from liangcun_standards.errors import LiangcunError, UnknownStandard
from liangcun_standards.indicators import Indicator, IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.scoring import VERDICTS, ScoreResult
from liangcun_standards.table import Integers
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import Verdict


class NothingToCompare(LiangcunError):
    """No standard is in force that the previewed one would take the place of."""

    code = "NOTHING_TO_COMPARE"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a village stands under one standard. `rank` None: it isn't ranked."""

    score: float | None
    rank: int | None
    grade: Text | None
    passed: bool
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class VillageChange:
    """One village whose grade, passing or verdict changes, and what is behind it."""

    region: str
    before: Standing
    after: Standing
    because: tuple[Shift, ...]


@dataclass(frozen=True)
class Preview:
    """What changes from one standard to another over a scope in a period.

    `changes`: the villages whose grade, passing or verdict changes. The counts are of villages.
    """

    before: ResolvedStandard
    after: ResolvedStandard
    scope: str
    period: Period
    villages: int
    other_score: int
    other_rank: int
    other_grade: int
    other_passed: int
    other_verdict: int
    changes: tuple[VillageChange, ...]


async def preview(
    standards: Standards,
    scoring: ScoringService,
    indicators: IndicatorCatalogue,
    publication: Publication,
    *,
    scope: str,
    period: Period,
    reading: Reading,
    against: str | None = None,
) -> Preview:
    """What a document would change where it took the place of what is in force, or of `against`.

    `scope` is a twelve-digit code. Nothing is kept. Raises InvalidDocument for a document that doesn't
    resolve, NothingToCompare, UnknownStandard, LevelMismatch.
    """
    scores = await scored_both(
        standards, scoring, publication, scope=scope, period=period, reading=reading, against=against
    )
    return compared(*scores, scope, indicators)


async def scored_both(
    standards: Standards,
    scoring: ScoringService,
    publication: Publication,
    *,
    scope: str,
    period: Period,
    reading: Reading,
    against: str | None = None,
) -> tuple[Scores, Scores]:
    """What stands now, and what a document would make of it. Arguments and errors are those of `preview`."""
    catalogue = standards.catalogue.extended([publication], replacing=True)
    check_resolves(publication, catalogue)
    after = catalogue.resolve(publication, period.end)
    before = _before(standards, publication, after, scope, period, against)
    old, new = [
        await scoring.scores(Question(one, scope_for(one, scope), period), reading) for one in (before, after)
    ]
    return old, new


def _before(
    standards: Standards,
    publication: Publication,
    after: ResolvedStandard,
    scope: str,
    period: Period,
    against: str | None,
) -> ResolvedStandard:
    if against is not None:
        return standards.in_force(against, scope, period)
    try:
        return standards.in_force(publication.document.code, scope, period)
    except UnknownStandard:
        pass
    if after.extends is not None:
        return after.extends
    raise NothingToCompare(
        Text(
            f"{period} 在这里没有代码为 {publication.document.code} 的标准可比；请指明与哪个标准比较"
            "（--against 或 against）",
            f"no standard of the code {publication.document.code} is in force here in {period}; name one to "
            "compare with (--against, or against)",
        )
    )


def compared(
    old: Scores, new: Scores, scope: str, indicators: Mapping[str, Indicator], *, moved: bool = False
) -> Preview:
    """What changes from one to the other within a region that both are scored over, in one period.

    `indicators` are those of plugins. With `moved`, villages that get another score or place alone are among
    the changes too.
    """
    indicators = new.result.standard.known(old.result.standard.known(indicators))
    old_ranks, new_ranks = old.result.ranks(scope), new.result.ranks(scope)
    rows = new.result.rows_within(scope)
    pairs = [
        (old.result.table.row_of[code], row)
        for row, code in enumerate(new.result.table.regions[rows], rows.start)
        if code in old.result.table.row_of
    ]
    a, b = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    grades = [grade_texts(one.result) for one in (old, new)]
    other_grade = np.array(
        [
            grades[0][int(g)] != grades[1][int(h)]
            for g, h in zip(old.result.grade[a], new.result.grade[b], strict=True)
        ],
        bool,
    )
    other_passed = old.result.passed[a] != new.result.passed[b]
    other_verdict = old.result.verdict[a] != new.result.verdict[b]
    totals = [np.nan_to_num(one, nan=-1.0) for one in (old.result.total[a], new.result.total[b])]
    other_score = np.abs(totals[0] - totals[1]) > SAME
    other_rank = old_ranks[a] != new_ranks[b]
    shown = other_grade | other_passed | other_verdict
    if moved:
        shown |= other_score | other_rank
    reasons = Reasons(old.result, new.result, indicators)
    changes = [
        VillageChange(
            new.result.table.regions[int(b[place])],
            standing_of(old.result, old_ranks, int(a[place]), grades[0]),
            standing_of(new.result, new_ranks, int(b[place]), grades[1]),
            reasons.of(int(a[place]), int(b[place])),
        )
        for place in np.flatnonzero(shown)
    ]
    changes.sort(key=lambda one: (one.after.rank or 1_000_000_000, one.region))
    return Preview(
        old.question.resolved,
        new.question.resolved,
        scope,
        new.question.period,
        len(pairs),
        int(other_score.sum()),
        int(other_rank.sum()),
        int(other_grade.sum()),
        int(other_passed.sum()),
        int(other_verdict.sum()),
        tuple(changes),
    )


def grade_texts(result: ScoreResult) -> list[Text | None]:
    """The grades' labels by place; the last, which -1 means, is none."""
    return [*(grade.label for grade in result.standard.grades), None]


def standing_of(result: ScoreResult, ranks: Integers, row: int, grades: list[Text | None]) -> Standing:
    """Where the village in a row stands; `grades` are those of `grade_texts`."""
    total = float(result.total[row])
    return Standing(
        None if np.isnan(total) else total,
        int(ranks[row]) or None,
        grades[int(result.grade[row])],
        bool(result.passed[row]),
        VERDICTS[int(result.verdict[row])],
    )
