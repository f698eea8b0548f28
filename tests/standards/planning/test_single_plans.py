"""Plans by hand: what serves twice, what must not be missed, what can't be reached and why."""

from __future__ import annotations

import numpy as np
import pytest
from tests.standards.planning.schemes import (
    INDICATORS,
    costs,
    criterion,
    done,
    planned,
    presence,
    scored,
    standard,
)
from tests.standards.scoring.standard_documents import PERIOD, SOURCE, standard_document, titled

from liangcun_standards import Bounds, Column, IndicatorTable, Input, Period, Standard, score
from liangcun_standards.planning import CannotPlan, InvalidCosts, UnknownGrade, plan, target_of

UP = {"direction": "up"}
LAMPS = {"kind": "threshold", "when": {"indicator": "rate1", "at_least": 85}}


def test_a_change_that_serves_two_criteria_is_paid_once() -> None:
    rated = standard(
        [presence("a", "flag1"), presence("b", "flag1"), presence("c", "flag2"), presence("d", "flag3")],
        grades=[{**titled("fair"), "min_score": 10}],
    )
    table = costs(*({"indicator": f"flag{n}", "unit_cost": 60 if n == 1 else 40, **UP} for n in (1, 2, 3)))
    found = planned(rated, {"flag1": 0, "flag2": 0, "flag3": 0}, table)
    assert (done(found), found.cost) == ({"flag1": 1}, 60)
    assert found.changes[0].criteria == ("a", "b")


def test_a_village_that_is_there_has_nothing_to_pay() -> None:
    rated = standard([presence("a", "flag1"), presence("b", "flag2")])
    found = planned(rated, {"flag1": 1, "flag2": 1}, costs({"indicator": "flag1", "unit_cost": 5, **UP}))
    assert (found.reached, found.changes, found.cost) == (True, (), 0.0)
    assert found.before == found.after


def test_a_rate_is_raised_to_the_first_step_that_counts() -> None:
    rated = standard([criterion("lamps", LAMPS), presence("b", "flag1")])
    whole = costs({"indicator": "rate1", "unit_cost": 10, "step": 2, **UP})
    found = planned(rated, {"rate1": 80.5, "flag1": 1}, whole)
    assert (done(found), found.cost) == ({"rate1": 86.0}, 55.0)
    fine = costs({"indicator": "rate1", "unit_cost": 10, "fixed_cost": 7, **UP})
    found = planned(rated, {"rate1": 80.5, "flag1": 1}, fine)
    assert (done(found), found.cost) == ({"rate1": 85.0}, 52.0)


def test_on_a_linear_scale_no_more_is_bought_than_the_cut_off_asks() -> None:
    rated = standard(
        [
            criterion("a", {"kind": "linear", "indicator": "rate1", "from": 0, "to": 100}),
            presence("b", "flag1"),
        ]
    )
    found = planned(
        rated, {"rate1": 3.7, "flag1": 1}, costs({"indicator": "rate1", "unit_cost": 1, **UP}), "fair"
    )
    # 6 points of 10 are 20 percent here; a total is rounded, so that 5.995 reaches it.
    assert done(found) == {"rate1": 19.9}
    assert found.after.total == 6.0


def test_a_veto_must_go_whatever_the_total() -> None:
    rated = standard([presence("a", "flag1", veto=True), presence("b", "flag2"), presence("c", "flag3")])
    table = costs({"indicator": "flag1", "unit_cost": 1000, **UP})
    found = planned(rated, {"flag1": 0, "flag2": 1, "flag3": 1}, table)
    assert (found.before.total, found.before.passed) == (10.0, False)
    assert (done(found), found.after.passed) == ({"flag1": 1}, True)


def test_a_group_s_minimum_and_an_entry_condition_are_met() -> None:
    rated = standard(
        [presence("a", "flag1"), presence("b", "flag2")],
        group={"min_score": 10},
        entry=[{**titled("e"), "require": {"indicator": "count1", "at_least": 3}, "source": SOURCE}],
    )
    table = costs(
        {"indicator": "flag1", "unit_cost": 50, **UP},
        {"indicator": "count1", "unit_cost": 2, **UP},
    )
    found = planned(rated, {"flag1": 0, "flag2": 1, "count1": 1}, table)
    assert (done(found), found.cost) == ({"flag1": 1, "count1": 3}, 54.0)


