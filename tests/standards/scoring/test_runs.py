"""A large table is scored in runs; each village comes out as it does in a small one."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.standards.scoring.catalogue import INDICATORS
from tests.standards.scoring.scene import Scene, exempt_of, scored, table_of
from tests.standards.scoring.standard_documents import Wanted, scenes, standards
from tests.standards.scoring.test_alone_and_among import assert_bit_for_bit, figures_of

from liangcun_standards import Bounds, Column, Exempt, IndicatorTable, ScoreResult, Standard, score
from liangcun_standards.table import Integers

# One more than two of the engine's runs, so that there are three, and no run begins where a tile does.
ROWS = 2 * 16_384 + 1


def tiled(scene: Scene) -> tuple[IndicatorTable, dict[str, Exempt]]:
    """The villages of a scene again and again, as one table of ROWS villages."""
    size = len(scene.codes)
    small = table_of(scene, scene.main, INDICATORS)
    codes = [str(220_722_000_000 + row) for row in range(ROWS)]
    columns = {name: _tiled_column(column, size) for name, column in small.columns.items()}
    exempt = {
        code: Exempt(_tiled_rows(one.waived, size), _tiled_rows(one.not_applicable, size))
        for code, one in exempt_of(scene).items()
    }
    return IndicatorTable(scene.period, codes, columns), exempt


def _tiled_column(column: Column, size: int) -> Column:
    bounds = column.bounds
    if bounds is not None:
        rows = _tiled_rows(bounds.rows, size)
        places = np.searchsorted(bounds.rows, rows % size)
        bounds = Bounds(rows, bounds.low[places], bounds.high[places])
    return Column(np.resize(column.values, ROWS), column.minimum, column.maximum, bounds)


def _tiled_rows(rows: Integers, size: int) -> Integers:
    return np.flatnonzero(np.isin(np.arange(ROWS) % size, rows))


def score_tiled(standard: Standard, scene: Scene) -> ScoreResult:
    """The result for the large table."""
    table, exempt = tiled(scene)
    return score(standard, table, INDICATORS, exempt)


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_each_of_many_villages_comes_out_as_among_a_few(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted()))
    scene = data.draw(scenes(standard, most=5))
    few, many = scored(standard, scene), score_tiled(standard, scene)
    size = len(scene.codes)
    rows = np.arange(ROWS) % size
    np.testing.assert_array_equal(many.points, few.points[:, rows])
    np.testing.assert_array_equal(many.status, few.status[:, rows])
    np.testing.assert_array_equal(many.total, few.total[rows])
    np.testing.assert_array_equal(many.verdict, few.verdict[rows])
    edges = [0, 16_383, 16_384, 16_385, 32_767, 32_768, ROWS - 1]
    assert_bit_for_bit(figures_of(many, edges), figures_of(few, [edge % size for edge in edges]))
