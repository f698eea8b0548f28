"""Finding a standard: by id or bare code, by place, by version, by day."""

from __future__ import annotations

from datetime import date

import pytest
from tests.standards.catalogue.publications import catalogue, standard

from liangcun_standards.catalogue import StandardReference, standard_id
from liangcun_standards.errors import AmbiguousStandard, ContributionClash, UnknownStandard

JILIN = standard("220000", "2021", "2021-01-01", "2022-12-31")
JILIN_LATER = standard("220000", "2023", "2023-01-01")
CHANGLING = standard("220722", "a", "2023-07-01")
SHANXI = standard("140000", "2011", "2011-01-01")
ALL = catalogue(JILIN, JILIN_LATER, CHANGLING, SHANXI)

IN_CHANGLING, IN_NONGAN, IN_SHANXI, IN_BEIJING = (
    "220722201204",
    "220122000000",
    "140105000000",
    "110101000000",
)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("lamps", (None, "lamps", None)),
        ("220722/lamps", ("220722000000", "lamps", None)),
        ("22/lamps", ("220000000000", "lamps", None)),
        ("220722000000/lamps@2023.1", ("220722000000", "lamps", "2023.1")),
        (" lamps@2021 ", (None, "lamps", "2021")),
    ],
)
def test_a_reference_is_read_as_people_write_it(text: str, reference: tuple[str | None, ...]) -> None:
    assert tuple(StandardReference.parse(text)) == reference


@pytest.mark.parametrize(
    "text", ["", "路灯", "Lamps", "22072/lamps", "220722/", "lamps@", "a/b/c", "lamps 1", "٢٢/lamps"]
)
def test_what_names_no_standard_is_refused(text: str) -> None:
    with pytest.raises(UnknownStandard) as caught:
        StandardReference.parse(text)
    assert "doesn't name a standard" in caught.value.message.en
    assert "无法识别" in caught.value.message.zh


def test_an_id_has_six_digits_at_the_least() -> None:
    assert standard_id("220000000000", "lamps") == "220000/lamps"
    assert standard_id("220722000000", "lamps") == "220722/lamps"
    assert standard_id("220722201000", "lamps") == "220722201/lamps"


@pytest.mark.parametrize(
    ("region", "day", "name"),
    [
        (IN_CHANGLING, date(2023, 12, 31), "220722/lamps@a"),
        (IN_CHANGLING, date(2023, 6, 30), "220000/lamps@2023"),
        (IN_CHANGLING, date(2022, 12, 31), "220000/lamps@2021"),
        (IN_NONGAN, date(2023, 12, 31), "220000/lamps@2023"),
        (IN_SHANXI, date(2023, 12, 31), "140000/lamps@2011"),
        # Before Jilin has one, the code means the only one there is.
        (IN_CHANGLING, date(2015, 1, 1), "140000/lamps@2011"),
    ],
)
def test_a_bare_code_means_the_nearest_jurisdiction_with_one_in_force(
    region: str, day: date, name: str
) -> None:
    assert ALL.find("lamps", region=region, day=day).name == name


def test_a_bare_code_that_several_use_is_ambiguous_where_none_is_near() -> None:
    with pytest.raises(AmbiguousStandard) as caught:
        ALL.find("lamps", region=IN_BEIJING, day=date(2023, 12, 31))
    assert "140000/lamps, 220000/lamps, 220722/lamps" in str(caught.value)
    assert "请写全" in caught.value.message.zh


def test_a_bare_code_without_a_place_is_ambiguous_too() -> None:
    with pytest.raises(AmbiguousStandard):
        ALL.find("lamps")


def test_an_id_means_that_jurisdiction_wherever_it_is_asked_from() -> None:
    assert ALL.find("140000/lamps", region=IN_CHANGLING).name == "140000/lamps@2011"


def test_without_a_day_the_newest_is_taken() -> None:
    assert ALL.find("220000/lamps").name == "220000/lamps@2023"


def test_a_version_is_taken_whatever_the_day() -> None:
    assert ALL.find("220000/lamps@2021", day=date(2024, 1, 1)).name == "220000/lamps@2021"
    assert ALL.find("220000/lamps", version="2021").name == "220000/lamps@2021"


@pytest.mark.parametrize("day", [date(2021, 1, 1), date(2022, 12, 31)])
def test_the_first_and_the_last_day_are_in_force(day: date) -> None:
    assert ALL.find("220000/lamps", day=day).name == "220000/lamps@2021"


def test_of_two_versions_in_force_the_later_one_counts() -> None:
    both = catalogue(standard("220722", "b", "2022-01-01"), standard("220722", "a", "2021-01-01"))
    assert both.find("lamps", day=date(2023, 1, 1)).name == "220722/lamps@b"


def test_an_unknown_code_is_told_what_there_is() -> None:
    with pytest.raises(UnknownStandard) as caught:
        ALL.find("lampposts")
    assert str(caught.value) == (
        "there is no standard 'lampposts'; there are: 140000/lamps, 220000/lamps, 220722/lamps"
    )
    assert "没有标准“lampposts”" in caught.value.message.zh


def test_a_day_without_a_version_is_told_the_versions_and_their_days() -> None:
    with pytest.raises(UnknownStandard) as caught:
        ALL.find("220000/lamps", day=date(2020, 12, 31))
    message = str(caught.value)
    assert "no version of '220000/lamps' answers to 2020-12-31" in message
    assert "220000/lamps@2021 (2021-01-01 – 2022-12-31)" in message


def test_an_unknown_version_is_told_the_versions() -> None:
    with pytest.raises(UnknownStandard) as caught:
        ALL.find("220000/lamps@2050")
    assert "220000/lamps@2023 (2023-01-01 – )" in str(caught.value)


def test_every_version_of_every_standard_is_listed_by_id_and_date() -> None:
    assert ALL.ids() == ["140000/lamps", "220000/lamps", "220722/lamps"]
    assert [one.name for one in ALL.publications()] == [
        "140000/lamps@2011",
        "220000/lamps@2021",
        "220000/lamps@2023",
        "220722/lamps@a",
    ]


def test_two_documents_with_one_name_clash_and_both_sides_are_named() -> None:
    with pytest.raises(ContributionClash) as caught:
        catalogue(standard("220722", "1"), standard("220722", "1", "2024-01-01"))
    assert str(caught.value) == (
        "the standard 220722/lamps@1 is contributed by both example 220722-1.yaml and example 220722-1.yaml"
    )
    assert "重复提供" in caught.value.message.zh