def test_of_a_choice_the_answer_that_pays_is_taken() -> None:
    states = {
        "kind": "states",
        "states": [
            {"when": {"indicator": "kind1", "is": "plain"}, "deduct": 5},
            {"when": {"indicator": "kind1", "is": "hill"}, "deduct": 1},
        ],
    }
    rated = standard([criterion("a", states), presence("b", "flag1")])
    table = costs({"indicator": "kind1", "answers": {"hill": 10, "forest": 30}})
    assert done(planned(rated, {"kind1": 0, "flag1": 1}, table)) == {"kind1": 1}
    assert done(planned(rated, {"kind1": 0, "flag1": 1}, table, "good")) == {"kind1": 1}


def test_what_is_not_on_record_is_reckoned_from_the_worst() -> None:
    rated = standard([criterion("lamps", LAMPS), presence("b", "flag1")])
    priced = {"indicator": "rate1", "unit_cost": 1, "step": 5, **UP}
    found = planned(rated, {"flag1": 1}, costs(priced))
    [change] = found.changes
    assert (change.before, change.start, change.after, change.cost) == (None, 0.0, 85.0, 85.0)
    found = planned(rated, {"flag1": 1}, costs({**priced, "assumed": 80}))
    assert (found.changes[0].start, found.cost) == (80.0, 5.0)


def test_a_cost_by_households_follows_their_number() -> None:
    rated = standard(
        [
            criterion("lamps", LAMPS),
            criterion("b", {"kind": "threshold", "when": {"indicator": "count1", "at_least": 1}}),
        ]
    )
    table = costs({"indicator": "rate1", "unit_cost": 300, "per": "count1", "step": 1, **UP})
    found = planned(rated, {"rate1": 80, "count1": 200}, table)
    assert found.cost == 5 * 300 * 2
    nobody_knows = planned(rated, {"rate1": 80}, table)
    assert not nobody_knows.reached
    assert "没有确切的填报值" in nobody_knows.fixed[0].reason.zh


def test_a_grade_out_of_reach_is_explained_and_the_best_within_reach_is_planned() -> None:
    rated = standard([presence("a", "flag1"), presence("b", "flag2"), presence("c", "flag3", max_score=2)])
    table = costs({"indicator": "flag1", "unit_cost": 5, **UP})
    found = planned(rated, {"flag1": 0, "flag2": 0, "flag3": 1}, table, "good")
    assert (found.reached, found.proven, found.highest_total) == (False, True, 7.0)
    assert [one.zh for one in found.reasons] == ["总分最高只能到 7 分，要求 9 分"]
    assert found.best is not None
    assert (found.best.target.grade, done(found.best), found.best.cost) == (1, {"flag1": 1}, 5)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"passing": {"all_criteria": True}}, "“b”必须达标，而达不到（指标 flag2 没有单价或已到上限）"),
        ({"group": {"min_score": 8}}, "“g”最高只能到 7 分，低于这一类的最低分 8"),
        ({"passing": {"min_passed": 3}}, "最多只能有 2 个条目达标，要求 3 个"),
        ({"passing": {"min_score": 8}}, "总分最高只能到 7 分，要求 8 分"),
    ],
    ids=["criterion", "group", "count", "total"],
)
def test_each_reason_is_named(more: dict[str, object], words: str) -> None:
    criteria = [presence("a", "flag1"), presence("b", "flag2"), presence("c", "flag3", max_score=2)]
    rated = standard(criteria, **more)
    table = costs({"indicator": "flag1", "unit_cost": 5, **UP})
    found = planned(rated, {"flag1": 0, "flag2": 0, "flag3": 1}, table)
    assert not found.reached
    assert words in [one.zh for one in found.reasons]


def test_demands_that_pull_both_ways_are_told_apart_from_those_that_fail_alone() -> None:
    rated = standard(
        [
            presence("a", "flag1", veto=True),
            criterion("b", {"kind": "presence", "indicator": "flag1", "want": "absent"}, veto=True),
        ],
        grades=[{**titled("fair"), "min_score": 5}],
    )
    found = planned(rated, {"flag1": 0}, costs({"indicator": "flag1", "unit_cost": 5, "direction": "both"}))
    assert "不能同时做到" in found.reasons[-1].zh


