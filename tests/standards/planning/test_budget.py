"""A budget brings over the line as many villages as any choice could."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.standards.planning.schemes import INDICATORS, costs, presence, scored, standard
from tests.standards.scoring.properties import examples

from liangcun_standards.planning import InvalidBudget, Plan, allot, plans_within, target_of

RATED = standard([presence("a", "flag1"), presence("b", "flag2"), presence("c", "flag3", veto=True)])
TARGET = target_of(RATED, None)


def _plans(villages: list[tuple[bool, bool, bool]], prices: list[float]) -> list[Plan]:
    table = costs(
        *(
            {"indicator": f"flag{place}", "unit_cost": price, "direction": "up"}
            for place, price in enumerate(prices, start=1)
        )
    )
    values = [dict(zip(("flag1", "flag2", "flag3"), map(float, one), strict=True)) for one in villages]
    return plans_within(scored(RATED, *values), INDICATORS, range(len(villages)), table, TARGET)


@examples(60)
@given(
    villages=st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=7),
    prices=st.lists(st.sampled_from((3.0, 5.0, 8.0, 20.0)), min_size=2, max_size=3),
    amount=st.sampled_from((0.0, 3.0, 8.0, 11.0, 25.0, 60.0)),
)
def test_no_choice_of_villages_is_larger(
    villages: list[tuple[bool, bool, bool]], prices: list[float], amount: float
) -> None:
    plans = _plans(villages, prices)
    found = allot(plans, amount, TARGET)
    ways = [one.cost for one in plans if one.reached and one.changes]
    most = max(
        size
        for size in range(len(ways) + 1)
        if any(sum(chosen) <= amount for chosen in combinations(ways, size))
    )
    assert len(found.chosen) == most
    assert found.spent <= amount
    assert found.there + len(found.plans) + len(found.out_of_reach) == len(villages)
    for more in (0.0, 5.0, 40.0):
        again = allot(plans, amount + more, TARGET)
        assert found.more_for(more) == len(again.chosen) - len(found.chosen)
    if found.missing_for_next is not None:
        assert found.more_for(found.missing_for_next) >= 1
        assert found.more_for(found.missing_for_next - 1) == 0


@pytest.mark.parametrize("amount", [-1.0, float("nan"), float("inf"), 1e13])
def test_what_is_no_amount_of_money_is_refused(amount: float) -> None:
    with pytest.raises(InvalidBudget):
        allot([], amount, TARGET)
