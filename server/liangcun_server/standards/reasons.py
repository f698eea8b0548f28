"""Why a village stands elsewhere under another standard: which parts differ and bear on it, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from liangcun_server.standards.differences import adjustment_in_words
from liangcun_server.standards.settings_in_words import LABELS, differing_settings
from liangcun_standards.document import Criterion, Grade, Group
from liangcun_standards.explanation import rule_text
from liangcun_standards.indicators import Indicator
from liangcun_standards.scoring import CriterionScore, ScoreResult
from liangcun_standards.text import Text, format_number
from liangcun_standards.vocabulary import ResultStatus

# Less than the last decimal that anybody is shown.
SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Shift:
    """A part that bears on a village otherwise: a criterion, an adjustment, a group, a grade or a setting.

    `before` and `after` are the points that it gives; None where it doesn't count, and for what gives none of
    its own.
    """

    code: str
    title: Text
    before: float | None
    after: float | None
    reason: Text


class Reasons:
    """Says what is behind the difference of one village's standing in two results."""

    def __init__(self, old: ScoreResult, new: ScoreResult, indicators: Mapping[str, Indicator]) -> None:
        self._old, self._new = old, new
        self._places = [
            {criterion.code: place for place, criterion in enumerate(one.standard.criteria)}
            for one in (old, new)
        ]
        self._indicators = indicators
        self._of_criterion: dict[str, Text] = {}
        self._groups = list(_minima(old, new))
        self._settings = [
            Shift(name, LABELS[name], None, None, _became(before, after))
            for name, before, after in differing_settings(old.standard, new.standard)
        ]

    def of(self, a: int, b: int) -> tuple[Shift, ...]:
        """What bears on the village in row `a` of the old result and row `b` of the new.

        Criteria and adjustments that give other points, or decide otherwise, stand first, the largest
        difference before the others; then conditions of entry, group minima, grades, and the settings of
        the whole.
        """
        shifts = [*self._criteria(a, b), *self._adjustments(a, b)]
        shifts.sort(key=lambda one: -abs((one.after or 0.0) - (one.before or 0.0)))
        found = (
            *shifts,
            *self._entry(a, b),
            *self._minima(a, b),
            *self._grades(a, b),
            *self._settings,
        )
        return found or (self._whole,)

    @property
    def _whole(self) -> Shift:
        standard = self._new.standard
        reason = Text("各部分的合成或分级方法变了", "how its parts are put together or graded has changed")
        return Shift(standard.code, standard.label, None, None, reason)

    def _criteria(self, a: int, b: int) -> Iterator[Shift]:
        old_places, new_places = self._places
        for code in dict.fromkeys([*old_places, *new_places]):
            left = self._old.criterion(a, old_places[code]) if code in old_places else None
            right = self._new.criterion(b, new_places[code]) if code in new_places else None
            points = [None if one is None else one.score for one in (left, right)]
            if _other(points[0], points[1]) or (
                left is not None and right is not None and self._decides(code, left, right)
            ):
                yield Shift(code, self._title(code), points[0], points[1], self._reason(code))

    def _decides(self, code: str, left: CriterionScore, right: CriterionScore) -> bool:
        """Whether a criterion that gives the same points bears on passing otherwise."""
        old, new = self._pair(code)
        return left.status != right.status or (old.veto != new.veto and right.status is not ResultStatus.PASS)

    def _pair(self, code: str) -> tuple[Criterion, Criterion]:
        old, new = (
            result.standard.criteria[places[code]]
            for result, places in zip((self._old, self._new), self._places, strict=True)
        )
        return old, new

    def _adjustments(self, a: int, b: int) -> Iterator[Shift]:
        old, new = self._old, self._new
        parts = {one.code: one for result in (old, new) for one in result.standard.adjustments}
        for code, part in parts.items():
            left = float(old.adjustments[code][a]) if code in old.adjustments else None
            right = float(new.adjustments[code][b]) if code in new.adjustments else None
            if _other(left or 0.0, right or 0.0):
                yield Shift(code, part.label, left, right, _of_adjustment(code, old, new))

    def _entry(self, a: int, b: int) -> Iterator[Shift]:
        if self._old.admitted[a] != self._new.admitted[b]:
            yield Shift("entry", Text("参评条件", "entry conditions"), None, None, _admitted(self._new, b))

    def _minima(self, a: int, b: int) -> Iterator[Shift]:
        for group, least, shift in self._groups:
            short = [
                limit is not None and bool(result.groups[group.code][row] < limit - SAME)
                for limit, result, row in zip(least, (self._old, self._new), (a, b), strict=True)
            ]
            # What is missing could bring a village below the one minimum and not below the other.
            if short[0] != short[1] or self._old.verdict[a] != self._new.verdict[b]:
                yield shift

    def _grades(self, a: int, b: int) -> Iterator[Shift]:
        pair = [
            result.standard.grades[place] if (place := int(result.grade[row])) >= 0 else None
            for result, row in ((self._old, a), (self._new, b))
        ]
        codes = [] if pair[0] == pair[1] else [grade.code for grade in pair if grade is not None]
        if self._old.verdict[a] != self._new.verdict[b]:
            # The verdict goes by the grade that passes, which what is missing could still give or take.
            codes += [
                result.standard.passing.grade
                for result in (self._old, self._new)
                if result.standard.passing.grade is not None
            ]
        for code in dict.fromkeys(codes):
            left, right = _grade(self._old, code), _grade(self._new, code)
            if left != right:
                title = right or left
                assert title is not None
                yield Shift(code, title.label, None, None, _became(_from(left), _from(right)))

    def _title(self, code: str) -> Text:
        result, places = (self._new, self._places[1])
        if code not in places:
            result, places = self._old, self._places[0]
        return result.standard.criteria[places[code]].label

    def _reason(self, code: str) -> Text:
        if code not in self._of_criterion:
            self._of_criterion[code] = self._worked_out(code)
        return self._of_criterion[code]

    def _worked_out(self, code: str) -> Text:
        old_places, new_places = self._places
        if code not in old_places:
            return Text("新增条目", "a new criterion")
        if code not in new_places:
            return Text("取消条目", "the criterion is gone")
        old, new = self._pair(code)
        if (old.rule, old.applies_when) != (new.rule, new.applies_when):
            was, now = (rule_text(one, self._indicators) for one in (old, new))
            return Text(f"规则由“{was.zh}”改为“{now.zh}”", f"the rule was '{was.en}' and is '{now.en}'")
        return _of_weight(old, new)


