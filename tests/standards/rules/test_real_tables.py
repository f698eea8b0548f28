"""Each rule on the figures of a published scoring table."""

from __future__ import annotations

import pytest
from tests.standards.rules.tables import Document, points, points_among

PRESENCE: Document = {"kind": "presence", "indicator": "plan"}
POVERTY: Document = {"kind": "threshold", "when": {"indicator": "poverty", "less_than": 3}}
GROWTH: Document = {"kind": "linear", "indicator": "growth", "from": 0, "to": 15}
ARRIVAL: Document = {
    "kind": "bands",
    "indicator": "minutes",
    "bands": [{"upto": 15, "points": 0.5}, {"upto": 30, "points": 0.3}, {"points": 0}],
}
REACHED_OR_GROWN: Document = {
    "kind": "any_of",
    "conditions": [{"indicator": "sewage", "at_least": 70}, {"formula": "change(sewage) >= 10"}],
}
COVERAGE: Document = {"kind": "shortfall", "indicator": "paved", "target": 100, "step": 0.1, "deduct": 1}
HEAPS: Document = {"kind": "deduction", "occurrences": [{"indicator": "heaps", "deduct": 1}]}
VISITS: Document = {
    "kind": "sampled_households",
    "failed": "failed",
    "visited": "visited",
    "deduct": 2,
    "cap": 10,
}
STATES: Document = {
    "kind": "states",
    "states": [
        {"when": {"indicator": "rules_made", "is": "absent"}, "deduct": 5},
        {"when": {"indicator": "held", "is": "absent"}, "deduct": 4},
        {"when": {"indicator": "published", "is": "absent"}, "deduct": 3},
    ],
}
THREE_THINGS = [{"indicator": code, "is": "present"} for code in ("plan", "library", "square")]
TOILETS: Document = {"kind": "per_unit", "indicator": "toilets", "first": 10, "each": 5}
TOILETS_NEEDED: Document = {
    "kind": "per_unit",
    "indicator": "toilets",
    "per": {"indicator": "people", "amount": 2500},
}
JUDGED: Document = {
    "kind": "judged",
    "parts": [{"indicator": "road_mark", "most": 7}, {"indicator": "water_mark", "most": 7}],
}
AGAINST_THE_MEAN: Document = {
    "kind": "relative",
    "indicator": "sewage",
    "at_mean": 2.4,
    "slope": 0.1,
    "least": 1.5,
}
RANK: Document = {"kind": "rank", "indicator": "sewage", "best": 100, "step": 10}
SURVEY: Document = {
    "kind": "survey",
    "questions": [
        {
            "weight": 40,
            "answers": [
                {"indicator": "satisfied", "value": 1},
                {"indicator": "fairly_satisfied", "value": 0.6},
            ],
        }
    ],
    "questionnaire": {"indicator": "questionnaire", "weight": 0.5},
}
BIG_ENOUGH: Document = {
    "kind": "any_of",
    "conditions": [
        {"indicator": "households", "at_least": {"class": "terrain", "cases": {"plain": 300, "hill": 150}}},
        {"indicator": "people", "at_least": {"class": "terrain", "cases": {"plain": 1000, "hill": 500}}},
    ],
}
PLAIN, HILL, TOWN = 0.0, 1.0, 2.0


def test_who_has_it_gets_full_points_and_who_has_not_gets_none() -> None:
    assert points(PRESENCE, 5, plan=1) == 5
    assert points(PRESENCE, 5, plan=0) == 0


def test_of_the_things_that_should_not_be_there_none_found_gets_full_points() -> None:
    nothing_heaped = {"kind": "presence", "indicator": "heaps", "want": "absent"}
    assert points(nothing_heaped, 5, heaps=0) == 5
    assert points(nothing_heaped, 5, heaps=2) == 0


def test_a_poverty_rate_below_3_percent_gets_20_and_3_percent_gets_none() -> None:
    assert points(POVERTY, 20, poverty=2.99) == 20
    assert points(POVERTY, 20, poverty=3) == 0


@pytest.mark.parametrize(("growth", "expected"), [(15, 60), (14, 56), (1, 4), (0, 0), (-3, 0), (20, 60)])
def test_growth_of_15_percent_gets_60_and_each_point_4(growth: float, expected: float) -> None:
    assert points(GROWTH, 60, growth=growth) == expected


def test_a_scale_may_fall_and_keep_a_least() -> None:
    falling = {"kind": "linear", "indicator": "poverty", "from": 10, "to": 0, "least": 2}
    assert [points(falling, 10, poverty=rate) for rate in (0, 5, 10, 30)] == [10, 6, 2, 2]


@pytest.mark.parametrize(("minutes", "expected"), [(15, 0.5), (15.1, 0.3), (30, 0.3), (30.1, 0)])
def test_within_15_minutes_gets_a_half_within_30_three_tenths(minutes: float, expected: float) -> None:
    assert points(ARRIVAL, 0.5, minutes=minutes) == expected


