"""The cheapest plan is the cheapest of all, whatever the standard, and scores as it says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, event, given, note
from hypothesis import strategies as st
from tests.properties import examples
from tests.standards.planning.every_way import cheapest
from tests.standards.scoring.catalogue import ANSWERS, INDICATORS
from tests.standards.scoring.scene import Reading, scored
from tests.standards.scoring.standard_documents import Wanted, scenes, standards

from liangcun_standards import Input, Standard
from liangcun_standards.planning import CannotPlan, Cost, CostTable, Standing, Target, plan

_WANTED = (
    Wanted(leave_out=False),
    Wanted(apart=False),
    Wanted(sums=True, apart=False),
    Wanted(),
)


@st.composite
def cost_tables(draw: st.DrawFn, standard: Standard) -> CostTable:
    """Costs for up to four of the indicators that a standard reads, few values each."""
    read = sorted({source.indicator for source in standard.inputs})
    chosen = draw(st.lists(st.sampled_from(read), min_size=1, max_size=4, unique=True))
    return CostTable(title="测试", source="测试", costs=tuple(_cost(draw, code) for code in chosen))


def _cost(draw: st.DrawFn, code: str) -> Cost:
    kind = INDICATORS[code].kind
    fixed = draw(st.sampled_from((0.0, 0.0, 7.0)))
    if kind == "choice":
        prices = {answer: draw(st.sampled_from((1.0, 4.0, 9.5))) for answer in ANSWERS}
        return Cost(indicator=code, answers=prices, fixed_cost=fixed)
    way = draw(st.sampled_from(("up", "down", "both")))
    price = draw(st.sampled_from((1.0, 2.5, 0.4, 0.0)))
    if kind == "boolean":
        return Cost(indicator=code, unit_cost=price * 10, fixed_cost=fixed, direction=way, step=1)
    step, most = (20.0, 100.0) if kind == "rate" else (2.5, 10.0)
    if kind == "count":
        step, most = 2.0, 11.0
    low = INDICATORS[code].range[0]
    return Cost(
        indicator=code,
        unit_cost=price,
        fixed_cost=fixed,
        direction=way,
        step=step,
        maximum=min(most, INDICATORS[code].range[1]),
        minimum=max(low, -5.0),
    )


@pytest.mark.parametrize("wanted", _WANTED, ids=["whole", "shared", "sums", "any"])
@examples(160)
@given(data=st.data())
def test_no_combination_of_values_reaches_the_target_for_less(wanted: Wanted, data: st.DataObject) -> None:
    standard = data.draw(standards(wanted))
    scene = data.draw(scenes(standard, most=1))
    costs = data.draw(cost_tables(standard))
    grades = [None, *range(len(standard.grades))]
    target = Target(data.draw(st.sampled_from(grades)))
    try:
        found = plan(scored(standard, scene), INDICATORS, 0, costs, target)
    except CannotPlan:
        assume(False)
    least = cheapest(standard, scene.main[0], scene, costs.costs, target)
    note(f"{found}")
    assert found.reached == (least is not None)
    assert found.proven
    event("unreachable" if least is None else "there" if found.cost == 0 else "changes")
    if least is not None:
        assert found.cost == pytest.approx(least, abs=1e-6)
        assert found.after.reaches(target)


@examples(160)
@given(data=st.data())
def test_among_peers_a_plan_holds_when_it_is_carried_out(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted(peers=True, apart=False)))
    scene = data.draw(scenes(standard))
    costs = data.draw(cost_tables(standard))
    target = Target(data.draw(st.sampled_from([None, *range(len(standard.grades))])))
    try:
        found = plan(scored(standard, scene), INDICATORS, 0, costs, target)
    except CannotPlan:
        return
    changed = {Input(one.indicator.code): Reading("exact", one.after) for one in found.changes}
    after = scored(standard, replace(scene, main=[{**scene.main[0], **changed}, *scene.main[1:]]))
    assert Standing.of(after, 0) == found.after
    assert found.after.reaches(target) == found.reached
