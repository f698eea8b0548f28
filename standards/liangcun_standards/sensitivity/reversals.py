"""Rank reversals: regions whose order turns round when one other region is taken out, or added back.

That happens only where points or weights go by the other regions: rules relative to peers, entropy weights,
TOPSIS.
Sources: Belton & Gear, On a short-coming of Saaty's method of analytic hierarchies, Omega 11 (1983), for the
effect; García-Cascales & Lamata, On rank reversal and TOPSIS method, Mathematical and Computer Modelling 56
(2012), for TOPSIS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from liangcun_standards.indicators import Indicator
from liangcun_standards.scoring import ScoreResult
from liangcun_standards.sensitivity.asking import InvalidSensitivity
from liangcun_standards.sensitivity.stacking import scored_anew
from liangcun_standards.table import Booleans, Floats, Integers
from liangcun_standards.text import Text

MOST_REGIONS = 1_000
# Pairs that are told of one reversal; how many there are is told always.
_PAIRS = 5
_ROWS = 200_000


@dataclass(frozen=True)
class Reversal:
    """What taking out one region does to the order of the others.

    `pairs`: some of the `count` pairs of which the first stood above the second and no longer does.
    `passing`: the regions that pass now and didn't, or the other way round.
    """

    removed: str
    count: int
    pairs: tuple[tuple[str, str], ...]
    passing: tuple[str, ...]


@dataclass(frozen=True)
class Reversals:
    """`possible`: whether the standard makes one region's score depend on others at all."""

    possible: bool
    examined: int
    found: tuple[Reversal, ...]


def reversals(
    result: ScoreResult, indicators: Mapping[str, Indicator], within: str | None = None
) -> Reversals:
    """Each ranked region within a place taken out by itself, those that turn most pairs round first.

    `indicators` are those of plugins. Raises InvalidSensitivity for more than 1,000 regions, PluginFailed.
    """
    if not result.standard.peer_relative:
        return Reversals(False, 0, ())
    rows = slice(0, len(result)) if within is None else result.rows_within(within)
    ranked = np.flatnonzero(result.ranked[rows]) + rows.start
    if len(ranked) > MOST_REGIONS:
        raise InvalidSensitivity(
            Text(
                f"名次反转一次最多查 {MOST_REGIONS:,} 个村，这里有 {len(ranked):,} 个；请缩小范围",
                f"rank reversals are looked for among {MOST_REGIONS:,} regions at most, here are "
                f"{len(ranked):,}; name a smaller place",
            )
        )
    found = [one for one in _each(result, indicators, ranked) if one.count or one.passing]
    found.sort(key=lambda one: (-one.count, -len(one.passing), one.removed))
    return Reversals(True, len(ranked), tuple(found))


def _each(result: ScoreResult, indicators: Mapping[str, Indicator], ranked: Integers) -> Iterator[Reversal]:
    """What the others come to without each of the regions."""
    peers = result.table.peers
    waiting: list[tuple[int, Integers]] = []
    size = 0
    for number, row in enumerate(ranked):
        left = np.flatnonzero(peers == peers[row])
        waiting.append((int(row), left[left != row]))
        size += len(left)
        if size >= _ROWS or number == len(ranked) - 1:
            yield from _without(result, indicators, ranked, waiting)
            waiting, size = [], 0


def _without(
    result: ScoreResult,
    indicators: Mapping[str, Indicator],
    ranked: Integers,
    waiting: list[tuple[int, Integers]],
) -> Iterator[Reversal]:
    counts = [len(left) for _, left in waiting]
    anew = None
    if sum(counts):
        rows = np.concatenate([left for _, left in waiting])
        anew = scored_anew(result, indicators, rows, np.repeat(np.arange(len(waiting)), counts))
    first = 0
    for (row, left), count in zip(waiting, counts, strict=True):
        total, passed = result.total.copy(), result.passed.copy()
        if anew is not None:
            total[left] = anew.total[first : first + count]
            passed[left] = anew.passed[first : first + count]
        first += count
        yield _compared(result, ranked[ranked != row], row, total, passed)


def _compared(
    result: ScoreResult, others: Integers, removed: int, total: Floats, passed: Booleans
) -> Reversal:
    regions, before, after = result.table.regions, result.total[others], total[others]
    above = before[:, None] > before[None, :]
    turned = above & (after[:, None] < after[None, :])
    if result.village_class is not None:
        own = result.village_class[others]
        turned &= own[:, None] == own[None, :]
    one, other = np.nonzero(turned)
    # The plainest ones: what was farthest apart.
    chosen = np.argsort(before[other] - before[one], kind="stable")[:_PAIRS]
    changed = others[passed[others] != result.passed[others]]
    return Reversal(
        regions[removed],
        len(one),
        tuple((regions[others[one[at]]], regions[others[other[at]]]) for at in chosen),
        tuple(regions[place] for place in changed),
    )
