"""Small standards and villages, written by hand, for tests that read as a county's own cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.standards.scoring.scene import Reading, Readings, Scene, scored
from tests.standards.scoring.standard_documents import SOURCE, standard_document, titled

from liangcun_standards import Input, Period, ScoreResult, Standard
from liangcun_standards.scoring import STATUSES, VERDICTS

Document = dict[str, Any]
# A figure is an exact value; a village says nothing of an indicator that it doesn't name.
Village = Mapping[str, float | Reading]


def judged(code: str, indicator: str, most: float = 10, **more: Any) -> Document:
    """A criterion that earns the figure itself, up to `most`."""
    parts = [{"indicator": indicator, "most": most}]
    return criterion(code, {"kind": "judged", "parts": parts}, most, **more)


def checked(code: str, indicator: str, most: float = 10, **more: Any) -> Document:
    """A criterion that earns `most` when the thing is there."""
    return criterion(code, {"kind": "presence", "indicator": indicator}, most, **more)


def criterion(code: str, rule: Document, most: float = 10, **more: Any) -> Document:
    """A criterion with a rule."""
    return {**titled(code), "max_score": most, "rule": rule, "source": SOURCE, **more}


def group(code: str, *criteria: Document, **more: Any) -> Document:
    """A group of criteria."""
    return {**titled(code), "criteria": list(criteria), **more}


def standard_of(*groups: Document, **more: Any) -> Standard:
    """A standard of groups."""
    return Standard.model_validate(standard_document(groups, **more))


def at_least(value: float) -> Reading:
    """The true value is this or more."""
    return Reading("at_least", value)


def at_most(value: float) -> Reading:
    """The true value is this or less."""
    return Reading("at_most", value)


def readings(village: Village) -> Readings:
    """What is on record of a village."""
    return {
        Input(code): value if isinstance(value, Reading) else Reading("exact", value)
        for code, value in village.items()
    }


def result_of(
    standard: Standard,
    *villages: Village,
    parts: Mapping[str, Sequence[Village]] | None = None,
    waived: Mapping[str, frozenset[int]] | None = None,
    not_applicable: Mapping[str, frozenset[int]] | None = None,
) -> ScoreResult:
    """The villages of one county, scored for 2023."""
    scene = Scene(
        Period.parse("2023"),
        [f"220722100{place + 200:03d}" for place in range(len(villages))],
        [0] * len(villages),
        [readings(village) for village in villages],
        {name: [readings(village) for village in part] for name, part in (parts or {}).items()},
        waived or {},
        not_applicable or {},
    )
    return scored(standard, scene)


def grades_of(result: ScoreResult) -> list[str | None]:
    """Each village's grade."""
    codes = [grade.code for grade in result.standard.grades]
    return [None if place < 0 else codes[place] for place in result.grade]


def tiers_of(result: ScoreResult) -> list[str | None]:
    """Each village's tier."""
    codes = [tier.code for tier in result.standard.tiers]
    return [None if place < 0 else codes[place] for place in result.tier]


def verdicts_of(result: ScoreResult) -> list[str]:
    """Each village's verdict."""
    return [VERDICTS[place].value for place in result.verdict]


def statuses_of(result: ScoreResult, place: int = 0) -> list[str]:
    """Each village's status under one criterion."""
    return [STATUSES[status].value for status in result.status[place]]
