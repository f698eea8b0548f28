"""What a plugin's field gives is looked at before a client sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from liangcun_standards import PluginFailed, QueryColumn, QueryField, ScoredRegions, Text

SCORED = ScoredRegions(
    ("220722001001",), ("a",), (Text("甲", "a"),), np.ones(1), np.ones((1, 1)), np.ones(1), {}
)
NAMED = Text("举例", "example")


def field(function: Callable[[ScoredRegions], Any]) -> QueryField:
    columns = (
        QueryColumn("share", "number", NAMED),
        QueryColumn("count", "whole", NAMED),
        QueryColumn("right", "truth", NAMED),
        QueryColumn("words", "text", NAMED),
    )
    return QueryField("county.rows", NAMED, "220000/sanhua", columns, function)


def row(**other: Any) -> dict[str, Any]:
    return {"share": 0.5, "count": 3, "right": True, "words": "好"} | other


def test_values_come_as_declared_and_nothing_known_is_null() -> None:
    found = field(lambda scored: [row(share=np.float64(2), count=np.int64(4)), row(share=np.nan, words=None)])
    assert found.rows(SCORED) == [row(share=2.0, count=4), row(share=None, words=None)]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([row(share="much")], "share: number"),
        ([row(share=float("inf"))], "share: number"),
        ([row(share=True)], "share: number"),
        ([row(count=1.5)], "count: whole"),
        ([row(right=1)], "right: truth"),
        ([row(words=7)], "words: text"),
        ([{"share": 1.0}], "share, count, right, words"),
        ([[1, 2]], "share, count, right, words"),
        ("rows", "a sequence of rows, not str"),
        (7, "a sequence of rows, not int"),
        ([row()] * 100_001, "100000 rows at the most, not 100001"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_rows_that_are_none_are_refused(given: Any, told: str) -> None:
    with pytest.raises(PluginFailed, match=told) as caught:
        field(lambda scored: given).rows(SCORED)
    assert caught.value.plugin == "county"


def test_what_it_raises_is_told_with_its_traceback() -> None:
    def fails(scored: ScoredRegions) -> Any:
        raise ZeroDivisionError("no lamps")

    with pytest.raises(PluginFailed, match="ZeroDivisionError: no lamps") as caught:
        field(fails).rows(SCORED)
    assert "Traceback" in str(caught.value.report)
