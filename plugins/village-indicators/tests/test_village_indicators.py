"""The shared village indicators: what the village standards need is there, and claims no more than it may."""

from __future__ import annotations

from liangcun_standards.indicators import Indicator
from liangcun_standards.vocabulary import Direction, IndicatorKind, RegionLevel, SourceStatus
from liangcun_village_indicators import liangcun_indicators

INDICATORS = {indicator.code: indicator for indicator in liangcun_indicators()}

NINE_HAVES = (
    "village_plan",
    "leading_industry",
    "tun_hardened_road_rate",
    "lane_hardened_rate",
    "drainage_ditch_rate",
    "greening_rate",
    "lit_lanes_rate",
    "safe_water_rate",
    "sanitary_toilets_rate",
    "waste_collection",
    "cultural_square",
)
SIX_HAVE_NOTS = (
    "garbage_piles_found",
    "sewage_spots_found",
    "manure_piles_found",
    "ruined_walls_found",
    "straw_stacks_found",
    "illegal_structures_found",
)
FIVE_COVERAGES = (
    "clean_household_award_coverage",
    "points_shop_coverage",
    "cultural_yard_coverage",
    "village_plan_coverage",
    "household_group_coverage",
)


def of(*codes: str) -> list[Indicator]:
    return [INDICATORS[code] for code in codes]


def test_the_nine_haves_are_better_when_there_is_more() -> None:
    assert {indicator.direction for indicator in of(*NINE_HAVES)} == {Direction.HIGHER}


def test_the_six_have_nots_are_counts_of_what_is_found() -> None:
    for indicator in of(*SIX_HAVE_NOTS):
        assert indicator.kind is IndicatorKind.COUNT
        assert indicator.direction is Direction.LOWER
        assert indicator.unit == "site"


def test_the_five_coverages_are_rates_in_percent() -> None:
    for indicator in of(*FIVE_COVERAGES):
        assert indicator.range == (0, 100)
        assert indicator.unit == "percent"


def test_no_definition_claims_to_be_official() -> None:
    assert {indicator.source_status for indicator in INDICATORS.values()} == {SourceStatus.INTERPRETATION}


def test_every_indicator_is_about_a_village_and_can_be_imitated() -> None:
    for indicator in INDICATORS.values():
        assert indicator.level is RegionLevel.VILLAGE
        assert indicator.simulation is not None
