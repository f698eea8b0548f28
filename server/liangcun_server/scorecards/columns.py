"""Rankings and scorecards as columns, read off the arrays that scoring gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from liangcun_server.breadth_first.columns import HeldRows, Lists, Picked, Rows
from liangcun_server.regions.columns import RegionRows
from liangcun_server.scorecards.service import Scores
from liangcun_server.scorecards.types import (
    CriterionResultType,
    RankingEntryType,
    ScorecardType,
    known,
    passed_by,
)
from liangcun_server.standards.types import CriterionType, criteria_of
from liangcun_standards.scoring import STATUSES
from liangcun_standards.table import Integers


class EntryRows(HeldRows[RankingEntryType]):
    """Entries of a ranking."""

    of = RankingEntryType

    def column(self, name: str, _context: Any) -> Any:
        """The place, the region and the scorecard."""
        if name == "rank":
            return [one.rank for one in self.items]
        if name == "region":
            return RegionRows([one.scorecard.region_model for one in self.items])
        return ScorecardRows([one.scorecard for one in self.items]) if name == "scorecard" else None


class ScorecardRows(HeldRows[ScorecardType]):
    """Scorecards."""

    of = ScorecardType

    def column(self, name: str, _context: Any) -> Any:
        """The region, and the criterion results of scorecards that come of one scoring."""
        if name == "region":
            return RegionRows([one.region_model for one in self.items])
        if name != "criteria" or len({id(one.scores) for one in self.items}) != 1:
            return None
        count, criteria = len(self.items), self.items[0].scores.result.standard.criteria
        owner = np.repeat(np.arange(count), len(criteria))
        place = np.tile(np.arange(len(criteria)), count)
        return Lists(CriterionRows(self.items, owner, place), [len(criteria)] * count)


class CriterionRows(Rows):
    """Criterion results: of the scorecard at `owner`, the criterion at `place`; both are (k,)."""

    of = CriterionResultType

    def __init__(self, scorecards: Sequence[ScorecardType], owner: Integers, place: Integers) -> None:
        self._scorecards = scorecards
        self._owner = owner
        self._place = place

    def __len__(self) -> int:
        return len(self._place)

    def column(self, name: str, _context: Any) -> Any:
        """The criterion, its points and what they mean."""
        if name == "criterion":
            return Picked(CriteriaRows(criteria_of(self._scores.question.resolved)), self._place.tolist())
        if name == "score":
            return self._points()
        if name in ("status", "passed"):
            places = self._scores.result.status[self._place, self._rows].tolist()
            values = STATUSES if name == "status" else [passed_by(status) for status in STATUSES]
            return [values[place] for place in places]
        if name == "maxScore":
            return self._worth[self._place].tolist()
        return None

    def pick(self, places: Sequence[int]) -> Rows:
        """The results at these places."""
        chosen = np.asarray(places, np.int64)
        return CriterionRows(self._scorecards, self._owner[chosen], self._place[chosen])

    def make(self) -> list[Any]:
        """As GraphQL shows them."""
        cells = zip(self._owner.tolist(), self._place.tolist(), strict=True)
        return [CriterionResultType.at(self._scorecards[owner], place) for owner, place in cells]

    @property
    def _scores(self) -> Scores:
        return self._scorecards[0].scores

    @property
    def _rows(self) -> Integers:
        return np.array([one.row for one in self._scorecards], np.int64)[self._owner]

    @property
    def _worth(self) -> Any:
        return np.array([one.max_score for one in self._scores.result.standard.criteria], np.float64)

    def _points(self) -> list[float | None]:
        """As ScoreResult.criterion has them: a criterion that's worth nothing comes to nothing."""
        points = self._scores.result.points[self._place, self._rows]
        worthless = (self._worth[self._place] == 0) & ~np.isnan(points)
        return [known(one) for one in np.where(worthless, 0.0, points).tolist()]


class CriteriaRows(HeldRows[CriterionType]):
    """The criteria of a standard."""

    of = CriterionType

    def column(self, name: str, context: Any) -> Any:
        """Code, title, group and worth."""
        if name == "code":
            return [one.criterion.code for one in self.items]
        if name == "title":
            return [one.criterion.label.pick(context.locale) for one in self.items]
        if name == "group":
            return [one.group_code for one in self.items]
        return [one.criterion.max_score for one in self.items] if name == "maxScore" else None
