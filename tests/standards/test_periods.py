"""Periods: how they are written, which days they cover, what came before and what they are made of."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liangcun_standards.errors import InvalidPeriod
from liangcun_standards.periods import Period, PeriodKind

PARTS: dict[PeriodKind, int] = {"year": 1, "half": 2, "quarter": 4, "month": 12}


@st.composite
def periods(draw: st.DrawFn) -> Period:
    kind = draw(st.sampled_from(list(PARTS)))
    return Period(draw(st.integers(1901, 2999)), kind, draw(st.integers(1, PARTS[kind])))


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("2023-H1", date(2023, 1, 1), date(2023, 6, 30)),
        ("2023-H2", date(2023, 7, 1), date(2023, 12, 31)),
        ("2023-Q2", date(2023, 4, 1), date(2023, 6, 30)),
        ("2023-Q4", date(2023, 10, 1), date(2023, 12, 31)),
        ("2023-07", date(2023, 7, 1), date(2023, 7, 31)),
        ("2023-12", date(2023, 12, 1), date(2023, 12, 31)),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_a_period_covers_whole_months(written: str, first: date, last: date) -> None:
    period = Period.parse(written)
    assert (period.start, period.end) == (first, last)


@given(periods())
def test_a_period_is_read_back_as_it_is_written(period: Period) -> None:
    assert Period.parse(str(period)) == period
    assert Period.parse(f" {period}\n") == period


@pytest.mark.parametrize(
    "written",
    [
        "",
        "23",
        "1899",
        "3000",
        "2023-",
        "2023-0",
        "2023-7",
        "2023-13",
        "2023-00",
        "2023-Q5",
        "2023-H3",
        "2023-q1",
        "2023Q1",
        "2023-07-01",
        "２０２３",
        "二〇二三",
        "2023-Q1 2024",
        "9" * 5000,
    ],
)
def test_what_is_no_period_is_refused_and_the_forms_are_named(written: str) -> None:
    with pytest.raises(InvalidPeriod) as refused:
        Period.parse(written)
    assert "2023-Q2" in refused.value.text("en")
    assert "2023-H1" in refused.value.text("zh")
    assert len(refused.value.text("en")) < 200


@pytest.mark.parametrize("value", [2023, None, ["2023"]])
def test_what_is_no_text_is_refused_as_well(value: object) -> None:
    with pytest.raises(InvalidPeriod):
        Period.parse(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "before"),
    [("2023", "2022"), ("2023-H1", "2022-H2"), ("2023-Q1", "2022-Q4"), ("2023-01", "2022-12")],
)
def test_the_first_period_of_a_year_follows_the_last_of_the_year_before(written: str, before: str) -> None:
    assert str(Period.parse(written).previous()) == before


@given(periods())
def test_the_period_before_ends_the_day_before(period: Period) -> None:
    previous = period.previous()
    assert previous.kind == period.kind
    assert previous.end + timedelta(days=1) == period.start
    assert previous < period


@pytest.mark.parametrize(
    ("written", "kind", "parts"),
    [
        ("2023", "half", ["2023-H1", "2023-H2"]),
        ("2023", "quarter", ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]),
        ("2023-H2", "quarter", ["2023-Q3", "2023-Q4"]),
        ("2023-Q2", "month", ["2023-04", "2023-05", "2023-06"]),
        ("2023-Q2", "quarter", ["2023-Q2"]),
        ("2023-Q2", "half", []),
        ("2023-01", "year", []),
    ],
)
def test_a_period_is_made_of_shorter_ones(written: str, kind: PeriodKind, parts: list[str]) -> None:
    assert [str(part) for part in Period.parse(written).parts(kind)] == parts


@given(periods(), st.sampled_from(list(PARTS)))
def test_parts_cover_the_period_without_gap_or_overlap(period: Period, kind: PeriodKind) -> None:
    parts = period.parts(kind)
    if PARTS[kind] < PARTS[period.kind]:
        assert parts == ()
        return
    assert parts[0].start == period.start
    assert parts[-1].end == period.end
    for earlier, later in pairwise(parts):
        assert earlier.end + timedelta(days=1) == later.start
