"""Memory of large results: lent again once nobody holds it, never while somebody does."""

from __future__ import annotations

import gc

import numpy as np

from liangcun_standards.scoring.lent_memory import lend

ROWS, COLUMNS = 30, 100_000


def address(array: np.ndarray) -> int:
    return int(array.ctypes.data)


def test_memory_that_nobody_holds_is_lent_again() -> None:
    first = lend((ROWS, COLUMNS), np.float64)
    lay = address(first)
    del first
    gc.collect()
    again = lend((ROWS - 1, COLUMNS), np.float64)
    assert address(again) == lay
    assert again.shape == (ROWS - 1, COLUMNS)
    assert again.flags.c_contiguous


def test_memory_is_not_lent_while_a_column_of_it_is_held() -> None:
    first = lend((ROWS, COLUMNS), np.float64)
    first[:] = 7.0
    column = first[3]
    del first
    gc.collect()
    second = lend((ROWS, COLUMNS), np.float64)
    second[:] = 1.0
    assert not np.shares_memory(column, second)
    assert (column == 7.0).all()


def test_a_small_result_is_not_given_a_nations_memory() -> None:
    nation = lend((ROWS, COLUMNS), np.float64)
    lay = address(nation)
    del nation
    gc.collect()
    assert address(lend((ROWS, COLUMNS // 4), np.float64)) != lay


def test_two_results_held_together_share_nothing() -> None:
    held = [lend((ROWS, COLUMNS), np.uint8) for _ in range(6)]
    for number, one in enumerate(held):
        one[:] = number
    assert [int(one[0, 0]) for one in held] == list(range(6))
