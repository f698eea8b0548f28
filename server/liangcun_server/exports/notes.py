"""What a reader must know before relying on a result: simulated data, interpretations, open verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from liangcun_server.scorecards.service import Scores
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import SourceStatus


def notes_on(scores: Scores, sources: Sequence[Iterable[SourceStatus]]) -> tuple[Text, ...]:
    """The notes on a result; `sources` says, for each region shown, what its observations may claim."""
    simulated = sum(SourceStatus.SIMULATED in statuses for statuses in sources)
    notes = [_simulated(simulated, len(sources)), _interpretation(scores)]
    return tuple(note for note in notes if note is not None)


def _simulated(count: int, every: int) -> Text | None:
    if count == 0:
        return None
    how_many = (
        Text(f"{every} 个村的", f"all {every} villages")
        if count == every
        else Text(f"{every} 个村中有 {count} 个村的", f"{count} of {every} villages")
    )
    if every == 1:
        return Text(
            "填报值中有模拟数据，不是实测：得分只供演示",
            "some of the values are simulated, not measured: the score is a demonstration",
        )
    return Text(
        f"{how_many.zh}填报值里有模拟数据，不是实测：得分和名次只供演示",
        f"{how_many.en} have simulated values, which nobody measured: scores and ranks are a demonstration",
    )


def _interpretation(scores: Scores) -> Text | None:
    standard = scores.question.resolved.standard
    count = sum(one.source.status is SourceStatus.INTERPRETATION for one in standard.criteria)
    if count == 0:
        return None
    every = len(standard.criteria)
    return Text(
        f"标准 {scores.question.resolved.name} 的 {every} 个条目中有 {count} 个是工作释义，不是官方条文",
        f"{count} of the {every} criteria of {scores.question.resolved.name} are a working interpretation, "
        "not an official text",
    )
