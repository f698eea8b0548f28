"""What an analysis leaves as it is, in words: what has no weights, and what a plugin's Python works out."""

from __future__ import annotations

from collections.abc import Iterator

from liangcun_standards.document.standard import Standard
from liangcun_standards.document.tree import Aggregation
from liangcun_standards.sensitivity.asking import Asked, Choice
from liangcun_standards.sensitivity.drawing import Choices
from liangcun_standards.text import Text


def not_varied(standard: Standard, asked: Asked, choices: Choices) -> Iterator[Text]:
    """Each thing that stays as it is, and why."""
    if asked.concentration is None:
        yield Text("权重未变动：按要求保持原样", "weights stay as they are, as asked")
    if not asked.unknown:
        yield Text("未知的数据按目前的办法计分", "what is missing or bounded counts as it does now")
    elif Choice.UNKNOWN not in choices.varied:
        yield Text("没有缺报或只知上下限的数据", "nothing is missing or merely bounded")
    if standard.own_scorer is not None:
        yield Text(
            f"插件的评分程序 {standard.scorer} 不按别的权重重算：只随未知的数据变动",
            f"the plugin's scorer {standard.scorer} isn't run again under other weights: it moves with what "
            "isn't known alone",
        )
    parts: list[tuple[Text, Aggregation]] = [(one.label, one.aggregation) for one in standard.all_groups]
    if standard.own_scorer is None:
        parts.insert(0, (standard.label, standard.aggregation))
    for label, aggregation in parts:
        if aggregation.own is not None:
            yield Text(
                f"“{label.zh}”由插件的 {aggregation.method} 合成，不按别的权重重算",
                f"'{label.en}' is put together by the plugin's {aggregation.method}, which isn't run again "
                "under other weights",
            )
        elif aggregation.method in ("minimum", "pass_count"):
            yield Text(
                f"“{label.zh}”的合成方法（{aggregation.method}）不用权重",
                f"'{label.en}' is put together without weights ({aggregation.method})",
            )
