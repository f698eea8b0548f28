"""Statistical division codes: how they may be written, the level they imply and what lies within them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liangcun_standards.errors import InvalidRegionCode
from liangcun_standards.regions import code_range, contains, full_code, implied_level, short_code
from liangcun_standards.vocabulary import RegionLevel

CODES = st.from_regex(r"[1-9]\d(\d\d(\d\d(\d{3}(\d{3})?)?)?)?", fullmatch=True).map(
    lambda text: "".join(str(int(digit)) for digit in text)
)


@pytest.mark.parametrize(
    ("written", "full", "level"),
    [
        ("22", "220000000000", RegionLevel.PROVINCE),
        ("2207", "220700000000", RegionLevel.PREFECTURE),
        ("220722", "220722000000", RegionLevel.COUNTY),
        ("220722201", "220722201000", RegionLevel.TOWNSHIP),
        ("220722201204", "220722201204", RegionLevel.VILLAGE),
        (" 220722 ", "220722000000", RegionLevel.COUNTY),
        ("220722000000", "220722000000", RegionLevel.COUNTY),
    ],
)
def test_a_code_may_be_written_short(written: str, full: str, level: RegionLevel) -> None:
    assert full_code(written) == full
    assert implied_level(full) is level


@given(CODES)
def test_the_short_form_says_the_same_as_the_full_code(written: str) -> None:
    full = full_code(written)
    assert len(full) == 12
    assert full_code(short_code(full)) == full
    assert len(short_code(full)) <= len(written)


@pytest.mark.parametrize(
    ("written", "english", "chinese"),
    [
        ("22072220120", "has 11 digits", "有 11 位"),
        ("2207222012041", "has 13 digits", "有 13 位"),
        ("2", "has 1 digits", "有 1 位"),
        ("022072220120", "can't begin with 0", "不应以 0 开头"),
        ("00", "can't begin with 0", "不应以 0 开头"),
        ("", "digits only", "应全为数字"),
        ("长岭县", "digits only", "应全为数字"),
        ("２２０７２２", "digits only", "应全为数字"),
        ("220722 201", "digits only", "应全为数字"),
        ("-22072", "digits only", "应全为数字"),
        ("2.20722201204e11", "digits only", "应全为数字"),
    ],
)
def test_what_is_no_code_is_refused_with_the_reason(written: str, english: str, chinese: str) -> None:
    with pytest.raises(InvalidRegionCode) as refused:
        full_code(written)
    assert english in refused.value.text("en")
    assert chinese in refused.value.text("zh")


def test_an_endless_code_is_not_repeated_back_in_full() -> None:
    with pytest.raises(InvalidRegionCode) as refused:
        full_code("2" * 100_000)
    assert len(refused.value.text("en")) < 300


def test_the_codes_within_a_county_begin_with_its_six_digits() -> None:
    assert code_range("220722000000") == ("220722000000", "220722999999")
    assert code_range("220722201204") == ("220722201204", "220722201204")


def test_a_level_given_overrides_the_one_implied() -> None:
    """A directly governed county-level city may end in zeros that don't mean what they seem to."""
    assert code_range("429000000000", RegionLevel.COUNTY) == ("429000000000", "429000999999")
    assert code_range("429000000000") == ("429000000000", "429099999999")


@given(CODES, st.integers(1, 5))
def test_a_region_lies_within_itself_and_all_above_it(written: str, levels: int) -> None:
    full = full_code(written)
    for digits in (2, 4, 6, 9, 12)[:levels]:
        assert contains(full[:digits].ljust(12, "0"), full)
    assert contains(full, full)


def test_a_neighbour_and_the_region_above_lie_outside() -> None:
    assert not contains("220722000000", "220723000000")
    assert not contains("220722000000", "220721999999")
    assert not contains("220722000000", "220700000000")
    assert not contains("220722201204", "220722201000")
