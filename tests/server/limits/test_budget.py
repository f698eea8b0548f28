"""Each client spends points of its own, which come back evenly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from liangcun_server.limits.budget import Budget


class _Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _budget(points: int = 100, seconds: float = 10, clients: int = 10) -> tuple[Budget, _Clock]:
    clock = _Clock()
    return Budget(points, seconds, clients=clients, clock=clock), clock


def test_points_are_spent_until_a_cost_no_longer_fits_and_then_it_says_how_long_to_wait() -> None:
    budget, _ = _budget()

    assert budget.spend("a", 60) == (40, 0)
    assert budget.spend("a", 60) == (40, 2)
    assert budget.spend("a", 40) == (0, 0)


def test_after_the_wait_it_fits_and_not_before() -> None:
    budget, clock = _budget()
    budget.spend("a", 100)

    wait = budget.spend("a", 55).wait
    clock.now += wait - 1
    assert budget.spend("a", 55).wait == 1
    clock.now += 1
    assert budget.spend("a", 55) == (5, 0)


def test_one_client_spends_nothing_of_another() -> None:
    budget, _ = _budget()
    budget.spend("a", 100)

    assert budget.spend("b", 100) == (0, 0)


def test_no_more_comes_back_than_was_spent() -> None:
    budget, clock = _budget()
    budget.spend("a", 10)
    clock.now += 1_000_000

    assert budget.spend("a", 1) == (99, 0)


def test_a_cost_above_the_whole_budget_takes_all_of_it() -> None:
    budget, clock = _budget()

    assert budget.spend("a", 1000) == (0, 0)
    assert budget.spend("a", 1000).wait == 10
    clock.now += 10
    assert budget.spend("a", 1000) == (0, 0)


def test_clients_are_forgotten_when_there_are_too_many_those_first_that_spent_longest_ago() -> None:
    budget, _ = _budget(clients=2)
    for client in ("a", "b", "a", "c"):
        budget.spend(client, 40)

    assert budget.spend("b", 100) == (0, 0)
    assert budget.spend("c", 100).wait > 0


@given(st.lists(st.tuples(st.integers(1, 150), st.floats(0, 5)), max_size=50))
def test_never_more_is_spent_than_the_budget_and_what_has_come_back(steps: list[tuple[int, float]]) -> None:
    budget, clock = _budget()
    began, spent = clock.now, 0
    for cost, pause in steps:
        clock.now += pause
        if budget.spend("a", cost).wait == 0:
            spent += min(cost, 100)
        assert spent <= 100 + (clock.now - began) * 10 + 1e-6
