"""Simulated values: the same for the same seed, each village by itself, plausible and within range."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from liangcun_server.demonstration.generator import simulate
from liangcun_server.demonstration.loading import DEFAULT_SEED
from liangcun_server.regions.divisions import divisions_within
from liangcun_standards.indicators import Indicator, IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.table import Floats
from liangcun_standards.vocabulary import Direction, IndicatorKind, RegionLevel

YEAR = Period.parse("2023")
BEFORE = YEAR.previous()

Values = dict[tuple[str, Period], Floats]


@cache
def villages_within(place: str) -> tuple[str, ...]:
    rows = divisions_within(place)
    return tuple(sorted(row.code for row in rows if row.level is RegionLevel.VILLAGE))


def simulated(
    indicators: Sequence[Indicator], codes: Sequence[str], seed: int = DEFAULT_SEED, period: Period = YEAR
) -> Values:
    columns = simulate(indicators, codes, period, seed)
    return {(column.indicator.code, column.period): column.values for column in columns}


@pytest.fixture(scope="module")
def indicators(catalogue: IndicatorCatalogue) -> list[Indicator]:
    return list(catalogue.values())


@pytest.fixture(scope="module")
def songyuan(indicators: list[Indicator]) -> Values:
    """The whole of 松原市: enough villages for shares and correlations to be seen."""
    return simulated(indicators, villages_within("2207"))


@pytest.fixture(scope="module")
def changling_values(indicators: list[Indicator]) -> Values:
    return simulated(indicators, villages_within("220722"))


def same(left: Values, right: Values) -> bool:
    return left.keys() == right.keys() and all(left[key].tobytes() == right[key].tobytes() for key in left)


def test_the_same_seed_gives_the_same_bytes(indicators: list[Indicator], changling_values: Values) -> None:
    assert same(simulated(indicators, villages_within("220722")), changling_values)


def test_another_seed_gives_other_villages(indicators: list[Indicator], changling_values: Values) -> None:
    assert not same(simulated(indicators, villages_within("220722"), seed=1), changling_values)


def test_a_village_more_changes_no_other(indicators: list[Indicator], changling_values: Values) -> None:
    codes = villages_within("220722")
    fewer = [code for code in codes if code not in {"220722201204", codes[0], codes[-1]}]
    kept = np.isin(codes, fewer)
    expected = {key: values[kept] for key, values in changling_values.items()}
    assert same(simulated(indicators, fewer), expected)


def test_one_village_alone_is_as_it_is_among_all(
    indicators: list[Indicator], changling_values: Values
) -> None:
    row = villages_within("220722").index("220722201204")
    expected = {key: values[row : row + 1] for key, values in changling_values.items()}
    assert same(simulated(indicators, ["220722201204"]), expected)


def test_an_indicator_more_changes_no_other(indicators: list[Indicator], changling_values: Values) -> None:
    fewer = [indicator for indicator in indicators if indicator.code != "street_lamps"]
    expected = {key: values for key, values in changling_values.items() if key[0] != "street_lamps"}
    assert same(simulated(list(reversed(fewer)), villages_within("220722")), expected)


def test_no_villages_give_empty_columns(indicators: list[Indicator]) -> None:
    assert {len(values) for values in simulated(indicators, []).values()} == {0}


def test_every_value_can_be_observed(catalogue: IndicatorCatalogue, songyuan: Values) -> None:
    for (code, _), values in songyuan.items():
        for value in np.unique(values[~np.isnan(values)]).tolist():
            assert catalogue[code].check(value) == value


def test_figures_have_no_more_decimals_than_one_would_measure(
    catalogue: IndicatorCatalogue, songyuan: Values
) -> None:
    for (code, _), values in songyuan.items():
        decimals = {IndicatorKind.RATE: 1, IndicatorKind.QUANTITY: 2}.get(catalogue[code].kind, 0)
        np.testing.assert_array_equal(values, np.round(values, decimals))


def test_only_village_indicators_that_say_how_are_simulated(
    catalogue: IndicatorCatalogue, songyuan: Values
) -> None:
    told = {code for code, one in catalogue.items() if one.simulation and one.level is RegionLevel.VILLAGE}
    assert set(songyuan) == {(code, period) for code in told for period in (YEAR, BEFORE)}
    assert all(catalogue[code].level is RegionLevel.VILLAGE for code, _ in songyuan)


def test_about_three_in_a_hundred_are_missing(catalogue: IndicatorCatalogue, songyuan: Values) -> None:
    directed = [
        values for (code, _), values in songyuan.items() if catalogue[code].direction is not Direction.NEUTRAL
    ]
    assert 0.025 < float(np.isnan(np.concatenate(directed)).mean()) < 0.035


def test_facts_of_a_village_are_never_missing_and_stay(
    catalogue: IndicatorCatalogue, songyuan: Values
) -> None:
    for code in ("households", "village_class", "demonstration_village"):
        assert not np.isnan(songyuan[code, YEAR]).any()
        np.testing.assert_array_equal(songyuan[code, YEAR], songyuan[code, BEFORE])


def correlation(left: Floats, right: Floats) -> float:
    both = ~np.isnan(left) & ~np.isnan(right)
    return float(np.corrcoef(left[both], right[both])[0, 1])


def test_a_village_with_roads_has_more_lamps(songyuan: Values) -> None:
    assert correlation(songyuan["lane_hardened_rate", YEAR], songyuan["street_lamps", YEAR]) > 0.3


def test_a_village_with_garbage_has_fewer_clean_households(songyuan: Values) -> None:
    assert correlation(songyuan["garbage_piles_found", YEAR], songyuan["clean_households_rate", YEAR]) < -0.2


def test_villages_of_one_township_are_alike(songyuan: Values) -> None:
    values = songyuan["households", YEAR]
    townships = np.array([code[:9] for code in villages_within("2207")])
    centred = [values[townships == one] - values[townships == one].mean() for one in np.unique(townships)]
    assert np.concatenate(centred).std() < 0.95 * values.std()


def test_the_period_before_is_a_little_worse(catalogue: IndicatorCatalogue, songyuan: Values) -> None:
    for code, indicator in catalogue.items():
        if (code, YEAR) in songyuan and indicator.direction is not Direction.NEUTRAL:
            change = float(np.nanmean(songyuan[code, YEAR]) - np.nanmean(songyuan[code, BEFORE]))
            assert change * (1 if indicator.direction is Direction.HIGHER else -1) > 0, code


def test_a_village_stays_much_as_it_was(songyuan: Values) -> None:
    assert correlation(songyuan["lit_lanes_rate", YEAR], songyuan["lit_lanes_rate", BEFORE]) > 0.8


def test_a_figure_does_not_depend_on_which_period_it_is_told_beside(indicators: list[Indicator]) -> None:
    codes = villages_within("220722")
    lone = [one for one in indicators if one.code == "households"]
    assert np.array_equal(
        simulated(lone, codes)["households", YEAR],
        simulated(lone, codes, period=Period.parse("2024"))["households", YEAR],
    )


def test_no_more_sampled_households_fail_than_were_visited(songyuan: Values) -> None:
    failed = songyuan["sampled_households_failed", YEAR]
    assert np.all((failed <= songyuan["sampled_households_visited", YEAR]) | np.isnan(failed))
