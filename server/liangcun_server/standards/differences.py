"""What differs between two standards, and what each change of a tailoring does: part by part, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from liangcun_server.standards.settings_in_words import LABELS, MISSING, differing_settings, setting_in_words
from liangcun_standards.catalogue import AppliedChange, ResolvedStandard
from liangcun_standards.document import Adjustment, Criterion, Group, Standard
from liangcun_standards.explanation import rule_text
from liangcun_standards.indicators import Indicator
from liangcun_standards.text import Text, format_number


@dataclass(frozen=True, slots=True)
class Difference:
    """One part that differs. `before` or `after` None: it isn't there."""

    code: str
    what: Text
    before: Text | None
    after: Text | None


def differences(one: Standard, other: Standard, indicators: Mapping[str, Indicator]) -> list[Difference]:
    """What only one has or what differs: criteria, groups, what stands beside them, grades, settings."""
    indicators = other.known(one.known(indicators))
    return [
        *_of_criteria(one, other, indicators),
        *_of_groups(one, other),
        *_of_entry(one, other, indicators),
        *_of_adjustments(one, other),
        *_of_grades(one, other),
        *(
            Difference(name, LABELS[name], before, after)
            for name, before, after in differing_settings(one, other)
        ),
    ]


@dataclass(frozen=True, slots=True)
class ChangeInWords:
    """A change of a tailoring, with what it touches before and after; None: it isn't there."""

    applied: AppliedChange
    before: Text | None
    after: Text | None


def changes_in_words(resolved: ResolvedStandard, indicators: Mapping[str, Indicator]) -> list[ChangeInWords]:
    """Every change that a tailoring makes to its base; none for a standard that extends nothing."""
    if resolved.extends is None:
        return []
    base, result = resolved.extends.standard, resolved.standard
    found: dict[str, list[Difference]] = {}
    for one in differences(base, result, indicators):
        found.setdefault(one.code, []).append(one)
    return [_in_words(applied, found.get(applied.target, []), base, result) for applied in resolved.tailoring]


def _in_words(
    applied: AppliedChange, found: Sequence[Difference], base: Standard, result: Standard
) -> ChangeInWords:
    if applied.change == "set":
        # A criterion may be of the setting's name.
        name = applied.target
        return ChangeInWords(applied, setting_in_words(base, name), setting_in_words(result, name))
    if applied.change in ("add", "remove") or not found:
        # A part that came or went by its title; a field that has no words of its own as it stands.
        sides = [None if one is None else Text(one, one) for one in (applied.before, applied.after)]
        return ChangeInWords(applied, sides[0], sides[1])
    return ChangeInWords(
        applied,
        _joined([(one.what, one.before) for one in found]),
        _joined([(one.what, one.after) for one in found]),
    )


def _joined(parts: Sequence[tuple[Text, Text | None]]) -> Text:
    shown = [(what, Text("—", "—") if side is None else side) for what, side in parts]
    return Text(
        "；".join(f"{what.zh}：{side.zh}" for what, side in shown),
        "; ".join(f"{what.en}: {side.en}" for what, side in shown),
    )


def _of_criteria(one: Standard, other: Standard, indicators: Mapping[str, Indicator]) -> Iterator[Difference]:
    before = {criterion.code: criterion for criterion in one.criteria}
    after = {criterion.code: criterion for criterion in other.criteria}
    for code in dict.fromkeys([*before, *after]):
        left, right = before.get(code), after.get(code)
        if left is None or right is None:
            what = Text("只有一方有", "only one has it")
            yield Difference(code, what, _whole(left, indicators), _whole(right, indicators))
            continue
        if left.label != right.label:
            yield Difference(code, Text("名称", "title"), left.label, right.label)
        if left.max_score != right.max_score:
            yield Difference(code, Text("分值", "points"), _figure(left.max_score), _figure(right.max_score))
        if left.weight != right.weight:
            yield Difference(code, Text("权重", "weight"), _figure(left.weight), _figure(right.weight))
        if (left.rule, left.applies_when) != (right.rule, right.applies_when):
            yield Difference(
                code, Text("规则", "rule"), rule_text(left, indicators), rule_text(right, indicators)
            )
        if left.veto != right.veto:
            yield Difference(code, Text("一票否决", "veto"), _truth(left.veto), _truth(right.veto))
        if left.missing != right.missing:
            yield Difference(code, LABELS["missing"], _missing(left), _missing(right))
        if left.definition != right.definition:
            yield Difference(
                code, Text("解释", "definition"), _plain(left.definition), _plain(right.definition)
            )
        if left.source != right.source:
            yield Difference(code, Text("依据", "source"), left.source.label, right.source.label)


