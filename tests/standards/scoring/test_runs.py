"""A large table is scored in runs; each village comes out as it does in a small one."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.properties import examples
from tests.standards.scoring.catalogue import INDICATORS
from tests.standards.scoring.examples import group, judged, standard_of
from tests.standards.scoring.scene import Scene, exempt_of, scored, table_of
from tests.standards.scoring.standard_documents import PERIOD, Wanted, scenes, standards
from tests.standards.scoring.test_alone_and_among import assert_bit_for_bit, figures_of

from liangcun_standards import (
    Bounds,
    Column,
    Exempt,
    IndicatorTable,
    Input,
    ScoreResult,
    Standard,
    score,
)
from liangcun_standards.table import Integers

# One more than two of the engine's runs, so that there are three, and no run begins where a tile does.
ROWS = 2 * 16_384 + 1


def tiled(scene: Scene, *, counties: bool) -> tuple[IndicatorTable, dict[str, Exempt]]:
    """The villages of a scene again and again, as one table of ROWS villages, in one county or in many."""
    size = len(scene.codes)
    small = table_of(scene, scene.main, INDICATORS)
    codes = [str(220_722_000_000 + row) for row in range(ROWS)]
    columns = {name: _tiled_column(column, size) for name, column in small.columns.items()}
    exempt = {
        code: Exempt(_tiled_rows(one.waived, size), _tiled_rows(one.not_applicable, size))
        for code, one in exempt_of(scene).items()
    }
    peers = np.arange(ROWS) // (size if counties else ROWS)
    return IndicatorTable(scene.period, codes, columns, peers), exempt


def _tiled_column(column: Column, size: int) -> Column:
    bounds = column.bounds
    if bounds is not None:
        rows = _tiled_rows(bounds.rows, size)
        places = np.searchsorted(bounds.rows, rows % size)
        bounds = Bounds(rows, bounds.low[places], bounds.high[places])
    return Column(np.resize(column.values, ROWS), column.minimum, column.maximum, bounds)


def _tiled_rows(rows: Integers, size: int) -> Integers:
    return np.flatnonzero(np.isin(np.arange(ROWS) % size, rows))


def score_tiled(standard: Standard, scene: Scene, *, counties: bool = False) -> ScoreResult:
    """The result for the large table."""
    table, exempt = tiled(scene, counties=counties)
    return score(standard, table, INDICATORS, exempt)


@examples(30)
@given(data=st.data())
def test_each_of_many_villages_comes_out_as_among_a_few(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted()))
    scene = data.draw(scenes(standard, most=5))
    few, many = scored(standard, scene), score_tiled(standard, scene)
    assert_tiled(many, few, len(scene.codes))
    assert many.ranks().tolist() == np.resize(_ranks_of_many(few), ROWS).tolist()


@examples(25)
@given(data=st.data())
def test_each_of_many_counties_comes_out_as_one_alone(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted(peers=True)))
    scene = data.draw(scenes(standard, most=5))
    few, many = scored(standard, scene), score_tiled(standard, scene, counties=True)
    # The last county may be cut short, which makes it another one.
    assert_tiled(many, few, len(scene.codes), ROWS // len(scene.codes) * len(scene.codes))


@examples(25)
@given(data=st.data(), seed=st.integers(0, 1000))
def test_many_different_totals_are_placed_as_a_plain_count_places_them(
    data: st.DataObject, seed: int
) -> None:
    ties = data.draw(st.sampled_from(("competition", "dense")))
    decimals = data.draw(st.sampled_from((0, 2, 6)))
    standard = standard_of(group("g", judged("c", "size1", 100)), ties=ties, decimals=decimals)
    drawn = np.random.default_rng(seed).uniform(0, 100, ROWS)
    codes = [str(220_722_000_000 + row) for row in range(ROWS)]
    columns = {Input("size1"): Column(drawn, 0, np.inf)}
    result = score(standard, IndicatorTable(PERIOD, codes, columns), INDICATORS)
    counts = Counter(result.total.tolist())
    places, ahead = {}, 0
    for total in sorted(counts, reverse=True):
        places[total] = ahead + 1
        ahead += 1 if ties == "dense" else counts[total]
    assert result.ranks().tolist() == [places[total] for total in result.total.tolist()]


def _ranks_of_many(few: ScoreResult) -> list[int]:
    """The places when each of a few villages stands ROWS ÷ few times in the table."""
    if few.standard.ties == "dense":
        return [int(rank) for rank in few.ranks()]
    size, ranked = len(few), np.flatnonzero(few.ranked)
    classes = np.zeros(size) if few.village_class is None else few.village_class
    ranks = [0] * size
    for one in ranked:
        ahead = [at for at in ranked if few.total[at] > few.total[one] and classes[at] == classes[one]]
        ranks[one] = 1 + sum(len(range(int(at), ROWS, size)) for at in ahead)
    return ranks


def assert_tiled(many: ScoreResult, few: ScoreResult, size: int, until: int = ROWS) -> None:
    """Every village of the large table has the bits that it has in the small one."""
    rows = np.arange(until) % size
    np.testing.assert_array_equal(many.points[:, :until], few.points[:, rows])
    np.testing.assert_array_equal(many.status[:, :until], few.status[:, rows])
    for name in ("total", "lowest", "highest", "completeness", "grade", "tier", "passed", "verdict"):
        np.testing.assert_array_equal(getattr(many, name)[:until], getattr(few, name)[rows])
    edges = [edge for edge in (0, 16_383, 16_384, 16_385, 32_767, 32_768) if edge < until]
    assert_bit_for_bit(figures_of(many, edges), figures_of(few, [edge % size for edge in edges]))
