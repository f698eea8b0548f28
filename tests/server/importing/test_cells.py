"""Cells read one after the other mean what each means by itself, whatever came before."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liangcun_server.importing.values import CellReader, Reading, read_value
from liangcun_standards.errors import InvalidValue
from liangcun_standards.indicators import Indicator
from liangcun_standards.plugins import load_plugins
from liangcun_standards.vocabulary import IndicatorKind

INDICATORS = [
    next(one for one in load_plugins().indicators.values() if one.kind is kind and one.formula is None)
    for kind in IndicatorKind
]
WORDS = [
    "有",
    "无",
    "√",
    "85",
    "８５",
    "85.0",
    "-0",
    "1e3",
    "85以上",
    "不足60%",
    "1.2万",
    "12,500",
    " 7 ",
    "'7",
]
CELLS = st.one_of(
    st.booleans(),
    st.integers(min_value=-(10**17), max_value=10**17),
    st.floats(),
    st.sampled_from(WORDS),
    st.from_regex(r"-?[0-9]{1,17}(\.[0-9]{1,17})?", fullmatch=True),
    st.text(max_size=6),
)


def said(read: Any, *arguments: Any, **options: Any) -> Reading | str:
    try:
        reading: Reading = read(*arguments, **options)
    except InvalidValue as error:
        return str(error)
    return reading


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda one: str(one.kind))
@given(cells=st.lists(CELLS, max_size=8), accept_units=st.booleans())
def test_a_reader_says_what_reading_each_cell_says(
    indicator: Indicator, cells: list[Any], accept_units: bool
) -> None:
    reader = CellReader(indicator, accept_units=accept_units)
    for cell in [*cells, *cells]:
        expected = said(read_value, indicator, cell, accept_units=accept_units)
        found = said(reader.read, cell)
        assert repr(found) == repr(expected)
