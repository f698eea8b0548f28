"""What the planning benchmark measures: plans that hold, and a rule of thumb that is never cheaper."""

from __future__ import annotations

import pytest
from benchmarks.planning import County, by_rule_of_thumb


@pytest.fixture(scope="module")
def county() -> County:
    return County.of(60)


def test_the_rule_of_thumb_never_beats_the_cheapest_plan(county: County) -> None:
    assert len(county.rows) > 3
    for row in county.rows[:6]:
        best, thumb = county.planned(row), by_rule_of_thumb(county.search(row))
        assert best.reached
        assert best.proven
        assert best.after.passed
        assert thumb is None or thumb >= best.cost - 0.01


def test_the_programs_timed_alone_are_those_that_planning_solves(county: County) -> None:
    for row in county.rows[:3]:
        solved = [program.cheapest(cost, 20.0) for program, cost in county.programs(row)]
        least = min(one.objective for one in solved if one is not None)
        assert least == pytest.approx(county.planned(row).cost, abs=0.01)
