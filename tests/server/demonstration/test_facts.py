"""The article's figures: read as they stand, and every slip in such a file named by line and field."""

from __future__ import annotations

import pytest

from liangcun_server.demonstration.facts import (
    InvalidFacts,
    named_villages,
    observations_of,
    published_facts,
    read_facts,
)
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.vocabulary import AssessorLevel, Qualifier, SourceStatus

HEAD = "indicator,value,qualifier,unit,scope,scope_note,original_text\n"
LAMPS = "street_lamps_installed,3328,exact,lamp,220722000000,50 demonstration villages,安装路灯 3328 盏\n"


def test_the_article_gives_38_figures_of_the_county() -> None:
    facts = published_facts()
    assert len(facts) == 38
    assert {fact.region_code for fact in facts} == {"220722000000"}


def test_85_or_more_is_at_least_85(catalogue: IndicatorCatalogue) -> None:
    (rate,) = [fact for fact in published_facts() if fact.indicator == "main_lane_hardened_rate"]
    ((observation,), undefined) = observations_of([rate], catalogue)
    assert (observation.value, observation.qualifier) == (85, Qualifier.AT_LEAST)
    assert observation.original_text == "屯内主巷路通硬化路率达到 85%以上"
    assert undefined == []


def test_the_drainage_figure_is_kept_as_published_and_suspect() -> None:
    (drainage,) = [fact for fact in published_facts() if fact.qualifier is Qualifier.SUSPECT]
    assert (drainage.indicator, drainage.value) == ("drainage_ditch_built", 3_010_000)


def test_every_figure_is_published_and_says_what_it_counts(catalogue: IndicatorCatalogue) -> None:
    observations, undefined = observations_of(published_facts(), catalogue)
    assert undefined == []
    for observation in observations:
        assert observation.source_status is SourceStatus.PUBLISHED
        assert observation.assessor_level is AssessorLevel.COUNTY
        assert str(observation.period) == "2023"
        assert observation.scope_note
        assert observation.original_text
        assert observation.source is not None
        assert "2023-07-20" in observation.source


def test_two_villages_are_published_as_demonstration_villages() -> None:
    assert [(one.region_code, one.source_status) for one in named_villages()] == [
        ("220722201204", SourceStatus.PUBLISHED),
        ("220722207201", SourceStatus.PUBLISHED),
    ]


def test_figures_without_an_indicator_are_handed_back() -> None:
    known, undefined = observations_of(read_facts(HEAD + LAMPS, "facts.csv"), IndicatorCatalogue())
    assert known == []
    assert [fact.indicator for fact in undefined] == ["street_lamps_installed"]


def test_a_unit_that_is_not_the_indicators_is_refused(catalogue: IndicatorCatalogue) -> None:
    facts = read_facts(HEAD + LAMPS.replace(",lamp,", ",km,"), "facts.csv")
    with pytest.raises(InvalidFacts) as caught:
        observations_of(facts, catalogue)
    assert caught.value.where == "facts.csv, line 2, unit"


def test_a_byte_order_mark_and_blank_lines_are_skipped() -> None:
    (fact,) = read_facts("\ufeff" + HEAD + "\n" + LAMPS + ",,,,,,\n", "facts.csv")
    assert fact.place == "facts.csv, line 3"


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("3328,exact", "many,exact", "facts.csv, line 2, value"),
        ("exact", "about", "facts.csv, line 2, qualifier"),
        ("220722000000", "22072200000", "facts.csv, line 2, scope"),
        ("street_lamps_installed", "", "facts.csv, line 2, indicator"),
        (",50 demonstration villages,安装路灯 3328 盏", "", "facts.csv, line 2"),
        ("3328,", '"3328,', "facts.csv, line 2"),
        (",unit", ",units", "facts.csv, line 1"),
        (HEAD, "", "facts.csv, line 1"),
        (LAMPS, LAMPS + LAMPS, "facts.csv, line 3, indicator"),
    ],
)
def test_a_slip_is_named_with_line_and_field(old: str, new: str, where: str) -> None:
    text = HEAD + LAMPS
    assert old in text
    with pytest.raises(InvalidFacts) as caught:
        read_facts(text.replace(old, new, 1), "facts.csv")
    assert caught.value.where == where


def test_every_slip_is_told_at_once() -> None:
    rows = "".join(LAMPS.replace("3328,exact", f"x{number},exact") for number in range(7))
    with pytest.raises(InvalidFacts) as caught:
        read_facts(HEAD + rows, "facts.csv")
    assert caught.value.where == "facts.csv, line 2, value"
    assert "facts.csv, line 6, value: 'x4' is no number" in caught.value.message.en
    assert "and 2 more" in caught.value.message.en


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(InvalidFacts):
        read_facts("", "facts.csv")