def test_a_grade_that_is_not_there_is_refused() -> None:
    rated = standard([presence("a", "flag1")])
    with pytest.raises(UnknownGrade, match="good"):
        target_of(rated, "best")
    with pytest.raises(UnknownGrade, match="no grades"):
        target_of(standard([presence("a", "flag1")], grades=[], passing={}), "good")
    assert target_of(rated, "fair") == target_of(rated, "fair")


@pytest.mark.parametrize("method", ["topsis", "weighted_mean"])
def test_what_is_put_together_relative_to_other_villages_is_not_planned(method: str) -> None:
    weights = {} if method == "topsis" else {"weights": "entropy"}
    group = {"aggregation": {"method": method, **weights}}
    rated = standard([presence("a", "flag1"), presence("b", "flag2")], group=group)
    result = scored(rated, {"flag1": 0, "flag2": 1}, {"flag1": 1, "flag2": 0})
    with pytest.raises(CannotPlan):
        plan(
            result, INDICATORS, 0, costs({"indicator": "flag1", "unit_cost": 5, **UP}), target_of(rated, None)
        )


def test_what_is_measured_against_other_villages_is_left_as_it_is_and_said_to_be() -> None:
    rated = standard(
        [
            criterion("a", {"kind": "relative", "indicator": "rate1", "at_mean": 3}),
            presence("b", "flag1"),
            presence("c", "flag2", max_score=2),
        ]
    )
    villages = ({"rate1": 50, "flag1": 0, "flag2": 0}, {"rate1": 100, "flag1": 1, "flag2": 1})
    table = costs(
        {"indicator": "rate1", "unit_cost": 0.01, **UP},
        {"indicator": "flag1", "unit_cost": 7, **UP},
        {"indicator": "flag2", "unit_cost": 5, **UP},
    )
    found = plan(scored(rated, *villages), INDICATORS, 0, table, target_of(rated, "fair"))
    # Two of its peers' mean of three; with five more it is there, and the cheaper way is left alone.
    assert (done(found), found.cost, found.after.total) == ({"flag1": 1}, 7, 7.0)
    assert not found.proven
    assert ["与其他村比" in one.reason.zh for one in found.fixed] == [True]
    out_of_reach = plan(scored(rated, *villages), INDICATORS, 0, table, target_of(rated, "good"))
    assert (out_of_reach.reached, out_of_reach.highest_total) == (True, None)
    assert done(out_of_reach) == {"flag1": 1, "flag2": 1}


def test_too_many_combinations_are_refused_with_the_way_out() -> None:
    formula = {"kind": "formula", "formula": "(rate1 + rate2 + rate3) / 60"}
    rated = standard([criterion("a", formula), presence("b", "flag1")])
    table = costs(*({"indicator": f"rate{n}", "unit_cost": 1, **UP} for n in (1, 2, 3)))
    with pytest.raises(CannotPlan, match="widen their step"):
        planned(rated, {"rate1": 0, "rate2": 0, "rate3": 0, "flag1": 0}, table)


def test_a_finer_step_than_can_be_looked_at_is_widened() -> None:
    rated = standard(
        [criterion("lamps", {"kind": "threshold", "when": {"indicator": "size1", "at_least": 9000}})]
    )
    found = planned(
        rated, {"size1": 0}, costs({"indicator": "size1", "unit_cost": 1, "step": 0.01, **UP}), "poor"
    )
    assert found.cost == 0
    rated = standard(
        [
            criterion(
                "a", {"kind": "threshold", "when": {"indicator": "size1", "at_least": 9000}}, max_score=10
            )
        ]
    )
    found = planned(rated, {"size1": 0}, costs({"indicator": "size1", "unit_cost": 1, "step": 0.01, **UP}))
    assert done(found) == {"size1": 9000}
    assert ["按 10 一步算" in one.zh for one in found.remarks] == [True]


