"""Lowest, highest and verdict hold whatever the missing and bounded values turn out to be."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.properties import examples
from tests.standards.scoring.catalogue import COUNTS, FLAGS, INDICATORS, MARKS, RATES
from tests.standards.scoring.completions import corners, some_completions
from tests.standards.scoring.reference import Card, reference
from tests.standards.scoring.scene import Scene, scored
from tests.standards.scoring.standard_documents import (
    SOURCE,
    Wanted,
    scenes,
    standard_document,
    standards,
    titled,
)

from liangcun_standards import ScoreResult, Standard
from liangcun_standards.scoring import VERDICTS
from liangcun_standards.vocabulary import Verdict

WITHIN = 1e-9


def assert_holds(standard: Standard, scene: Scene, seed: int) -> None:
    """What the engine claims of a scene holds in its completions, as the reference scores them."""
    result = scored(standard, scene)
    for one in some_completions(standard, scene, seed):
        for row, card in enumerate(reference(standard, INDICATORS, one)):
            _claims_hold(result, row, card)


def _claims_hold(result: ScoreResult, row: int, card: Card) -> None:
    for place, criterion in enumerate(result.standard.criteria):
        cell, claimed = card.cells[criterion.code], result.criterion(row, place)
        if cell.points is not None and criterion.max_score > 0:
            assert claimed.lowest - WITHIN <= cell.points <= claimed.highest + WITHIN, criterion
    total = card.now.total
    if total is not None:
        assert result.lowest[row] - WITHIN <= total <= result.highest[row] + WITHIN
    verdict = VERDICTS[result.verdict[row]]
    assert verdict is Verdict.UNDECIDED or card.now.passed == (verdict is Verdict.PASS)


@examples(80)
@given(data=st.data(), seed=st.integers(0, 1000))
def test_a_verdict_holds_under_every_completion(data: st.DataObject, seed: int) -> None:
    standard = data.draw(standards(Wanted(apart=False)))
    assert_holds(standard, data.draw(scenes(standard, most=2)), seed)


@examples(60)
@given(data=st.data(), seed=st.integers(0, 1000))
def test_a_verdict_relative_to_peers_holds_whatever_they_turn_out_to_be(
    data: st.DataObject, seed: int
) -> None:
    standard = data.draw(standards(Wanted(apart=False, peers=True)))
    assert_holds(standard, data.draw(scenes(standard, most=4)), seed)


@examples(60)
@given(data=st.data(), seed=st.integers(0, 1000))
def test_a_verdict_over_blended_periods_holds_under_every_completion(data: st.DataObject, seed: int) -> None:
    standard = data.draw(standards(Wanted(apart=False, blend=True, peers=data.draw(st.booleans()))))
    assert_holds(standard, data.draw(scenes(standard, most=2, groups=2)), seed)


# Rules that never fall, or never rise, as their one indicator grows; each reads an indicator of its own.
MONOTONE: tuple[dict[str, Any], ...] = (
    {"kind": "presence", "indicator": FLAGS[0]},
    {"kind": "linear", "indicator": RATES[0], "from": 50, "to": 90},
    {"kind": "shortfall", "indicator": RATES[1], "target": 85, "step": 5, "deduct": 1},
    {"kind": "threshold", "when": {"indicator": RATES[2], "at_least": 60}},
    {"kind": "deduction", "occurrences": [{"indicator": COUNTS[0], "deduct": 2}]},
    {"kind": "sampled_households", "failed": COUNTS[1], "deduct": 2, "cap": 8},
    {"kind": "per_unit", "indicator": COUNTS[2], "first": 4, "each": 3},
    {"kind": "judged", "parts": [{"indicator": MARKS[0], "most": 10}]},
)


@examples(60)
@given(
    data=st.data(),
    chosen=st.lists(st.integers(0, len(MONOTONE) - 1), min_size=1, max_size=5, unique=True),
    method=st.sampled_from(("sum", "weighted_mean", "geometric_mean", "minimum", "pass_count")),
    needed=st.sampled_from((5, 20, 30)),
)
def test_where_each_value_feeds_one_monotone_rule_the_ends_are_reached(
    data: st.DataObject, chosen: list[int], method: str, needed: float
) -> None:
    criteria = [
        {**titled(f"c{number}"), "max_score": 10, "rule": MONOTONE[number], "source": SOURCE}
        for number in chosen
    ]
    group = {**titled("g"), "criteria": criteria, "aggregation": {"method": method}}
    standard = Standard.model_validate(
        standard_document([group], passing={"min_score": needed}, missing="bound")
    )
    scene = data.draw(scenes(standard, most=1))
    result = scored(standard, scene)
    cards = [reference(standard, INDICATORS, one)[0] for one in corners(standard, scene)]
    totals = [card.now.total for card in cards if card.now.total is not None]
    if totals:
        assert (min(totals), max(totals)) == (result.lowest[0], result.highest[0])
    passed = {card.now.passed for card in cards}
    expected = {frozenset([True]): Verdict.PASS, frozenset([False]): Verdict.FAIL}
    assert VERDICTS[result.verdict[0]] is expected.get(frozenset(passed), Verdict.UNDECIDED)