def test_a_band_below_a_figure_leaves_the_figure_to_the_next() -> None:
    bands = {
        "kind": "bands",
        "indicator": "paved",
        "bands": [{"below": 60, "points": 0}, {"below": 85, "points": 3}, {"points": 5}],
    }
    assert [points(bands, 5, paved=rate) for rate in (59.9, 60, 84.9, 85)] == [0, 3, 3, 5]


def test_70_percent_or_10_more_than_last_year_gets_a_half() -> None:
    assert points(REACHED_OR_GROWN, 0.5, sewage=70, last_year_sewage=70) == 0.5
    assert points(REACHED_OR_GROWN, 0.5, sewage=55, last_year_sewage=45) == 0.5
    assert points(REACHED_OR_GROWN, 0.5, sewage=55, last_year_sewage=45.1) == 0


def test_all_of_several_gets_nothing_when_one_fails() -> None:
    rule = {"kind": "all_of", "conditions": THREE_THINGS}
    assert points(rule, 3, plan=1, library=1, square=1) == 3
    assert points(rule, 3, plan=1, library=1, square=0) == 0


@pytest.mark.parametrize(("rate", "expected"), [(100, 10), (99.9, 9), (99.85, 8), (99, 0), (50, 0)])
def test_each_tenth_of_a_point_below_100_percent_costs_one(rate: float, expected: float) -> None:
    assert points(COVERAGE, 10, paved=rate) == expected


@pytest.mark.parametrize(("partial", "expected"), [("full", 6), ("none", 8), ("share", 7)])
def test_a_part_of_a_step_costs_a_whole_one_nothing_or_its_share(partial: str, expected: float) -> None:
    rule = COVERAGE | {"step": 1, "deduct": 2, "partial": partial, "floor": 1}
    assert points(rule, 10, paved=98.5) == expected
    assert points(rule, 10, paved=10) == 1


def test_steps_above_a_target_cost_as_well() -> None:
    rule = {
        "kind": "shortfall",
        "indicator": "heaps",
        "target": 2,
        "step": 1,
        "deduct": 3,
        "direction": "over",
    }
    assert [points(rule, 10, heaps=found) for found in (0, 2, 3, 9)] == [10, 10, 7, 0]


@pytest.mark.parametrize(("heaps", "expected"), [(0, 10), (3, 7), (10, 0), (12, 0)])
def test_each_heap_found_costs_one_until_nothing_is_left(heaps: int, expected: float) -> None:
    assert points(HEAPS, 10, heaps=heaps) == expected


def test_different_finds_cost_differently_down_to_a_floor() -> None:
    rule = {
        "kind": "deduction",
        "occurrences": [{"indicator": "heaps", "deduct": 1}, {"indicator": "burning", "deduct": 4}],
        "floor": 2,
    }
    assert points(rule, 10, heaps=3, burning=1) == 3
    assert points(rule, 10, heaps=9, burning=1) == 2


@pytest.mark.parametrize(("failed", "expected"), [(0, 20), (2, 16), (5, 10), (7, 10)])
def test_each_household_that_fails_costs_two_and_all_of_them_ten(failed: int, expected: float) -> None:
    assert points(VISITS, 20, failed=failed, visited=5) == expected


def test_a_village_where_nobody_was_visited_gets_nothing() -> None:
    assert points(VISITS, 20, failed=0, visited=0) == 0


def test_open_burning_takes_the_whole_item() -> None:
    rule = {"kind": "zeroing", "when": [{"indicator": "burning", "is": "present"}], "rule": HEAPS}
    assert points(rule, 10, burning=0, heaps=3) == 7
    assert points(rule, 10, burning=1, heaps=0) == 0


@pytest.mark.parametrize(
    ("made", "held", "published", "expected"),
    [(0, 0, 0, 5), (1, 0, 0, 6), (1, 1, 0, 7), (1, 1, 1, 10), (0, 1, 1, 5)],
)
def test_the_first_state_that_holds_says_what_is_lost(
    made: int, held: int, published: int, expected: float
) -> None:
    assert points(STATES, 10, rules_made=made, held=held, published=published) == expected


def test_a_state_may_earn_points_instead_and_the_rest_something_else() -> None:
    rule = {
        "kind": "states",
        "states": [{"when": {"indicator": "paved", "at_least": 85}, "points": 8}],
        "otherwise": 2,
    }
    assert [points(rule, 10, paved=rate) for rate in (90, 80)] == [8, 2]


def test_each_item_not_met_costs_three() -> None:
    rule = {"kind": "checklist", "items": THREE_THINGS, "deduct": 3}
    assert points(rule, 10, plan=1, library=0, square=0) == 4


def test_a_checklist_may_earn_the_share_that_is_met() -> None:
    rule = {"kind": "checklist", "items": THREE_THINGS}
    assert points(rule, 9, plan=1, library=0, square=1) == 6


