"""A tailoring's document: every change says what it does to which part, and why."""

from __future__ import annotations

import pytest
from tests.standards.document.documents import TAILORING, changed, refusal

REMOVE = "  - {change: remove, target: lamps-working, reason: 冬季不查}\n"


@pytest.mark.parametrize(
    ("change", "en", "zh"),
    [
        ("{change: remove, target: lamps-working}", "10:5: changes.0.reason: is missing", "缺少必填项"),
        (
            "{change: remove, target: lamps-working, reason: ''}",
            "changes.0.reason: can't be empty",
            "不能为空",
        ),
        (
            "{change: drop, target: a, reason: x}",
            "changes.0: there is no change 'drop'; there are add, remove",
            "没有这种 change：drop",
        ),
        ("{target: a, reason: x}", "10:5: changes.0: change is missing", "缺少 change"),
        (
            "{change: add, reason: x}",
            "changes.0: add needs exactly one of criterion, group, grade",
            "add 要且只要写",
        ),
        (
            "{change: add, into: lit, grade: {code: a, title: a, title_en: a, min_score: 1}, reason: x}",
            "a grade stands in no group: drop into",
            "等次不属于任何组",
        ),
        (
            "{change: reweigh, target: a, reason: x}",
            "reweigh needs max_score, weight or min_score",
            "reweigh 要写",
        ),
        (
            "{change: reweigh, target: a, weight: -1, reason: x}",
            "changes.0.weight: can't be below 0",
            "不能小于 0",
        ),
        ("{change: replace, target: a, with: {code: b}, reason: x}", "the code stays", "不能改 code"),
        (
            "{change: replace, target: a, with: {}, reason: x}",
            "changes.0.with: needs 1 or more",
            "至少要有 1 项",
        ),
        ("{change: retitle, target: a, reason: x}", "changes.0.title: is missing", "缺少必填项"),
        ("{change: set, reason: x}", "set needs exactly one setting: passing, missing", "set 要且只要写一项"),
        (
            "{change: set, missing: bound, decimals: 1, reason: x}",
            "set needs exactly one setting",
            "set 要且只要写一项",
        ),
        (
            "{change: set, missing: zero, reason: x}",
            "changes.0.missing: should be fail, leave_out or bound",
            "只能是 fail、leave_out 或 bound",
        ),
        (
            "{change: set, level: county, reason: x}",
            "changes.0.level: there is no such field",
            "没有这个字段",
        ),
    ],
)
def test_a_change_that_can_t_be_meant_is_refused(change: str, en: str, zh: str) -> None:
    error = refusal(changed(REMOVE, f"  - {change}\n", TAILORING))
    assert str(error).startswith("lamps.yaml:10:")
    assert en in str(error)
    assert zh in error.text("zh")


def test_adding_a_criterion_needs_the_group_it_goes_into() -> None:
    criterion = (
        "{code: a, title: a, title_en: a, max_score: 1, rule: {kind: presence, indicator: b}, "
        "source: {status: interpretation, text: x}}"
    )
    error = refusal(changed(REMOVE, f"  - {{change: add, criterion: {criterion}, reason: x}}\n", TAILORING))
    assert "a criterion is added into a group: name it with into" in str(error)


def test_a_tailoring_has_no_tree_of_its_own() -> None:
    error = refusal(changed("changes:\n", "level: village\nchanges:\n", TAILORING))
    assert str(error) == "lamps.yaml:9:8: level: there is no such field"
