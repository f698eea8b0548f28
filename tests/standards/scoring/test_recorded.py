"""A standard scored by its program comes out as NumPy scores it, to the last bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties import examples
from tests.standards.compiled.by_machine import by_machine, by_numpy
from tests.standards.scoring.catalogue import INDICATORS
from tests.standards.scoring.examples import criterion, group, judged, result_of, standard_of
from tests.standards.scoring.rule_documents import PEERLESS, Drawn, rule
from tests.standards.scoring.scene import Scene, scored
from tests.standards.scoring.standard_documents import PERIOD, Wanted, scenes, standards
from tests.standards.scoring.test_alone_and_among import assert_bit_for_bit, figures_of
from tests.standards.scoring.test_runs import ROWS, score_tiled

from liangcun_standards import Column, IndicatorTable, Input, ScoreResult, Standard, score
from liangcun_standards.scoring.plan import plan_of
from liangcun_standards.scoring.recorded import Recorded, recorded


def program_of(standard: Standard) -> Recorded | None:
    """The standard's program, where it has one."""
    return recorded(standard, plan_of(standard), INDICATORS)


def assert_same_result(one: ScoreResult, other: ScoreResult, rows: list[int]) -> None:
    """Not a bit of the results differs, nor a rank, nor the digest."""
    assert_bit_for_bit(figures_of(one, rows), figures_of(other, rows))
    assert one.ranks().tolist() == other.ranks().tolist()
    assert one.digest == other.digest


def assert_same_by_both(standard: Standard, scene: Scene) -> None:
    """Both ways of scoring come to the same bits."""
    with by_machine():
        program = scored(standard, scene)
    with by_numpy():
        plain = scored(standard, scene)
    assert_same_result(program, plain, list(range(len(scene.codes))))


@examples(150)
@given(data=st.data())
def test_where_all_is_known_a_standard_comes_out_the_same_by_both(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted(sums=True)))
    assert_same_by_both(standard, data.draw(scenes(standard, known=True)))


@examples(60)
@given(data=st.data())
def test_where_some_is_missing_a_standard_comes_out_the_same_by_both(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted(peers=data.draw(st.booleans()), blend=data.draw(st.booleans()))))
    assert_same_by_both(standard, data.draw(scenes(standard, groups=2)))


@pytest.mark.parametrize("kind", PEERLESS)
@examples(40)
@given(data=st.data())
def test_each_rule_comes_out_the_same_by_both(kind: str, data: st.DataObject) -> None:
    document = rule(Drawn(data.draw), kind, 10)
    standard = standard_of(group("g", criterion("c", document)))
    standard.check(INDICATORS)
    scene = replace(data.draw(scenes(standard, known=True)), waived={}, not_applicable={})
    assert_same_by_both(standard, scene)
    program = program_of(standard)
    assert program is not None
    # Logarithms and powers differ between processors, and a formula may read nothing at all.
    if kind != "formula":
        assert program.given == ()


@examples(10)
@given(data=st.data())
def test_many_villages_come_out_the_same_by_both(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted(sums=True)))
    scene = replace(data.draw(scenes(standard, most=5, known=True)), waived={}, not_applicable={})
    with by_machine():
        program = score_tiled(standard, scene)
    with by_numpy():
        plain = score_tiled(standard, scene)
    assert_same_result(program, plain, [0, 16_383, 16_384, 32_767, ROWS - 1])


def test_a_rule_that_is_not_recorded_is_worked_out_by_numpy_for_the_program() -> None:
    standard = standard_of(
        group("g", criterion("c", {"kind": "formula", "formula": "ln(size1 + 1)"}), judged("d", "size2")),
        passing={"min_score": 3},
    )
    program = program_of(standard)
    assert program is not None
    assert program.given == (0,)
    villages = [{"size1": size, "size2": 2.5} for size in (0.0, 1.0, 20.0)]
    with by_machine():
        result = result_of(standard, *villages)
    assert result.points.tolist() == result_of(standard, *villages).points.tolist()
    assert result.passed.tolist() == [False, True, True]


def test_a_village_with_a_division_by_zero_is_left_to_numpy_and_the_others_not() -> None:
    standard = standard_of(
        group("g", criterion("c", {"kind": "formula", "formula": "size1 / size2"}), judged("d", "size1")),
    )
    divisors = np.ones(ROWS)
    divisors[-1] = 0.0
    codes = [str(220_722_000_000 + row) for row in range(ROWS)]
    columns = {
        Input("size1"): Column(np.resize([4.0, 2.0, 0.5], ROWS), 0, np.inf),
        Input("size2"): Column(divisors, 0, np.inf),
    }
    table = IndicatorTable(PERIOD, codes, columns)
    with by_machine():
        program = score(standard, table, INDICATORS)
    with by_numpy():
        plain = score(standard, table, INDICATORS)
    assert_same_result(program, plain, [0, 1, ROWS - 2, ROWS - 1])
    assert np.flatnonzero(program.highest > program.lowest).tolist() == [ROWS - 1]


def test_a_table_with_an_infinity_is_left_to_numpy() -> None:
    standard = standard_of(group("g", judged("c", "size1")))
    column = Column(np.array([1.0, np.inf]), 0, np.inf)
    table = IndicatorTable(PERIOD, ["220722100201", "220722100202"], {Input("size1"): column})
    program = program_of(standard)
    assert program is not None
    assert not program.fits(table)


def test_a_column_that_is_every_other_value_of_an_array_is_left_to_numpy() -> None:
    standard = standard_of(group("g", judged("c", "size1")))
    column = Column(np.array([1.0, 2.0, 3.0, 4.0])[::2], 0, np.inf)
    table = IndicatorTable(PERIOD, ["220722100201", "220722100202"], {Input("size1"): column})
    with by_machine():
        assert score(standard, table, INDICATORS).total.tolist() == [1.0, 3.0]


def test_an_indicator_whose_choices_changed_is_recorded_anew() -> None:
    rule = {"kind": "threshold", "when": {"indicator": "kind1", "is": "hill"}}
    standard = standard_of(group("g", criterion("c", rule)))
    turned = INDICATORS["kind1"].model_copy(update={"choices": INDICATORS["kind1"].choices[::-1]})
    first = recorded(standard, plan_of(standard), INDICATORS)
    assert recorded(standard, plan_of(standard), INDICATORS) is first
    assert recorded(standard, plan_of(standard), {**INDICATORS, "kind1": turned}) is not first