def _of_groups(one: Standard, other: Standard) -> Iterator[Difference]:
    before = {group.code: group for group in one.all_groups}
    after = {group.code: group for group in other.all_groups}
    for code in dict.fromkeys([*before, *after]):
        left, right = before.get(code), after.get(code)
        if left is None or right is None:
            yield Difference(
                code,
                Text("只有一方有的类", "a group that only one has"),
                None if left is None else left.label,
                None if right is None else right.label,
            )
        elif left.worth != right.worth or left.min_score != right.min_score:
            yield Difference(
                code,
                Text("类的分值和最低分", "points and minimum of the group"),
                _range(left.worth, left.min_score),
                _range(right.worth, right.min_score),
            )
        if left is not None and right is not None and left.aggregation != right.aggregation:
            what = Text("合成方法", "aggregation")
            yield Difference(code, what, _method(left), _method(right))


def _of_entry(one: Standard, other: Standard, indicators: Mapping[str, Indicator]) -> Iterator[Difference]:
    before, after = ({entry.code: entry for entry in standard.entry} for standard in (one, other))
    for code in dict.fromkeys([*before, *after]):
        sides = [
            None if entry is None else entry.require.describe(indicators)
            for entry in (before.get(code), after.get(code))
        ]
        if sides[0] != sides[1]:
            yield Difference(code, Text("参评条件", "entry condition"), sides[0], sides[1])


def _of_adjustments(one: Standard, other: Standard) -> Iterator[Difference]:
    before, after = ({part.code: part for part in standard.adjustments} for standard in (one, other))
    for code in dict.fromkeys([*before, *after]):
        sides = [
            None if part is None else adjustment_in_words(part)
            for part in (before.get(code), after.get(code))
        ]
        if sides[0] != sides[1]:
            yield Difference(code, Text("加分、扣分", "bonus or penalty"), sides[0], sides[1])


def adjustment_in_words(part: Adjustment) -> Text:
    """What a bonus or a penalty comes to."""
    per, cap = format_number(part.per), format_number(part.cap)
    if part.kind == "bonus":
        return Text(f"每次加 {per} 分，最多 {cap} 分", f"{per} more each, {cap} at most")
    return Text(f"每次扣 {per} 分，最多 {cap} 分", f"{per} off each, {cap} at most")


def _of_grades(one: Standard, other: Standard) -> Iterator[Difference]:
    before = {grade.code: grade for grade in one.grades}
    after = {grade.code: grade for grade in other.grades}
    for code in dict.fromkeys([*before, *after]):
        left, right = before.get(code), after.get(code)
        if left != right:
            yield Difference(
                code,
                Text("等次", "grade"),
                None if left is None else _at_least(left.label, left.min_score),
                None if right is None else _at_least(right.label, right.min_score),
            )


def _plain(text: str | None) -> Text | None:
    return None if text is None else Text(text.strip().rstrip("。"), text.strip().rstrip("。"))


def _whole(criterion: Criterion | None, indicators: Mapping[str, Indicator]) -> Text | None:
    if criterion is None:
        return None
    rule, worth = rule_text(criterion, indicators), format_number(criterion.max_score)
    return Text(
        f"{criterion.label.zh}（{worth} 分）：{rule.zh}", f"{criterion.label.en} ({worth} points): {rule.en}"
    )


def _figure(value: float | None) -> Text | None:
    return None if value is None else Text(format_number(value), format_number(value))


def _missing(criterion: Criterion) -> Text:
    if criterion.missing is None:
        return Text("同整个标准", "as for the whole standard")
    return MISSING[criterion.missing]


def _method(group: Group) -> Text:
    return Text(group.aggregation.method, group.aggregation.method)


def _range(worth: float, least: float | None) -> Text:
    text = format_number(worth)
    if least is None:
        return Text(text, text)
    return Text(f"{text}，不低于 {format_number(least)}", f"{text}, at least {format_number(least)}")


def _at_least(label: Text, least: float) -> Text:
    return Text(f"{label.zh} ≥ {format_number(least)}", f"{label.en} ≥ {format_number(least)}")


def _truth(value: bool) -> Text:
    return Text("是", "yes") if value else Text("否", "no")
