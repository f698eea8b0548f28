"""A village's scorecard doesn't depend on who else is in the table, peers aside."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st
from tests.properties import examples
from tests.standards.scoring.scene import Scene, scored
from tests.standards.scoring.standard_documents import Wanted, scenes, standards

from liangcun_standards import ScoreResult


def figures_of(result: ScoreResult, rows: Sequence[int]) -> list[npt.NDArray[np.generic]]:
    """Everything that a result says of some rows, in their order."""
    at = np.asarray(rows, np.int64)
    found: list[npt.NDArray[np.generic]] = [
        result.points[:, at],
        result.status[:, at],
        *(points[at] for points in (*result.groups.values(), *result.adjustments.values())),
        *(result.total[at], result.lowest[at], result.highest[at], result.completeness[at]),
        *(result.grade[at], result.tier[at], result.passed[at], result.verdict[at], result.admitted[at]),
    ]
    if result.village_class is not None:
        found.append(result.village_class[at])
    cells = [result.criterion(row, place) for row in rows for place in range(len(result.points))]
    return [*found, np.asarray([(cell.lowest, cell.highest) for cell in cells])]


def assert_bit_for_bit(
    one: Sequence[npt.NDArray[np.generic]], other: Sequence[npt.NDArray[np.generic]]
) -> None:
    """Not the last bit differs; what is NaN in one is NaN in the other."""
    for figures, others in zip(one, other, strict=True):
        np.testing.assert_array_equal(figures, others, strict=True)


@examples(100)
@given(data=st.data())
def test_a_village_alone_has_the_bits_that_it_has_among_others(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted()))
    scene = data.draw(scenes(standard, most=5))
    among = scored(standard, scene)
    for place in range(len(scene.codes)):
        alone = scored(standard, scene.only([place]))
        assert_bit_for_bit(figures_of(alone, [0]), figures_of(among, [place]))


@examples(80)
@given(data=st.data())
def test_a_county_alone_has_the_bits_that_it_has_among_other_counties(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted(peers=True, blend=data.draw(st.booleans()))))
    scene = data.draw(scenes(standard, most=7, groups=3))
    among = scored(standard, scene)
    for county in sorted(set(scene.peers)):
        rows = [place for place, peer in enumerate(scene.peers) if peer == county]
        alone = scored(standard, scene.only(rows))
        assert_bit_for_bit(figures_of(alone, range(len(rows))), figures_of(among, rows))
        code = scene.codes[rows[0]][:6].ljust(12, "0")
        assert alone.ranks().tolist() == among.ranks(code)[rows].tolist()


@examples(60)
@given(data=st.data(), seed=st.integers(0, 1000))
def test_the_order_of_the_villages_makes_no_difference(data: st.DataObject, seed: int) -> None:
    standard = data.draw(standards(Wanted(peers=True)))
    scene = data.draw(scenes(standard, most=6))
    order = list(range(len(scene.codes)))
    random.Random(seed).shuffle(order)
    before, after = scored(standard, scene), scored(standard, _renamed(scene.only(order), scene.codes))
    for figures, others in zip(figures_of(before, order), figures_of(after, range(len(order))), strict=True):
        np.testing.assert_allclose(figures.astype(float), others.astype(float), rtol=0, atol=1e-9)
    assert before.ranks()[order].tolist() == after.ranks().tolist()


def _renamed(scene: Scene, codes: Sequence[str]) -> Scene:
    """The same villages under other codes, which a table wants in ascending order."""
    return replace(scene, codes=codes)