def test_a_derived_figure_is_raised_by_what_it_comes_of() -> None:
    share = {
        "code": "lit_share",
        "name": "亮化率",
        "name_en": "lit share",
        "kind": "rate",
        "unit": "percent",
        "definition": "亮灯巷路占全部巷路",
        "definition_en": "lit lanes of all lanes",
        "source": "测试",
        "formula": "100 * count1 / count2",
    }
    rated = standard(
        [
            criterion("a", {"kind": "threshold", "when": {"indicator": "lit_share", "at_least": 85}}),
            criterion("b", {"kind": "formula", "formula": "count1 / 20"}),
        ],
        indicators=[share],
    )
    columns = {
        Input("count1"): Column(np.array([10.0]), 0, np.inf),
        Input("count2"): Column(np.array([20.0]), 0, np.inf),
    }
    result = score(rated, IndicatorTable(PERIOD, ["220722100200"], columns), INDICATORS)
    table = costs({"indicator": "count1", "unit_cost": 3, **UP})
    found = plan(result, INDICATORS, 0, table, target_of(rated, "fair"))
    # Above all lanes the share isn't known: nothing says how far it pays to go, but the nearest do.
    assert (done(found), found.cost, found.proven) == ({"count1": 20}, 30, False)
    assert "只算了最近的" in found.remarks[0].zh
    limited = costs({"indicator": "count1", "unit_cost": 3, "maximum": 60, **UP})
    found = plan(result, INDICATORS, 0, limited, target_of(rated, "fair"))
    assert (done(found), found.cost, found.proven, found.remarks) == ({"count1": 20}, 30, True, ())
    with pytest.raises(InvalidCosts, match="worked out from"):
        costs({"indicator": "lit_share", "unit_cost": 3}).check(rated.known(INDICATORS))


def test_a_value_of_which_one_end_is_known_is_reckoned_from_there() -> None:
    rated = standard([criterion("lamps", LAMPS), presence("b", "flag1")])
    columns = {
        Input("rate1"): Column(
            np.array([np.nan]), 0, 100, Bounds(np.array([0]), np.array([70.0]), np.array([100.0]))
        ),
        Input("flag1"): Column(np.array([1.0]), 0, 1),
    }
    result = score(rated, IndicatorTable(PERIOD, ["220722100200"], columns), INDICATORS)
    found = plan(
        result, INDICATORS, 0, costs({"indicator": "rate1", "unit_cost": 1, **UP}), target_of(rated, None)
    )
    [change] = found.changes
    assert (change.before, change.start, change.after, change.cost) == (None, 70.0, 85.0, 15.0)


def test_a_blend_of_periods_is_not_planned() -> None:
    rated = standard([presence("a", "flag1")], blend=[{"over": "halves", "weight": 1}])
    tables = {}
    for name in ("2023", "2023-H1", "2023-H2"):
        columns = {Input("flag1"): Column(np.array([0.0]), 0, 1)}
        tables[name] = IndicatorTable(Period.parse(name), ["220722100200"], columns)
    result = score(rated, tables.pop("2023"), INDICATORS, parts=tables)
    with pytest.raises(CannotPlan, match="blends several periods"):
        plan(
            result, INDICATORS, 0, costs({"indicator": "flag1", "unit_cost": 3, **UP}), target_of(rated, None)
        )


def test_a_geometric_mean_that_begins_at_nothing_is_reached() -> None:
    veto = criterion(
        "veto",
        {"kind": "threshold", "when": {"indicator": "count1", "at_least": 5}},
        max_score=0,
        veto=True,
        applies_when={"indicator": "kind1", "is": "plain"},
    )
    by_class = {"class": "kind1", "cases": {"plain": 4.0}, "otherwise": 4.0}
    mean = {
        **titled("mean"),
        "aggregation": {"method": "geometric_mean"},
        "criteria": [
            criterion(
                "a", {"kind": "threshold", "when": {"indicator": "size1", "at_least": by_class}}, max_score=1
            ),
            presence("b", "flag1", max_score=10),
            presence("c", "flag2", max_score=2.5),
        ],
    }
    checks = {**titled("checks"), "criteria": [veto]}
    rated = Standard.model_validate(standard_document([checks, mean], decimals=0, passing={"min_score": 5}))
    table = costs(
        {"indicator": "size1", "unit_cost": 1, "step": 2.5, "maximum": 10, **UP},
        {"indicator": "kind1", "answers": {"hill": 1, "forest": 1}},
    )
    found = planned(rated, {"count1": 0, "kind1": 0, "size1": 0, "flag1": 1, "flag2": 1}, table)
    assert (found.reached, found.proven, found.cost) == (True, True, 6.0)
    assert done(found)["size1"] == 5.0
