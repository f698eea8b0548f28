"""What plugins do once an assessment has been run: they see its results and give notices for its record.

The action runs after the results are kept: whatever it does, or fails to do, changes no score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from liangcun_standards.errors import PluginFailed
from liangcun_standards.query_fields import ScoredRegions
from liangcun_standards.table import Booleans
from liangcun_standards.text import Text

MOST_NOTICES = 10_000
LONGEST_NOTICE = 2_000


class Notice(NamedTuple):
    """A remark that goes on record with the assessment: of one region (its code), or of the whole."""

    text: Text
    region: str | None = None


@dataclass(frozen=True)
class Assessed:
    """An assessment as an action sees it: n regions by m criteria.

    `standard`: JURISDICTION/CODE@VERSION. `scope`: a twelve-digit code. `level`: the assessor level, None
    for the one with the most authority that has a value. `passed`: (n,). `grades`: (n,) codes, None for
    none.
    """

    assessment: int
    standard: str
    scope: str
    period: str
    level: str | None
    scored: ScoredRegions
    passed: Booleans
    grades: tuple[str | None, ...]


class ActionFunction(Protocol):
    """The work of an action."""

    def __call__(self, assessed: Assessed, /) -> Sequence[Notice]:
        """The notices; none is an empty sequence."""


@dataclass(frozen=True)
class AfterAssessment:
    """An action as a plugin contributes it.

    `name`: small letters, digits and underscores. `standard`: the id of the standard whose assessments it is
    about, None for all.
    """

    name: str
    title: Text
    function: ActionFunction
    standard: str | None = None

    def notices(self, assessed: Assessed) -> list[Notice]:
        """The notices, looked at. Raises PluginFailed for what the function raises, and for no notices."""
        try:
            given = self.function(assessed)
        except PluginFailed:
            raise
        except Exception as error:
            raise PluginFailed.at(self.name, "function", error) from error
        if isinstance(given, str) or not isinstance(given, Sequence):
            raise self._wrong("a sequence of notices", type(given).__name__)
        if len(given) > MOST_NOTICES:
            raise self._wrong(f"{MOST_NOTICES} notices at the most", str(len(given)))
        known = set(assessed.scored.regions)
        for one in given:
            self._check(one, known)
        return list(given)

    def _check(self, notice: Any, known: set[str]) -> None:
        if not isinstance(notice, Notice) or not isinstance(notice.text, Text):
            raise self._wrong("Notice(Text(zh, en), region)", repr(notice)[:80])
        if not all(isinstance(words, str) and 0 < len(words) <= LONGEST_NOTICE for words in notice.text):
            raise self._wrong(f"1 to {LONGEST_NOTICE} characters", repr(notice.text)[:80])
        if notice.region is not None and notice.region not in known:
            raise self._wrong("the code of a region assessed", repr(notice.region)[:80])

    def _wrong(self, wanted: str, got: str) -> PluginFailed:
        return PluginFailed(
            self.name.partition(".")[0],
            Text(
                f"插件的 {self.name} 应给出 {wanted}，实际是 {got}",
                f"{self.name} of a plugin should give {wanted}, not {got}",
            ),
        )
