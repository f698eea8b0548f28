"""Sobol indices come out as known for a function whose indices are known."""

from __future__ import annotations

import numpy as np
import pytest

from liangcun_standards.sensitivity import Design

# The Ishigami function with a = 7, b = 0.1, and its indices worked out analytically.
# Source: Ishigami & Homma, An importance quantification technique in uncertainty analysis for computer
# models, Proceedings of ISUMA '90 (1990); Saltelli et al., Sensitivity Analysis in Practice, Wiley, 2004.
A, B = 7.0, 0.1
_FIRST = 0.5 * (1 + B * np.pi**4 / 5) ** 2
_VARIANCE = A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5
_CROSSED = B**2 * np.pi**8 * 8 / 225


def ishigami(points: np.ndarray) -> np.ndarray:
    x = (2 * points - 1) * np.pi
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_the_ishigami_function_has_its_published_indices() -> None:
    design = Design(["x1", "x2", "x3"], 4096, 1)
    found = design.indices(ishigami(design.points()))
    assert found is not None
    first = [_FIRST / _VARIANCE, A**2 / 8 / _VARIANCE, 0.0]
    total = [(_FIRST + _CROSSED) / _VARIANCE, A**2 / 8 / _VARIANCE, _CROSSED / _VARIANCE]
    assert first == pytest.approx([0.3139, 0.4424, 0.0], abs=1e-4)
    assert total == pytest.approx([0.5576, 0.4424, 0.2437], abs=1e-4)
    assert [found[name].first for name in ("x1", "x2", "x3")] == pytest.approx(first, abs=0.02)
    assert [found[name].total for name in ("x1", "x2", "x3")] == pytest.approx(total, abs=0.02)


def test_inputs_of_one_group_are_turned_together() -> None:
    design = Design(["pair", "x2", "pair"], 4096, 1)
    found = design.indices(ishigami(design.points()))
    assert found is not None
    # x1 and x3 together are behind all that x2 isn't, and nothing crosses the two.
    x2 = A**2 / 8 / _VARIANCE
    assert found["pair"].first == pytest.approx(1 - x2, abs=0.02)
    assert found["pair"].total == pytest.approx(1 - x2, abs=0.02)
    assert found["x2"].total == pytest.approx(x2, abs=0.02)


def test_the_same_seed_gives_the_same_indices_and_confidence() -> None:
    one, other = (Design(["x1", "x2", "x3"], 64, 0) for _ in range(2))
    assert one.points().tobytes() == other.points().tobytes()
    assert one.indices(ishigami(one.points())) == other.indices(ishigami(other.points()))


def test_one_group_alone_needs_no_estimate() -> None:
    with pytest.raises(ValueError, match="one group alone"):
        Design(["x1", "x1"], 64, 1)


def test_an_outcome_that_does_not_vary_has_no_indices() -> None:
    design = Design(["x1", "x2"], 64, 1)
    assert design.indices(np.full(len(design.points()), 3.0)) is None