def _of_weight(old: Criterion, new: Criterion) -> Text:
    if old.veto != new.veto:
        return Text("不再一票否决", "no veto any more") if old.veto else Text("改为一票否决", "a veto now")
    if old.max_score != new.max_score:
        was, now = format_number(old.max_score), format_number(new.max_score)
        return Text(f"分值由 {was} 改为 {now}", f"worth {was} points before, {now} now")
    return Text(
        "条目未改，所依据的范围或条件变了", "the criterion is the same; what it is taken over has changed"
    )


def _minima(
    old: ScoreResult, new: ScoreResult
) -> Iterator[tuple[Group, tuple[float | None, float | None], Shift]]:
    """The groups of both whose minimum differs."""
    before = {group.code: group for group in old.standard.all_groups}
    for group in new.standard.all_groups:
        was = before.get(group.code)
        if was is not None and was.min_score != group.min_score:
            words = [
                Text("没有", "none") if least is None else Text(format_number(least), format_number(least))
                for least in (was.min_score, group.min_score)
            ]
            reason = Text(
                f"这一类的最低分由 {words[0].zh} 改为 {words[1].zh}",
                f"the least that this group needs was {words[0].en} and is {words[1].en}",
            )
            shift = Shift(group.code, group.label, None, None, reason)
            yield group, (was.min_score, group.min_score), shift


def _of_adjustment(code: str, old: ScoreResult, new: ScoreResult) -> Text:
    was, now = (
        next((one for one in result.standard.adjustments if one.code == code), None) for result in (old, new)
    )
    if was is None or now is None:
        return Text("新增", "new") if was is None else Text("取消", "gone")
    return _became(adjustment_in_words(was), adjustment_in_words(now))


def _admitted(result: ScoreResult, row: int) -> Text:
    if result.admitted[row]:
        return Text("原不得参评，现可参评", "may take part, and couldn't before")
    return Text("原可参评，现不得参评", "may no longer take part")


def _grade(result: ScoreResult, code: str) -> Grade | None:
    return next((one for one in result.standard.grades if one.code == code), None)


def _from(grade: Grade | None) -> Text:
    if grade is None:
        return Text("没有这一等次", "no such grade")
    points = format_number(grade.min_score)
    return Text(f"{points} 分起", f"from {points} points")


def _became(before: Text, after: Text) -> Text:
    return Text(f"由“{before.zh}”改为“{after.zh}”", f"was '{before.en}' and is '{after.en}'")


def _other(left: float | None, right: float | None) -> bool:
    """Whether the points differ; None, for what doesn't count, differs from all points."""
    if left is None or right is None:
        return left is not right
    return abs(left - right) > SAME
