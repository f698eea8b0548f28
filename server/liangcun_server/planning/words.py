"""A plan in words: what is to be done, what it costs, what it comes to."""

from __future__ import annotations

from liangcun_standards.document import Standard
from liangcun_standards.planning import Change, CostTable, Plan, Standing, Target
from liangcun_standards.text import Text, format_number


def yuan(amount: float) -> Text:
    """An amount of money for a reader, to the yuan."""
    shown = f"{amount:,.0f}"
    return Text(f"{shown} 元", f"{shown} yuan")


def target_text(standard: Standard, target: Target) -> Text:
    """What a plan is for."""
    if target.grade is None:
        return Text("达标", "passing")
    label = standard.grades[target.grade].label
    return Text(f"等次“{label.zh}”", f"the grade '{label.en}'")


def before_text(change: Change) -> Text:
    """The value that an indicator has now, as far as it is known."""
    shown = change.indicator.show(change.before if change.before is not None else change.start)
    if change.before is not None:
        return shown
    if change.indicator.choices:
        return Text("缺报", "not on record")
    return Text(f"未确知（按 {shown.zh} 算）", f"not known (taken as {shown.en})")


def change_text(change: Change) -> Text:
    """One change in a line."""
    before, after = before_text(change), change.indicator.show(change.after)
    cost = yuan(change.cost)
    return Text(
        f"{change.indicator.name}：{before.zh} → {after.zh}，{cost.zh}",
        f"{change.indicator.name_en}: {before.en} → {after.en}, {cost.en}",
    )


def standing_text(standard: Standard, standing: Standing) -> Text:
    """A total with its grade and whether it passes."""
    total = "—" if standing.total is None else format_number(standing.total)
    grade = None if standing.grade is None else standard.grades[standing.grade].label
    passed = Text("达标", "passes") if standing.passed else Text("不达标", "doesn't pass")
    if grade is None:
        return Text(f"{total} 分，{passed.zh}", f"{total} points, {passed.en}")
    return Text(f"{total} 分，{grade.zh}，{passed.zh}", f"{total} points, {grade.en}, {passed.en}")


def summary(standard: Standard, plan: Plan) -> Text:
    """What a plan comes to, in a line."""
    target = target_text(standard, plan.target)
    if not plan.reached:
        highest = Text("", "")
        if plan.highest_total is not None:
            most = format_number(plan.highest_total)
            highest = Text(f"，总分最高 {most} 分", f"; the total gets to {most} at the most")
        best = Text("", "")
        if plan.best is not None:
            grade = standard.grades[plan.best.target.grade or 0].label
            cost = yuan(plan.best.cost)
            best = Text(
                f"，最好能到“{grade.zh}”（{cost.zh}）", f"; the best within reach is '{grade.en}' ({cost.en})"
            )
        return Text(
            f"现有的办法到不了{target.zh}{highest.zh}{best.zh}",
            f"{target.en} is out of reach{highest.en}{best.en}",
        )
    if not plan.changes:
        return Text(
            f"已经{_there(plan.target, target).zh}，不用花钱", f"already at {target.en}: nothing to pay"
        )
    cost, count = yuan(plan.cost), len(plan.changes)
    least = Text("最少", "at the least ") if plan.proven else Text("", "")
    return Text(
        f"到{target.zh}{least.zh}要 {cost.zh}，改 {count} 项",
        f"{target.en} takes {least.en}{cost.en}, {count} change{'' if count == 1 else 's'}",
    )


def _there(target: Target, text: Text) -> Text:
    return text if target.grade is None else Text(f"达到{text.zh}", text.en)


def basis(costs: CostTable) -> Text:
    """By which costs a figure was worked out, for a row of a file that goes around by itself."""
    if costs.illustrative:
        return Text(f"{costs.title}：不是实际造价", f"{costs.label.en}: no actual prices")
    return costs.label
