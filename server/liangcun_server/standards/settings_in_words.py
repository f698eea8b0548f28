"""What a standard's own settings are, in words: what missing means, what passing takes, how it is rounded."""

from __future__ import annotations

from collections.abc import Iterator

from liangcun_standards.document import Passing, Standard
from liangcun_standards.document.tailoring import SETTINGS
from liangcun_standards.text import Text, format_number

LABELS = {
    "passing": Text("达标条件", "passing"),
    "missing": Text("缺报", "what is missing"),
    "waived": Text("豁免", "what is waived"),
    "min_completeness": Text("参加排名的最低完整率", "completeness needed for a place"),
    "decimals": Text("小数位数", "decimals"),
    "max_score": Text("满分", "full marks"),
    "peers": Text("比较范围", "peers"),
    "ties": Text("并列名次", "ties"),
}
MISSING = {
    "fail": Text("按最低分计", "counts at its least"),
    "leave_out": Text("暂不计入", "is left out for now"),
    "bound": Text("只计已证实的部分", "only what is proven counts"),
}
_WORDS = {
    **{("missing", value): words for value, words in MISSING.items()},
    ("waived", "leave_out"): Text("不计入", "is left out"),
    ("waived", "full"): Text("计满分", "counts in full"),
    ("ties", "competition"): Text(
        "占用后面的名次（1、2、2、4）", "take up the places after them (1, 2, 2, 4)"
    ),
    ("ties", "dense"): Text("不占后面的名次（1、2、2、3）", "take up no other places (1, 2, 2, 3)"),
}


def differing_settings(one: Standard, other: Standard) -> Iterator[tuple[str, Text, Text]]:
    """The settings that differ by their names, with what each standard has, in the order of SETTINGS."""
    for name in SETTINGS:
        before, after = setting_in_words(one, name), setting_in_words(other, name)
        if before != after:
            yield name, before, after


def setting_in_words(standard: Standard, name: str) -> Text:
    """What a setting (one of SETTINGS) is."""
    if name == "passing":
        return _passing(standard, standard.passing)
    if name == "peers":
        return standard.peer_level.label
    value = getattr(standard, name)
    if value is None:
        return Text("各类之和", "the sum of the groups")
    if name == "min_completeness":
        return Text(f"{format_number(value * 100)}%", f"{format_number(value * 100)}%")
    return _WORDS.get((name, value)) or _figure(value)


def _passing(standard: Standard, passing: Passing) -> Text:
    needed = []
    if passing.grade is not None:
        grade = next((one.label for one in standard.grades if one.code == passing.grade), None)
        label = grade or Text(passing.grade, passing.grade)
        needed.append(Text(f"等次达到{label.zh}", f"the grade {label.en}"))
    if passing.min_score is not None:
        points = format_number(passing.min_score)
        needed.append(Text(f"不低于 {points} 分", f"at least {points} points"))
    if passing.min_passed is not None:
        needed.append(
            Text(f"至少 {passing.min_passed} 条达标", f"at least {passing.min_passed} criteria passed")
        )
    if passing.every_criterion:
        needed.append(Text("各条都达标", "every criterion passed"))
    return Text("，".join(one.zh for one in needed), ", ".join(one.en for one in needed))


def _figure(value: float) -> Text:
    return Text(format_number(value), format_number(value))
