"""What a document would do before it counts: who changes score, place, grade or verdict, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from liangcun_server.scorecards.service import Question, Scores, ScoringService, scope_for
from liangcun_server.standards.at_hand import Standards, check_resolves
from liangcun_server.storage.kept import Reading
from liangcun_standards.catalogue import Publication, ResolvedStandard
from liangcun_standards.document import Criterion
from liangcun_standards.errors import LiangcunError, UnknownStandard
from liangcun_standards.explanation import rule_text
from liangcun_standards.indicators import Indicator, IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.scoring import ScoreResult
from liangcun_standards.table import Integers
from liangcun_standards.text import Text, format_number
from liangcun_standards.vocabulary import Verdict

_VERDICTS = (Verdict.FAIL, Verdict.UNDECIDED, Verdict.PASS)
# Less than the last decimal that anybody is shown.
_SAME = 1e-9


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
class CriterionShift:
    """One criterion that gives a village other points. `before` and `after` None: it doesn't count there."""

    code: str
    title: Text
    before: float | None
    after: float | None
    reason: Text


@dataclass(frozen=True, slots=True)
class VillageChange:
    """One village whose grade or verdict changes, with the criteria behind it, the largest first."""

    region: str
    before: Standing
    after: Standing
    because: tuple[CriterionShift, ...]


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
    catalogue = standards.catalogue.extended([publication], replacing=True)
    check_resolves(publication, catalogue)
    after = catalogue.resolve(publication, period.end)
    before = _before(standards, publication, after, scope, period, against)
    scores = [
        await scoring.scores(Question(one, scope_for(one, scope), period), reading) for one in (before, after)
    ]
    return compared(before, after, scope, period, scores[0], scores[1], indicators)


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
    before: ResolvedStandard,
    after: ResolvedStandard,
    scope: str,
    period: Period,
    old: Scores,
    new: Scores,
    indicators: Mapping[str, Indicator],
) -> Preview:
    """What changes from one to the other, each scored over the scope; `indicators` are those of both."""
    old_ranks, new_ranks = old.result.ranks(scope), new.result.ranks(scope)
    rows = new.result.rows_within(scope)
    pairs = [
        (old.result.table.row_of[code], row)
        for row, code in enumerate(new.result.table.regions[rows], rows.start)
        if code in old.result.table.row_of
    ]
    a, b = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    grades = [_grade_texts(one.result) for one in (old, new)]
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
    words = _Words(before, after, indicators)
    changes = [
        VillageChange(
            new.result.table.regions[int(b[place])],
            _standing(old.result, old_ranks, int(a[place]), grades[0]),
            _standing(new.result, new_ranks, int(b[place]), grades[1]),
            words.because(old.result, new.result, int(a[place]), int(b[place])),
        )
        for place in np.flatnonzero(other_grade | other_passed | other_verdict)
    ]
    changes.sort(key=lambda one: (one.after.rank or 1_000_000_000, one.region))
    return Preview(
        before,
        after,
        scope,
        period,
        len(pairs),
        int((np.abs(totals[0] - totals[1]) > _SAME).sum()),
        int((old_ranks[a] != new_ranks[b]).sum()),
        int(other_grade.sum()),
        int(other_passed.sum()),
        int(other_verdict.sum()),
        tuple(changes),
    )


def _grade_texts(result: ScoreResult) -> list[Text | None]:
    """The labels by place; the last, which -1 means, is none."""
    return [*(grade.label for grade in result.standard.grades), None]


def _standing(result: ScoreResult, ranks: Integers, row: int, grades: list[Text | None]) -> Standing:
    total = float(result.total[row])
    return Standing(
        None if np.isnan(total) else total,
        int(ranks[row]) or None,
        grades[int(result.grade[row])],
        bool(result.passed[row]),
        _VERDICTS[int(result.verdict[row])],
    )


class _Words:
    """Says which criteria differ between two standards, and what is behind each difference."""

    def __init__(
        self, before: ResolvedStandard, after: ResolvedStandard, indicators: Mapping[str, Indicator]
    ) -> None:
        self._old = {one.code: (place, one) for place, one in enumerate(before.standard.criteria)}
        self._new = {one.code: (place, one) for place, one in enumerate(after.standard.criteria)}
        self._codes = list(dict.fromkeys([*self._old, *self._new]))
        self._indicators = indicators
        self._reasons: dict[str, Text] = {}

    def because(self, old: ScoreResult, new: ScoreResult, a: int, b: int) -> tuple[CriterionShift, ...]:
        """The criteria that give a village other points, the largest difference first."""
        shifts = []
        for code in self._codes:
            left = old.criterion(a, self._old[code][0]).score if code in self._old else None
            right = new.criterion(b, self._new[code][0]).score if code in self._new else None
            if left is None and right is None:
                continue
            if left is None or right is None or abs(left - right) > _SAME:
                title = (self._new.get(code) or self._old[code])[1].label
                shifts.append(CriterionShift(code, title, left, right, self._reason(code)))
        shifts.sort(key=lambda one: -abs((one.after or 0.0) - (one.before or 0.0)))
        return tuple(shifts)

    def _reason(self, code: str) -> Text:
        if code not in self._reasons:
            self._reasons[code] = self._worked_out(code)
        return self._reasons[code]

    def _worked_out(self, code: str) -> Text:
        if code not in self._old:
            return Text("新增条目", "a new criterion")
        if code not in self._new:
            return Text("取消条目", "the criterion is gone")
        old, new = self._old[code][1], self._new[code][1]
        if old.rule != new.rule:
            was, now = (rule_text(one, self._indicators) for one in (old, new))
            return Text(f"规则由“{was.zh}”改为“{now.zh}”", f"the rule was '{was.en}' and is '{now.en}'")
        return _of_weight(old, new)


def _of_weight(old: Criterion, new: Criterion) -> Text:
    if old.max_score != new.max_score:
        was, now = format_number(old.max_score), format_number(new.max_score)
        return Text(f"分值由 {was} 改为 {now}", f"worth {was} points before, {now} now")
    return Text(
        "条目未改，所依据的范围或条件变了", "the criterion is the same; what it is taken over has changed"
    )
