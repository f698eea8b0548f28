"""Which criteria of two standards rest on the same indicators, and which observations serve both."""

from __future__ import annotations

from dataclasses import dataclass

from liangcun_standards.document.standard import Standard
from liangcun_standards.document.tree import Criterion


@dataclass(frozen=True)
class Crosswalk:
    """Criteria of two standards by their indicators.

    `shared`: pairs that rest on the same indicators, in the order of the first standard; a criterion may
    stand in several. `only_a`, `only_b`: those without such a counterpart. The indicators are codes, sorted.
    """

    shared: tuple[tuple[Criterion, Criterion], ...]
    only_a: tuple[Criterion, ...]
    only_b: tuple[Criterion, ...]
    indicators_both: tuple[str, ...]
    indicators_only_a: tuple[str, ...]
    indicators_only_b: tuple[str, ...]


def crosswalk(a: Standard, b: Standard) -> Crosswalk:
    """The crosswalk of two standards, which are of one level."""
    shared = tuple(
        (one, other) for one in a.criteria for other in b.criteria if _measures(one) == _measures(other)
    )
    codes_a = {source.indicator for source in a.inputs}
    codes_b = {source.indicator for source in b.inputs}
    paired_a, paired_b = {one.code for one, _ in shared}, {other.code for _, other in shared}
    return Crosswalk(
        shared,
        tuple(one for one in a.criteria if one.code not in paired_a),
        tuple(one for one in b.criteria if one.code not in paired_b),
        tuple(sorted(codes_a & codes_b)),
        tuple(sorted(codes_a - codes_b)),
        tuple(sorted(codes_b - codes_a)),
    )


def _measures(criterion: Criterion) -> frozenset[str]:
    return frozenset(source.indicator for source in criterion.inputs)
