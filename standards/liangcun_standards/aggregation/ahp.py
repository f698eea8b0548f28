"""AHP (层次分析法): weights from pairwise comparisons, with the check that they agree with one another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from liangcun_standards.aggregation.weights import DECIMALS
from liangcun_standards.errors import InvalidWeights
from liangcun_standards.table import Floats
from liangcun_standards.text import Text, format_number

# The mean consistency index of random matrices, by size from 1 to 15.
# Source: T. L. Saaty, The Analytic Hierarchy Process, McGraw-Hill, 1980.
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)

# Above this, Saaty's advice is to judge again.
LARGEST_CONSISTENCY_RATIO = 0.1

_RECIPROCAL_TOLERANCE = 1e-6
_FIGURE = r"\s*(\d{1,9}(?:\.\d{1,15})?)\s*"
_NUMBER = re.compile(f"{_FIGURE}(?:[/／]{_FIGURE})?", re.ASCII)

Judgement = float | int | str | None


class AhpResult(NamedTuple):
    """What a pairwise matrix says.

    `weights`: (m,), summing to 1, rounded to twelve decimals; `lambda_max`: the principal eigenvalue, m when
    the judgements agree fully; `consistency_index`: (lambda_max - m) / (m - 1); `consistency_ratio`: that
    over the random index of this size, 0 for one or two children, which can't disagree.
    """

    weights: Floats
    lambda_max: float
    consistency_index: float
    consistency_ratio: float


def ahp_weights(matrix: npt.ArrayLike, *, where: str | None = None) -> AhpResult:
    """The weights of m children from an m × m pairwise matrix, by its principal eigenvector.

    Entry (i, j) says how many times as important child i is as child j, usually on Saaty's scale from 1/9
    to 9; (j, i) is its reciprocal. `where` names the field for the error.

    Raises InvalidWeights for a matrix that is not square, has more than 15 rows, has an entry that is not
    positive, is not reciprocal to within 1e-6, or has a consistency ratio above 0.1.
    Source: T. L. Saaty, The Analytic Hierarchy Process, McGraw-Hill, 1980.
    """
    judged = _checked(matrix, where)
    size = len(judged)
    values, vectors = np.linalg.eig(judged)
    principal = int(np.argmax(values.real))
    vector = np.abs(vectors[:, principal].real)
    weights = np.round(vector / vector.sum(), DECIMALS)
    lambda_max = round(float(values[principal].real), DECIMALS)
    # The principal eigenvalue is never below the size, but its computed value may be by a last bit.
    index = max(lambda_max - size, 0.0) / (size - 1) if size > 2 else 0.0
    ratio = index / RANDOM_INDEX[size - 1] if size > 2 else 0.0
    if ratio > LARGEST_CONSISTENCY_RATIO:
        raise _inconsistent(judged, weights, ratio, where)
    return AhpResult(weights, lambda_max, index, ratio)


def parse_pairwise(rows: Sequence[Sequence[Judgement]], *, where: str | None = None) -> Floats:
    """A pairwise matrix as documents write it, as (m, m) float64.

    Numbers, or text such as "1/3". Either the whole square, in which entries below the diagonal may be left
    empty (None), or its upper triangle alone: m, m - 1, … 1 entries, each row beginning with the 1 of its
    diagonal. What is left out below the diagonal becomes the reciprocal.

    >>> parse_pairwise([[1, 3, "5"], [1, "1/2"], [1]])[2].tolist()
    [0.2, 2.0, 1.0]

    Raises InvalidWeights, naming row and column, for anything else. `ahp_weights` checks the rest.
    """
    size = len(rows)
    lengths = [len(row) if _is_row(row) else -1 for row in rows]
    triangle = size > 1 and lengths == list(range(size, 0, -1))
    if size == 0 or not (triangle or lengths == [size] * size):
        raise _not_square(where)
    matrix = np.ones((size, size))
    for i in range(size):
        for j in range(i, size):
            matrix[i, j] = _read(rows[i][j - i if triangle else j], i, j, where)
            matrix[j, i] = 1 / matrix[i, j]
        if triangle and matrix[i, i] != 1:
            raise _not_square(where)
    if not triangle:
        for i in range(size):
            for j in range(i):
                if rows[i][j] is not None:
                    matrix[i, j] = _read(rows[i][j], i, j, where)
    return matrix


def _is_row(row: object) -> bool:
    return isinstance(row, Sequence) and not isinstance(row, str)


def _read(entry: Judgement, i: int, j: int, where: str | None) -> float:
    number = np.nan
    if isinstance(entry, str) and (match := _NUMBER.fullmatch(entry)):
        divisor = float(match[2] or 1)
        number = float(match[1]) / divisor if divisor else np.nan
    elif isinstance(entry, int | float) and not isinstance(entry, bool) and abs(entry) < 1e15:
        number = float(entry)
    if not 1e-15 < number < 1e15:
        raise _not_positive(i, j, where)
    return number


def _checked(matrix: npt.ArrayLike, where: str | None) -> Floats:
    try:
        judged = np.asarray(matrix, dtype=np.float64)
    except (OverflowError, TypeError, ValueError):
        raise _not_square(where) from None
    if judged.ndim != 2 or judged.shape[0] != judged.shape[1] or judged.size == 0:
        raise _not_square(where)
    size = len(judged)
    if size > len(RANDOM_INDEX):
        most = len(RANDOM_INDEX)
        raise InvalidWeights(
            Text(
                f"判断矩阵有 {size} 项，最多 {most} 项；请分组，逐组比较",
                f"the pairwise matrix compares {size}, at most {most}; put them in groups and compare "
                "within each group",
            ),
            where=where,
        )
    bad = np.argwhere(~(np.isfinite(judged) & (judged > 0)))
    if len(bad):
        raise _not_positive(int(bad[0][0]), int(bad[0][1]), where)
    with np.errstate(over="ignore"):
        apart = np.abs(judged * judged.T - 1) > _RECIPROCAL_TOLERANCE
    if apart.any():
        i, j = (int(place) for place in np.argwhere(apart)[0])
        raise _not_reciprocal(judged, i, j, where)
    return judged


def _not_square(where: str | None) -> InvalidWeights:
    return InvalidWeights(
        Text(
            "判断矩阵应为方阵，或只写上三角（每行以对角线上的 1 开头，逐行少一项）",
            "a pairwise matrix is square, or its upper triangle alone (each row begins with the 1 on the "
            "diagonal and has one entry fewer)",
        ),
        where=where,
    )


def _not_positive(i: int, j: int, where: str | None) -> InvalidWeights:
    return InvalidWeights(
        Text(
            f"判断矩阵第 {i + 1} 行第 {j + 1} 列应为正数，例如 3 或 1/3",
            f"row {i + 1}, column {j + 1} of the pairwise matrix must be a positive number, such as 3 or 1/3",
        ),
        where=where,
    )


def _not_reciprocal(judged: Floats, i: int, j: int, where: str | None) -> InvalidWeights:
    if i == j:
        return InvalidWeights(
            Text(
                f"判断矩阵对角线第 {i + 1} 项应为 1：每项与自身同等重要",
                f"entry {i + 1} on the diagonal of the pairwise matrix must be 1: each is as important as "
                "itself",
            ),
            where=where,
        )
    there, back = format_number(float(judged[i, j])), format_number(float(judged[j, i]))
    return InvalidWeights(
        Text(
            f"判断矩阵第 {i + 1} 行第 {j + 1} 列为 {there}，对称位置为 {back}，两者应互为倒数；"
            "可写分数（1/3 而非 0.33），或只写上三角",
            f"row {i + 1}, column {j + 1} of the pairwise matrix is {there} and its mirror is {back}; they "
            "must be reciprocals: write fractions (1/3, not 0.33) or the upper triangle alone",
        ),
        where=where,
    )


def _inconsistent(judged: Floats, weights: Floats, ratio: float, where: str | None) -> InvalidWeights:
    """The ratio, and the judgement that is farthest from what the others make of it."""
    implied = weights[:, None] / weights
    i, j = divmod(int(np.argmax(np.abs(np.log(judged / implied)))), len(judged))
    if judged[i, j] < 1:
        i, j = j, i
    shown, written = f"{ratio:.3f}", format_number(float(judged[i, j]))
    fitting = format_number(round(float(implied[i, j]), 2))
    return InvalidWeights(
        Text(
            f"判断矩阵的一致性比率为 {shown}，超过 0.1，请重新比较；偏差最大的是"
            f"第 {i + 1} 项与第 {j + 1} 项：写的是 {written}，按权重应约为 {fitting}",
            f"the pairwise matrix has a consistency ratio of {shown}, above 0.1: judge again; farthest off "
            f"is {i + 1} against {j + 1}, written {written} where the weights make it {fitting}",
        ),
        where=where,
    )
