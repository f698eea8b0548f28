"""The engine says of every village what the plain reference says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties import examples
from tests.standards.scoring.catalogue import INDICATORS
from tests.standards.scoring.reference import Card, ranks_of, reference
from tests.standards.scoring.rule_documents import RULES
from tests.standards.scoring.scene import Scene, scored
from tests.standards.scoring.standard_documents import Wanted, scenes, standards

from liangcun_standards import ScoreResult, Standard
from liangcun_standards.scoring import VERDICTS

WITHIN = 1e-9


def assert_same(standard: Standard, scene: Scene) -> None:
    """The engine and the reference agree on every figure and decision, today's and the possible ones."""
    result, cards = scored(standard, scene), reference(standard, INDICATORS, scene)
    for row, card in enumerate(cards):
        _same_criteria(result, row, card)
        _same_today(result, row, card)
        if not aggregates_peers(standard):
            _same_possible(result, row, card)
    assert result.ranks().tolist() == [card.rank for card in cards]
    county = scene.codes[0][:6].ljust(12, "0")
    inside = [row for row, code in enumerate(scene.codes) if code[:6] == scene.codes[0][:6]]
    assert result.ranks(county).tolist() == ranks_of(standard, cards, inside)


def aggregates_peers(standard: Standard) -> bool:
    """Whether groups are put together relative to peers, so that their ends are outer bounds."""
    groups = any(group.aggregation.peer_relative for group in standard.all_groups)
    return groups or standard.aggregation.peer_relative


def same(found: float, expected: float | None) -> bool:
    """Whether two figures agree; None stands for NaN."""
    return abs(found - expected) <= WITHIN if expected is not None else found != found


def _same_criteria(result: ScoreResult, row: int, card: Card) -> None:
    for place, criterion in enumerate(result.standard.criteria):
        one, cell = result.criterion(row, place), card.cells[criterion.code]
        worth = 1.0 if criterion.max_score > 0 else 0.0
        found = float("nan") if one.score is None else one.score
        assert same(found, None if cell.points is None else cell.points * worth), criterion
        assert one.status.value == cell.status, criterion
        assert same(one.lowest, cell.low * worth), criterion
        assert same(one.highest, cell.high * worth), criterion


def _same_today(result: ScoreResult, row: int, card: Card) -> None:
    standard, now = result.standard, card.now
    for code, points in card.groups.items():
        assert same(result.groups[code][row], points), code
    assert same(result.total[row], now.total)
    assert place_in([one.code for one in standard.grades], now.grade) == result.grade[row]
    assert place_in([one.code for one in standard.tiers], now.tier) == result.tier[row]
    assert result.passed[row] == now.passed
    assert same(result.completeness[row], card.completeness)
    assert result.admitted[row] == card.admitted


def _same_possible(result: ScoreResult, row: int, card: Card) -> None:
    assert same(result.lowest[row], card.worst.total or 0.0)
    assert same(result.highest[row], card.best.total or 0.0)
    assert VERDICTS[result.verdict[row]].value == card.verdict


def place_in(codes: list[str], code: str | None) -> int:
    """The place of a code in the document, -1 for none."""
    return -1 if code is None else codes.index(code)


@pytest.mark.parametrize("kind", RULES)
@examples(50)
@given(data=st.data())
def test_each_rule_scores_a_village_as_the_reference_does(kind: str, data: st.DataObject) -> None:
    wanted = Wanted(peers=True, outcome=False, kinds=(kind,))
    standard = data.draw(standards(wanted))
    assert_same(standard, data.draw(scenes(standard)))


@examples(120)
@given(data=st.data())
def test_a_whole_standard_comes_out_as_the_reference_says(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted()))
    assert_same(standard, data.draw(scenes(standard, groups=2)))


@examples(100)
@given(data=st.data())
def test_a_standard_relative_to_peers_comes_out_as_the_reference_says(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted(peers=True)))
    assert_same(standard, data.draw(scenes(standard, most=6, groups=2)))


@examples(80)
@given(data=st.data())
def test_a_blend_of_periods_comes_out_as_the_reference_says(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted(blend=True, peers=data.draw(st.booleans()))))
    assert_same(standard, data.draw(scenes(standard, most=3, groups=2)))
