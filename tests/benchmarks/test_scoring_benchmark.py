"""What is timed is one job: the same villages, the same rules, the same totals."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.setting import Setting
from benchmarks.timing import Contender, take_turns
from benchmarks.villages import make_table

from benchmarks import plain_loop
from liangcun_standards import score


@pytest.fixture(scope="module")
def setting() -> Setting:
    return Setting(400)


def test_the_standard_has_23_criteria_over_40_indicators(setting: Setting) -> None:
    assert len(setting.standard.criteria) == 23
    assert len(setting.standard.inputs) == 40


def test_the_plain_loop_comes_to_the_totals_of_the_engine(setting: Setting) -> None:
    result = score(setting.standard, make_table(setting.villages, setting.indicators), setting.indicators)
    loop = [total for piece in plain_loop.in_pieces(setting.villages) for total in plain_loop.totals(piece)]
    assert np.array_equal(result.total, np.array(loop))


def test_the_villages_differ_enough_to_meet_every_grade_and_the_veto(setting: Setting) -> None:
    result = score(setting.standard, make_table(setting.villages, setting.indicators), setting.indicators)
    assert set(result.grade) == {0, 1, 2, 3}
    veto = next(place for place, one in enumerate(setting.standard.criteria) if one.veto)
    assert 0 < np.count_nonzero(result.points[veto] == 0) < len(result)


def test_the_same_villages_come_each_time(setting: Setting) -> None:
    again = Setting(400)
    first, second = (make_table(one.villages, one.indicators, 0.03) for one in (setting, again))
    assert first.digest() == second.digest()


def test_every_contender_runs_as_often_as_asked_each_time_on_something_new() -> None:
    seen: dict[str, list[object]] = {"one": [], "other": []}
    contenders = {name: Contender(given.append, object) for name, given in seen.items()}
    runs = take_turns(contenders, rounds=3, burst=2)
    assert {name: len(taken) for name, taken in runs.items()} == {"one": 6, "other": 6}
    assert [len({id(one) for one in given}) for given in seen.values()] == [8, 8]
