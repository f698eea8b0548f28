"""From the words of how points are given (计分办法) to a rule, where they can be read in one way only."""

from __future__ import annotations

import re

from liangcun_server.scoring_tables.wording.answers import judged, lone_deduction, yes_or_no
from liangcun_server.scoring_tables.wording.bands import bands
from liangcun_server.scoring_tables.wording.deductions import lacking, occurrences
from liangcun_server.scoring_tables.wording.phrases import TO_ZERO, clauses_of, plain
from liangcun_server.scoring_tables.wording.reading import Measure, Reading, Unclear
from liangcun_server.scoring_tables.wording.targets import proportion, target, units

__all__ = ["Measure", "Reading", "Unclear", "read_words"]

_FORMS = (
    judged, occurrences, lacking, target, proportion, bands, yes_or_no, lone_deduction, units,
)  # fmt: skip


def read_words(scoring: str, words: str, points: float) -> Reading:
    """The rule that `scoring` asks for, of an item with `words` that is worth `points`.

    Raises Unclear.
    """
    clauses = clauses_of(scoring)
    if not clauses:
        raise Unclear("没有写计分办法", "there are no words of how points are given")
    kept = [one for one in clauses if not re.fullmatch(TO_ZERO, one)]
    to_zero = len(kept) < len(clauses)
    for form in _FORMS:
        reading = form(kept, plain(words), points)
        if reading is not None:
            return reading
    if to_zero and not kept:
        raise Unclear("没有说扣多少", "it doesn't say how much is taken")
    raise Unclear(
        "计分办法不是认得的写法，或不止一种读法",
        "the words are none that can be read, or can be read in more than one way",
    )
