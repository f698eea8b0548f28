"""A budget brings over the line as many villages as any choice could."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties import examples
from tests.standards.planning.schemes import INDICATORS, costs, criterion, presence, scored, standard

from liangcun_standards.planning import CostTable, InvalidBudget, Plan, Shared, allot, plans_within, target_of
from liangcun_standards.planning.shared import within_limits

RATED = standard([presence("a", "flag1"), presence("b", "flag2"), presence("c", "flag3", veto=True)])
TARGET = target_of(RATED, None)
GRADUAL = standard(
    [
        presence("a", "flag1"),
        presence("b", "flag2", max_score=2),
        presence("c", "flag3", max_score=2),
        criterion("d", {"kind": "linear", "indicator": "rate1", "from": 0, "to": 100}),
    ]
)


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


@st.composite
def _limited(draw: st.DrawFn) -> CostTable:
    """Costs with a limit on what all villages together may change."""
    prices = draw(st.lists(st.sampled_from((3.0, 5.0, 8.0)), min_size=4, max_size=4))
    entries: list[dict[str, object]] = [
        {"indicator": f"flag{place}", "unit_cost": price, "direction": "up"}
        for place, price in enumerate(prices[:3], start=1)
    ]
    entries[0]["total_change"] = draw(st.sampled_from((0, 1, 2)))
    rate: dict[str, object] = {
        "indicator": "rate1",
        "unit_cost": prices[3] / 10,
        "direction": "up",
        "step": 10,
    }
    if draw(st.booleans()):
        rate["total_change"] = draw(st.sampled_from((0, 35, 60)))
    return costs(*entries, rate)


@examples(60)
@given(
    villages=st.lists(
        st.tuples(*(st.sampled_from((0.0, 1.0)) for _ in range(3)), st.sampled_from((0.0, 15.0, 40.0, 75.0))),
        min_size=1,
        max_size=3,
    ),
    table=_limited(),
    amount=st.sampled_from((0.0, 5.0, 9.0, 14.0, 40.0)),
)
def test_under_limits_that_are_shared_no_choice_is_larger_nor_as_large_and_cheaper(
    villages: list[tuple[float, float, float, float]], table: CostTable, amount: float
) -> None:
    names = ("flag1", "flag2", "flag3", "rate1")
    result = scored(GRADUAL, *(dict(zip(names, one, strict=True)) for one in villages))
    target = target_of(GRADUAL, None)
    plans = plans_within(result, INDICATORS, range(len(villages)), table, target)
    found = allot(plans, amount, target, Shared(result, INDICATORS, table, target))
    assert found.proven
    limits = {one.indicator: one.total_change for one in table.costs if one.total_change is not None}
    assert within_limits(found.chosen, limits)
    assert all(one.after.passed for one in found.chosen)
    most, least = _every_choice(villages, table, limits, amount)
    assert (len(found.chosen), found.spent) == (most, pytest.approx(least))


def _every_choice(
    villages: list[tuple[float, float, float, float]],
    table: CostTable,
    limits: dict[str, float],
    amount: float,
) -> tuple[int, float]:
    """The most villages by any choice of values for all of them, and the least that as many cost."""
    ways = [_ways(one, table) for one in villages]
    best = (0, 0.0)
    for choice in product(*ways):
        taken = [one for one in choice if one is not None]
        cost = sum(price for price, _ in taken)
        spent = {code: sum(changes[code] for _, changes in taken) for code in limits}
        if cost > amount or any(spent[code] > most for code, most in limits.items()):
            continue
        best = min(best, (-len(taken), cost))
    return -best[0], best[1]


def _ways(
    village: tuple[float, float, float, float], table: CostTable
) -> list[tuple[float, dict[str, float]] | None]:
    """Every way of a village to pass that costs anything, and to leave it as it is."""
    names = ("flag1", "flag2", "flag3", "rate1")
    prices = {one.indicator: one.unit_cost or 0.0 for one in table.costs}
    steps = [[value, 1.0] if value == 0 else [value] for value in village[:3]]
    steps.append([village[3], *(float(value) for value in range(0, 101, 10) if value > village[3])])
    combinations_ = list(product(*steps))
    result = scored(GRADUAL, *(dict(zip(names, one, strict=True)) for one in combinations_))
    found: list[tuple[float, dict[str, float]] | None] = [None]
    for row, values in enumerate(combinations_):
        changes = {name: new - old for name, new, old in zip(names, values, village, strict=True)}
        if result.passed[row] and any(changes.values()):
            found.append((sum(prices[name] * size for name, size in changes.items()), changes))
    already = scored(GRADUAL, dict(zip(names, village, strict=True)))
    return [None] if already.passed[0] else found


@pytest.mark.parametrize("amount", [-1.0, float("nan"), float("inf"), 1e13])
def test_what_is_no_amount_of_money_is_refused(amount: float) -> None:
    with pytest.raises(InvalidBudget):
        allot([], amount, TARGET)
