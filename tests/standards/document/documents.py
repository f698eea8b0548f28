"""A small valid document to break in tests, and what is said of the broken ones."""

from __future__ import annotations

import pytest

from liangcun_standards.document import Standard, Tailoring, read_standard
from liangcun_standards.errors import InvalidDocument

LAMPS = """\
jurisdiction: 220722
code: lamps
version: 2023
title: 路灯
title_en: Lamps
effective: {from: 2023-01-01}
source: {status: interpretation, text: 举例}
level: village
groups:
  - code: lit
    title: 亮化
    title_en: Lit
    criteria:
      - code: lit-lanes
        title: 亮化率
        title_en: Lanes lit
        max_score: 60
        rule: {kind: linear, indicator: lit_lanes_rate, from: 0, to: 90}
        source: {status: interpretation, text: 举例}
      - code: lamps-working
        title: 路灯完好
        title_en: Lamps working
        max_score: 40
        rule: {kind: threshold, when: {indicator: lamps_working_rate, at_least: 95}}
        source: {status: interpretation, text: 举例}
grades:
  - {code: pass, title: 达标, title_en: Passed, min_score: 60}
  - {code: fail, title: 不达标, title_en: Not passed, min_score: 0}
passing: {grade: pass}
"""

TAILORING = """\
jurisdiction: 220722
code: lamps
version: 2024
title: 路灯
title_en: Lamps
effective: {from: 2024-01-01}
source: {status: interpretation, text: 举例}
extends: 220000/lamps
changes:
  - {change: remove, target: lamps-working, reason: 冬季不查}
"""


def changed(old: str, new: str, text: str = LAMPS) -> str:
    """The document with one piece, which must stand in it once, written otherwise."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def standard(text: str) -> Standard:
    """The standard in a valid document."""
    document = read_standard(text, "lamps.yaml")
    assert isinstance(document, Standard)
    return document


def tailoring(text: str) -> Tailoring:
    """The tailoring in a valid document."""
    document = read_standard(text, "lamps.yaml")
    assert isinstance(document, Tailoring)
    return document


def refusal(text: str, file: str = "lamps.yaml") -> InvalidDocument:
    """The error that the document is refused with."""
    with pytest.raises(InvalidDocument) as caught:
        read_standard(text, file)
    return caught.value