@pytest.mark.parametrize(("toilets", "expected"), [(0, 0), (1, 10), (2, 15), (3, 20), (4, 20)])
def test_the_first_toilet_gets_10_and_each_more_5(toilets: int, expected: float) -> None:
    assert points(TOILETS, 20, toilets=toilets) == expected


@pytest.mark.parametrize(
    ("toilets", "people", "expected"), [(1, 2500, 10), (1, 2501, 5), (3, 2501, 10), (0, 800, 0), (0, 0, 10)]
)
def test_one_toilet_is_needed_for_every_2500_people(toilets: int, people: int, expected: float) -> None:
    assert points(TOILETS_NEEDED, 10, toilets=toilets, people=people) == expected


def test_the_assessor_gives_each_part_up_to_seven() -> None:
    assert points(JUDGED, 14, road_mark=6, water_mark=4.5) == 10.5
    assert points(JUDGED, 14, road_mark=9, water_mark=7) == 14


def test_the_mean_gets_2_4_more_gets_more_up_to_4_and_less_less_down_to_1_5() -> None:
    rates = (60, 70, 50, 90, 30)
    found = points_among(AGAINST_THE_MEAN, 4, *({"sewage": rate} for rate in rates))
    assert found == [2.4, 3.4, 1.5, 4, 1.5]


def test_twice_the_mean_gets_twice_the_points() -> None:
    ratio = {"kind": "relative", "indicator": "heaps", "at_mean": 2}
    assert points_among(ratio, 10, {"heaps": 2}, {"heaps": 4}, {"heaps": 6}) == [1, 2, 3]
    assert points_among(ratio, 10, {"heaps": 0}, {"heaps": 0}) == [2, 2]


def test_where_less_is_better_who_is_below_the_mean_gains() -> None:
    rule = {"kind": "relative", "indicator": "heaps", "at_mean": 5, "slope": 1, "better": "lower"}
    assert points_among(rule, 10, {"heaps": 1}, {"heaps": 3}) == [6, 4]


def test_a_place_earns_a_score_that_is_converted_to_points() -> None:
    found = points_among(RANK, 5, *({"sewage": rate} for rate in (90, 80, 80, 70)))
    assert found == [5, 4.5, 4.5, 3.5]


def test_places_may_be_spread_evenly_from_best_to_worst() -> None:
    rule = {"kind": "rank", "indicator": "heaps", "better": "lower", "best": 100, "worst": 50}
    assert points_among(rule, 10, {"heaps": 7}, {"heaps": 0}, {"heaps": 3}) == [5, 10, 7.5]
    assert points_among(rule, 10, {"heaps": 7}) == [10]


def test_a_survey_adds_the_answers_and_the_questionnaires() -> None:
    # P = (50% × 1 + 30% × 0.6) × 40 = 27.2; M = 90 × 0.5 = 45.
    assert points(SURVEY, 100, satisfied=50, fairly_satisfied=30, questionnaire=90) == 72.2
    assert points(SURVEY, 70, satisfied=50, fairly_satisfied=30, questionnaire=90) == 70


@pytest.mark.parametrize(
    ("terrain", "households", "people", "expected"),
    [
        (PLAIN, 300, 900, 3),
        (PLAIN, 299, 1000, 3),
        (PLAIN, 299, 999, 0),
        (HILL, 150, 400, 3),
        (HILL, 149, 499, 0),
        (TOWN, 900, 9000, 0),
    ],
)
def test_a_village_of_the_plain_needs_300_households_and_one_of_the_hills_150(
    terrain: float, households: int, people: int, expected: float
) -> None:
    assert points(BIG_ENOUGH, 3, terrain=terrain, households=households, people=people) == expected


def test_each_class_may_have_a_rule_of_its_own() -> None:
    rule = {
        "kind": "by_class",
        "class": "terrain",
        "cases": {"plain": COVERAGE, "hill": {"kind": "linear", "indicator": "paved", "from": 0, "to": 80}},
    }
    assert points(rule, 10, terrain=PLAIN, paved=99) == 0
    assert points(rule, 10, terrain=HILL, paved=40) == 5
    assert points(rule, 10, terrain=TOWN, paved=100) == 0
    assert points(rule | {"otherwise": COVERAGE}, 10, terrain=TOWN, paved=100) == 10


def test_a_formula_is_kept_between_none_and_the_maximum() -> None:
    rule = {"kind": "formula", "formula": "20 * toilets / (people / 1000)"}
    assert points(rule, 10, toilets=1, people=4000) == 5
    assert points(rule, 10, toilets=9, people=1000) == 10
    assert points({"kind": "formula", "formula": "growth"}, 10, growth=-4) == 0


def test_a_formula_that_compares_gives_all_or_nothing() -> None:
    rule = {"kind": "formula", "formula": "change(people) > 0 and not heaps > 2"}
    assert points(rule, 4, people=501, last_year_people=500, heaps=2) == 4
    assert points(rule, 4, people=501, last_year_people=500, heaps=3) == 0
