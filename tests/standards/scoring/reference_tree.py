"""From criteria up to the total, plainly: lists of villages, each with its children's points or None."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from liangcun_standards import Criterion, Group, Standard
from liangcun_standards.document.tree import Aggregation, AhpWeights

SAME = 1e-9


@dataclass(frozen=True)
class Leaf:
    """What a child earned; None where it doesn't count. `passed` is for criteria."""

    points: float | None
    passed: bool = False


Child = Group | Criterion
Row = dict[str, Leaf]


def worth_of(part: Child | Standard) -> float:
    """The most that a part can earn."""
    if isinstance(part, Criterion) or part.max_score is not None:
        assert part.max_score is not None
        return part.max_score
    return math.fsum(worth_of(child) for child in children_of(part))


def children_of(part: Group | Standard) -> Sequence[Child]:
    """What a part is put together from."""
    return part.groups if isinstance(part, Standard) else (*part.criteria, *part.groups)


def climb(part: Group | Standard, villages: Sequence[Row]) -> list[float | None]:
    """The points of `part` for the villages of one peer group; the groups below are added to the rows."""
    for child in children_of(part):
        if isinstance(child, Group):
            for row, points in zip(villages, climb(child, villages), strict=True):
                row[child.code] = Leaf(points)
    full = worth_of(part)
    shares = _shares(part.aggregation, children_of(part), villages)
    return [None if share is None else share * full for share in shares]


def _shares(
    aggregation: Aggregation, children: Sequence[Child], villages: Sequence[Row]
) -> list[float | None]:
    given = _given(aggregation, children)
    kept = [(child, weight) for child, weight in zip(children, given, strict=True) if worth_of(child) > 0]
    columns = [[_share(row[child.code], child) for row in villages] for child, _ in kept]
    if not kept:
        return [None] * len(villages)
    weights = [weight for _, weight in kept]
    if aggregation.weights == "entropy":
        weights = entropy(columns)
    if aggregation.method == "topsis":
        takes_part = [any(column[at] is not None for column in columns) for at in range(len(villages))]
        rows = [at for at, part in enumerate(takes_part) if part]
        close = dict(
            zip(rows, topsis([[column[at] for at in rows] for column in columns], weights), strict=True)
        )
        return [close.get(at) for at in range(len(villages))]
    found: list[float | None] = []
    for place, row in enumerate(villages):
        count = [at for at, column in enumerate(columns) if column[place] is not None]
        mass = math.fsum(weights[at] for at in count)
        shares = [(column[place] or 0.0) for column in columns]
        if aggregation.weights == "entropy" and mass == 0:
            # Only children count that are the same for all.
            weights_here = [1.0] * len(weights)
            mass = float(len(count))
        else:
            weights_here = weights
        if not count or (aggregation.method.endswith("mean") and mass == 0):
            found.append(None)
        elif aggregation.method == "sum":
            earned = math.fsum(row[kept[at][0].code].points or 0.0 for at in count)
            found.append(earned / math.fsum(worth_of(kept[at][0]) for at in count))
        elif aggregation.method == "weighted_mean":
            found.append(math.fsum(weights_here[at] * shares[at] for at in count) / mass)
        elif aggregation.method == "geometric_mean":
            powers = [(shares[at], weights_here[at] / mass) for at in count if weights_here[at] > 0]
            # To twelve decimals, since entropy would stretch what lies below to the full scale.
            found.append(round(math.prod(share**power for share, power in powers), 12))
        elif aggregation.method == "minimum":
            found.append(min(shares[at] for at in count))
        else:
            found.append(sum(row[kept[at][0].code].passed for at in count) / len(count))
    return found


def _share(leaf: Leaf, child: Child) -> float | None:
    return None if leaf.points is None else leaf.points / worth_of(child)


def _given(aggregation: Aggregation, children: Sequence[Child]) -> list[float]:
    if isinstance(aggregation.weights, AhpWeights):
        return ahp(aggregation.weights.ahp)
    return [worth_of(child) if child.weight is None else child.weight for child in children]


def ahp(judgements: Sequence[Sequence[float | str]]) -> list[float]:
    """The principal eigenvector of a full or an upper triangular pairwise matrix, by power iteration."""
    size = len(judgements)
    matrix = [[1.0] * size for _ in range(size)]
    for i, row in enumerate(judgements):
        for j, entry in enumerate(row, start=size - len(row)):
            matrix[i][j] = float(Fraction(str(entry)))
            if j > i:
                matrix[j][i] = 1 / matrix[i][j]
    weights = [1 / size] * size
    for _ in range(500):
        weights = [math.fsum(a * w for a, w in zip(row, weights, strict=True)) for row in matrix]
        weights = [weight / math.fsum(weights) for weight in weights]
    return weights


def entropy(columns: Sequence[Sequence[float | None]]) -> list[float]:
    """Weights by entropy over one peer group, to fifty digits, since 1 - e cancels out."""
    divergences = [_divergence([share for share in column if share is not None]) for column in columns]
    total = sum(divergences)
    if total == 0:
        return [1 / len(columns)] * len(columns)
    return [float(one / total) for one in divergences]


def _divergence(shares: Sequence[float]) -> Decimal:
    if len(shares) < 2 or max(shares) - min(shares) <= SAME * max(shares):
        return Decimal(0)
    with localcontext() as context:
        context.prec = 50
        exact = [Decimal(share) for share in shares]
        parts = [share / sum(exact) for share in exact if share > 0]
        return 1 + sum(part * part.ln() for part in parts) / Decimal(len(shares)).ln()


def topsis(columns: Sequence[Sequence[float | None]], weights: Sequence[float]) -> list[float]:
    """Closeness to the best of one peer group; a child that doesn't count stands at its peers' mean."""
    size = len(columns[0]) if columns else 0
    best, worst = [0.0] * size, [0.0] * size
    for column, weight in zip(columns, weights, strict=True):
        present = [share for share in column if share is not None]
        if not present or max(present) - min(present) <= SAME * max(present):
            continue
        mean = math.fsum(present) / len(present)
        filled = [mean if share is None else share for share in column]
        norm = math.sqrt(math.fsum(share * share for share in filled))
        scaled = [weight / math.fsum(weights) * share / norm for share in filled]
        for place, share in enumerate(scaled):
            best[place] += (share - max(scaled)) ** 2
            worst[place] += (share - min(scaled)) ** 2
    apart = [(math.sqrt(far), math.sqrt(near)) for far, near in zip(best, worst, strict=True)]
    return [near / (far + near) if far + near > 0 else 0.5 for far, near in apart]
