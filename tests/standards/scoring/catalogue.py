"""A small set of indicators of every kind, and the values that tests try for each."""

from __future__ import annotations

from liangcun_standards import Choice, Indicator
from liangcun_standards.vocabulary import IndicatorKind

ANSWERS = ("plain", "hill", "forest")


def _indicator(
    code: str, kind: str, minimum: float | None = None, maximum: float | None = None, unit: str | None = None
) -> Indicator:
    choices = tuple(Choice(code=answer, title=answer, title_en=answer) for answer in ANSWERS)
    return Indicator(
        code=code,
        name=f"指标 {code}",
        name_en=f"indicator {code}",
        kind=IndicatorKind(kind),
        unit=unit,
        minimum=minimum,
        maximum=maximum,
        choices=choices if kind == "choice" else (),
        definition="测试用",
        definition_en="for tests",
        source="测试",
    )


FLAGS = tuple(f"flag{n}" for n in range(1, 7))
COUNTS = tuple(f"count{n}" for n in range(1, 7))
RATES = tuple(f"rate{n}" for n in range(1, 7))
SIZES = tuple(f"size{n}" for n in range(1, 5))
SIGNED = ("signed1", "signed2")
MARKS = ("mark1", "mark2", "mark3")
KINDS = ("kind1", "kind2", "kind3")
EVENTS = ("events1", "events2", "events3")
CLASS = "village_class"

_MADE = [
    *(_indicator(code, "boolean") for code in FLAGS),
    *(_indicator(code, "count", maximum=20 if code == "count6" else None) for code in COUNTS),
    *(_indicator(code, "rate", unit="percent") for code in RATES),
    *(_indicator(code, "quantity", minimum=0) for code in SIZES),
    _indicator("signed1", "quantity", minimum=-50, maximum=50),
    _indicator("signed2", "quantity"),
    *(_indicator(code, "quantity", minimum=0, maximum=10) for code in MARKS),
    *(_indicator(code, "choice") for code in (*KINDS, CLASS)),
    *(_indicator(code, "count") for code in EVENTS),
]
INDICATORS = {one.code: one for one in _MADE}

_FIGURES: dict[str, tuple[float, ...]] = {
    "boolean": (1, 0),
    "choice": (0, 1, 2),
    "count": (3, 0, 1, 2, 4, 5, 7, 8, 10, 12),
    "rate": (85, 0, 100, 50, 60, 70, 80, 84.9, 85.1, 90, 99.9, 33.3),
    "quantity": (4, 0, 0.5, 1, 2, 2.5, 3, 5, 7.5, 10),
}


def figures(code: str) -> tuple[float, ...]:
    """Values and thresholds to try for an indicator: few, so that they often meet."""
    kind = INDICATORS[code].kind
    if code in SIGNED:
        return (*_FIGURES[kind], -1, -2.5, -10)
    return _FIGURES[kind]
