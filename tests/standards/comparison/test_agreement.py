"""How far two schemes agree: examples worked out elsewhere, and what says nothing."""

from __future__ import annotations

import numpy as np
import pytest

from liangcun_standards.comparison import Crossing, agreement, cohen_kappa, top_overlap


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float64)


NONE = np.zeros(10, bool)


def test_ten_boys_by_mathematics_and_music() -> None:
    # Kendall, Rank Correlation Methods: ten boys ranked by two abilities, rho = -0.103.
    mathematics = floats(7, 4, 3, 10, 6, 2, 9, 8, 1, 5)
    music = floats(5, 7, 3, 10, 1, 9, 6, 2, 8, 4)
    found = agreement(mathematics, music, NONE, NONE)
    assert found.spearman == pytest.approx(-0.103, abs=5e-4)
    pairs = [(a, b) for a in range(10) for b in range(a)]
    scores = [np.sign((mathematics[a] - mathematics[b]) * (music[a] - music[b])) for a, b in pairs]
    assert found.kendall_tau_b == pytest.approx(sum(scores) / 45)


def test_tau_b_counts_ties_out_on_either_side() -> None:
    a, b = floats(1, 1, 2, 3), floats(1, 2, 2, 3)
    # Six pairs: four agree, one is tied in either. 4 / √(5 · 5).
    assert agreement(a, b, NONE[:4], NONE[:4]).kendall_tau_b == pytest.approx(0.8)


def test_kappa_of_two_raters_who_agree_on_35_of_50() -> None:
    # p = 0.7, and by chance e = 0.5 · 0.6 + 0.5 · 0.4 = 0.5.
    assert cohen_kappa(Crossing(20, 5, 10, 15)) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("crossing", "kappa"),
    [
        (Crossing(5, 0, 0, 5), 1.0),
        (Crossing(0, 5, 5, 0), -1.0),
        (Crossing(10, 0, 0, 0), None),
        (Crossing(0, 0, 0, 10), None),
        (Crossing(1, 0, 0, 1), None),
        (Crossing(8, 2, 0, 0), 0.0),
    ],
)
def test_kappa_at_its_ends(crossing: Crossing, kappa: float | None) -> None:
    assert cohen_kappa(crossing) == kappa


@pytest.mark.parametrize(
    ("a", "b"),
    [((1.0, 2.0), (2.0, 1.0)), ((3.0, 3.0, 3.0), (1.0, 2.0, 3.0)), ((), ())],
    ids=["two regions", "all ties", "none"],
)
def test_what_says_nothing_is_none(a: tuple[float, ...], b: tuple[float, ...]) -> None:
    nobody = np.zeros(len(a), bool)
    found = agreement(floats(*a), floats(*b), nobody, nobody)
    assert (found.spearman, found.kendall_tau_b, found.cohen_kappa) == (None, None, None)
    assert sum(found.passing) == len(a)


def test_the_same_order_agrees_wholly_and_the_reverse_not_at_all() -> None:
    a = floats(1, 2, 3, 4)
    passes = np.array([False, False, True, True])
    assert agreement(a, a * 2, passes, passes)[:3] == (1.0, 1.0, 1.0)
    assert agreement(a, -a, passes, ~passes)[:3] == (-1.0, -1.0, -1.0)


def test_a_tie_at_the_end_of_the_first_counts_whole() -> None:
    a, b = np.array([1, 2, 2, 4, 0]), np.array([3, 1, 2, 0, 4])
    assert top_overlap(a, b, 2) == 2
    assert top_overlap(a, b, 1) == 0
    assert top_overlap(a, b, 10) == 3
