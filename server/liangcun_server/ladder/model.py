"""The steps of one assessor level for a place, a standard and a period, and where they leave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from liangcun_standards.periods import Period
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel


class LadderAction(StrEnum):
    """What is done with a level."""

    SUBMIT = "submit"
    RETURN = "return"
    ACCEPT = "accept"
    UNLOCK = "unlock"
    DEADLINE = "deadline"

    @property
    def label(self) -> Text:
        """The action for a reader."""
        return {
            LadderAction.SUBMIT: Text("上报", "submit"),
            LadderAction.RETURN: Text("退回", "return"),
            LadderAction.ACCEPT: Text("验收", "accept"),
            LadderAction.UNLOCK: Text("解锁", "unlock"),
            LadderAction.DEADLINE: Text("定期限", "set the deadline"),
        }[self]


class LadderState(StrEnum):
    """Where a level stands. ACCEPTED: its values are locked."""

    OPEN = "open"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"

    @property
    def label(self) -> Text:
        """The state for a reader."""
        return {
            LadderState.OPEN: Text("填报中", "open"),
            LadderState.SUBMITTED: Text("已上报", "submitted"),
            LadderState.RETURNED: Text("已退回", "returned for correction"),
            LadderState.ACCEPTED: Text("已验收，锁定", "accepted and locked"),
        }[self]


# From which states an action may be taken, and where it leads; a deadline leaves the state as it is.
MOVES: dict[LadderAction, tuple[frozenset[LadderState], LadderState]] = {
    LadderAction.SUBMIT: (frozenset({LadderState.OPEN, LadderState.RETURNED}), LadderState.SUBMITTED),
    LadderAction.RETURN: (frozenset({LadderState.SUBMITTED}), LadderState.RETURNED),
    LadderAction.ACCEPT: (frozenset({LadderState.SUBMITTED}), LadderState.ACCEPTED),
    LadderAction.UNLOCK: (frozenset({LadderState.ACCEPTED}), LadderState.OPEN),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a ladder is about: a place (a twelve-digit code), a standard (JURISDICTION/CODE), a period."""

    region_code: str
    standard_id: str
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStep:
    """One thing done with a level. `indicators`: those that it locks, where it accepts."""

    subject: Subject
    assessor_level: AssessorLevel
    action: LadderAction
    deadline: date | None
    indicators: tuple[str, ...]
    revision: int
    recorded_at: datetime
    author: str
    reason: str


@dataclass(frozen=True, slots=True)
class LadderLevel:
    """Where a level stands after its steps, in their order."""

    assessor_level: AssessorLevel
    steps: Sequence[LadderStep]

    @property
    def state(self) -> LadderState:
        """Where it stands."""
        moved = [step for step in self.steps if step.action in MOVES]
        return MOVES[moved[-1].action][1] if moved else LadderState.OPEN

    @property
    def deadline(self) -> date | None:
        """The day by which it is to be submitted."""
        set_ = [step for step in self.steps if step.action is LadderAction.DEADLINE]
        return set_[-1].deadline if set_ else None

    def is_overdue(self, today: date) -> bool:
        """Whether its deadline has passed and it hasn't been submitted."""
        waiting = self.state in (LadderState.OPEN, LadderState.RETURNED)
        return waiting and self.deadline is not None and self.deadline < today
