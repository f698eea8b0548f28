"""How a plugin scores: within limits, the same each time, and each village for itself."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from liangcun_standards.conformance.case import Case, Scored
from liangcun_standards.conformance.limits import VILLAGES
from liangcun_standards.conformance.pieces import rows_of
from liangcun_standards.conformance.report import Note
from liangcun_standards.scoring import ScoreResult, score
from liangcun_standards.table import Booleans, IndicatorTable, Integers
from liangcun_standards.text import Text

# Figures that are nearer than this are the same: a sum over peers depends on their order to the last bit.
_NOISE = 1e-9
# Pieces of a table, by the rows in each; the last one is what is left.
_PIECES = (1, 10, 100, 1_000, 2_500)
_ALONE = 6
_GROUPS = 6
# By the clock, for all trials together: more isn't left of the time for the whole check.
_SECONDS = 45.0
_TOO_SLOW = Text("没有试：太慢（见 bounded）", "not tried: too slow (see bounded)")


@dataclass(frozen=True)
class Trial:
    """Some rows of a table, or all in another order, that must come out as they do in the whole."""

    what: Text
    rows: Integers


def bounded(case: Case) -> Iterator[Text | Note]:
    """Scoring ten thousand villages keeps to the limits of time and memory."""
    limits = case.limits
    for one in case.scored:
        name, seconds = one.name, f"{one.seconds:.2f}"
        memory, most = round(one.memory / (1 << 20)), round(limits.memory / (1 << 20))
        if one.seconds > limits.seconds:
            yield Text(
                f"{name}：{VILLAGES} 个村用了 {seconds} 秒，上限 {limits.seconds:g} 秒",
                f"{name}: {seconds} s for {VILLAGES} villages, {limits.seconds:g} s at the most",
            )
        if one.memory > limits.memory:
            yield Text(
                f"{name}：{VILLAGES} 个村占了 {memory} MiB 内存，上限 {most} MiB",
                f"{name}: {memory} MiB of memory for {VILLAGES} villages, {most} MiB at the most",
            )
        yield Note(
            Text(
                f"{name}：{VILLAGES} 个村 {seconds} 秒（上限 {limits.seconds:g}），"
                f"内存 {memory} MiB（上限 {most}）",
                f"{name}: {VILLAGES} villages in {seconds} s (at most {limits.seconds:g}) and {memory} MiB "
                f"of memory (at most {most})",
            )
        )


def pure(case: Case) -> Iterator[Text | Note]:
    """The same table gives the same result, and whatever a rule is given stays as it is."""
    if case.too_slow:
        yield _TOO_SLOW
        return
    written: set[str] = set()
    for one in case.scored:
        table, name = one.result.table, one.name
        before = table.digest()
        with ExitStack() as stack:
            watched = [stack.enter_context(worker.watched()) for worker in case.workers]
            again = score(one.standard, table, case.registry.indicators)
            same = _told_alike(again, one.result)
        written.update(*watched)
        if again.digest != one.result.digest or not same:
            yield Text(f"{name}：同样的数据评出不同的结果", f"{name}: the same table, another result")
        if before != case.table(one.standard).digest() or table.digest() != before:
            yield Text(f"{name}：评分时改动了数据", f"{name}: scoring changes the table")
    for kind in sorted(written):
        yield Text(f"{kind} 改写了传给它的数组", f"{kind} writes to the arrays that it is given")


def vectorised(case: Case) -> Iterator[Text | Note]:
    """A village comes out the same in whatever order, company and place it is scored.

    Where other villages are part of the question, it does so in another order and among its peers alone.
    """
    if case.too_slow:
        yield _TOO_SLOW
        return
    if case.unused:
        yield Note(
            Text(
                f"没有试：{'、'.join(case.unused)}（插件的标准都没有用到）",
                f"not tried: {', '.join(case.unused)} (none of the plugin's standards uses it)",
            )
        )
    end = time.monotonic() + _SECONDS
    for one in case.scored:
        name = one.name
        if one.standard.peer_relative:
            yield Note(
                Text(
                    f"{name}：与同类比较，所以不拆开同组的村：试了换序和按整组评",
                    f"{name}: relative to peers, so no peer group is split: tried in another order and by "
                    "whole groups",
                )
            )
        trials = _trials_by_group(case, one) if one.standard.peer_relative else _trials_by_row(case, one)
        told: set[Text] = set()
        for trial in trials:
            if time.monotonic() > end:
                yield Text(f"{name}：太慢，没有试完", f"{name}: too slow to be tried out to the end")
                return
            fault = _fault(case, one, trial)
            if fault is not None and trial.what not in told:
                told.add(trial.what)
                yield fault


def _told_alike(one: ScoreResult, other: ScoreResult) -> bool:
    """Whether a scorer tells the same of the criteria."""
    return all(np.array_equal(one.told[code], other.told[code], equal_nan=True) for code in other.told)


def _trials_by_row(case: Case, one: Scored) -> Iterator[Trial]:
    random, every = case.chance(one.standard), np.arange(VILLAGES)
    yield Trial(Text("换个顺序", "in another order"), random.permutation(VILLAGES))
    pieces = np.split(every, np.cumsum(_PIECES))
    pieces += [*np.split(every, np.sort(random.choice(VILLAGES, 2, replace=False))), every[::2], every[1::2]]
    for rows in pieces:
        yield Trial(Text("分成几块评", "in pieces"), rows)
    chosen = sorted(random.choice(np.arange(1, VILLAGES - 1), _ALONE, replace=False).tolist())
    for row in (0, *chosen, VILLAGES - 1):
        yield Trial(Text("单独评", "alone"), every[row : row + 1])


def _trials_by_group(case: Case, one: Scored) -> Iterator[Trial]:
    random, peers = case.chance(one.standard), one.result.table.peers
    yield Trial(Text("换个顺序", "in another order"), random.permutation(VILLAGES))
    groups = int(peers.max()) + 1
    mine = random.random(groups) < 0.5
    for half in (mine, ~mine):
        yield Trial(Text("按整组分成几块评", "in pieces of whole peer groups"), np.flatnonzero(half[peers]))
    chosen = random.choice(np.arange(1, groups - 1), min(_GROUPS, groups - 2), replace=False).tolist()
    for group in (0, *sorted(chosen), groups - 1):
        yield Trial(Text("只评一个同组", "with its peer group alone"), np.flatnonzero(peers == group))


def _fault(case: Case, one: Scored, trial: Trial) -> Text | None:
    """What is wrong where the trial's rows come out otherwise; None where they don't."""
    whole = one.result
    if not len(trial.rows):
        return None
    part = score(one.standard, rows_of(whole.table, trial.rows), case.registry.indicators)
    differs = _differs(part, whole, trial.rows)
    count = int(differs.sum())
    if not count:
        return None
    first = _named(whole.table, trial.rows[differs])
    return Text(
        f"{one.name}：{trial.what.zh}，{count} 个村的结果变了，如 {first}",
        f"{one.name}: {count} villages come out otherwise {trial.what.en}, such as {first}",
    )


def _named(table: IndicatorTable, rows: Integers) -> str:
    return table.regions[int(rows.min())]


def _differs(part: ScoreResult, whole: ScoreResult, rows: Integers) -> Booleans:
    """(rows,) where any figure or decision differs; ranks count where all villages are there."""
    differs = np.zeros(len(rows), bool)
    figures = [
        (part.total, whole.total),
        (part.lowest, whole.lowest),
        (part.highest, whole.highest),
        (part.completeness, whole.completeness),
        *zip(part.points, whole.points, strict=True),
        *((part.groups[code], whole.groups[code]) for code in whole.groups),
        *((part.adjustments[code], whole.adjustments[code]) for code in whole.adjustments),
        *(pair for code in whole.told for pair in zip(part.told[code], whole.told[code], strict=True)),
    ]
    for mine, other in figures:
        differs |= ~np.isclose(mine, other[rows], rtol=0.0, atol=_NOISE, equal_nan=True)
    decisions: Sequence[tuple[np.ndarray[tuple[int, ...], np.dtype[np.generic]], ...]] = [
        (part.grade, whole.grade),
        (part.tier, whole.tier),
        (part.passed, whole.passed),
        (part.verdict, whole.verdict),
        (part.admitted, whole.admitted),
        *zip(part.status, whole.status, strict=True),
        *([(part.ranks(), whole.ranks())] if len(rows) == len(whole) else []),
    ]
    for now, then in decisions:
        differs |= now != then[rows]
    return differs
