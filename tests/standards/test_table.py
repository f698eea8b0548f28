"""The indicator table: what is known of each value, where each village is, and the digest of it all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liangcun_standards.periods import Period
from liangcun_standards.table import Bounds, Column, IndicatorTable, Input

REGIONS = ["220722201201", "220722201202", "220722201203"]
LAMPS, LAMPS_BEFORE = Input("lamps"), Input("lamps", 1)


def column(*values: float, bounds: Bounds | None = None) -> Column:
    return Column(np.array(values, np.float64), 0.0, 100.0, bounds)


def bounds(rows: list[int], low: list[float], high: list[float]) -> Bounds:
    return Bounds(np.array(rows, np.int64), np.array(low, np.float64), np.array(high, np.float64))


def table(*, lamps: Column | None = None, period: str = "2023") -> IndicatorTable:
    columns = {LAMPS: lamps or column(1, 2, 3), LAMPS_BEFORE: column(0, 2, np.nan)}
    return IndicatorTable(Period.parse(period), REGIONS, columns)


def test_exact_values_have_one_array_for_both_ends() -> None:
    span = column(1, 2, 3).span(np.array([2, 0]))
    assert span.exact
    assert span.low.tolist() == [3, 1]


def test_a_missing_value_may_be_anything_in_the_range() -> None:
    span = column(1, np.nan, 3).span(np.arange(3))
    assert not span.exact
    assert span.low.tolist() == [1, 0, 3]
    assert span.high.tolist() == [1, 100, 3]


def test_a_bounded_value_lies_between_its_bounds() -> None:
    at_least = column(1, np.nan, np.nan, bounds=bounds([1], [85], [100]))
    span = at_least.span(np.array([2, 1, 0]))
    assert span.low.tolist() == [0, 85, 1]
    assert span.high.tolist() == [100, 100, 1]


def test_rows_asked_for_may_be_exact_though_others_are_not() -> None:
    assert column(1, np.nan, 3, bounds=bounds([1], [85], [100])).span(np.array([0, 2])).exact


def test_bounds_of_no_row_bound_nothing() -> None:
    assert column(np.nan, 2, bounds=bounds([], [], [])).span(np.arange(2)).low.tolist() == [0, 2]


def test_asking_for_a_span_leaves_the_column_as_it_was() -> None:
    lamps = column(1, np.nan, 3, bounds=bounds([1], [85], [100]))
    span = lamps.span(np.arange(3))
    span.low[:] = span.high[:] = -1
    assert lamps.span(np.arange(3)).low.tolist() == [1, 85, 3]
    assert lamps.values[0] == 1


@settings(deadline=None)
@given(st.data())
def test_a_span_holds_what_is_known_row_by_row(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 8))
    values = data.draw(st.lists(st.sampled_from([np.nan, 5.0, 60.0]), min_size=size, max_size=size))
    bounded = [row for row in range(size) if np.isnan(values[row]) and data.draw(st.booleans())]
    lamps = column(*values, bounds=bounds(bounded, [10.0 + row for row in bounded], [90.0] * len(bounded)))
    rows = data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=10))
    span = lamps.span(np.array(rows))
    for place, row in enumerate(rows):
        if row in bounded:
            expected = (10.0 + row, 90.0)
        elif np.isnan(values[row]):
            expected = (0.0, 100.0)
        else:
            expected = (values[row], values[row])
        assert (span.low[place], span.high[place]) == expected


def test_a_column_knows_which_values_are_unknown() -> None:
    unknown = column(1, np.nan).unknown
    assert unknown is not None
    assert unknown.tolist() == [False, True]
    assert column(1, 2).unknown is None


def test_a_table_finds_the_row_of_a_region() -> None:
    assert len(table()) == 3
    assert table().row_of == {"220722201201": 0, "220722201202": 1, "220722201203": 2}


def test_all_villages_are_peers_unless_groups_are_given() -> None:
    assert table().peers.tolist() == [0, 0, 0]
    assert replace(table(), peers=np.array([0, 1, 1])).peers.tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros(2),
        np.zeros((3, 1)),
        np.zeros(3, np.float32),
        np.zeros(3, np.int64),
    ],
)
def test_a_column_of_another_shape_or_type_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="not float64"):
        table(lamps=Column(wrong, 0, 1))


def test_peer_groups_for_other_villages_are_refused() -> None:
    with pytest.raises(ValueError, match="2 peer groups for 3 regions"):
        replace(table(), peers=np.array([0, 1]))


def test_the_same_table_has_the_same_digest_whatever_the_order_of_its_columns() -> None:
    one = table()
    turned = replace(one, columns=dict(reversed(list(one.columns.items()))))
    assert one.digest() == table().digest() == turned.digest()
    assert len(one.digest()) == 64


@pytest.mark.parametrize(
    "other",
    [
        table(period="2022"),
        table(lamps=column(1, 2, 4)),
        table(lamps=column(1, 2, np.nan)),
        table(lamps=column(1, 2, 3, bounds=bounds([2], [1], [9]))),
        table(lamps=column(1, 2, 3, bounds=bounds([2], [1], [8]))),
        table(lamps=column(1, 2, 3, bounds=bounds([1], [1], [9]))),
        replace(table(), peers=np.array([0, 0, 1])),
        replace(table(), regions=[*REGIONS[:2], "220722201204"]),
        replace(table(), columns={LAMPS: column(1, 2, 3)}),
        replace(table(), columns={LAMPS: column(1, 2, 3), Input("trees", 1): column(0, 2, np.nan)}),
        replace(table(), columns={LAMPS_BEFORE: column(1, 2, 3), LAMPS: column(0, 2, np.nan)}),
    ],
)
def test_whatever_differs_changes_the_digest(other: IndicatorTable) -> None:
    assert other.digest() != table().digest()
    assert other.digest() != table(lamps=column(1, 2, 3, bounds=bounds([2], [2], [9]))).digest()
