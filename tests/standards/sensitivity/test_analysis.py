"""How firm places are: what isn't varied stays, what is certain stays so, and the same seed says the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.properties import examples
from tests.standards.scoring.catalogue import INDICATORS
from tests.standards.scoring.examples import Village, at_least, checked, group, judged, result_of, standard_of
from tests.standards.scoring.scene import scored
from tests.standards.scoring.standard_documents import Wanted, scenes, standards

from liangcun_standards import ScoreResult, Standard
from liangcun_standards.scoring import VERDICTS
from liangcun_standards.sensitivity import (
    Analysis,
    Asked,
    Choice,
    Combination,
    InvalidSensitivity,
    Normalisation,
    analyse,
)
from liangcun_standards.vocabulary import Verdict

AS_IT_STANDS = Asked(
    draws=3,
    concentration=None,
    normalisations=(Normalisation.RULES,),
    combinations=(Combination.OWN,),
    unknown=False,
)
TWO = group("g", judged("a", "mark1"), judged("b", "mark2"))
PLAIN = standard_of(TWO, passing={"min_score": 10})
VILLAGES: tuple[Village, ...] = (
    {"mark1": 9, "mark2": 1},
    {"mark1": 2, "mark2": 9},
    {"mark1": 5, "mark2": 5},
    {"mark1": 1, "mark2": 1},
)
EVERY_WAY = Asked(draws=60, normalisations=tuple(Normalisation), combinations=tuple(Combination))


def analysed(result: ScoreResult, asked: Asked | None = None, **more: Any) -> Analysis:
    return analyse(result, INDICATORS, asked or Asked(draws=200), **more)


def enough(result: ScoreResult) -> bool:
    return int(result.ranked.sum()) >= 3


@examples(150)
@given(data=st.data())
def test_with_nothing_varied_every_run_is_the_result_as_it_stands(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted(apart=False, peers=True, blend=True)))
    result = scored(standard, data.draw(scenes(standard, most=8)))
    if not enough(result):
        return
    found = analysed(result, AS_IT_STANDS)
    assert found.varied == ()
    assert found.shift is None
    everyone = np.flatnonzero(result.ranked)
    # Places are told among those of one class, as rankings do.
    assert found.rank.tolist() == result.ranks().tolist()
    for end in (found.low, found.median, found.high):
        assert end[everyone].tolist() == result.ranks()[everyone].tolist()
    assert found.pass_share[everyone].tolist() == result.passed[everyone].astype(float).tolist()
    assert found.mean_shift == 0


@examples(100)
@given(data=st.data())
def test_a_verdict_that_is_certain_holds_in_every_run_over_the_unknown(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted(apart=False, peers=True, blend=True)))
    # A group that can't reach its own minimum lets a village pass only if nothing in it applies after all.
    assume(all((one.min_score or 0.0) <= one.worth for one in standard.all_groups))
    result = scored(standard, data.draw(scenes(standard, most=6)))
    if not enough(result):
        return
    found = analysed(result, replace(AS_IT_STANDS, draws=12, unknown=True))
    for row, verdict in enumerate(result.verdict):
        if VERDICTS[verdict] is Verdict.PASS:
            assert found.pass_share[row] == 1
        if VERDICTS[verdict] is Verdict.FAIL:
            assert found.pass_share[row] == 0


@examples(40)
@given(data=st.data())
def test_every_way_at_once_gives_places_and_the_same_ones_again(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted(apart=False, peers=True)))
    result = scored(standard, data.draw(scenes(standard, most=6)))
    if not enough(result):
        return
    one, other = (analysed(result, replace(EVERY_WAY, draws=24)) for _ in range(2))
    ranked = result.ranked
    assert (one.low[ranked] >= 1).all()
    assert (one.low <= one.median).all()
    assert (one.median <= one.high).all()
    assert (one.high <= ranked.sum()).all()
    assert ((one.pass_share >= 0) & (one.pass_share <= 1)).all()
    for name in ("low", "median", "high", "pass_share"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()
    assert (one.shift, one.passing, one.mean_shift) == (other.shift, other.passing, other.mean_shift)


def test_another_seed_draws_other_weights() -> None:
    result = result_of(PLAIN, *VILLAGES)
    one, other = (analysed(result, Asked(draws=300, seed=seed)) for seed in (1, 2))
    assert one.pass_share.tobytes() != other.pass_share.tobytes()


def test_who_is_first_under_all_weights_stays_first_and_who_rests_on_one_weight_moves() -> None:
    best = {"mark1": 10, "mark2": 10}
    asked = replace(AS_IT_STANDS, draws=500, concentration=5.0)
    found = analysed(result_of(PLAIN, best, *VILLAGES), asked)
    assert (found.low[0], found.high[0], found.pass_share[0]) == (1, 1, 1)
    assert (found.low[1], found.high[1]) == (2, 4)
    assert (found.low[4], found.high[4], found.pass_share[4]) == (5, 5, 0)
    assert found.varied == (Choice.WEIGHTS,)
    assert found.shift is not None
    assert found.shift[Choice.WEIGHTS].total == 1


def test_the_nearer_weights_stay_to_the_given_ones_the_narrower_the_intervals() -> None:
    villages = [{"mark1": 10 - n / 3, "mark2": n / 2} for n in range(20)]
    widths = [
        float((found.high - found.low).mean())
        for found in (
            analysed(result_of(PLAIN, *villages), replace(AS_IT_STANDS, draws=400, concentration=one))
            for one in (2.0, 50.0, 5_000.0)
        )
    ]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > widths[2]


def test_what_is_missing_lies_between_its_worst_and_its_best() -> None:
    found = analysed(
        result_of(PLAIN, {"mark1": 5}, {"mark1": 5, "mark2": at_least(6)}, *VILLAGES),
        replace(AS_IT_STANDS, draws=2_000, unknown=True),
    )
    # 5 + [0, 10] reaches 10 half the time; 5 + [6, 10] always does.
    assert found.pass_share[0] == pytest.approx(0.5, abs=0.1)
    assert found.pass_share[1] == 1
    assert found.high[0] - found.low[0] > found.high[1] - found.low[1]


def test_off_the_standard_s_own_scale_as_many_pass_as_do_now() -> None:
    villages = [{"mark1": 1 + n / 4, "mark2": 2 + n / 5} for n in range(20)]
    result = result_of(PLAIN, *villages)
    for way in (Combination.TOPSIS, Combination.GEOMETRIC, Combination.ENTROPY):
        found = analysed(result, replace(AS_IT_STANDS, combinations=(way,)))
        assert found.pass_share.sum() == result.passed.sum()


@pytest.mark.parametrize(
    ("standard", "words"),
    [
        (standard_of({**TWO, "aggregation": {"method": "minimum"}}), "不用权重"),
        (standard_of({**TWO, "aggregation": {"method": "pass_count"}}), "不用权重"),
    ],
)
def test_what_is_not_varied_is_said(standard: Standard, words: str) -> None:
    found = analysed(result_of(standard, *VILLAGES))
    assert any(words in one.zh for one in found.not_varied)


@pytest.mark.parametrize("method", ["topsis", "weighted_mean", "geometric_mean"])
@pytest.mark.parametrize("weights", ["given", "entropy"])
def test_villages_that_are_all_alike_share_the_first_place_in_every_run(method: str, weights: str) -> None:
    standard = standard_of({**TWO, "aggregation": {"method": method, "weights": weights}})
    found = analysed(result_of(standard, *[{"mark1": 4, "mark2": 6}] * 4), EVERY_WAY)
    assert set(found.high.tolist()) == {1}
    assert found.mean_shift == 0
    assert found.shift is None


def test_a_column_without_any_value_and_one_that_is_the_same_for_all_do_no_harm() -> None:
    standard = standard_of(group("g", judged("a", "mark1"), judged("b", "mark2"), checked("c", "flag1")))
    found = analysed(result_of(standard, *[{"mark1": n, "flag1": 1} for n in range(5)]), EVERY_WAY)
    assert (found.low[found.ranked] >= 1).all()
    assert Choice.UNKNOWN in found.varied


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"draws": 10**7}, "100,000"),
        ({"draws": 0}, "100,000"),
        ({"concentration": -1.0}, "集中度"),
        ({"concentration": 0.0}, "集中度"),
        ({"concentration": float("nan")}, "集中度"),
        ({"seed": -1}, "种子"),
        ({"normalisations": ()}, "至少要有一个"),
        ({"combinations": ()}, "至少要有一个"),
    ],
)
def test_a_question_out_of_its_limits_is_refused(asked: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidSensitivity) as refused:
        Asked(**asked)
    assert told in refused.value.text("zh")


def test_fewer_than_three_villages_say_nothing_of_an_order() -> None:
    with pytest.raises(InvalidSensitivity, match="from 3 on"):
        analysed(result_of(PLAIN, *VILLAGES[:2]))
    with pytest.raises(InvalidSensitivity, match="from 3 on"):
        analysed(result_of(PLAIN, *VILLAGES), within="370000000000")


def test_more_places_than_are_kept_are_refused_with_what_would_go() -> None:
    with pytest.raises(InvalidSensitivity) as refused:
        Asked(draws=100_000).check_size(1_000)
    assert "40,000 次" in refused.value.text("zh")


def test_runs_are_counted_for_who_watches() -> None:
    seen: list[tuple[int, int]] = []
    found = analysed(result_of(PLAIN, *VILLAGES), progress=lambda done, every: seen.append((done, every)))
    every = found.asked.draws + found.index_runs
    assert seen[-1] == (every, every)
